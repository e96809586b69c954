"""The queue against a model: whatever is put, cancelled, claimed, marked, lost in crashes or late, the two agree."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule
from sqlmodel import select

from storage import claims, jobs
from storage.box import Box, new_key
from storage.database import Database, make_engine
from storage.jobs import LEASE, Finished, LeaseLost, Postponed, Promise
from storage.tables import Job, Organisation, Row

START = datetime(2027, 1, 12, 9, tzinfo=UTC)
KEYS = st.sampled_from([f"{stem}:{number}" for stem in ("a", "ab", "b") for number in range(3)])
BOX = Box(new_key())


@dataclass
class Kept:
    """What the model knows of a promise: when it may be taken, and who holds it by which lease."""

    turn_at: datetime
    held: tuple[str, datetime] | None = None
    state: str = "open"


class Queue(RuleBasedStateMachine):
    """Two workers and a clock. ``leases``: what somebody believes to hold, rightly or not."""

    leases = Bundle("leases")

    def __init__(self) -> None:
        super().__init__()
        self.now, self.model = START, dict[str, Kept]()
        self.loop = asyncio.new_event_loop()
        self.database = Database(make_engine("sqlite:///:memory:"), BOX)
        self.loop.run_until_complete(self._begin())

    async def _begin(self) -> None:
        tables = [Organisation.__table__, Job.__table__]  # type: ignore[attr-defined]  # SQLModel adds them
        async with self.database.engine.begin() as connection:
            await connection.run_sync(lambda sync: Row.metadata.create_all(sync, tables=tables))
        async with self.database.uow(self.now) as uow:
            uow.session.add(Organisation(name="a"))
            await uow.commit()

    def teardown(self) -> None:
        self.loop.run_until_complete(self.database.close())
        self.loop.close()

    def store(self, work: Callable[[Any], Awaitable[Any]]) -> Any:
        async def in_a_unit() -> Any:
            async with self.database.uow(self.now, 1) as uow:
                found = await work(uow)
                await uow.commit()
                return found

        return self.loop.run_until_complete(in_a_unit())

    @rule(minutes=st.sampled_from([1, 3, 60]))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(keys=st.lists(KEYS, min_size=1, max_size=5), minutes=st.integers(-5, 5))
    def put(self, keys: list[str], minutes: int) -> None:
        due = self.now + timedelta(minutes=minutes)
        promises = [Promise("x", key, due) for key in keys]
        self.store(lambda uow: jobs.put(uow.session, 1, promises, self.now))
        for key in keys:
            self.model.setdefault(key, Kept(due))

    @rule(prefix=st.sampled_from(["a:", "ab", "b:1", "a"]))
    def cancel(self, prefix: str) -> None:
        self.store(lambda uow: jobs.cancel(uow.session, 1, [prefix]))
        gone = [key for key, kept in self.model.items() if key.startswith(prefix) and kept.state == "open"]
        for key in gone:
            del self.model[key]

    @rule(target=leases, owner=st.sampled_from(["one", "two"]), limit=st.integers(1, 4))
    def claim(self, owner: str, limit: int) -> Any:
        due = {key for key, kept in self.model.items() if kept.state == "open" and kept.turn_at <= self.now}
        claimed = self.loop.run_until_complete(claims.claim(self.database, self.now, owner, limit))
        assert {job.key for job in claimed} <= due
        assert len(claimed) == min(limit, len(due))
        for job in claimed:
            self.model[job.key] = Kept(self.now + LEASE, (owner, self.now + LEASE))
        return multiple(*claimed)

    def _mark(self, job: Job, work: Callable[[Any], Awaitable[Any]]) -> bool:
        """Whether the mark was made: exactly when the lease is still that one."""
        kept = self.model.get(job.key)
        holds = kept is not None and kept.state == "open" and kept.held == (job.owner, job.turn_at)
        try:
            self.store(work)
        except LeaseLost:
            assert not holds
            return False
        assert holds
        return True

    @rule(job=consumes(leases), state=st.sampled_from(["done", "dropped", "expired", "given_up"]))
    def finish(self, job: Job, state: str) -> None:
        if self._mark(job, lambda uow: jobs.finish(uow.session, [Finished(job, state)], self.now)):
            self.model[job.key] = Kept(self.now, state=state)

    @rule(job=consumes(leases), minutes=st.integers(0, 5))
    def retry(self, job: Job, minutes: int) -> None:
        later = self.now + timedelta(minutes=minutes)
        if self._mark(job, lambda uow: jobs.postpone(uow.session, [Postponed(job, later, failed=True)])):
            self.model[job.key] = Kept(later)

    @rule(job=leases)
    def renew(self, job: Job) -> None:
        kept = self.model.get(job.key)
        holds = kept is not None and kept.state == "open" and kept.held == (job.owner, job.turn_at)
        assert self.store(lambda uow: jobs.renew(uow.session, job, self.now)) is holds
        if holds:
            self.model[job.key] = Kept(self.now + LEASE, (job.owner, self.now + LEASE))

    @rule()
    def everybody_died(self) -> None:
        self.store(lambda uow: claims.take_back(uow.session, self.now))
        for kept in self.model.values():
            if kept.held is not None and kept.state == "open":
                kept.turn_at, kept.held = self.now, None

    @invariant()
    def the_store_agrees(self) -> None:
        rows = self.store(lambda uow: uow.all(select(Job)))
        next_due = self.loop.run_until_complete(claims.next_due(self.database))
        assert {row.key: (row.state, row.turn_at if row.state == "open" else None) for row in rows} == {
            key: (kept.state, kept.turn_at if kept.state == "open" else None) for key, kept in self.model.items()
        }
        waiting = [kept.turn_at for kept in self.model.values() if kept.state == "open"]
        assert next_due == min(waiting, default=None)


Queue.TestCase.settings = settings(max_examples=15, stateful_step_count=25, suppress_health_check=list(HealthCheck))
TestQueue = Queue.TestCase
