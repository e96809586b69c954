"""What is said before, at and after a session. Each reads the world again and says nothing that is no longer owed."""

from bot.flows.session import cards, ladder
from bot.flows.session.after import wave_of
from bot.flows.session.timetable import after_key
from bot.flows.session.views import talk_of
from bot.flows.turns import Did, JobTurn, NotOwed, Outcome, Say
from bot.ui.words import Listing
from storage import surveys
from storage.common_ground import MOST_TOGETHER, common_ground
from storage.ledger import noted
from storage.meeting import BOOKABLE, Meeting
from storage.sessions import meeting, siblings
from storage.tables import Job


async def guide(turn: JobTurn) -> Outcome:
    """Three working days before: the guide, to the mentor, or to each of two peers."""
    found = await _to_come(turn)
    reader = turn.job.person_id or 0
    if found is None or all(person.pk != reader for person in found.guided):
        return NotOwed()
    return Say((reader,), cards.prepare(talk_of(found, reader)), nudge=cards.GUIDE)


async def reminder(turn: JobTurn) -> Outcome:
    """One working day before: the reminder, to a mentee, or to the peer who does not lead this time."""
    found = await _to_come(turn)
    reader = turn.job.person_id or 0
    if found is None or all(person.pk != reader for person in found.reminded):
        return NotOwed()
    return Say((reader,), cards.remind(talk_of(found, reader), turn.now), nudge=cards.REMINDER)


async def agenda(turn: JobTurn) -> Outcome:
    """At the hour: the agenda, in the conversation of all; to each of them where there is none."""
    found = await meeting(turn.uow, turn.arg("session"))
    if found is None or not found.is_on or found.session.state != "scheduled" or found.session.starts_at is None:
        return NotOwed()
    if found.session.starts_at > turn.now:
        return NotOwed()
    promised, asked = await noted(turn.uow, _open_to_all(found), found.session.pk)
    card = cards.agenda(talk_of(found, None, promised=len(promised), questions=len(asked)))
    everybody = tuple(person.pk for person in found.people)
    if turn.job.person_id is not None:
        return Say((turn.job.person_id,), card)
    if len(everybody) <= MOST_TOGETHER and (await common_ground(turn.uow, *everybody)).group:
        return Say(everybody, card, group=True)
    for person_id in everybody:
        turn.uow.promise(
            turn.job.name, f"{turn.job.key}:{person_id}", turn.now, person=person_id, session=found.session.pk
        )
    return Did()


def _open_to_all(found: Meeting) -> tuple[int, ...]:
    """The pairs whose promises all who meet may open: in a circle each opens their own alone."""
    return () if found.circle else found.pairing_ids(found.mentor.pk)


async def after(turn: JobTurn) -> Outcome:
    """The morning after: the three taps."""
    return await _ask_after(turn, again=False)


async def after_again(turn: JobTurn) -> Outcome:
    """Two working days later: the same once more, then silence."""
    return await _ask_after(turn, again=True)


async def _ask_after(turn: JobTurn, *, again: bool) -> Outcome:
    found = await meeting(turn.uow, turn.arg("session"))
    person_id = turn.job.person_id or 0
    if found is None or not found.is_on or found.role_of(person_id) is None:
        return NotOwed()
    if found.session.state not in ("scheduled", "held", "not_held"):
        return NotOwed()
    if (found.ends_at or turn.now) > turn.now or (again and await _asks_still(turn, found, person_id)):
        return NotOwed()
    wave = wave_of(found.session.number)
    standing = await surveys.standing(turn.uow, found.round.pk, person_id, wave)
    if standing not in ("", surveys.ASKED):
        return NotOwed()
    if not standing:
        await surveys.ask(turn.uow, found.round.pk, [person_id], wave)
    partner = Listing(found.names(person_id))
    return Say((person_id,), cards.how_was_it(found.session.pk, partner, again=again), nudge=cards.AFTER)


async def _asks_still(turn: JobTurn, found: Meeting, person_id: int) -> bool:
    """Whether the first question is still to come, after a week that was full of messages: once is enough then."""
    first = turn.uow.of(Job).where(Job.key == f"{after_key(found, person_id)}after", Job.state == "open")
    return await turn.uow.first(first) is not None


async def went_by(turn: JobTurn) -> Outcome:
    """A session's time is over: the next one waits for a date, and its follow-ups begin."""
    meetings = await siblings(turn.uow, turn.arg("session"))
    found = next((one for one in meetings if one.session.pk == turn.arg("session")), None)
    if found is None or not found.is_on:
        return NotOwed()
    following = next(
        (one for one in meetings if one.session.number > found.session.number and one.session.state in BOOKABLE), None
    )
    if following is None:
        return NotOwed()
    ladder.promise(turn.uow, following, turn.now)
    return Did()


async def _to_come(turn: JobTurn) -> Meeting | None:
    found = await meeting(turn.uow, turn.arg("session"))
    if found is None or not found.is_on or found.session.state != "scheduled":
        return None
    return found if found.session.starts_at is not None and found.session.starts_at > turn.now else None
