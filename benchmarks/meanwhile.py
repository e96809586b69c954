"""What answers people while a campaign goes out at Slack's pace: the whole bot in one process, in real time."""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.ack import command
from benchmarks.company import enrolling, members
from benchmarks.faults import promise_all
from benchmarks.load import drive
from benchmarks.queue_ours import ROOT
from benchmarks.results import Result, show
from benchmarks.servers import free_port, running, settings_for, sink, until_answering
from bot.app import build
from bot.settings import Settings
from storage.tables import Job

MEASURED, BEFORE = 12.0, 20.0  # seconds
MANY = 600


def run(*, as_json: bool = False) -> None:
    """Measure it once."""
    show(_answers_meanwhile(), as_json=as_json)


def _answers_meanwhile() -> list[Result]:
    """The command's answers before a campaign is due, and while it is sent."""
    with tempfile.TemporaryDirectory(prefix="inverso-meanwhile-") as folder, running(sink, members()) as address:
        url, port = f"sqlite:///{Path(folder) / 'bot.db'}", free_port()
        begins = asyncio.run(_owe(url, f"{address}/api/"))
        with _bot(url, f"{address}/api/", port) as door:
            return asyncio.run(_measure(url, f"{address}/api/", door, begins))


async def _owe(url: str, api: str) -> datetime:
    """A company, and a campaign that is due a little later; when."""
    bot = await build(Settings(**settings_for(url, api, 3000)))
    await enrolling(bot)
    begins = datetime.now(UTC) + timedelta(seconds=BEFORE)
    async with bot.database.uow(begins, 1) as uow:
        await promise_all(uow, MANY)
        await uow.commit()
    await bot.close()
    return begins


@contextmanager
def _bot(url: str, api: str, port: int) -> Iterator[str]:
    """The product as it is run; the address of its door for Slack."""
    given = {name: str(value) for name, value in settings_for(url, api, port).items()}
    environment = {**os.environ, **given, "PYTHONPATH": str(ROOT)}
    line = (sys.executable, "-m", "bot", "run")
    quiet = subprocess.DEVNULL
    with subprocess.Popen(line, cwd=ROOT, env=environment, stdout=quiet, stderr=quiet) as process:
        try:
            asyncio.run(until_answering(f"http://127.0.0.1:{port}/healthz", lambda: process.poll() is None))
            yield f"http://127.0.0.1:{port}/slack/events"
        finally:
            process.terminate()


async def _measure(url: str, api: str, door: str, begins: datetime) -> list[Result]:
    bodies = [command(member["id"]) for member in members()]
    await drive(door, bodies, 1, 1.0)
    before = await drive(door, bodies, 1, MEASURED)
    await asyncio.sleep(max(0.0, (begins - datetime.now(UTC)).total_seconds()))
    began, earlier = time.perf_counter(), await _sent(url, api)
    meanwhile = await drive(door, bodies, 1, MEASURED)
    rate = (await _sent(url, api) - earlier) / (time.perf_counter() - began)
    name = "answers while a campaign is sent"
    return [
        Result(f"{name}: messages meanwhile", rate, "/s"),
        Result(f"{name}: p50", meanwhile.p50, "ms", "before it", before.p50),
        Result(f"{name}: p99", meanwhile.p99, "ms", "before it", before.p99),
    ]


async def _sent(url: str, api: str) -> int:
    bot = await build(Settings(**settings_for(url, api, 3000)))
    async with bot.database.uow(datetime.now(UTC), 1) as uow:
        sent = await uow.count(uow.of(Job).where(Job.state == "done"))
    await bot.close()
    return sent
