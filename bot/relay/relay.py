"""The loop: claims what is due, keeps several organisations going at once, gives back what it holds when it stops."""

import asyncio
import contextlib
import os
import random
import secrets
import socket
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.beside import Beside
from bot.domain import retry
from bot.flows.turns import Feature, JobKind, JobRun
from bot.nursery import Nursery
from bot.relay.deciding import Deciding, Failed, Lasting, PutOff, Ready
from bot.relay.marking import Faulty, Marking, Result, Returned, Sent, Undone
from bot.relay.pacing import Pacing
from bot.relay.post import Sender, Undelivered
from bot.relay.turns import Turns
from storage import claims, lanes, workers
from storage.database import Database
from storage.jobs import Held

log = structlog.get_logger()
MOST_HELD = 100
MOST_OF_ONE = 60
MOST_CLAIMED = 40  # at once, which may all be of one organisation
TOGETHER = 20
AT_ONCE = 4  # units of work, of a pool of ten connections; SQLite has one
SEND_SECONDS = 60  # a send that takes longer would outlive its lease
STOP_SECONDS, MARK_SECONDS = 6.0, 2.0
GLANCE_SECONDS = 1.0
STORE_WAIT = timedelta(seconds=2)


@dataclass
class Relay:
    """Does what is due. Any number of relays may share one store: a promise is claimed by one of them.

    It holds at most ``MOST_HELD`` promises, ``MOST_OF_ONE`` of one organisation: a slow one holds nobody else back.
    ``turns``: who is answered meanwhile stands behind one step of the relay's at most.
    """

    database: Database
    features: tuple[Feature, ...]
    senders: Mapping[str, Sender]
    clock: Callable[[], datetime]
    chance: random.Random
    base_url: str = ""
    nursery: Nursery = field(default_factory=Nursery)
    owner: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}")
    kinds: Mapping[str, JobKind] = field(init=False)
    deciding: Deciding = field(init=False)
    marking: Marking = field(init=False)
    turns: Turns = field(init=False)
    beside: Beside = field(init=False)
    held: dict[int, Held] = field(default_factory=dict)
    working: Nursery = field(default_factory=Nursery)
    claiming: asyncio.Lock = field(default_factory=asyncio.Lock)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    more: bool = True
    crowded: set[int] = field(default_factory=set)
    stopping: bool = False
    beating: bool = False

    def __post_init__(self) -> None:
        self.kinds = {name: kind for feature in self.features for name, kind in feature.jobs.items()}
        pacing = Pacing(self.senders)
        self.beside = Beside(self.database, self.clock, self.nursery)
        self.turns = Turns(1 if self.database.engine.dialect.name == "sqlite" else AT_ONCE)
        common = (self.database, self.turns, self.kinds, self.clock, self.base_url, pacing, self.hear)
        self.deciding = Deciding(*common)
        self.marking = Marking(*common, self.chance, self._release)

    async def next_due(self) -> datetime | None:
        """When there is something to do next; None when nothing is promised."""
        await self.turns.calm()
        moments = (await claims.next_due(self.database), await lanes.next_turn(self.database))
        return min((moment for moment in moments if moment is not None), default=None)

    async def take_back(self) -> None:
        """For the only worker of a store, when it begins: what the one before it held when it died is due now."""
        async with self.database.uow(self.clock()) as uow:
            held = await claims.take_back(uow.session, uow.now)
            await uow.commit()
        if held:
            log.info("promises_taken_back", count=held)

    def hear(self, promised: datetime | None) -> None:
        """Hear of a promise that was made while ``run_due`` is at work; it looks again when that is due."""
        if promised is not None and promised <= self.clock():
            self.more = True
            self.news.set()

    async def run_due(self) -> int:
        """Do everything that is due now, and what becomes due meanwhile; returns how many promises were looked at."""
        looked_at, self.more = 0, True
        while not self.stopping:
            self.news.clear()
            self.more |= bool(self.crowded - self._busy())
            if self.more and MOST_HELD - len(self.held) >= TOGETHER:
                looked_at += await self._take_up()
            elif self.held:
                await self._something_happens()
            else:
                break
        return looked_at

    async def _take_up(self) -> int:
        """Claim, and begin at once with what is claimed; returns how many these are."""
        taken = 0
        async with self.claiming:
            async for claimed in self._claim():
                taken += len(claimed)
                self.held.update((job.id, job) for job in claimed)
                for group in self._groups(claimed):
                    self.working.start("promises", self._do(group))
        return taken

    async def beat(self) -> None:
        """Say that this worker lives."""
        async with self.database.uow(self.clock()) as uow:
            await workers.beat(uow.session, self.owner, uow.now)
            await uow.commit()
        self.beating = True

    async def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Claim nothing more, finish what is under way, and give the rest back for others to do."""
        self.stopping = True
        self.news.set()
        with contextlib.suppress(TimeoutError):  # what is being claimed at this moment belongs to what is under way
            async with asyncio.timeout(GLANCE_SECONDS), self.claiming:
                pass
        for job in await self.beside.stop():
            self.marking.put(Returned(job))
        await self.working.end(seconds)
        await self.marking.nursery.end(MARK_SECONDS)
        if self.beating:
            with contextlib.suppress(SQLAlchemyError, OSError):
                async with self.database.uow(self.clock()) as uow:
                    await workers.leave(uow.session, self.owner)
                    await uow.commit()

    async def _something_happens(self) -> None:
        """Wait for a promise to come to its end, or for news; what becomes due while something is slow is seen too."""
        try:
            async with asyncio.timeout(GLANCE_SECONDS):
                await self.news.wait()
        except TimeoutError:
            self.more = True

    async def _claim(self) -> AsyncIterator[list[Held]]:
        """Those whose turn has come in lanes, then the others: the first get half of the room at most, for an answer
        waits for no campaign.
        """
        room = min(MOST_CLAIMED, MOST_HELD - len(self.held))
        busy = self._busy()
        held = [*self.held, *self.beside.desks]
        self.more, self.crowded = False, busy  # what is heard of and released meanwhile counts
        async with self.turns:
            waited = await lanes.claim_waiting(self.database, self.clock(), self.owner, room // 2, busy=busy, held=held)
        self.more |= len(waited) == room // 2
        yield waited
        if self.stopping:
            return
        left = room - len(waited)
        async with self.turns:
            due = await claims.claim(self.database, self.clock(), self.owner, left, busy=busy, held=held)
        self.more |= len(due) == left
        yield due

    def _busy(self) -> set[int]:
        """The organisations of which one claim more could be too many."""
        of_one = Counter(job.organisation_id for job in self.held.values())
        return {organisation for organisation, count in of_one.items() if count + MOST_CLAIMED > MOST_OF_ONE}

    def _groups(self, claimed: Iterable[Held]) -> Iterator[list[Held]]:
        """Those that share a unit of work: a few of one organisation."""
        shared: dict[int, list[Held]] = {}
        for job in claimed:
            shared.setdefault(job.organisation_id, []).append(job)
        for group in shared.values():
            yield from (group[start : start + TOGETHER] for start in range(0, len(group), TOGETHER))

    async def _do(self, group: list[Held], rest: JobRun | None = None) -> None:
        """Decide the promises of a group, and send what is to be said."""
        try:
            decided = await self.deciding.decide(group, rest)
        except asyncio.CancelledError:
            for job in group:
                self.marking.put(Returned(job))
            raise
        for one in decided:
            if isinstance(one, Lasting):
                self.beside.start(one.job, one.work, self._long_ended, self._long_failed)
        going = [one for one in decided if not isinstance(one, Lasting)]
        still_held = {one.job.id for one in going}
        for job in group:
            if job.id not in still_held:
                self._release(job)
        await asyncio.gather(*(self._go_on(one) for one in going))

    async def _go_on(self, one: Ready | Failed | PutOff) -> None:
        match one:
            case Ready():
                self.marking.put(await self._sent(one))
            case Failed(job):
                self.marking.put(Faulty(job))
            case PutOff(job):
                self.marking.put(_when_the_store_is_back(job))

    async def _long_ended(self, job: Held, rest: JobRun) -> None:
        """What remains of long work, in one unit of work with the end of its promise."""
        self.held[job.id] = job
        await self._do([job], rest)
        await self.marking.nursery.settle()

    async def _long_failed(self, job: Held, by_store: bool) -> None:
        self.marking.put(_when_the_store_is_back(job) if by_store else Faulty(job))
        await self.marking.nursery.settle()

    async def _sent(self, ready: Ready) -> Result:
        job, parcel = ready.job, ready.parcel
        sender = self.senders.get(parcel.address.workspace.platform)
        if sender is None:
            log.warning("no_way_out", platform=parcel.address.workspace.platform, job_id=job.id)
            return Undone(job, parcel, Undelivered(retry.Refused()))
        try:
            await self.turns.calm()
            async with asyncio.timeout(SEND_SECONDS):
                return Sent(job, parcel, await sender.send(parcel))
        except Undelivered as failure:
            return Undone(job, parcel, failure)
        except TimeoutError:
            return Undone(job, parcel, Undelivered(retry.Unknown()))
        except asyncio.CancelledError:
            self.marking.put(Returned(job, begun=True))
            raise
        except Exception:
            log.exception("sending_failed", job=job.name, job_id=job.id)
            return Undone(job, parcel, Undelivered(retry.Unknown()))

    def _release(self, job: Held) -> None:
        self.held.pop(job.id, None)
        self.news.set()


def _when_the_store_is_back(job: Held) -> Returned:
    return Returned(job, reason="store", wait=STORE_WAIT)
