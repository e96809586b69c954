"""Reminding of the lessons: at most twice, a week apart."""

from datetime import datetime, timedelta

from bot.flows.preparation import cards
from bot.flows.preparation.path import path
from bot.flows.turns import Did, JobTurn, NotOwed, Outcome, Say
from storage.enrolments import OPEN_ROUNDS, TAKING_PART
from storage.sessions import meetings_of
from storage.tables import Enrolment, Round

MOST = 2
APART = timedelta(weeks=1)
AFTER = timedelta(hours=1)


async def remind(turn: JobTurn) -> Outcome:
    """Remind of the lessons that come before the first session, while they are not done."""
    enrolment = await turn.uow.get(Enrolment, turn.arg("enrolment"))
    if enrolment is None or enrolment.prepared_at is not None or enrolment.state not in TAKING_PART:
        return NotOwed()
    round = await turn.uow.need(Round, enrolment.round_id)
    if enrolment.state == "paused" or round.state not in OPEN_ROUNDS or not _has_a_use(enrolment, round):
        return NotOwed()
    number = turn.arg("number")
    if ends := await _meets_until(turn, enrolment.person_id):
        _promise(turn, enrolment, number, ends + AFTER)
        return Did()
    if number < MOST:
        _promise(turn, enrolment, number + 1, turn.now + APART)
    left = len([lesson for lesson in path(enrolment.role) if lesson.code not in enrolment.lessons])
    return Say((enrolment.person_id,), cards.reminder(enrolment.pk, left), nudge=cards.KIND)


def _has_a_use(enrolment: Enrolment, round: Round) -> bool:
    """Lessons come before a first session: where nobody is met for now, nothing is asked."""
    return enrolment.state != "waitlisted" and (enrolment.state == "paired" or round.state != "running")


async def _meets_until(turn: JobTurn, person_id: int) -> datetime | None:
    """The end of the meeting that the person is in, or about to be in; None when there is none."""
    for one in await meetings_of(turn.uow, person_id):
        starts, ends = one.session.starts_at, one.ends_at
        if one.session.state == "scheduled" and starts and ends and starts - AFTER <= turn.now < ends:
            return ends
    return None


def _promise(turn: JobTurn, enrolment: Enrolment, number: int, due_at: datetime) -> None:
    turn.uow.promise(
        "preparation.reminder",
        f"enrolment:{enrolment.pk}:lessons:{number}:{due_at:%Y%m%dT%H%M}",
        due_at,
        person=enrolment.person_id,
        enrolment=enrolment.pk,
        number=number,
    )
