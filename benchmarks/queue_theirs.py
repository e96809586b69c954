"""What the queue is measured beside: APScheduler's SQLAlchemy job store, and procrastinate on PostgreSQL."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger
from procrastinate import App, PsycopgConnector
from sqlalchemy import create_engine, insert, text

from benchmarks.queue_ours import BESIDE, longest_block_ms
from storage.database import async_url

FAR = timedelta(days=300)


class Counted:
    """How many jobs were run, of how many; what is kept in a job store is found by name, so there is one of it."""

    done = 0
    wanted = 0
    all_done = asyncio.Event()


async def note() -> None:
    """A job that has nothing to do but be counted."""
    Counted.done += 1
    if Counted.done == Counted.wanted:
        Counted.all_done.set()


def _sync(url: str) -> str:
    return async_url(url).replace("+aiosqlite", "")


def store_of(url: str) -> SQLAlchemyJobStore:
    """Its store on that database, as its manual sets it up."""
    return SQLAlchemyJobStore(_sync(url))


def _scheduler(url: str) -> AsyncIOScheduler:
    return AsyncIOScheduler(
        jobstores={"default": store_of(url)}, timezone=UTC, job_defaults={"misfire_grace_time": None}
    )


def put(url: str, many: int) -> float:
    """Add so many jobs for a far day; jobs a second (it has no way to add several at once)."""
    scheduler = _scheduler(url)
    scheduler.start(paused=True)
    begun = time.perf_counter()
    for _ in range(many):
        scheduler.add_job(note, DateTrigger(datetime.now(UTC) + FAR))
    rate = many / (time.perf_counter() - begun)
    scheduler.shutdown()
    return rate


def fill(url: str, many: int, prefix: str) -> None:
    """Pending jobs as its store keeps them, written past it: by itself it would take many minutes.

    What PostgreSQL believes of the table is what ``analyse`` last found, as for a minute or two after any change.
    """
    store = store_of(url)
    engine = create_engine(_sync(url))
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE apscheduler_jobs SET (autovacuum_enabled = false)"))
        state = connection.execute(text("SELECT job_state FROM apscheduler_jobs LIMIT 1")).scalar_one()
        far = (datetime.now(UTC) + FAR).timestamp()
        for start in range(0, many, 10_000):
            count = min(10_000, many - start)
            rows = [{"id": f"{prefix}:{start + n}", "next_run_time": far + n, "job_state": state} for n in range(count)]
            connection.execute(insert(store.jobs_t), rows)
    engine.dispose()


def analyse(url: str) -> None:
    """Let the database look at what is in its table."""
    engine = create_engine(_sync(url))
    with engine.begin() as connection:
        connection.execute(text("ANALYZE apscheduler_jobs"))
    engine.dispose()


def claim_ms(url: str, times: int = 7) -> float:
    """Milliseconds in which its store finds ten due jobs and removes them, as its scheduler does; the median."""
    scheduler = _scheduler(url)
    scheduler.start(paused=True)
    store: Any = scheduler._lookup_jobstore("default")
    took = []
    for _ in range(times):
        for _ in range(10):
            scheduler.add_job(note, DateTrigger(datetime.now(UTC) - timedelta(seconds=1)))
        begun = time.perf_counter()
        due = store.get_due_jobs(datetime.now(UTC))
        for job in due:
            store.remove_job(job.id)
        store.get_next_run_time()
        took.append(1000 * (time.perf_counter() - begun))
    scheduler.shutdown()
    return median(took)


async def drain(url: str, many: int) -> tuple[float, float]:
    """Run so many due jobs: jobs a second, and the longest block of the event loop in ms."""
    Counted.done, Counted.wanted, Counted.all_done = 0, many, asyncio.Event()
    scheduler = _scheduler(url)
    scheduler.start(paused=True)
    for _ in range(many):
        scheduler.add_job(note, DateTrigger(datetime.now(UTC)))
    begun = time.perf_counter()
    scheduler.resume()
    work = asyncio.ensure_future(_wait(Counted.all_done))
    block = await longest_block_ms(work)
    rate = many / (time.perf_counter() - begun)
    scheduler.shutdown()
    return rate, block


async def _wait(event: asyncio.Event) -> int:
    await event.wait()
    return 0


@asynccontextmanager
async def procrastinate(url: str) -> AsyncIterator[App]:
    """Its app with its own tables on that PostgreSQL."""
    app = App(connector=PsycopgConnector(conninfo=url.replace("postgresql+psycopg", "postgresql")))
    app.task(name="note")(note)
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        yield app


async def procrastinate_put(app: App, many: int) -> float:
    """Defer so many for a far day, a thousand a statement; jobs a second."""
    task = app.configure_task("note", schedule_at=datetime.now(UTC) + FAR)
    begun = time.perf_counter()
    for start in range(0, many, 1000):
        await task.batch_defer_async(*({} for _ in range(min(1000, many - start))))
    return many / (time.perf_counter() - begun)


async def procrastinate_claim_ms(app: App, times: int = 7) -> float:
    """Milliseconds in which it fetches ten due jobs, one after the other as it does; the median."""
    worker = await app.job_manager.register_worker()
    took = []
    for _ in range(times):
        await app.configure_task("note").batch_defer_async(*({} for _ in range(10)))
        begun = time.perf_counter()
        for _ in range(10):
            if await app.job_manager.fetch_job(None, worker) is None:
                raise RuntimeError("nothing fetched")
        took.append(1000 * (time.perf_counter() - begun))
    return median(took)


async def procrastinate_drain(app: App, many: int) -> float:
    """Run so many due jobs; jobs a second."""
    await app.configure_task("note").batch_defer_async(*({} for _ in range(many)))
    begun = time.perf_counter()
    await app.run_worker_async(wait=False, concurrency=BESIDE, install_signal_handlers=False)
    return many / (time.perf_counter() - begun)
