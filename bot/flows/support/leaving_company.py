"""Who leaves the company: the platform's directory says so, and the programme lets go of them without a word."""

from bot.flows.pairing.ending import end_early, step_aside
from bot.flows.support.pausing import end_pause
from bot.flows.turns import Did, JobTurn, NotOwed, Outcome
from storage.accounts import reached
from storage.coordinating import DUTIES
from storage.enrolments import take_back
from storage.pauses import pairs_of, parts_of, person_held
from storage.tables import Person
from storage.uow import Uow


async def left(turn: JobTurn) -> Outcome:
    """``support.left``: their pairs end neutrally, nothing more is sent to them, and the time to removal begins.
    What they were to read as a coordinator waits for who coordinates after them.

    Not owed when the person is back, has another account, or has been let go of before.
    """
    person = await person_held(turn.uow, turn.arg("person_id"))
    if person is None or person.left_at is not None or await reached(turn.uow, [person.pk]):
        return NotOwed()
    await _step_out(turn.uow, person)
    await take_back(turn.uow, person.pk, but=DUTIES)
    person.left_at = turn.now
    if person.coordinator:
        turn.uow.promise("programme.hand_over", f"left:{person.pk}:coordinates:{turn.now.isoformat()}", turn.now)
    return Did()


async def _step_out(uow: Uow, person: Person) -> None:
    """Out of every pair and every round that is not over; partners and whoever waited for an answer are told."""
    for pair in await pairs_of(uow, person.pk, lock=True):
        end_early(uow, pair.pairing, person.pk, None)
    await end_pause(uow, person)
    for part in await parts_of(uow, person.pk, lock=True):
        part.enrolment.state = "withdrawn"
        await step_aside(uow, part.enrolment.pk)
