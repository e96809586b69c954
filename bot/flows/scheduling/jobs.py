"""What is said about a date after the press: to the partner, and the files to both."""

from datetime import UTC, datetime, timedelta

from bot.domain.calendar import local_day
from bot.flows.scheduling import cards
from bot.flows.scheduling.booking import Case, lose_date, offers, offers_soon
from bot.flows.scheduling.facts import facts_of
from bot.flows.scheduling.views import appointment, booked_view, file_of
from bot.flows.turns import Did, JobTurn, NotOwed, Outcome, Say
from bot.ui.words import Listing, T, Text
from storage.meeting import Meeting
from storage.sessions import meeting, meeting_and_busy
from storage.sites import closures_of
from storage.tables import Person

NEAR = timedelta(days=14)
"""A date this near is made up for within days; for a later one times are sought where it was due."""


async def booked(turn: JobTurn) -> Outcome:
    """The date with its file: news for the others, the file alone for the one who set it."""
    found = await _owed(turn)
    if found is None or found.session.state != "scheduled":
        return NotOwed()
    person_id = turn.job.person_id or 0
    view = booked_view(found, person_id, with_file=True)
    by = turn.arg("by")
    if by == person_id:
        return Say((person_id,), cards.file_for_booker(view))
    stamp = int(str(turn.job.args.get("was") or 0))
    was = datetime.fromtimestamp(stamp, UTC) if stamp else None
    return Say((person_id,), cards.told_partner(view, await _who(turn, found, by), was))


async def _who(turn: JobTurn, found: Meeting, by: int) -> Text:
    """Who set the date, in words; a mentee's assistant with the mentee."""
    if by in (person.pk for person in found.people):
        return found.person(by).name
    somebody, mentee = await turn.uow.need(Person, by), found.assisted_by(by)
    return T("assistant.on_behalf", who=somebody.name, mentee=mentee.name) if mentee else somebody.name


async def proposed(turn: JobTurn) -> Outcome:
    """The mentor's proposal, for a mentee to accept."""
    found = await _owed(turn)
    at = datetime.fromtimestamp(turn.arg("at"), UTC)
    if found is None or found.session.state in ("held", "cancelled") or at <= turn.now:
        return NotOwed()
    if found.session.state == "scheduled" and found.session.starts_at == at:
        return NotOwed()
    mentor, mentee = found.mentor, found.person(turn.job.person_id or 0)
    return Say((mentee.pk,), cards.proposed(found.session.pk, mentor.name, at, mentee.timezone, mentor.timezone))


async def cancelled(turn: JobTurn) -> Outcome:
    """Somebody took the date back."""
    known = await meeting_and_busy(turn.uow, turn.arg("session"))
    if known is None or not known[0].is_on:
        return NotOwed()
    (found, busy), at = known, known[0].session.starts_at
    if found.session.state != "postponed" or at is None:
        return NotOwed()
    if found.role_of(turn.job.person_id or 0) is None:
        return NotOwed()
    person = found.person(turn.job.person_id or 0)
    file = file_of(appointment(found, person, cancelled=True))
    partner = found.person(turn.arg("by")).name
    if not found.books(person.pk):
        return Say((person.pk,), cards.cancelled_by_mentee(found.session.pk, partner, at, person.timezone, file))
    others = offers_soon(Case(found, facts_of(found, busy, person.pk, turn.now)), turn.now)
    return Say((person.pk,), cards.cancelled_by_mentor(partner, at, person.timezone, others, file))


async def closes(turn: JobTurn) -> Outcome:
    """``scheduling.closes``: a date on which the company is closed by now is free again, by nobody's fault."""
    found = await meeting(turn.uow, turn.arg("session"), lock=True)
    if found is None or not _is_closed_then(found, turn.now):
        return NotOwed()
    session = found.session
    lose_date(turn.uow, found)
    for person in found.people:
        key = f"session:{session.pk}:{session.sequence}:closed:{person.pk}"
        turn.uow.promise(
            "scheduling.closed", key, turn.now, person=person.pk, expires_at=session.starts_at, session=session.pk
        )
    return Did()


def _is_closed_then(found: Meeting, now: datetime) -> bool:
    at = found.session.starts_at
    if found.session.state != "scheduled" or at is None or at <= now:
        return False
    days = {local_day(at, person.timezone) for person in found.people}
    return any(first <= day <= last for first, last in closures_of(found.organisation) for day in days)


async def closed(turn: JobTurn) -> Outcome:
    """``scheduling.closed``: to each, with other times for whoever fixes the date."""
    known, reader = await meeting_and_busy(turn.uow, turn.arg("session")), turn.job.person_id or 0
    if known is None or known[0].session.state != "postponed" or known[0].role_of(reader) is None:
        return NotOwed()
    (found, busy), at = known, known[0].session.starts_at
    if at is None or not found.is_on:
        return NotOwed()
    person, names = found.person(reader), Listing(found.names(reader))
    file = file_of(appointment(found, person, cancelled=True))
    if not found.books(reader):
        return Say((reader,), cards.closed_for_mentor(found.session.pk, names, at, person.timezone, file))
    case = Case(found, facts_of(found, busy, reader, turn.now))
    others = offers_soon(case, turn.now) if at - turn.now < NEAR else offers(case, turn.now)
    return Say((reader,), cards.closed(names, at, person.timezone, others, file))


async def _owed(turn: JobTurn) -> Meeting | None:
    """The session, while the reader is of it."""
    found = await meeting(turn.uow, turn.arg("session"))
    return found if found is not None and found.is_on and found.role_of(turn.job.person_id or 0) else None
