"""From stored rows to what an assistant may see of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.flows.assistant.cards import Date
from bot.flows.scheduling.booking import Case
from bot.ui.words import Listing
from storage.meeting import Meeting, coming, to_book
from storage.tables import Person


@dataclass(frozen=True)
class Kept:
    """A session whose date an assistant keeps for a mentee."""

    case: Case
    mentee: Person
    date: Date


def kept(case: Case, mentee: Person) -> Kept:
    """The same with the session as the assistant sees it."""
    return Kept(case, mentee, date_of(case.meeting, mentee))


def date_of(meeting: Meeting, mentee: Person) -> Date:
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
    )


def lines_of(meetings: Iterable[Meeting], assistant_id: int, now: datetime) -> list[Date]:
    """The dates to come that the assistant keeps, in order; and of each pair without any the session that waits."""
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
    dates = [date_of(one, mentee) for one in found if (mentee := one.assisted_by(assistant_id)) is not None]
    return sorted(dates, key=lambda one: (one.at is not None, one.at or now, one.session_id))
