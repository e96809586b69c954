"""Looking for a date, typing one, setting, moving and cancelling it, saying where."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.flows import talk
from bot.flows.engine import Place
from bot.flows.scheduling import booking, cards
from bot.flows.scheduling.conversation import CLASH, TYPE, WHEN_MOST, WHERE, WHOSE, moment_of
from bot.flows.scheduling.facts import from_json
from bot.flows.scheduling.proposing import waiting
from bot.flows.scheduling.views import booked_view
from bot.flows.session import timetable
from bot.flows.turns import Outdated, Replace, Reply, Turn, outdated_button
from bot.ui.words import Listing, T
from storage.calendars import shown_by
from storage.meeting import BOOKABLE, Meeting
from storage.sessions import meeting, meetings_of


async def slots(turn: Turn) -> Reply:
    """Times that suit both; once there is a date the older buttons that lead here show that date."""
    case = await booking.case_of(turn, turn.number())
    if case.is_booked:
        return Replace(cards.already(booked_view(case.meeting, turn.person.pk)))
    return Replace(booking.offers(case, turn.now))


async def move(turn: Turn) -> Reply:
    """Other times that suit both, for a session that has a date or may have one."""
    case = await booking.case_of(turn, turn.number())
    return Replace(booking.offers(case, turn.now))


async def book(turn: Turn) -> Reply:
    """One of the offered times was pressed. Times offered before there was a date are no longer on offer."""
    case = await booking.case_of(turn, turn.number())
    start = booking.offered(case.meeting.session, turn.number(1))
    if start is None and case.is_booked:
        return Replace(cards.already(booked_view(case.meeting, turn.person.pk)))
    if start is None:
        return _new_ones(turn, case, "scheduling.stale")
    if case.facts.came_between(start) and not turn.id.endswith(cards.AGREED):
        return _new_ones(turn, case, "scheduling.came_between")
    return await booking.settle(turn, case, start)


def _new_ones(turn: Turn, case: booking.Case, why: str) -> Reply:
    new = booking.offers(case, turn.now)
    return Replace(cards.before(T(why), new))


async def type_one(turn: Turn) -> Reply:
    """The form that reads a date as people type it."""
    return await _type(turn, turn.number())


async def _type(turn: Turn, session_id: int, **typed: str) -> Reply:
    case = await booking.case_of(turn, session_id, calendars=False)
    session = case.meeting.session
    context = {**case.facts.to_json(), "asked_at": turn.now.isoformat()}
    known = {"mode": session.mode, "place": session.place, **typed}
    return await talk.start(turn, TYPE, f"session:{session.pk}", context, known, at=TYPE.first, fresh=bool(typed))


async def for_whose(turn: Turn, place: Place) -> Reply:
    """One of several meetings was chosen for a date that was typed before: on with that date."""
    return await _type(turn, int(place.one("session")), when=place.one("when"))


async def typed(turn: Turn, place: Place) -> Reply:
    """The date that was typed, read back and confirmed; what a calendar shows then was said with it."""
    moment = moment_of(place)
    if moment is None:
        raise Outdated(T("scheduling.read_again"))
    case = await booking.case_of(turn, int(place.context["session_id"]), calendars=False)
    if case.facts.books and not case.is_booked and place.one("mode"):
        case.meeting.session.mode = place.one("mode")
        case.meeting.session.place = place.one("place").strip()
    return await booking.settle(turn, case, moment)


async def look_up(turn: Turn, place: Place) -> Mapping[str, str]:
    """Whether the calendars of those who meet show anything at the moment that was typed."""
    moment, facts = moment_of(place), from_json(place.context)
    if moment is None:
        return {CLASH: ""}
    people = [turn.person.pk, *(int(person.key) for _, person in facts.others)]
    shown, _ = await shown_by(turn.uow, people)
    return {CLASH: "yes" if replace(facts, calendars=shown).came_between(moment) else ""}


async def cancel(turn: Turn) -> Reply:
    """Take the date back."""
    return await booking.take_back(turn, await booking.case_of(turn, turn.number(), gate=False))


async def ask_where(turn: Turn) -> Reply:
    """The form about place or link."""
    found = await _mine(turn, turn.number())
    booking.check_open(found, turn)
    known = {"mode": found.session.mode, "place": found.session.place}
    subject = f"session:{found.session.pk}"
    return await talk.start(turn, WHERE, subject, {"session_id": found.session.pk}, known, fresh=True)


async def say_where(turn: Turn, place: Place) -> Reply:
    """Place or link is known: both calendars get it."""
    found = await _mine(turn, int(place.context["session_id"]))
    booking.check_open(found, turn)
    session = found.session
    where = (place.one("mode"), place.one("place").strip())
    if session.state == "scheduled" and where == (session.mode, session.place):
        return Replace(cards.booked(booked_view(found, turn.person.pk)))
    session.mode, session.place = where
    if session.state != "scheduled":
        return talk.said(T("scheduling.where_kept"))
    session.sequence += 1
    timetable.tell(turn.uow, found, turn.person.pk, session.starts_at)
    return Replace(cards.booked(booked_view(found, turn.person.pk)))


async def book_command(turn: Turn) -> Reply:
    """``/mentoring book``: times for the next session that has no date; a date typed behind it is in the form."""
    meetings = await meetings_of(turn.uow, turn.person.pk)
    firsts = _firsts(meetings)
    return await _next(turn, firsts) if firsts else talk.said(booking.nothing_to_book(meetings))


async def move_command(turn: Turn) -> Reply:
    """``/mentoring move``: other times for the next session that has one; likewise."""
    meetings = await meetings_of(turn.uow, turn.person.pk)
    booked = [one for one in meetings if one.session.state == "scheduled" and (one.ends_at or turn.now) > turn.now]
    if not booked:
        return talk.said(T("scheduling.nothing_booked") if _firsts(meetings) else booking.nothing_to_book(meetings))
    return await _next(turn, _first_of_each(booked))


def _firsts(meetings: Iterable[Meeting]) -> list[Meeting]:
    """Of each of the person's pairs, the first session that waits for a date."""
    return _first_of_each(one for one in meetings if one.session.state in BOOKABLE)


def _first_of_each(meetings: Iterable[Meeting]) -> list[Meeting]:
    found: dict[str, Meeting] = {}
    for one in meetings:
        found.setdefault(one.stem, one)
    return list(found.values())


async def _next(turn: Turn, meetings: list[Meeting]) -> Reply:
    """What comes of the command for one meeting; of several, each of another pair, one is chosen first.

    What the mentor has proposed comes before other times.
    """
    words = turn.words.strip()[:WHEN_MOST]
    if len(meetings) > 1:
        if words:
            known = [[one.session.pk, list(one.names(turn.person.pk))] for one in meetings]
            return await talk.start(turn, WHOSE, context={"meetings": known}, answers={"when": words}, fresh=True)
        rows = [(one.session.pk, Listing(one.names(turn.person.pk))) for one in meetings]
        return Replace(cards.choose(rows, tuple((await waiting(turn.uow, meetings, turn.person.pk)).values())))
    if words:
        return await _type(turn, meetings[0].session.pk, when=words)
    case = await booking.case_of(turn, meetings[0].session.pk)
    proposed = await waiting(turn.uow, (case.meeting,), turn.person.pk)
    return Replace(proposed.get(case.meeting.session.pk) or booking.offers(case, turn.now))


async def _mine(turn: Turn, session_id: int) -> Meeting:
    found = await meeting(turn.uow, session_id, lock=True)
    if found is None or found.role_of(turn.person.pk) is None:
        raise outdated_button()
    booking.check_goes_on(found, turn)
    return found
