"""Giving the address of a published calendar, looking at how it stands, taking it away."""

from bot.flows import talk
from bot.flows.calendar import cards
from bot.flows.calendar.conversation import GIVE, address_of
from bot.flows.calendar.reading import promise_all, promise_first
from bot.flows.engine import Place
from bot.flows.turns import Replace, Reply, Turn
from storage.calendars import calendar_of
from storage.tables import BusyCalendar


async def command(turn: Turn) -> Reply:
    """``calendar``: how it stands; with an address after it, that calendar from now on."""
    if turn.words.strip():
        address = address_of(turn.words)
        return await _take(turn, address) if address else await _form(turn, turn.words.strip())
    row = await calendar_of(turn.uow, turn.person.pk)
    if row is None:
        return Replace(cards.none_yet())
    return Replace(cards.known(row.read_at, row.failing_since is not None, turn.zone))


async def ask(turn: Turn) -> Reply:
    """The form for the address."""
    return await _form(turn)


async def _form(turn: Turn, typed: str = "") -> Reply:
    return await talk.start(turn, GIVE, answers={"address": typed}, fresh=True)


async def give(turn: Turn, place: Place) -> Reply:
    """The address was typed in the form, whose check let it pass."""
    return await _take(turn, address_of(place.one("address")) or "")


async def _take(turn: Turn, address: str) -> Reply:
    """Keep the address, sealed; what was known of another one is forgotten."""
    row = await calendar_of(turn.uow, turn.person.pk, lock=True)
    if row is None:
        row = turn.uow.add(BusyCalendar(person_id=turn.person.pk, sealed_address="", given_at=turn.now))
    row.sealed_address, row.sealed_busy, row.given_at = turn.uow.box.seal(address), "", turn.now
    row.tried_at = row.read_at = row.failing_since = row.told_at = None
    await turn.uow.flush()
    promise_first(turn.uow, row)
    promise_all(turn.uow)
    return Replace(cards.given())


async def forget(turn: Turn) -> Reply:
    """Take the calendar away, with all that was kept of it."""
    row = await calendar_of(turn.uow, turn.person.pk, lock=True)
    if row is not None:
        await turn.uow.delete(row)
    return Replace(cards.forgotten())
