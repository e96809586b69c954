"""Work that takes minutes, beside the relay: the lease of its promise is renewed as long as it goes on."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from bot.flows.turns import Desk, Fetch, JobRun, Work, fetches_nothing
from bot.nursery import Nursery
from storage import jobs
from storage.database import Database
from storage.jobs import Held
from storage.reach import out_of_reach

log = structlog.get_logger()
BEAT_SECONDS = 1.0

Ended = Callable[[Held, JobRun], Awaitable[None]]
Failed = Callable[[Held, bool], Awaitable[None]]


class Lost(Exception):  # a fact, not a fault
    """The promise was taken back, or another worker has it by now."""


@dataclass
class Beside:
    """The long work that this process does, by the promise that it keeps."""

    database: Database
    clock: Callable[[], datetime]
    nursery: Nursery
    wake: Callable[[datetime | None], None] = lambda _nearest: None
    fetch: Fetch = fetches_nothing
    desks: dict[int, Desk] = field(default_factory=dict)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def start(self, job: Held, work: Work, ended: Ended, failed: Failed) -> None:
        """Work beside the present batch; ``ended`` takes what remains.

        ``failed`` takes what was not to be done, and whether that was for want of a store alone.
        """
        desk = self.desks[job.id] = Desk(self.database, self.clock, self.wake, job, self.fetch)
        self.tasks = [task for task in self.tasks if not task.done()]
        self.tasks.append(self.nursery.start(f"job.{job.name}", self._keep(desk, work, ended, failed)))

    async def stop(self) -> list[Held]:
        """Let go of all long work; the promises that it was done for, to be given back."""
        jobs = [desk.job for desk in self.desks.values()]
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        return jobs

    async def _keep(self, desk: Desk, work: Work, ended: Ended, failed: Failed) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                beat = group.create_task(self._beat(desk))
                rest = await work(desk)
                beat.cancel()
            await ended(desk.job, rest)
        except* Lost:
            log.info("long_work_let_go", job=desk.job.name, job_id=desk.job.id)
        except* Exception as failure:
            troubles = [out_of_reach(error) for error in failure.exceptions]
            if all(troubles):
                log.warning("store_out_of_reach", trouble=troubles[0], job=desk.job.name, job_id=desk.job.id)
            else:
                log.exception("long_work_failed", job=desk.job.name, job_id=desk.job.id)
            await failed(desk.job, all(troubles))
        finally:
            self.desks.pop(desk.job.id, None)

    async def _beat(self, desk: Desk) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            if not await asyncio.shield(self._renewed(desk)):  # a connection that is cut in use is lost
                raise Lost

    async def _renewed(self, desk: Desk) -> bool:
        async with self.database.uow(self.clock(), desk.job.organisation_id) as uow:
            held = await jobs.renew(uow.session, desk.job, uow.now)
            await uow.commit()
            return held
