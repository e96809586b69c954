"""From stored rows to what an assistant may see of them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.slots import Suggestions
from bot.flows.assistant.cards import Date
from bot.flows.scheduling import booking
from bot.flows.scheduling.booking import Case
from bot.flows.scheduling.proposing import proposed_to
from bot.ui.words import Listing
from storage.meeting import Meeting, coming, to_book
from storage.sessions import meetings_assisted
from storage.tables import Person
from storage.uow import Uow


@dataclass(frozen=True)
class Kept:
    """A session whose date an assistant keeps for a mentee."""

    case: Case
    mentee: Person
    date: Date


def kept(case: Case, mentee: Person) -> Kept:
    """The same with the session as the assistant sees it."""
    return Kept(case, mentee, date_of(case.meeting, mentee))


async def offered(uow: Uow, one: Kept, found: Suggestions) -> Date:
    """The session with what the mentor has proposed; that and what is offered are times that a button may name."""
    meeting = one.case.meeting
    start = (await proposed_to(uow, ((meeting, one.mentee.pk),))).get(meeting.session.pk)
    booking.remember(one.case, *found.starts, *((start,) if start else ()))
    return replace(one.date, proposed=start)


def date_of(meeting: Meeting, mentee: Person, proposed: datetime | None = None) -> Date:
    """A session of the mentee as their assistant sees it."""
    session = meeting.session
    return Date(
        session_id=session.pk,
        mentee=mentee.name,
        others=Listing(meeting.names(mentee.pk)),
        at=session.starts_at if session.state == "scheduled" else None,
        minutes=session.minutes,
        mode=session.mode,
        place=session.place,
        mentor=meeting.mentor.name,
        proposed=proposed,
    )


async def dates_kept_by(uow: Uow, assistant_id: int) -> list[Date]:
    """The dates to come that the assistant keeps, in order; and of each pair without any the session that waits."""
    to_come = _to_come(await meetings_assisted(uow, assistant_id), assistant_id, uow.now)
    theirs = [(one, mentee) for one in to_come if (mentee := one.assisted_by(assistant_id)) is not None]
    proposed = await proposed_to(uow, ((one, mentee.pk) for one, mentee in theirs))
    dates = [date_of(one, mentee, proposed.get(one.session.pk)) for one, mentee in theirs]
    return sorted(dates, key=lambda one: (one.at is not None, one.at or uow.now, one.session_id))


def _to_come(meetings: Iterable[Meeting], assistant_id: int, now: datetime) -> list[Meeting]:
    by_pair: dict[str, list[Meeting]] = {}
    for one in meetings:
        if one.is_on and one.assisted_by(assistant_id) is not None:
            by_pair.setdefault(one.stem, []).append(one)
    found = list[Meeting]()
    for of_pair in by_pair.values():
        booked = [one for one in of_pair if one.session.state == "scheduled" and (one.ends_at or now) > now]
        waiting = to_book(of_pair) if coming(of_pair, now) is None else None
        found += booked
        if waiting is not None and (waiting.session.number == 0 or waiting.is_ready):
            found.append(waiting)
    return found
