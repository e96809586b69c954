"""What answers people while a campaign goes out at Slack's pace: the whole bot in one process, in real time.

A hundredth of the answers is few, and what else the machine does hits some of them: there are several small campaigns,
answers are measured during each and between them, and the median of these measures is told.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from benchmarks.ack import command
from benchmarks.company import enrolling, members
from benchmarks.faults import promise_all
from benchmarks.load import Load, drive
from benchmarks.queue_ours import ROOT
from benchmarks.results import Result, show
from benchmarks.servers import free_port, running, settings_for, sink, until_answering
from bot.app import build
from bot.settings import Settings
from storage.tables import Job

MEASURED, BEFORE, EACH = 10.0, 10.0, 24.0  # seconds: of a measure, to the first campaign, from one to the next
CAMPAIGNS, MANY = 5, 120  # of so many messages, which leave in eleven seconds


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
    """A company, and campaigns that are due one after the other; when the first is."""
    bot = await build(Settings(**settings_for(url, api, 3000)))
    await enrolling(bot)
    begins = datetime.now(UTC) + timedelta(seconds=BEFORE)
    async with bot.database.uow(begins, 1) as uow:
        await promise_all(uow, MANY * CAMPAIGNS)
        uow.promises = [
            replace(one, due_at=begins + timedelta(seconds=EACH) * (place // MANY))
            for place, one in enumerate(uow.promises)
        ]
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
    meanwhile, between = list[Load](), list[Load]()
    for number in range(CAMPAIGNS):
        await _until(begins + timedelta(seconds=EACH) * number)
        meanwhile.append(await drive(door, bodies, 1, MEASURED))
        await _until(begins + timedelta(seconds=EACH) * number + timedelta(seconds=EACH / 2 + 1))
        between.append(await drive(door, bodies, 1, MEASURED))
    name = "answers while a campaign is sent"
    sent = await _sent(url, api)
    if sent < CAMPAIGNS * MANY:
        raise RuntimeError(f"{sent} messages were sent of {CAMPAIGNS * MANY}")
    return [
        Result(f"{name}: {what}", median(found), "ms", "between campaigns", median(others))
        for what, found, others in (
            ("p50", [load.p50 for load in meanwhile], [load.p50 for load in between]),
            ("p99", [load.p99 for load in meanwhile], [load.p99 for load in between]),
        )
    ]


async def _until(moment: datetime) -> None:
    await asyncio.sleep(max(0.0, (moment - datetime.now(UTC)).total_seconds()))


async def _sent(url: str, api: str) -> int:
    bot = await build(Settings(**settings_for(url, api, 3000)))
    async with bot.database.uow(datetime.now(UTC), 1) as uow:
        sent = await uow.count(uow.of(Job).where(Job.state == "done"))
    await bot.close()
    return sent
