"""Reminding of the lessons: at most twice, a week apart."""

from datetime import timedelta

from bot.flows.preparation import cards
from bot.flows.preparation.path import path
from bot.flows.turns import JobTurn, NotOwed, Outcome, Say
from storage.enrolments import OPEN_ROUNDS, TAKING_PART
from storage.tables import Enrolment, Round

MOST = 2
APART = timedelta(weeks=1)


async def remind(turn: JobTurn) -> Outcome:
    """Remind of the lessons that come before the first session, while they are not done."""
    enrolment = await turn.uow.get(Enrolment, turn.arg("enrolment"))
    if enrolment is None or enrolment.prepared_at is not None or enrolment.state not in TAKING_PART:
        return NotOwed()
    round = await turn.uow.need(Round, enrolment.round_id)
    if enrolment.state == "paused" or round.state not in OPEN_ROUNDS:
        return NotOwed()
    number = turn.arg("number")
    if number < MOST:
        _promise(turn, enrolment, number + 1)
    left = len([lesson for lesson in path(enrolment.role) if lesson.code not in enrolment.lessons])
    return Say((enrolment.person_id,), cards.reminder(enrolment.pk, left), nudge=cards.KIND)


def _promise(turn: JobTurn, enrolment: Enrolment, number: int) -> None:
    turn.uow.promise(
        "preparation.reminder",
        f"enrolment:{enrolment.pk}:lessons:{number}",
        turn.now + APART,
        person=enrolment.person_id,
        enrolment=enrolment.pk,
        number=number,
    )
