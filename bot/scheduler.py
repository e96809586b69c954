"""APScheduler wakes the relay when something is due; the database decides what. Also heartbeat and housekeeping."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock
from bot.nursery import Nursery
from bot.relay import Relay
from storage import workers
from storage.reach import out_of_reach

log = structlog.get_logger()
SAFETY_NET_SECONDS = 15
BREATH = timedelta(milliseconds=50)
STORE_PATIENCE = timedelta(seconds=2)
STOP_SECONDS = 1.0
AT_ONCE = 3  # one that works, one that leaves word, one that is being replaced


class Scheduler:
    """Keeps no promise of its own: losing it loses nothing.

    ``nightly`` runs once a day, and once at start; ``listen`` tells of what other processes promise.
    """

    def __init__(
        self,
        relay: Relay,
        clock: Clock,
        nightly: Callable[[], Awaitable[None]],
        listen: Callable[[Callable[[], None]], Coroutine[Any, Any, None]] | None = None,
    ) -> None:
        self._relay = relay
        self._clock = clock
        self._nightly = nightly
        self._listen = listen
        self._listening: asyncio.Task[None] | None = None
        self._nearest: datetime | None = None
        self._ticking = self._again = False
        self._nursery = Nursery()
        late = {"coalesce": True, "misfire_grace_time": None}  # however late the loop comes to it, once
        self._scheduler = AsyncIOScheduler(timezone=UTC, job_defaults=late)

    def start(self) -> None:
        self._scheduler.start()
        net = IntervalTrigger(seconds=SAFETY_NET_SECONDS)
        self._scheduler.add_job(self._do, net, [self._tick], id="safety-net", max_instances=1)
        heart = IntervalTrigger(seconds=int(workers.EACH.total_seconds()))
        now, night = datetime.now(UTC), CronTrigger(hour=2, minute=30)
        self._scheduler.add_job(self._do, heart, [self._beat], id="heartbeat", next_run_time=now)
        self._scheduler.add_job(self._do, night, [self._sweep], id="nightly")
        self._scheduler.add_job(self._do, DateTrigger(now), [self._sweep], id="nightly-at-start")
        if self._listen is not None:
            self._listening = asyncio.create_task(self._listen(lambda: self.wake(self._clock.now())))
        self.wake(self._clock.now())

    async def stop(self) -> None:
        """Wake nobody any more, and let the relay and what else goes on end their work."""
        if self._listening is not None:
            self._listening.cancel()
        if self._scheduler.running:
            self._scheduler.pause()
        await self._relay.stop()
        await self._nursery.end(STOP_SECONDS)
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
            self._do,
            trigger,
            [self._tick],
            id="wake",
            replace_existing=True,
            misfire_grace_time=None,
            max_instances=AT_ONCE,
        )

    async def _do(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """APScheduler drops what runs when it is shut down; in the middle of a statement, a connection would be lost
        whose thread nobody ends.
        """
        await asyncio.shield(self._nursery.start("scheduled", work()))

    async def _sweep(self) -> None:
        await self._nightly()

    async def _beat(self) -> None:
        try:
            await self._relay.beat()
        except (SQLAlchemyError, OSError) as error:
            _tell(error)

    async def _tick(self) -> None:
        """Do what is due, one round at a time. Who comes meanwhile leaves word that there may be more."""
        self._nearest, self._again = None, True
        if self._ticking:
            self._relay.hear(self._clock.now())
            return
        self._ticking, due = True, None
        try:
            while self._again:
                self._again = False
                await self._relay.run_due()
                due = await self._relay.next_due()
        except (SQLAlchemyError, OSError) as error:
            _tell(error)
            due = self._clock.now() + STORE_PATIENCE
        finally:
            self._ticking = False
        # What is due and was not done is in other hands at this moment: nobody gains by asking at once.
        self.wake(due and max(due, self._clock.now() + BREATH))


def _tell(error: Exception) -> None:
    """That the store is out of reach is said in a line. Raises what is anything else."""
    if not (trouble := out_of_reach(error)):
        raise error
    log.warning("store_out_of_reach", trouble=trouble)
