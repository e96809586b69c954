"""Looking at the dates that one keeps for others, booking and moving them. Each press checks whose they are."""

from collections.abc import Mapping
from dataclasses import replace

from bot.flows import talk
from bot.flows.assistant import cards
from bot.flows.assistant.conversation import TYPE
from bot.flows.assistant.views import Kept, date_of, dates_kept_by, kept, offered
from bot.flows.calendar.reading import promise_again
from bot.flows.engine import Place
from bot.flows.scheduling import booking
from bot.flows.scheduling.booking import Case
from bot.flows.scheduling.cards import before
from bot.flows.scheduling.conversation import CLASH, moment_of
from bot.flows.scheduling.facts import facts_of, for_assistant, from_json
from bot.flows.turns import HomeSection, Outdated, Refused, Replace, Reply, Tell, Turn, outdated_button
from bot.ui.cards import Card
from bot.ui.words import T, Text
from storage.calendars import shown_by
from storage.sessions import meeting_and_busy

OFFERED = 6
AT_HOME = 12


async def command(turn: Turn) -> Reply:
    """``diary``: the dates of those whose assistant the person is."""
    lines = await dates_kept_by(turn.uow, turn.person.pk)
    return Replace(cards.dates(lines, turn.zone))


async def dates(turn: Turn) -> Reply:
    """The same from a button, beside what was pressed."""
    lines = await dates_kept_by(turn.uow, turn.person.pk)
    return Tell(cards.dates(lines, turn.zone))


async def _kept(turn: Turn, session_id: int, *, calendars: bool = True) -> Kept:
    """The session, held to the end, if the person keeps its date for a mentee. Refuses when no date can be set.

    ``calendars``: what people's own ones show counts, because dates are offered.
    """
    found = await meeting_and_busy(turn.uow, session_id, calendars=calendars)
    mentee = found[0].assisted_by(turn.person.pk) if found else None
    if found is None or mentee is None:
        raise outdated_button()
    meeting, busy = found
    if not meeting.is_on:
        raise Refused(T("assistant.rests", mentee=mentee.name))
    booking.check_open(meeting, turn)
    if meeting.session.number > 0 and not meeting.is_ready:
        raise Refused(T("assistant.waits", mentee=mentee.name))
    promise_again(turn.uow, busy.stale)
    return kept(Case(meeting, facts_of(meeting, busy, mentee.pk, turn.now)), mentee)


async def move(turn: Turn) -> Reply:
    """Times for a date that is to be found, or moved."""
    return Replace(await _offer(turn, await _kept(turn, turn.number())))


async def _offer(turn: Turn, one: Kept, why: Text | None = None) -> Card:
    found = one.case.facts.suggest(turn.now, OFFERED)
    new = cards.offer(await offered(turn.uow, one, found), found, turn.zone)
    return before(why, new) if why else new


async def book(turn: Turn) -> Reply:
    """One of the offered times was pressed: it is booked, or takes the place of the date before."""
    one = await _kept(turn, turn.number())
    session, facts = one.case.meeting.session, one.case.facts
    start = booking.offered(session, turn.number(1))
    if one.case.is_booked and (start is None or session.starts_at == start):
        return Replace(cards.already(one.date, turn.zone))
    if start is None:
        return Replace(await _offer(turn, one, T("scheduling.stale")))
    if facts.problem(start, turn.now) is not None or facts.came_between(start):
        return Replace(await _offer(turn, one, T("assistant.came_between")))
    booking.fix(turn, one.case, start)
    return Replace(cards.booked(date_of(one.case.meeting, one.mentee), turn.zone))


async def type_one(turn: Turn) -> Reply:
    """The form that reads a date as people type it, by the assistant's own clock."""
    one = await _kept(turn, turn.number(), calendars=False)
    facts, session = for_assistant(one.case.facts, one.mentee), one.case.meeting.session
    context = {**facts.to_json(), "asked_at": turn.now.isoformat()}
    known = {"mode": session.mode, "place": session.place}
    return await talk.start(turn, TYPE, f"session:{session.pk}", context, known, at=TYPE.first)


async def look_up(turn: Turn, place: Place) -> Mapping[str, str]:
    """Whether the calendars of those who meet show anything at the moment that was typed."""
    moment, facts = moment_of(place), from_json(place.context)
    if moment is None:
        return {CLASH: ""}
    shown, _ = await shown_by(turn.uow, [int(person.key) for _, person in facts.others])
    return {CLASH: "yes" if replace(facts, calendars=shown).came_between(moment) else ""}


async def typed(turn: Turn, place: Place) -> Reply:
    """The date that was typed, read back and confirmed; other times where it suits no longer."""
    moment = moment_of(place)
    if moment is None:
        raise Outdated(T("scheduling.read_again"))
    one = await _kept(turn, int(place.context["session_id"]), calendars=False)
    session, facts = one.case.meeting.session, for_assistant(one.case.facts, one.mentee)
    if one.case.is_booked and session.starts_at == moment:
        return Replace(cards.already(one.date, turn.zone))
    if (problem := facts.problem(moment, turn.now)) is not None:
        case = await booking.with_their_calendars(turn, one.case)
        return Replace(await _offer(turn, replace(one, case=case), problem))
    if not one.case.is_booked and place.one("mode"):
        session.mode, session.place = place.one("mode"), place.one("place").strip()
    booking.fix(turn, one.case, moment)
    return Replace(cards.booked(date_of(one.case.meeting, one.mentee), turn.zone))


async def home(turn: Turn) -> list[HomeSection]:
    """The dates that the person keeps for others."""
    lines = await dates_kept_by(turn.uow, turn.person.pk) if turn.actor.assists else []
    return [HomeSection(AT_HOME, cards.dates(lines, turn.zone))] if lines else []
