"""Reading published calendars, beside everything else: the first time, now and then, and when dates are looked for."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.domain.busy import NotACalendar, Span, TooLarge, busy
from bot.flows.calendar import cards
from bot.flows.turns import Desk, Did, Fetch, JobRun, JobTurn, Long, NotOwed, Outcome, Say
from storage import calendars as store
from storage.calendars import ToRead
from storage.tables import BusyCalendar, Person
from storage.uow import Uow

MOST_BYTES = 5_000_000
SECONDS = 20.0
EACH = timedelta(hours=3)
AHEAD = timedelta(days=200)
WEEKS = timedelta(weeks=2)
"""How long a calendar may fail before its owner hears of it."""
TOGETHER = 4
KIND = "calendar"

Trouble = Literal["", "refused", "unreachable", "gone", "too_large", "not_a_calendar"]


@dataclass(frozen=True)
class Reading:
    """What came of reading a calendar: when its owner is busy, or what was in the way."""

    of: ToRead
    spans: tuple[Span, ...] = ()
    trouble: Trouble = ""


async def read(fetch: Fetch, one: ToRead, now: datetime) -> Reading:
    """Fetch a calendar and work out when its owner is busy, in a thread: a large one takes a second."""
    got = await fetch(one.address, most=MOST_BYTES, seconds=SECONDS)
    if got.trouble:
        return Reading(one, trouble=got.trouble)
    try:
        spans = await asyncio.to_thread(busy, got.data, one.zone, now - timedelta(days=1), now + AHEAD)
    except NotACalendar:
        return Reading(one, trouble="not_a_calendar")
    except TooLarge:
        return Reading(one, trouble="too_large")
    return Reading(one, tuple(spans))


# ── What is promised ─────────────────────────────────────────────────────────────────────────────────────────────────


def promise_first(uow: Uow, row: BusyCalendar) -> None:
    """Read a calendar that was just given, and say what came of it."""
    key = f"calendar:{row.pk}:first:{int(uow.now.timestamp())}"
    uow.promise("calendar.read", key, uow.now, person=row.person_id, calendar=row.pk, first=1)


def promise_again(uow: Uow, calendar_ids: Collection[int]) -> None:
    """Read these again now, because somebody looks for a date; once in a while, however many look."""
    while_ = int(uow.now.timestamp() // store.FRESH.total_seconds())
    for id in calendar_ids:
        uow.promise("calendar.read", f"calendar:{id}:again:{while_}", uow.now, calendar=id, first=0)


def promise_all(uow: Uow) -> None:
    """Read all of the organisation that are old, at the end of this while."""
    turn = int(uow.now.timestamp() // EACH.total_seconds()) + 1
    due = datetime.fromtimestamp(turn * EACH.total_seconds(), uow.now.tzinfo)
    uow.promise("calendar.read_all", f"calendars:{turn}", due)


# ── What is done ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def read_one(turn: JobTurn) -> Outcome:
    """``calendar.read``: one calendar. The person who has just given it hears what came of it, and nobody else."""
    one = await store.one_to_read(turn.uow, turn.arg("calendar"))
    if one is None:
        return NotOwed()

    async def work(desk: Desk) -> JobRun:
        reading = await read(desk.fetch, one, desk.clock())

        async def rest(after: JobTurn) -> Outcome:
            row = await _keep(after.uow, reading)
            if row is None or not after.arg("first"):
                return Did()
            return await _say(after.uow, row, reading.trouble)

        return rest

    return Long(work)


async def _say(uow: Uow, row: BusyCalendar, trouble: Trouble) -> Outcome:
    """What came of the first reading. An address that cannot be one of a calendar is not kept."""
    if not trouble:
        return Say((row.person_id,), cards.read())
    if trouble == "unreachable":
        return Say((row.person_id,), cards.tries_on())
    await uow.delete(row)
    return Say((row.person_id,), cards.not_taken(trouble))


async def read_all(turn: JobTurn) -> Outcome:
    """``calendar.read_all``: all old ones of the organisation, a few at a time; and again after a while."""
    waiting = await store.to_read(turn.uow, turn.now - EACH / 2)

    async def work(desk: Desk) -> JobRun:
        room = asyncio.Semaphore(TOGETHER)

        async def one(calendar: ToRead) -> None:
            async with room:
                reading = await read(desk.fetch, calendar, desk.clock())
                async with desk.uow() as uow:
                    await _keep(uow, reading)

        async with asyncio.TaskGroup() as group:
            for calendar in waiting:
                group.create_task(one(calendar))
        return _again

    return Long(work)


async def _again(turn: JobTurn) -> Outcome:
    """As long as there is a calendar to read."""
    if await turn.uow.first(turn.uow.of(BusyCalendar).limit(1)) is not None:
        promise_all(turn.uow)
    return Did()


async def _keep(uow: Uow, reading: Reading) -> BusyCalendar | None:
    """Write down what came of it; what failed leaves the last good copy, and is told when it fails for weeks.

    None when the calendar was taken away meanwhile, or another address given.
    """
    row = await uow.get(BusyCalendar, reading.of.id, lock=True)
    if row is None or row.given_at != reading.of.given_at:
        return None
    if not reading.trouble:
        store.keep(uow, row, reading.spans)
        return row
    row.tried_at, row.failing_since = uow.now, row.failing_since or uow.now
    if row.told_at is None and row.failing_since <= uow.now - WEEKS:
        row.told_at = uow.now
        uow.promise("calendar.lost", f"calendar:{row.pk}:lost:{uow.now:%Y%m%d}", uow.now, person=row.person_id)
    return row


async def lost(turn: JobTurn) -> Outcome:
    """``calendar.lost``: the calendar has not been read for weeks; said once."""
    person = await turn.uow.get(Person, turn.job.person_id)
    row = await store.calendar_of(turn.uow, person.pk) if person else None
    if person is None or row is None or row.failing_since is None:
        return NotOwed()
    return Say((person.pk,), cards.lost(row.read_at, person.timezone), nudge=KIND)
