"""Writes down what became of messages: as many at once as have come back meanwhile, whatever the store goes through.

A result that cannot be written is kept and tried again until its lease ends; then the promise comes back, in doubt.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlmodel import col

from bot.domain import retry
from bot.flows.turns import JobKind, JobTurn
from bot.nursery import Nursery
from bot.relay import counts
from bot.relay.pacing import Pacing, lane_of, wait
from bot.relay.post import Parcel, Receipt, Undelivered
from bot.relay.turns import Turns
from storage import jobs, lanes
from storage.accounts import learn_conversations, mark_unreachable
from storage.database import Database
from storage.jobs import Finished, Held, LeaseLost, Postponed
from storage.reach import out_of_reach
from storage.tables import Nudge
from storage.uow import Uow

log = structlog.get_logger()
MOST_AT_ONCE = 20
STORE_PATIENCE_SECONDS = 0.5


@dataclass(frozen=True)
class Sent:
    """The platform took the message."""

    job: Held
    parcel: Parcel
    receipt: Receipt


@dataclass(frozen=True)
class Undone:
    """It did not, or nobody knows."""

    job: Held
    parcel: Parcel
    failure: Undelivered


@dataclass(frozen=True)
class Faulty:
    """The job's function failed, or what follows a message did (``said``; ``again``: it may be tried again)."""

    job: Held
    said: bool = False
    again: bool = True


@dataclass(frozen=True)
class Returned:
    """Given back before sending began (``begun``: in the middle of it), to be taken again after ``wait``."""

    job: Held
    begun: bool = False
    reason: str = "stopped"
    wait: timedelta = timedelta(0)


Result = Sent | Undone | Faulty | Returned
Mark = Finished | Postponed


@dataclass
class Marking:
    """``promised`` hears of the nearest promise made, ``released`` of each promise that this worker is done with."""

    database: Database
    turns: Turns
    kinds: Mapping[str, JobKind]
    clock: Callable[[], datetime]
    base_url: str
    pacing: Pacing
    promised: Callable[[datetime | None], None]
    chance: random.Random
    released: Callable[[Held], None]
    nursery: Nursery = field(default_factory=Nursery)
    waiting: list[Result] = field(default_factory=list)
    downs: Counter[lanes.LaneName] = field(default_factory=Counter)
    writing: bool = False

    def put(self, result: Result) -> None:
        """Hand a result in; it is written as soon as the writer is free."""
        self.waiting.append(result)
        if not self.writing:
            self.writing = True
            self.nursery.start("marking", self._write_all())

    async def _write_all(self) -> None:
        try:
            while self.waiting:
                await asyncio.sleep(0)  # those that came back in the same moment are written together
                organisation = self.waiting[0].job.organisation_id
                group = [one for one in self.waiting if one.job.organisation_id == organisation][:MOST_AT_ONCE]
                taken = {id(one) for one in group}
                self.waiting = [one for one in self.waiting if id(one) not in taken]
                await self._write(group)
                for one in group:
                    self.released(one.job)
        finally:
            self.writing = False

    async def _write(self, group: Sequence[Result]) -> None:
        """Write them together; if that fails, one after the other."""
        try:
            await self._together(group)
        except Exception as error:
            if trouble := out_of_reach(error):
                await self._write_later(group, trouble)
            elif len(group) > 1:
                for one in group:
                    await self._write([one])
            elif isinstance(error, LeaseLost):
                counts.lease_losses.inc()
            else:
                await self._what_follows_failed(group[0])

    async def _write_later(self, group: Sequence[Result], trouble: str) -> None:
        """When the store may be back: those whose lease has not ended meanwhile."""
        log.warning("store_out_of_reach", trouble=trouble, unwritten=len(self.waiting) + len(group))
        await asyncio.sleep(STORE_PATIENCE_SECONDS)
        if lasting := [one for one in group if one.job.turn_at > self.clock()]:
            await self._write(lasting)

    async def _what_follows_failed(self, result: Result) -> None:
        """What has to follow a message failed: it is tried again where looking it up keeps it from being said again."""
        log.exception("mark_failed", job=result.job.name, job_id=result.job.id)
        if isinstance(result, Sent):
            sender = self.pacing.senders[result.parcel.address.workspace.platform]
            await self._write([Faulty(result.job, said=True, again=sender.can_look_up(result.parcel.address))])

    async def _together(self, group: Sequence[Result]) -> None:
        async with self.turns, self.database.uow(self.clock(), group[0].job.organisation_id) as uow:
            sent = [one for one in group if isinstance(one, Sent)]
            undone = [one for one in group if isinstance(one, Undone)]
            marks: list[Mark] = [Finished(one.job, "done", receipt=one.receipt.message) for one in sent]
            marks += [await self._failed(uow, one) for one in undone]
            marks += [self._faulty(uow, one) for one in group if isinstance(one, Faulty)]
            marks += [_back(uow, one) for one in group if isinstance(one, Returned)]
            await learn_conversations(uow, _conversations(sent))
            for one in sent:
                hook = self.kinds[one.job.name].sent
                if hook is not None:
                    await hook(JobTurn(uow, uow.now, one.job, self.base_url), one.receipt.conversation)
            await _forget(uow, undone)
            ended = [mark for mark in marks if isinstance(mark, Finished)]
            put_off = [mark for mark in marks if isinstance(mark, Postponed)]
            await jobs.finish(uow.session, ended, uow.now, only=uow.settled and not put_off)
            await jobs.postpone(uow.session, put_off)
            self.promised(await uow.commit())
            self._count(group, marks, uow.now)

    def _faulty(self, uow: Uow, one: Faulty) -> Mark:
        if one.said and not one.again:
            return Finished(one.job, "given_up", "exhausted")
        return self._retried(one.job, retry.Unknown(), uow.now, unsure=one.said or one.job.unsure)

    def _retried(self, job: Held, trouble: retry.Trouble, now: datetime, *, unsure: bool) -> Mark:
        """As the retry decision says."""
        fault = isinstance(trouble, retry.Unknown)
        faults = job.faults + fault
        match retry.after_failure(trouble, job.attempts, faults, now, job.expires_at, self.chance.random()):
            case retry.TryAt(moment):
                name = type(trouble).__name__
                return Postponed(job, moment, name, unsure=unsure, failed=True, fault=fault)
            case retry.GiveUp(reason):
                return Finished(job, "given_up", reason)

    async def _failed(self, uow: Uow, one: Undone) -> Mark:
        job, trouble = one.job, one.failure.trouble
        log.warning("undelivered", job=job.name, job_id=job.id, trouble=type(trouble).__name__)
        # A try whose outcome is unknown stays so until it was looked up, whatever stood in the way of looking.
        mark = self._retried(job, trouble, uow.now, unsure=_unsure(one))
        lane_id = await self._pause(uow, one)
        if isinstance(mark, Postponed) and isinstance(trouble, retry.Busy):
            return wait(job, mark.turn_at, "Busy", lane_id)
        return mark

    async def _pause(self, uow: Uow, one: Undone) -> int:
        """Pause the lane when the platform asks for it, or cannot be reached again and again; the lane's id."""
        trouble = one.failure.trouble
        if not isinstance(trouble, retry.Busy | retry.Down):
            return 0
        name = self._lane(one.parcel)
        self.downs[name] += isinstance(trouble, retry.Down)
        patience = trouble.retry_after if isinstance(trouble, retry.Busy) else retry.lane_pause(self.downs[name])
        if patience is None:
            return 0
        lane = (await lanes.held_lanes(uow.session, uow.organisation_id, [name], uow.now))[name]
        lanes.pause(lane, uow.now + patience, type(trouble).__name__)
        platform = one.parcel.address.workspace.platform
        counts.pauses.labels(platform, name.method, type(trouble).__name__).inc()
        return lane.pk

    def _lane(self, parcel: Parcel) -> lanes.LaneName:
        sender = self.pacing.senders[parcel.address.workspace.platform]
        return lane_of(parcel.address, sender.limit(parcel.address, edit=bool(parcel.edit)))

    def _count(self, group: Sequence[Result], marks: Sequence[Mark], now: datetime) -> None:
        platforms = {
            one.job.id: one.parcel.address.workspace.platform for one in group if isinstance(one, Sent | Undone)
        }
        for mark in marks:
            counts.promises.labels(mark.job.name, platforms.get(mark.job.id, ""), _outcome(mark)).inc()
        for one in group:
            if isinstance(one, Sent):
                counts.lateness.observe(max(0.0, (now - one.job.due_at).total_seconds()))
                if one.job.is_late(now):
                    counts.late.labels(one.job.name, platforms[one.job.id]).inc()
                if self.downs:
                    self.downs.pop(self._lane(one.parcel), None)


def _outcome(mark: Mark) -> str:
    if not isinstance(mark, Finished):
        return counts.RETRIED
    if mark.state == "done":
        return counts.SENT
    return counts.REFUSED if mark.reason == counts.REFUSED else mark.state


def _unsure(one: Undone) -> bool:
    return one.parcel.unsure or isinstance(one.failure.trouble, retry.Unknown)


def _back(uow: Uow, one: Returned) -> Postponed:
    return Postponed(one.job, uow.now + one.wait, one.reason, unsure=one.begun or one.job.unsure)


def _conversations(sent: Sequence[Sent]) -> dict[int, str]:
    """The private chats that were not known."""
    private = [(one.parcel.address.accounts[0], one) for one in sent if len(one.parcel.address.accounts) == 1]
    return {
        account.pk: one.receipt.conversation
        for account, one in private
        if account.conversation != one.receipt.conversation
    }


async def _forget(uow: Uow, undone: Sequence[Undone]) -> None:
    """A nudge that certainly was not said did not disturb; an account that is gone is not written to again."""
    unsaid = [one.parcel.nudge for one in undone if one.parcel.nudge is not None and not _unsure(one)]
    if unsaid:
        for row in await uow.all(uow.of(Nudge).where(col(Nudge.id).in_(unsaid))):
            await uow.delete(row)
    unreachable = [one.parcel.address.accounts for one in undone if one.failure.unreachable]
    gone = [accounts[0].pk for accounts in unreachable if len(accounts) == 1]  # of several nobody knows which one it is
    if gone:
        await mark_unreachable(uow, gone)
