"""The clock's hand: whoever promises something while the relay is at work is heard at once, not at the next round."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from bot.clock import SystemClock
from bot.relay import Relay
from bot.scheduler import SAFETY_NET_SECONDS, Scheduler

PATIENCE = 8  # seconds: half of what the safety net waits


class SlowRelay:
    """A relay whose every round of work lasts until it is allowed to end."""

    def __init__(self) -> None:
        self.begun: asyncio.Queue[int] = asyncio.Queue()
        self.may_end: asyncio.Queue[None] = asyncio.Queue()
        self.rounds = self.at_once = self.answers = 0
        self.next: datetime | None = None
        self.asked: asyncio.Queue[None] = asyncio.Queue()
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def run_due(self) -> int:
        self.rounds += 1
        self.at_once += 1
        assert self.at_once == 1
        await self.begun.put(self.rounds)
        await self.may_end.get()
        self.at_once -= 1
        return 0

    def hear(self, promised: datetime | None) -> None:
        pass

    async def beat(self) -> None:
        pass

    async def stop(self) -> None:
        pass

    async def next_due(self) -> datetime | None:
        due, self.next = self.next, None
        self.asked.put_nowait(None)
        await self.may_answer.wait()
        self.answers += 1
        return due


async def nothing() -> None:
    pass


@pytest.fixture
async def relay() -> SlowRelay:
    return SlowRelay()


@pytest.fixture
async def scheduler(relay: SlowRelay) -> AsyncIterator[Scheduler]:
    running = Scheduler(cast("Relay", relay), SystemClock(), nothing)
    running.start()
    async with asyncio.timeout(PATIENCE):
        assert await relay.begun.get() == 1
    yield running
    relay.may_end.put_nowait(None)
    await running.stop()


async def test_what_is_promised_during_the_work_is_looked_at_right_after_it(
    relay: SlowRelay, scheduler: Scheduler
) -> None:
    async with asyncio.timeout(PATIENCE):
        for work in range(2, 5):
            scheduler.wake(datetime.now(UTC))
            scheduler.wake(datetime.now(UTC))
            relay.may_end.put_nowait(None)
            assert await relay.begun.get() == work


async def test_what_fell_due_at_the_very_end_of_the_work_is_done_next(relay: SlowRelay, scheduler: Scheduler) -> None:
    async with asyncio.timeout(PATIENCE):
        relay.next = datetime.now(UTC) - timedelta(seconds=1)
        relay.may_end.put_nowait(None)
        assert await relay.begun.get() == 2


@pytest.mark.parametrize("wait", [timedelta(0), timedelta(milliseconds=300)], ids=["due at once", "due soon"])
async def test_what_is_promised_while_the_store_is_asked_is_not_forgotten_for_what_is_far(
    relay: SlowRelay, scheduler: Scheduler, wait: timedelta
) -> None:
    async with asyncio.timeout(PATIENCE):
        relay.may_answer.clear()
        relay.next = datetime.now(UTC) + timedelta(days=1)
        relay.may_end.put_nowait(None)
        await relay.asked.get()
        scheduler.wake(datetime.now(UTC) + wait)
        for _ in range(20):  # what is due at once knocks while the store still thinks
            await asyncio.sleep(0)
        relay.may_answer.set()
        assert await relay.begun.get() == 2


async def test_when_nothing_is_due_nothing_is_asked_before_the_net(relay: SlowRelay, scheduler: Scheduler) -> None:
    async with asyncio.timeout(PATIENCE):
        relay.may_end.put_nowait(None)
        await relay.asked.get()
        await asyncio.sleep(0)
    waits = {job.id: job.trigger for job in scheduler._scheduler.get_jobs()}
    assert waits.keys() == {"safety-net", "heartbeat", "nightly"}
    assert waits["heartbeat"].interval > waits["safety-net"].interval == timedelta(seconds=SAFETY_NET_SECONDS)


async def test_who_asks_the_store_while_all_is_stopped_hears_its_answer(relay: SlowRelay, scheduler: Scheduler) -> None:
    async with asyncio.timeout(PATIENCE):
        relay.may_answer.clear()
        relay.may_end.put_nowait(None)
        await relay.asked.get()
        stopping = asyncio.ensure_future(scheduler.stop())
        for _ in range(20):
            await asyncio.sleep(0)
        relay.may_answer.set()
        await stopping
    assert relay.answers == 1
