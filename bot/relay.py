"""Way in 2, a job later: claim → commit → run → commit → send (no transaction open) → mark."""

import asyncio
import os
import random
import secrets
import socket
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.beside import Beside
from bot.domain import nudges, retry
from bot.flows.turns import Did, Feature, JobKind, JobRun, JobTurn, Long, NotOwed, Outcome, Say
from bot.nursery import Nursery
from bot.ui.cards import Card
from storage import jobs
from storage.accounts import accounts_of, mark_unreachable
from storage.database import Database
from storage.sites import site_of
from storage.tables import Account, Job, Nudge, Organisation, Person, Workspace
from storage.uow import Uow

log = structlog.get_logger()
BATCH = 50
SPREAD_SECONDS = 900
UNDATED = timedelta(days=30)
PACE = timedelta(milliseconds=250)


@dataclass(frozen=True)
class Address:
    """Where a message goes: a workspace and accounts in it (one: private chat; more: a conversation of all)."""

    workspace: Workspace
    accounts: tuple[Account, ...]


@dataclass(frozen=True)
class Receipt:
    """What the platform calls the message that it took, and its conversation."""

    message: str
    conversation: str


@dataclass(frozen=True)
class Parcel:
    """One message on its way. ``key`` goes along, to be looked up by; ``nudge`` is the id its buttons answer.

    ``languages``: the card is drawn in each of them, one below the other.
    """

    address: Address
    card: Card
    languages: tuple[str, ...]
    key: str
    nudge: int | None = None
    edit: str = ""
    unsure: bool = False


class Undelivered(Exception):  # carries a value for the retry decision
    """The platform did not take a message, or nobody knows: ``trouble`` says which."""

    def __init__(self, trouble: retry.Trouble, *, unreachable: bool = False) -> None:
        super().__init__(type(trouble).__name__)
        self.trouble = trouble
        self.unreachable = unreachable


class Sender(Protocol):
    """A platform's way out. Never retries by itself; raises ``Undelivered``."""

    async def send(self, parcel: Parcel) -> Receipt: ...


@dataclass
class Relay:
    """Does what is due. Any number of relays may share one store: a promise is claimed by one of them."""

    database: Database
    features: tuple[Feature, ...]
    senders: Mapping[str, Sender]
    clock: Callable[[], datetime]
    chance: random.Random
    base_url: str = ""
    nursery: Nursery = field(default_factory=Nursery)
    owner: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}")
    kinds: Mapping[str, JobKind] = field(init=False)
    paused: dict[int, datetime] = field(default_factory=dict)
    slots: dict[int, datetime] = field(default_factory=dict)
    beside: Beside = field(init=False)

    def __post_init__(self) -> None:
        self.beside = Beside(self.database, self.clock, self.nursery)
        self.kinds = {name: kind for feature in self.features for name, kind in feature.jobs.items()}

    async def next_due(self) -> datetime | None:
        """When there is something to do next; None when nothing is promised."""
        async with self.database.uow(self.clock()) as uow:
            return await jobs.next_due(uow.session)

    async def take_back(self) -> None:
        """For the only worker of a store, when it begins: what the one before it held when it died is due now."""
        async with self.database.uow(self.clock()) as uow:
            held = await jobs.take_back(uow.session, uow.now)
            await uow.commit()
        if held:
            log.info("promises_taken_back", count=held)

    async def run_due(self) -> int:
        """Do everything that is due now; returns how many promises were looked at."""
        looked_at = 0
        while claimed := await self._claim():
            looked_at += len(claimed)
            await asyncio.gather(*(self._one(job) for job in claimed))
        return looked_at

    async def _claim(self) -> list[Job]:
        async with self.database.uow(self.clock()) as uow:
            due = await jobs.next_due(uow.session)
            if due is None or due > uow.now:
                return []
            claimed = await jobs.claim(uow.session, uow.now, self.owner, BATCH)
            await uow.commit()
            return claimed

    async def _one(self, job: Job) -> None:
        if self.beside.has(job):
            return
        try:
            parcel = await self._decide(job)
            if parcel is not None:
                await self._deliver(job, parcel)
        except Exception:
            log.exception("job_failed", job=job.name, job_id=job.id)
            await self._after(job, retry.Unknown(), unsure=job.unsure)

    async def _decide(self, job: Job) -> Parcel | None:
        """Run the job's function in one unit of work; None when nothing is to be sent."""
        now = self.clock()
        async with self.database.uow(now, job.organisation_id) as uow:
            kind = self.kinds.get(job.name)
            if kind is None or (job.expires_at is not None and job.expires_at <= now):
                await jobs.finish(
                    uow.session, job, "expired" if kind else "dropped", now, "too late" if kind else "unknown"
                )
                await uow.commit()
                return None
            outcome = await kind.run(JobTurn(uow, now, job, self.base_url))
            parcel = await self._settle(uow, job, outcome)
            await uow.commit()
            return parcel

    async def _settle(self, uow: Uow, job: Job, outcome: Outcome) -> Parcel | None:
        match outcome:
            case Did():
                await jobs.finish(uow.session, job, "done", uow.now)
            case NotOwed():
                await jobs.finish(uow.session, job, "dropped", uow.now, "no longer owed")
            case Say():
                return await self._prepare(uow, job, outcome)
            case Long(work):
                self.beside.start(job, work, self._long_ended, self._long_failed)
        return None

    async def _long_ended(self, job: Job, rest: JobRun) -> None:
        """What remains of long work, in one unit of work with the end of its promise."""
        async with self.database.uow(self.clock(), job.organisation_id) as uow:
            if not await jobs.renew(uow.session, job, uow.now):
                return
            outcome = await rest(JobTurn(uow, uow.now, job, self.base_url))
            parcel = await self._settle(uow, job, outcome)
            self.beside.wake(await uow.commit())
        if parcel is not None:
            await self._deliver(job, parcel)

    async def _long_failed(self, job: Job) -> None:
        await self._after(job, retry.Unknown(), unsure=job.unsure)

    async def _prepare(self, uow: Uow, job: Job, say: Say) -> Parcel | None:
        people = await uow.by_id(Person, say.to)
        reached = await accounts_of(uow, say.to)
        if any(id not in reached for id in say.to):
            await jobs.finish(uow.session, job, "given_up", uow.now, "unreachable")
            return None
        first = people[say.to[0]]
        waits = self._slot(reached[first.pk][1].pk, uow.now)
        if waits is not None:
            await jobs.postpone(uow.session, job, waits, "lane paused", unsure=job.unsure)
            return None
        nudge = await self._begun_nudge(uow, job) if job.unsure else None
        if say.nudge is not None and nudge is None:
            nudge = await self._nudge(uow, job, first, say.nudge)
            if nudge is None:
                return None
        address = Address(reached[first.pk][1], tuple(reached[id][0] for id in say.to))
        edit = await self._receipt_of(uow, say.edit) if say.edit else ""
        languages = tuple(dict.fromkeys(people[id].language for id in say.to))
        return Parcel(address, say.card, languages, job.key, nudge, edit, job.unsure)

    async def _receipt_of(self, uow: Uow, key: str) -> str:
        earlier: Job | None = await uow.first(uow.of(Job).where(Job.key == key))
        return earlier.receipt if earlier else ""

    async def _begun_nudge(self, uow: Uow, job: Job) -> int | None:
        """The nudge of a try whose outcome is unknown: it was allowed then, and is not counted twice."""
        row: Nudge | None = await uow.first(uow.of(Nudge).where(Nudge.job_key == job.key))
        return row.id if row else None

    async def _nudge(self, uow: Uow, job: Job, person: Person, kind: str) -> int | None:
        """Ask the nudge policy; the id of the nudge when it may go now, else None (the job is moved or dropped)."""
        # Of two messages to one person that fall due together, the second has to know of the first.
        await uow.first(uow.of(Person).where(Person.id == person.pk).with_for_update(key_share=True))
        since = uow.now - timedelta(days=60)
        sent = await uow.all(uow.of(Nudge).where(Nudge.person_id == person.pk, Nudge.sent_at >= since))
        history = [nudges.Sent(row.kind, row.sent_at, row.answered_at is not None) for row in sent]
        organisation = await uow.session.get(Organisation, uow.organisation_id)
        site = site_of(person, organisation)
        disturbable = nudges.Disturbable(
            stopped_kinds=frozenset(person.stopped_kinds),
            snoozed={kind: datetime.fromisoformat(until) for kind, until in person.snoozed.items()},
            paused_until=person.paused_until,
        )
        expires_at = job.expires_at or uow.now + UNDATED
        match nudges.decide(uow.now, disturbable, kind, history, site, expires_at):
            case nudges.Send():
                row = uow.add(Nudge(person_id=person.pk, kind=kind, job_key=job.key, sent_at=uow.now))
                await uow.flush()
                return row.id
            case nudges.TryAt(moment):
                await jobs.postpone(uow.session, job, moment + self._spread(job), "not now")
            case nudges.Drop(reason):
                await jobs.finish(uow.session, job, "dropped", uow.now, reason)
        return None

    def _spread(self, job: Job) -> timedelta:
        """A steady share of a quarter of an hour, so that a Monday morning does not come all at once."""
        return timedelta(seconds=zlib.crc32(job.key.encode()) % SPREAD_SECONDS)

    def _slot(self, workspace_id: int, now: datetime) -> datetime | None:
        """A moment of its own after the pause that a workspace asked for: those waiting do not return at once."""
        paused = self.paused.get(workspace_id)
        if paused is None or paused <= now:
            return None
        slot = max(self.slots.get(workspace_id, paused), paused)
        self.slots[workspace_id] = slot + PACE
        return slot

    async def _deliver(self, job: Job, parcel: Parcel) -> None:
        sender = self.senders.get(parcel.address.workspace.platform)
        if sender is None:
            await self._after(job, retry.Refused(), unsure=False)
            return
        try:
            receipt = await sender.send(parcel)
        except Undelivered as failure:
            await self._failed(job, parcel, failure)
            return
        async with self.database.uow(self.clock(), job.organisation_id) as uow:
            await jobs.finish(uow.session, job, "done", uow.now, receipt=receipt.message)
            if len(parcel.address.accounts) == 1 and not parcel.address.accounts[0].conversation:
                account = await uow.get(Account, parcel.address.accounts[0].id)
                if account is not None:
                    account.conversation = receipt.conversation
            kind = self.kinds[job.name]
            if kind.sent is not None:
                await kind.sent(JobTurn(uow, uow.now, job, self.base_url), receipt.conversation)
            await uow.commit()

    async def _failed(self, job: Job, parcel: Parcel, failure: Undelivered) -> None:
        log.warning("undelivered", job=job.name, job_id=job.id, trouble=type(failure.trouble).__name__)
        now = self.clock()
        # A try whose outcome is unknown stays so until it was looked up, whatever stood in the way of looking.
        unsure = job.unsure or isinstance(failure.trouble, retry.Unknown)
        async with self.database.uow(now, job.organisation_id) as uow:
            if isinstance(failure.trouble, retry.Busy):
                self.paused[parcel.address.workspace.pk] = now + failure.trouble.retry_after
            if failure.unreachable:
                for account in parcel.address.accounts:
                    await mark_unreachable(uow, account.pk)
            if parcel.nudge is not None and not unsure:
                row = await uow.get(Nudge, parcel.nudge)
                if row is not None:
                    await uow.delete(row)
            await uow.commit()
        await self._after(job, failure.trouble, unsure=unsure)

    async def _after(self, job: Job, trouble: retry.Trouble, *, unsure: bool) -> None:
        """Move or end the promise as the retry decision says."""
        now = self.clock()
        async with self.database.uow(now, job.organisation_id) as uow:
            match retry.after_failure(trouble, job.attempts, now, job.expires_at, self.chance.random()):
                case retry.TryAt(moment):
                    name = type(trouble).__name__
                    await jobs.postpone(uow.session, job, moment, name, unsure=unsure, failed=True)
                case retry.GiveUp(reason):
                    await jobs.finish(uow.session, job, "given_up", now, reason)
            await uow.commit()
