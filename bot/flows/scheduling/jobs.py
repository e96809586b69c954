"""What is said about a date after the press: to the partner, and the files to both."""

from datetime import UTC, datetime

from bot.flows.scheduling import cards
from bot.flows.scheduling.views import appointment, booked_view, file_of
from bot.flows.turns import JobTurn, NotOwed, Outcome, Say
from storage.sessions import Meeting, meeting


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
    return Say((person_id,), cards.told_partner(view, found.person(by).name))


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
    found = await _owed(turn)
    if found is None or found.session.state != "postponed" or found.session.starts_at is None:
        return NotOwed()
    person = found.person(turn.job.person_id or 0)
    file = file_of(appointment(found, person, cancelled=True))
    books = found.role_of(person.pk) == "mentee"
    partner = found.person(turn.arg("by"))
    return Say(
        (person.pk,),
        cards.cancelled_by_partner(
            found.session.pk, partner.name, found.session.starts_at, person.timezone, books, file
        ),
    )


async def _owed(turn: JobTurn) -> Meeting | None:
    found = await meeting(turn.uow, turn.arg("session"))
    return found if found is not None and found.is_on else None
