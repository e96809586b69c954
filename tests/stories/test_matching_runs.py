"""A run that takes long: told on one message, stopped at will, begun again after a crash, and nothing half done."""

import asyncio
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot import beside
from bot.flows.matching import apart, computing, runs
from bot.flows.matching.candidates import Problem
from bot.flows.matching.solve import Solved, Tell, solve
from bot.flows.turns import Commanded
from storage.database import Database
from storage.tables import Job, LeftOut, MatchRun, Proposal
from tests.stage import Stage, department, on_stage
from tests.stories.test_matching import enrolled, matched, pairs
from tests.stories.test_pairing import rows

pytestmark = pytest.mark.slack_alone  # what is told, and when, does not depend on the platform

SLOW = """
import asyncio, bot.flows.matching.apart as apart
async def never(*_): await asyncio.sleep(3600)
apart.compute = never
apart.main()
"""


class Held:
    """A solver that waits until it is let go."""

    def __init__(self) -> None:
        self.go_on, self.tells = threading.Event(), list[Tell]()

    def __call__(self, task: Problem, tell: Tell) -> Solved:
        self.tells.append(tell)
        tell("pairing", 40)
        self.go_on.wait(10)
        return solve(task, tell)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    """Work that lasts as long as a story wants, watched every few milliseconds."""
    solver = Held()
    monkeypatch.setattr(computing, "solve", solver)
    monkeypatch.setattr(Database, "address", None)  # in this process, where it can be held
    monkeypatch.setattr(runs, "TOLD_EACH_SECONDS", 0.01)
    monkeypatch.setattr(beside, "BEAT_SECONDS", 0.01)
    yield solver
    solver.go_on.set()


async def until(stage: Stage, true: Callable[[], bool]) -> None:
    """Do what is due, without waiting for the long work, until something is so."""
    async with asyncio.timeout(10):
        while not true():
            await stage.inverso.relay.run_due()
            await asyncio.sleep(0.005)


async def test_progress_is_told_on_one_message_while_everybody_is_served(stage: Stage, held: Held) -> None:
    await enrolled(stage)
    vale = stage.hand("Valentina Vitale")
    await vale.alone.types("/mentoring ciclo abbina")
    await vale.alone.clicks("Chiudi e abbina")
    await until(stage, lambda: "40% fatto" in vale.said)
    before = len(vale.messages())
    held.tells[0]("proving", 85)
    await until(stage, lambda: "85% fatto" in vale.said)
    assert "Ferma il calcolo" in vale.said
    assert "Verifico che non esista una scelta migliore" in vale.said
    await vale.alone.types("/mentoring ciclo abbina")
    await vale.alone.clicks("Ricalcola")
    await until(stage, lambda: "è già in corso" in vale.said)
    assert len(held.tells) == 1
    held.go_on.set()
    await stage.settle()
    told = [vale.text_of(message) for message in vale.messages()[before - 1 :]]
    assert "Il calcolo per Spring è finito" in told[0]
    assert "L’abbinamento di Spring è pronto" in told[-1]
    assert not [message for message in vale.messages() if "Ferma il calcolo" in vale.text_of(message)]
    assert len(await pairs(stage)) == 3


async def test_stopping_leaves_the_pairs_that_were_there(stage: Stage, held: Held) -> None:
    held.go_on.set()
    await enrolled(stage)
    vale = await matched(stage)
    before = await pairs(stage)
    held.go_on.clear()
    await vale.alone.clicks("Ricalcola")
    await until(stage, lambda: "40% fatto" in vale.said)
    await stage.inverso.dispatcher.handle(vale.event(Commanded("ciclo ferma")))
    await stage.settle()
    held.go_on.set()
    assert await pairs(stage) == before
    assert [run.state for run in await rows(stage, MatchRun)] == ["ready", "stopped"]
    assert not [job for job in await rows(stage, Job) if job.state == "open" and job.name == "matching.run"]
    await vale.types("/mentoring ciclo ferma")
    assert "non c’è nessun calcolo" in vale.said
    await vale.types("/mentoring ciclo rivedi")
    await vale.clicks("Ricalcola")
    assert [run.state for run in await rows(stage, MatchRun)] == ["ready", "stopped", "ready"]
    newest = (await rows(stage, MatchRun))[-1]
    assert {one.run_id for one in await rows(stage, Proposal)} == {newest.pk}
    assert {one.run_id for one in await rows(stage, LeftOut)} == {newest.pk}


async def test_what_cannot_be_computed_is_said_and_changes_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await enrolled(stage)
    vale = await matched(stage)
    before = await pairs(stage)

    def broken(_task: Problem, _tell: Tell) -> Solved:
        raise RuntimeError("a fault of our own")

    monkeypatch.setattr(Database, "address", None)
    monkeypatch.setattr(computing, "solve", broken)
    await vale.clicks("Ricalcola")
    assert "Sto calcolando" in vale.said
    await stage.move(minutes=10)
    assert "Non sono riuscito a calcolare le coppie di Spring" in vale.said
    assert await pairs(stage) == before
    monkeypatch.setattr(computing, "solve", solve)
    await vale.clicks("Ricalcola")
    assert "è pronto" in vale.said


async def test_a_process_of_its_own_may_die_or_be_stopped_at_any_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beside, "BEAT_SECONDS", 0.01)
    async with on_stage(f"sqlite:///{tmp_path / 'inverso.db'}", department("Human resources", "Finance")) as stage:
        await enrolled(stage)
        vale = await matched(stage)
        before = await pairs(stage)
        assert len(before) == 3
        entry = apart.ENTRY
        monkeypatch.setattr(apart, "ENTRY", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
        await vale.clicks("Ricalcola")
        assert await pairs(stage) == before
        monkeypatch.setattr(apart, "ENTRY", entry)
        await stage.move(minutes=1)
        assert "è pronto" in vale.said and len(await rows(stage, MatchRun)) == 2
        monkeypatch.setattr(apart, "ENTRY", SLOW)
        await vale.types("/mentoring ciclo abbina")
        await vale.alone.clicks("Ricalcola")
        await stage.inverso.relay.run_due()
        await vale.alone.types("/mentoring ciclo ferma")
        await stage.settle()
        assert [run.state for run in await rows(stage, MatchRun)] == ["ready", "ready", "stopped"]
        assert len(await pairs(stage)) == 3


async def test_the_process_ends_with_the_one_that_ordered() -> None:
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", SLOW, stdin=pipe, stdout=pipe)
    assert child.stdin is not None
    child.stdin.write(
        b'{"address": "sqlite:///nowhere", "what": "fill", "organisation": 1, "id": 1, "now": '
        b'"2027-01-01T00:00:00+00:00", "language": ""}\n'
    )
    await child.stdin.drain()
    child.stdin.close()
    async with asyncio.timeout(20):
        assert await child.wait() == 1
