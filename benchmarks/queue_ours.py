"""The product's own queue, measured: promises put, claimed, done; the event loop meanwhile; processes killed."""

import asyncio
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from sqlalchemy import text, update
from sqlmodel import col, func, select

from bot.clock import SystemClock
from bot.flows.turns import Did, Feature, JobKind, JobTurn, Outcome
from bot.relay import Relay
from bot.scheduler import Scheduler
from storage import claims, jobs, schema
from storage.box import Box, new_key
from storage.database import Database, make_engine
from storage.jobs import LEASE, Finished, Held, Promise
from storage.tables import Job, Organisation

FAR = timedelta(days=300)
BESIDE = 10  # as many as the worker of procrastinate that is measured
BETWEEN_KILLS = 800  # more than a worker says until it is killed
ROOT = Path(__file__).parent.parent


async def nothing(_turn: JobTurn) -> Outcome:
    """A job that has nothing to do."""
    return Did()


NO_OP = Feature("benchmark", jobs={"no-op": JobKind(nothing)})


@asynccontextmanager
async def queue(url: str) -> AsyncIterator[Database]:
    """An empty queue with one organisation."""
    database = Database(make_engine(url), Box(new_key()))
    await schema.ensure_current(database.engine)
    async with database.uow(datetime.now(UTC)) as uow:
        uow.session.add(Organisation(name="Benchmark"))
        await uow.commit()
    yield database
    await database.close()


async def put(database: Database, many: int, due_at: datetime, prefix: str) -> float:
    """Promise so many in units of 5,000; promises a second."""
    begun = time.perf_counter()
    for start in range(0, many, 5000):
        async with database.uow(datetime.now(UTC), 1) as uow:
            count = min(5000, many - start)
            promises = [Promise("no-op", f"{prefix}:{start + n}", due_at, args={"n": n}) for n in range(count)]
            await jobs.put(uow.session, 1, promises, uow.now)
            await uow.commit()
    return many / (time.perf_counter() - begun)


async def claim_ms(database: Database, times: int = 15) -> float:
    """Milliseconds of a transaction that claims ten due ones; the median."""
    if database.engine.dialect.name == "postgresql":
        async with database.engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            await connection.execute(text("ANALYZE job"))
    took = []
    for number in range(times):
        now = datetime.now(UTC)
        await put(database, 10, now - timedelta(seconds=1), f"due:{random.getrandbits(48)}:{number}")
        begun = time.perf_counter()
        claimed = await claims.claim(database, datetime.now(UTC), "benchmark", 10)
        took.append(1000 * (time.perf_counter() - begun))
        if len(claimed) != 10:
            raise RuntimeError(f"claimed {len(claimed)} of ten")
        async with database.uow(datetime.now(UTC)) as uow:
            await jobs.finish(uow.session, [Finished(job, "done") for job in claimed], uow.now)
            await uow.commit()
    return median(took)


async def drain(database: Database, at_once: int) -> int:
    """Claim and mark until nothing is due, as the relay does: the next are claimed while the last are marked,
    ``at_once`` a transaction and ``BESIDE`` of these beside each other; how many that were.
    """
    done, owner = 0, f"{os.getpid()}"
    claimed = await claims.claim(database, datetime.now(UTC), owner, 200)
    while claimed:
        done += len(claimed)
        following = claims.claim(database, datetime.now(UTC), owner, 200)
        claimed, _ = await asyncio.gather(following, _mark_all(database, claimed, at_once))
    return done


async def _mark_all(database: Database, claimed: Sequence[Held], at_once: int) -> None:
    groups = [claimed[start : start + at_once] for start in range(0, len(claimed), at_once)]
    for start in range(0, len(groups), BESIDE):
        await asyncio.gather(*(_mark(database, group) for group in groups[start : start + BESIDE]))


async def _mark(database: Database, group: Sequence[Held]) -> None:
    async with database.uow(datetime.now(UTC)) as uow:
        await jobs.finish(uow.session, [Finished(job, "done") for job in group], uow.now, only=uow.settled)
        await uow.commit()


async def drained_by(url: str, database: Database, workers: int, many: int, at_once: int) -> float:
    """Due promises that so many processes drain together, a second, the start of the processes left out."""
    await put(database, many, datetime.now(UTC), f"drain:{workers}:{at_once}:{os.getpid()}")
    if workers == 1:
        begun = time.perf_counter()
        done = await drain(database, at_once)
        return done / (time.perf_counter() - begun)
    children = [await _child("drain", url, str(at_once)) for _ in range(workers)]
    results = [await child.communicate() for child in children]
    parts = [line.split() for out, _ in results for line in [out.decode().strip()] if line]
    done = sum(int(part[0]) for part in parts)
    return done / (max(float(part[2]) for part in parts) - min(float(part[1]) for part in parts))


async def _child(what: str, *arguments: str) -> asyncio.subprocess.Process:
    command = (sys.executable, "-m", "benchmarks.queue_ours", what, *arguments)
    pipe = asyncio.subprocess.PIPE
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environment, stdout=pipe)


async def longest_block_ms(work: "asyncio.Task[int] | asyncio.Future[int]") -> float:
    """The longest time for which nothing else got its turn while ``work`` went on."""
    longest, last = 0.0, time.perf_counter()
    while not work.done():
        await asyncio.sleep(0.001)
        longest, last = max(longest, time.perf_counter() - last), time.perf_counter()
    return 1000 * longest


async def relay_of(database: Database, many: int) -> tuple[float, float]:
    """The whole relay with so many due no-op jobs: jobs a second, and the longest block of the event loop in ms."""
    relay = Relay(database, (NO_OP,), {}, SystemClock().now, random.Random(1))
    await put(database, many, datetime.now(UTC), f"relay:{many}")
    begun = time.perf_counter()
    work = asyncio.ensure_future(relay.run_due())
    block = await longest_block_ms(work)
    if (done := await work) < many:
        raise RuntimeError(f"the relay did {done} of {many} and stopped")
    return done / (time.perf_counter() - begun), block


async def start_seconds(url: str) -> float:
    """From nothing to the first look at what is due."""
    begun = time.perf_counter()
    database = Database(make_engine(url), Box(new_key()))
    relay = Relay(database, (NO_OP,), {}, SystemClock().now, random.Random(1))
    await relay.run_due()
    await relay.next_due()
    took = time.perf_counter() - begun
    await database.close()
    return took


async def idle_percent(database: Database, seconds: float) -> float:
    """Of a core, while nothing is due and the scheduler waits."""

    async def sweep() -> None: ...

    relay = Relay(database, (NO_OP,), {}, SystemClock().now, random.Random(1))
    scheduler = Scheduler(relay, SystemClock(), sweep)
    scheduler.start()
    await asyncio.sleep(2)
    begun, cpu = time.perf_counter(), time.process_time()
    await asyncio.sleep(seconds)
    percent = 100 * (time.process_time() - cpu) / (time.perf_counter() - begun)
    await scheduler.stop()
    return percent


async def wake_ms(database: Database, times: int = 10) -> float:
    """From a promise's moment to the job that it is, on an idle system; the longest of several."""
    heard: asyncio.Queue[float] = asyncio.Queue()

    async def note(turn: JobTurn) -> Outcome:
        heard.put_nowait((datetime.now(UTC) - turn.job.due_at).total_seconds())
        return Did()

    async def sweep() -> None: ...

    relay = Relay(database, (Feature("wake", jobs={"note": JobKind(note)}),), {}, SystemClock().now, random.Random(1))
    scheduler = Scheduler(relay, SystemClock(), sweep)
    scheduler.start()
    longest = 0.0
    for number in range(times):
        async with database.uow(datetime.now(UTC), 1) as uow:
            uow.promise("note", f"wake:{random.getrandbits(48)}:{number}", uow.now + timedelta(milliseconds=200))
            nearest = await uow.commit()
        scheduler.wake(nearest)
        longest = max(longest, await asyncio.wait_for(heard.get(), 30))
    await scheduler.stop()
    return 1000 * longest


async def killed(url: str, database: Database, folder: Path, kills: int) -> tuple[int, int, int]:
    """Workers that mark each delivery by itself are killed at random moments; (lost, said twice, not ended)."""
    said, many = folder / "said.txt", kills * BETWEEN_KILLS
    said.touch()
    await put(database, many, datetime.now(UTC), "killed")
    chance = random.Random(3)
    for _ in range(kills):
        child = await _child("deliver", url, str(said))
        before = said.stat().st_size
        while said.stat().st_size == before and child.returncode is None:  # noqa: ASYNC110  # a file tells no event
            await asyncio.sleep(0.005)
        await asyncio.sleep(chance.uniform(0, 0.15))
        child.send_signal(signal.SIGKILL)
        await child.wait()
        async with database.uow(datetime.now(UTC)) as uow:  # what waiting for the end of its lease would do
            held = (col(Job.state) == "open", col(Job.owner) != "")
            await uow.execute(update(Job).where(*held).values(turn_at=uow.now - LEASE))
            await uow.commit()
    await (await _child("deliver", url, str(said))).wait()
    counted = Counter(said.read_text().split())
    async with database.uow(datetime.now(UTC)) as uow:
        ours = (col(Job.state) == "open", jobs.starts_with("killed:"))
        left = await uow.session.scalar(select(func.count()).select_from(Job).where(*ours))
    repeats = sum(times - 1 for times in counted.values())
    return many - len(counted), repeats, int(left or 0)


async def _deliver(url: str, said: Path) -> None:
    """Write each key to a file and mark it, one after the other: the least that can be in doubt at a kill."""
    database = Database(make_engine(url), Box(new_key()))
    file = os.open(said, os.O_WRONLY | os.O_APPEND)
    while True:
        claimed = await claims.claim(database, datetime.now(UTC), f"{os.getpid()}", 50)
        if not claimed:
            break
        for job in claimed:
            os.write(file, f"{job.key}\n".encode())
            await _mark(database, [job])
    await database.close()


async def _drain(url: str, at_once: int) -> None:
    database = Database(make_engine(url), Box(new_key()))
    await claims.next_due(database)
    begun = time.time()
    done = await drain(database, at_once)
    print(done, begun, time.time())
    await database.close()


if __name__ == "__main__":
    if sys.argv[1] == "drain":
        asyncio.run(_drain(sys.argv[2], int(sys.argv[3])))
    else:
        asyncio.run(_deliver(sys.argv[2], Path(sys.argv[3])))
