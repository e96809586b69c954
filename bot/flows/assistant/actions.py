"""Looking at the dates that one keeps for others, booking and moving them. Each press checks whose they are."""

from bot.flows.assistant import cards
from bot.flows.assistant.views import Kept, date_of, kept, lines_of
from bot.flows.calendar.reading import promise_again
from bot.flows.scheduling import booking
from bot.flows.scheduling.booking import Case
from bot.flows.scheduling.facts import facts_of
from bot.flows.turns import Refused, Replace, Reply, Tell, Turn, outdated_button
from bot.ui.cards import Card
from bot.ui.words import T, Text
from storage.sessions import meeting_and_busy, meetings_assisted

OFFERED = 6


async def command(turn: Turn) -> Reply:
    """``diary``: the dates of those whose assistant the person is."""
    lines = lines_of(await meetings_assisted(turn.uow, turn.person.pk), turn.person.pk, turn.now)
    return Replace(cards.dates(lines, turn.zone))


async def dates(turn: Turn) -> Reply:
    """The same from a button, beside what was pressed."""
    lines = lines_of(await meetings_assisted(turn.uow, turn.person.pk), turn.person.pk, turn.now)
    return Tell(cards.dates(lines, turn.zone))


async def _kept(turn: Turn) -> Kept:
    """The session, held to the end, if the person keeps its date for a mentee. Refuses when no date can be set."""
    found = await meeting_and_busy(turn.uow, turn.number())
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
    return Replace(_offer(turn, await _kept(turn)))


def _offer(turn: Turn, one: Kept, why: Text | None = None) -> Card:
    found = one.case.facts.suggest(turn.now, OFFERED)
    booking.remember(one.case, *found.starts)
    new = cards.offer(one.date, found, turn.zone)
    return cards.again(why, new) if why else new


async def book(turn: Turn) -> Reply:
    """One of the offered times was pressed: it is booked, or takes the place of the date before."""
    one = await _kept(turn)
    session, facts = one.case.meeting.session, one.case.facts
    start = booking.offered(session, turn.number(1))
    if one.case.is_booked and (start is None or session.starts_at == start):
        return Replace(cards.already(one.date, turn.zone))
    if start is None:
        return Replace(_offer(turn, one, T("scheduling.stale")))
    if facts.problem(start, turn.now) is not None or facts.came_between(start):
        return Replace(_offer(turn, one, T("assistant.came_between")))
    booking.fix(turn, one.case, start)
    return Replace(cards.booked(date_of(one.case.meeting, one.mentee), turn.zone))
