"""Killed at any moment, it loses no promise: real processes, ended with SIGKILL while they say sixty things."""

import asyncio
import contextlib
import os
import random
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, update
from sqlmodel import col

from bot.cli.serve import be_the_only_worker
from bot.settings import BadSettings
from storage.jobs import LEASE
from storage.tables import Job, MatchRun, Pairing, Person, Proposal, Round
from storage.uow import Uow
from tests.databases import fresh_postgres, restart_at_once
from tests.stage import KEY, SECRET, TOKEN, Stage, department, on_stage
from tests.stories.steps import a_pair
from tests.stories.test_matching import MENTEES, enrolled, matched, pairs
from tests.stories.test_pairing import rows

pytestmark = pytest.mark.long
ROOT = Path(__file__).parent.parent
LETTERS, INTRODUCTIONS, KILLS = 50, 10, 2
PATIENCE, HANGS = 60, 300  # seconds; a machine that tests is busy


@pytest.fixture(params=["sqlite", "postgresql"])
async def address(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """An empty database that outlives its processes."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'inverso.db'}"
        return
    async with fresh_postgres(request.getfixturevalue("postgres_server")) as url:
        yield url


# Python runs this as it starts: a process that computes a matching stops between the pairs and the people left out.
HALF_WRITTEN = """
import sys
if "matching.apart" in sys.orig_argv[-1]:
    import os, time
    from storage import parts as dealt
    pairs_then_people = []
    def parts(items):
        pairs_then_people.append(items)
        while len(pairs_then_people) == 2 and os.path.exists({held!r}):
            time.sleep(0.02)
        return in_parts(items)
    in_parts, dealt.parts = dealt.parts, parts
"""


# Likewise: a version in which nobody introduced a pair.
OF_BEFORE = """
from dataclasses import replace
from bot.flows import catalogue
catalogue.FEATURES = tuple(
    replace(feature, jobs={name: kind for name, kind in feature.jobs.items() if name != "pairing.introduce"})
    for feature in catalogue.FEATURES
)
"""


async def owed(stage: Stage) -> set[str]:
    """The keys of letters to each of a company whose platform has no limits, and of introductions of its pairs."""
    stage.workspace.limits_on = False
    names = [person.name for person in stage.workspace.people.values() if person.name != "Valentina Vitale"]
    pairings = [await a_pair(stage, *names[2 * number : 2 * number + 2]) for number in range(INTRODUCTIONS)]
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        keys = await promise(uow, pairings)
        await uow.commit()
    return keys


@asynccontextmanager
async def a_process(stage: Stage, address: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """The worker as it is deployed, talking to the stage's workspace; killed at the end."""
    environment = {
        **os.environ,
        "DATABASE_URL": address,
        "INVERSO_SECRET_KEY": KEY,
        "SLACK_BOT_TOKEN": TOKEN,
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": f"{stage.workspace.base_url}/api/",
    }
    command = (sys.executable, "-m", "bot", "worker")
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environment, stdout=quiet, stderr=quiet)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def promise(uow: Uow, pairings: list[int]) -> set[str]:
    """Owe sixty messages now: private ones that end a round, and conversations of two; returns their keys."""
    await uow.execute(delete(Job))
    round_id = (await uow.need(Pairing, pairings[0])).round_id
    people = await uow.all(uow.of(Person).order_by(Person.id))
    for number in range(LETTERS):
        person = people[number % len(people)].pk
        uow.promise("programme.cancelled", f"letter:{number}", uow.now, person=person, round=round_id, expects=0)
    for pairing in pairings:
        uow.promise("pairing.introduce", f"introduction:{pairing}", uow.now, pairing=pairing)
    return {promise.key for promise in uow.promises}


def received(stage: Stage) -> Counter[str]:
    """How often each promise's message lies in a conversation."""
    said = (message for place in stage.workspace.conversations.values() for message in place.messages.values())
    return Counter(message.metadata["event_payload"]["key"] for message in said if message.metadata)


async def open_jobs(stage: Stage) -> int:
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        return await uow.count(uow.of(Job).where(Job.state == "open"))


async def let_leases_end(stage: Stage) -> None:
    """What the dead worker holds is two minutes older: with several workers nobody but time tells who is dead."""
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        held = (col(Job.state) == "open", col(Job.owner) != "")
        past = datetime.now(UTC) - timedelta(seconds=1)
        assert all(job.turn_at <= datetime.now(UTC) + LEASE for job in await uow.all(uow.of(Job).where(*held)))
        await uow.execute(update(Job).where(*held).values(turn_at=past))
        await uow.commit()


async def their_turn_has_come(stage: Stage) -> None:
    """Of those that nobody works on: who left one to another version looks again after longer and longer."""
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        free = (col(Job.state) == "open", col(Job.owner) == "")
        await uow.execute(update(Job).where(*free).values(turn_at=datetime.now(UTC)))
        await uow.commit()


async def said_more(stage: Stage, process: asyncio.subprocess.Process, more: int) -> None:
    """Return in the moment in which that many more messages have come."""
    changes = stage.workspace.subscribe()
    try:
        async with asyncio.timeout(PATIENCE):
            while more:
                assert process.returncode is None
                change = await changes.get()
                more -= change.kind == "message"
    finally:
        stage.workspace.unsubscribe(changes)


async def everything_done(stage: Stage, process: asyncio.subprocess.Process, but: int = 0) -> None:
    """All but so many."""
    async with asyncio.timeout(PATIENCE):
        while await open_jobs(stage) > but:
            assert process.returncode is None
            await asyncio.sleep(0.05)


async def told_to_stop(stage: Stage, address: str) -> None:
    """A worker that has said something more ends in time, and holds nothing then (what the killed held may wait)."""
    async with a_process(stage, address) as process:
        await said_more(stage, process, 1)
        process.terminate()
        async with asyncio.timeout(10):
            assert await process.wait() == 0
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        owners = {job.owner for job in await uow.all(uow.of(Job).where(Job.state == "open"))}
    assert not [owner for owner in owners if f":{process.pid}:" in owner]


@pytest.mark.promised("`kill -9` before sending begins")
@pytest.mark.promised("`kill -9` after sending has begun, before marking")
@pytest.mark.promised("How many that can be")
@pytest.mark.promised("Who takes over, and when")
@pytest.mark.promised("SIGTERM")
async def test_killed_again_and_again_every_message_arrives_once(address: str) -> None:
    chance = random.Random(address.startswith("sqlite"))
    company = department("Human resources", "Finance")
    async with on_stage(address, company, start=datetime.now(UTC)) as stage:
        keys = await owed(stage)
        assert len(keys) == LETTERS + INTRODUCTIONS
        for _ in range(KILLS):
            async with a_process(stage, address) as process:
                await said_more(stage, process, chance.randint(1, 25))
            assert await open_jobs(stage)
            if address.startswith("postgresql"):
                await let_leases_end(stage)
        await told_to_stop(stage, address)
        async with a_process(stage, address) as process:
            await everything_done(stage, process)
        arrived = received(stage)
        assert set(arrived) == keys
        twice = [key for key, times in arrived.items() for _ in range(times - 1)]
        assert [key for key in twice if key.startswith("letter")] == []
        assert len(twice) <= KILLS * INTRODUCTIONS
        async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
            assert {job.state for job in await uow.all(uow.of(Job))} == {"done"}


async def test_killed_while_it_writes_a_matching_the_one_before_stays_and_it_is_taken_up_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, held = f"sqlite:///{tmp_path / 'inverso.db'}", tmp_path / "held"
    async with on_stage(address, department("Human resources", "Finance"), start=datetime.now(UTC)) as stage:
        await enrolled(stage, MENTEES[:2])
        vale = await matched(stage)
        before = await pairs(stage)
        await vale.alone.clicks("Ricalcola")
        (tmp_path / "sitecustomize.py").write_text(HALF_WRITTEN.format(held=str(held)))
        monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{ROOT}")
        held.touch()
        async with a_process(stage, address) as process, asyncio.timeout(HANGS):
            while await pairs(stage) == before:
                assert process.returncode is None
                await asyncio.sleep(0.05)
        held.unlink()
        assert [run.state for run in await rows(stage, MatchRun)] == ["ready", "computing"]
        await vale.alone.types("/mentoring ciclo rivedi")
        assert f"{len(before)} coppie" in vale.said
        async with a_process(stage, address) as process, asyncio.timeout(HANGS):
            while [run.state for run in await rows(stage, MatchRun)] != ["ready", "ready"]:
                assert process.returncode is None
                await asyncio.sleep(0.05)
        newest = (await rows(stage, MatchRun))[-1]
        again = [one for one in await rows(stage, Proposal) if one.run_id == newest.pk]
        assert len(again) == newest.summary["matched"] == len(before)


async def owe(stage: Stage, keys: Sequence[str]) -> None:
    """Owe private messages of a round now, by this process."""
    async with stage.inverso.database.uow(datetime.now(UTC), 1) as uow:
        people = await uow.all(uow.of(Person).order_by(Person.id))
        round = await uow.first(uow.of(Round))
        if round is None:
            coordinator = next(person for person in people if person.coordinator)
            round = uow.add(Round(name="Spring", coordinator_id=coordinator.pk, created_at=uow.now))
            await uow.flush()
        for number, key in enumerate(keys):
            person = people[number % len(people)].pk
            uow.promise("programme.cancelled", key, uow.now, person=person, round=round.pk, expects=0)
        await uow.commit()


@pytest.mark.promised("The store is gone for a while")
async def test_a_worker_outlives_a_restart_of_postgresql(postgres_server: str) -> None:
    keys = [f"letter:{number}" for number in range(LETTERS)]
    async with (
        fresh_postgres(postgres_server, durable=True) as address,
        on_stage(address, department("Human resources"), start=datetime.now(UTC)) as stage,
    ):
        stage.workspace.limits_on = False
        await owe(stage, keys)
        async with a_process(stage, address) as process:
            await said_more(stage, process, 5)
            assert await open_jobs(stage)
            restart_at_once(address)
            await stage.inverso.database.engine.dispose()
            await let_leases_end(stage)  # a claim may have been cut after the store had made it
            await everything_done(stage, process)
        assert received(stage) == Counter(keys)


@pytest.mark.promised("A promise that this version does not know")
async def test_a_new_version_comes_while_the_old_one_works(
    postgres_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old one knows no introductions, and the tables grow under it."""
    (tmp_path / "sitecustomize.py").write_text(OF_BEFORE)
    more = [f"later:{number}" for number in range(LETTERS)]
    async with (
        fresh_postgres(postgres_server) as address,
        on_stage(address, department("Human resources", "Finance"), start=datetime.now(UTC)) as stage,
    ):
        keys = await owed(stage)
        monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{ROOT}")
        async with a_process(stage, address) as old:
            await said_more(stage, old, 5)
            async with stage.inverso.database.engine.begin() as connection:
                for table in ("job", "lane", "pairing"):
                    await connection.exec_driver_sql(f"ALTER TABLE {table} ADD of_the_new INTEGER NOT NULL DEFAULT 0")
            await everything_done(stage, old, but=INTRODUCTIONS)
            assert set(received(stage)) == {key for key in keys if key.startswith("letter")}
            monkeypatch.setenv("PYTHONPATH", str(ROOT))
            async with a_process(stage, address) as new:
                await owe(stage, more)
                await said_more(stage, new, 5)
                old.terminate()
                assert await asyncio.wait_for(old.wait(), 10) == 0
                await their_turn_has_come(stage)
                await everything_done(stage, new)
        assert received(stage) == Counter([*keys, *more])


@pytest.mark.promised("Who takes over, and when")
async def test_a_second_worker_on_one_sqlite_file_is_turned_away(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'inverso.db'}"
    async with on_stage(address, department("Human resources"), start=datetime.now(UTC)) as stage:
        with contextlib.ExitStack() as first:
            be_the_only_worker(tmp_path / "inverso.db", first)
            async with a_process(stage, address) as second, asyncio.timeout(PATIENCE):
                assert await second.wait() == 2
            with pytest.raises(BadSettings, match="Another process"):
                be_the_only_worker(tmp_path / "inverso.db", first)
        with contextlib.ExitStack() as later:
            be_the_only_worker(tmp_path / "inverso.db", later)
