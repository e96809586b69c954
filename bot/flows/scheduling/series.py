"""All dates of a pair in one go: the list of times that suit both, one press for all, or another time for one."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from bot import content
from bot.flows import assisting
from bot.flows.calendar.reading import promise_again
from bot.flows.scheduling import booking, cards
from bot.flows.scheduling.cards import Line
from bot.flows.scheduling.facts import facts_of
from bot.flows.scheduling.views import appointment, file_of
from bot.flows.session import timetable
from bot.flows.turns import JobTurn, NotOwed, Outcome, Outdated, Refused, Replace, Reply, Say, Turn, outdated_button
from bot.ui.words import Listing, T
from storage.calendars import Busy
from storage.meeting import BOOKABLE, Meeting
from storage.sessions import busy_of, meetings_of, siblings

CHOICE = 9


async def command(turn: Turn) -> Reply:
    """``/mentoring series``: of the first of the person's pairs that waits for a date."""
    meetings = await meetings_of(turn.uow, turn.person.pk)
    waiting = [one for one in meetings if one.session.state in BOOKABLE]
    if not waiting:
        raise Refused(booking.nothing_to_book(meetings))
    first = min(waiting, key=lambda one: one.circle)
    return await _offer(turn, [one for one in waiting if one.stem == first.stem])


async def offer(turn: Turn) -> Reply:
    """The same from a button."""
    return await _offer(turn, await siblings(turn.uow, turn.number(), lock=True))


async def _offer(turn: Turn, meetings: Sequence[Meeting]) -> Reply:
    waiting = _to_book(turn, meetings)
    dates = list(_dates(waiting, await _busy(turn, waiting[0]), turn))
    if not dates:
        raise Refused(T("scheduling.series_none"))
    for one, start in dates:
        one.session.offered = [start.isoformat()]
    names = Listing(waiting[0].names(turn.person.pk))
    return Replace(cards.series(waiting[0].session.pk, [_line(*date) for date in dates], names, turn.zone))


def _to_book(turn: Turn, meetings: Sequence[Meeting]) -> list[Meeting]:
    """The sessions without a date. Refuses kindly for all but the mentee of a pair that goes on, and is prepared."""
    if not meetings or meetings[0].role_of(turn.person.pk) is None:
        raise outdated_button()
    booking.check_goes_on(meetings[0], turn)
    waiting = [one for one in meetings if one.session.state in BOOKABLE]
    if not waiting:
        raise Outdated(T("scheduling.nothing_to_book"))
    if not meetings[0].books(turn.person.pk):
        raise Refused(T("scheduling.series_is_theirs", partner=Listing(_mentees(meetings[0]))))
    booking.check_ready(waiting[-1], turn)
    return waiting


def _mentees(one: Meeting) -> tuple[str, ...]:
    return tuple(mentee.name for mentee in one.mentees)


async def _busy(turn: Turn, one: Meeting) -> Busy:
    busy = await busy_of(turn.uow, [person.pk for person in one.people])
    promise_again(turn.uow, busy.stale)
    return busy


def _dates(waiting: Iterable[Meeting], taken: Busy, turn: Turn) -> Iterator[tuple[Meeting, datetime]]:
    """For each session the first time that suits both and lies after the one before."""
    last = turn.now
    for one in waiting:
        found = facts_of(one, taken, turn.person.pk, turn.now).suggest(turn.now, CHOICE)
        start = next((moment for moment in found.starts if moment > last), None)
        if start is not None:
            taken = taken.and_(start, start + one.length)
            last = start
            yield one, start


def _line(one: Meeting, start: datetime) -> Line:
    return Line(one.session.pk, content.topics()[one.session.topic].title, start)


async def book(turn: Turn) -> Reply:
    """All of the listed dates; those that no longer suit are left out and said."""
    meetings = await siblings(turn.uow, turn.number(), lock=True)
    waiting = {one.session.pk: one for one in _to_book(turn, meetings)}
    wanted = _wanted(turn)
    first = next(iter(waiting.values()))
    taken, booked = await _busy(turn, first), list[Line]()
    for session_id, stamp in wanted:
        one = waiting.get(session_id)
        start = booking.offered(one.session, stamp) if one is not None else None
        if one is None or start is None:
            continue
        facts = facts_of(one, taken, turn.person.pk, turn.now)
        if facts.problem(start, turn.now) or facts.came_between(start):
            continue
        taken = taken.and_(start, start + one.length)
        booking.set_date(turn.uow, one, start)
        timetable.promise(turn.uow, one, None)
        booked.append(_line(one, start))
    if not booked:
        raise Outdated(T("scheduling.series_stale"))
    for person in first.people:
        key = f"{first.stem}:series:{int(turn.now.timestamp())}:{person.pk}"
        turn.uow.promise(
            "scheduling.series_booked", key, turn.now, person=person.pk, session=first.session.pk, by=turn.person.pk
        )
    assisting.owe(turn.uow, first, turn.person.pk)
    return Replace(
        cards.series_booked(booked, len(wanted) - len(booked), Listing(first.names(turn.person.pk)), turn.zone)
    )


def _wanted(turn: Turn) -> list[tuple[int, int]]:
    """Session and moment of each listed date, as the button names them after the session that leads to the pair."""
    parts = turn.id.count(":")
    if parts == 0 or parts % 2:
        raise outdated_button()
    return [(turn.number(n), turn.number(n + 1)) for n in range(1, parts, 2)]


async def booked(turn: JobTurn) -> Outcome:
    """The dates with one file for the calendar: news for the partner, the file alone for the one who set them."""
    meetings = await siblings(turn.uow, turn.arg("session"))
    coming = [
        one
        for one in meetings
        if one.session.state == "scheduled" and one.is_on and (one.ends_at or turn.now) > turn.now
    ]
    if not coming or turn.job.person_id is None or coming[0].role_of(turn.job.person_id) is None:
        return NotOwed()
    person = coming[0].person(turn.job.person_id)
    file = file_of(*(appointment(one, person) for one in coming))
    if person.pk == turn.arg("by"):
        return Say((person.pk,), cards.series_file(file))
    lines = [_line(one, one.session.starts_at or turn.now) for one in coming]
    by = coming[0].person(turn.arg("by")).name
    return Say((person.pk,), cards.series_told(lines, by, person.timezone, file))
