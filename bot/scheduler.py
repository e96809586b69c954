"""APScheduler wakes the relay when something is due; the database decides what. Also the nightly housekeeping."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bot.clock import Clock
from bot.relay import Relay

SAFETY_NET_SECONDS = 15
AT_ONCE = 3  # one that works, one that leaves word, one that is being replaced


class Scheduler:
    """Keeps no promise of its own: losing it loses nothing. ``nightly`` runs once a day, and once at start."""

    def __init__(self, relay: Relay, clock: Clock, nightly: Callable[[], Awaitable[None]]) -> None:
        self._relay = relay
        self._clock = clock
        self._nightly = nightly
        self._nearest: datetime | None = None
        self._ticking = self._again = False
        self._scheduler = AsyncIOScheduler(timezone=UTC)

    def start(self) -> None:
        self._scheduler.start()
        net = IntervalTrigger(seconds=SAFETY_NET_SECONDS)
        self._scheduler.add_job(self._tick, net, id="safety-net", coalesce=True, max_instances=1)
        self._scheduler.add_job(self._sweep, CronTrigger(hour=2, minute=30), id="nightly", coalesce=True)
        self._scheduler.add_job(self._sweep, DateTrigger(datetime.now(UTC)), id="nightly-at-start")
        self.wake(self._clock.now())

    def stop(self) -> None:
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def wake(self, nearest: datetime | None) -> None:
        """Hear of a promise: make sure to be awake when it is due."""
        if nearest is None or not self._scheduler.running:
            return
        if self._nearest is not None and self._nearest <= nearest:
            return
        self._nearest = nearest
        wait = max(nearest - self._clock.now(), timedelta(0))
        trigger = DateTrigger(datetime.now(UTC) + wait)
        self._scheduler.add_job(
            self._tick, trigger, id="wake", replace_existing=True, misfire_grace_time=None, max_instances=AT_ONCE
        )

    async def _sweep(self) -> None:
        await self._nightly()

    async def _tick(self) -> None:
        """Do what is due, one round at a time. Who comes meanwhile leaves word that there may be more."""
        self._nearest, self._again = None, True
        if self._ticking:
            return
        self._ticking = True
        try:
            while self._again:
                self._again = False
                await self._relay.run_due()
            due = await self._relay.next_due()
        finally:
            self._ticking, self._nearest = False, None
        self.wake(due)
