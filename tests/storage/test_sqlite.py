"""SQLite in the loop's own thread: what would hold the loop does not."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, bindparam, text
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.database import make_engine

NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) SELECT i FROM n"
LONG = f"SELECT count(*) FROM ({NUMBERS})"
WRITES = f"INSERT INTO kept {NUMBERS}"


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(f"sqlite:///{tmp_path / 'store.db'}")
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE kept (i INTEGER)"))
    yield engine
    await engine.dispose()


@asynccontextmanager
async def ticking() -> AsyncIterator[list[int]]:
    """Counts the turns that the loop has meanwhile."""
    ticks: list[int] = []

    async def tick() -> None:
        while True:
            ticks.append(1)
            await asyncio.sleep(0)

    task = asyncio.ensure_future(tick())
    await asyncio.sleep(0)
    ticks.clear()
    yield ticks
    task.cancel()


async def test_a_long_reading_leaves_the_loop_to_others(engine: AsyncEngine) -> None:
    async with engine.begin() as connection, ticking() as ticks:
        assert await connection.scalar(text("SELECT 1")) == 1
        assert len(ticks) < 10
        assert await connection.scalar(text(LONG)) == 200_000
        assert len(ticks) > 10


async def test_a_long_recursive_reading_does_too_and_one_that_writes_what_it_finds_is_not_stopped(
    engine: AsyncEngine,
) -> None:
    deletes = NUMBERS.replace("SELECT i FROM n", "DELETE FROM kept WHERE i IN (SELECT i FROM n)")
    async with engine.begin() as connection, ticking() as ticks:
        await connection.execute(text("INSERT INTO kept VALUES (0), (1)"))
        assert len((await connection.execute(text(NUMBERS))).all()) == 200_000
        assert len(ticks) > 10
        await connection.execute(text(deletes))
        assert (await connection.execute(text("SELECT i FROM kept"))).all() == [(0,)]


async def test_a_short_reading_stays_however_often_it_is_asked(engine: AsyncEngine) -> None:
    few = text(LONG.replace("200000", "500"))
    async with engine.begin() as connection:
        await connection.scalar(few)
        async with ticking() as ticks:
            for _ in range(200):
                assert await connection.scalar(few) == 500
            assert len(ticks) < 200


async def test_what_was_long_once_comes_back_when_it_is_short(engine: AsyncEngine) -> None:
    numbers = text(LONG.replace("200000", ":n"))
    async with engine.begin() as connection:
        await connection.scalar(numbers, {"n": 200_000})
        await connection.scalar(numbers, {"n": 1})
        async with ticking() as ticks:
            for _ in range(100):
                await connection.scalar(numbers, {"n": 1})
            assert len(ticks) < 100


async def test_a_writing_that_was_long_leaves_the_loop_to_others(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.execute(text(WRITES))
        async with ticking() as ticks:
            await connection.execute(text(WRITES))
            assert len(ticks) > 10
    async with engine.begin() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM kept")) == 400_000


async def test_a_large_value_is_written_while_others_have_the_loop(engine: AsyncEngine) -> None:
    keep = text("INSERT INTO kept VALUES (:it)").bindparams(bindparam("it", type_=LargeBinary))
    async with engine.begin() as connection:
        async with ticking() as ticks:
            await connection.execute(keep, {"it": b"x"})
            assert len(ticks) < 10
            await connection.execute(keep, {"it": b"x" * 20_000_000})
            assert len(ticks) > 10
        assert await connection.scalar(text("SELECT max(length(i)) FROM kept")) == 20_000_000


async def test_a_transaction_waits_for_another_process_without_holding_the_loop(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    other = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def wait_and_write() -> None:
        async with engine.begin() as connection:
            await connection.execute(text("INSERT INTO kept VALUES (1)"))

    async with ticking() as ticks:
        writing = asyncio.ensure_future(wait_and_write())
        for _ in range(50):
            await asyncio.sleep(0)
        assert ticks and not writing.done()
        other.execute("INSERT INTO kept VALUES (2)")
        other.execute("COMMIT")
        await writing
    assert sorted(other.execute("SELECT i FROM kept")) == [(1,), (2,)]
    other.close()


async def test_the_log_is_copied_into_the_file_as_it_grows(engine: AsyncEngine, tmp_path: Path) -> None:
    for _ in range(12):
        async with engine.begin() as connection:
            await connection.execute(text("INSERT INTO kept SELECT randomblob(2000) FROM (VALUES (1), (2), (3), (4))"))
            for _ in range(125):
                await connection.execute(text("INSERT INTO kept VALUES (randomblob(2000)), (randomblob(2000))"))
    assert (tmp_path / "store.db").stat().st_size > 4_000_000
    assert (tmp_path / "store.db-wal").stat().st_size < 4_000_000


async def test_the_connection_goes_to_whoever_asked_first(engine: AsyncEngine) -> None:
    served: list[int] = []

    async def ask_again_and_again(who: int) -> None:
        for _ in range(10):
            async with engine.connect() as connection:
                served.append(who)
                await connection.execute(text("SELECT 1"))

    await asyncio.gather(*(ask_again_and_again(who) for who in range(4)))
    assert served == [0, 1, 2, 3] * 10


async def test_who_waits_too_long_is_told_and_stands_in_nobodys_way(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'store.db'}")
    engine.pool._timeout = 0.01  # type: ignore[attr-defined]  # a minute otherwise
    async with engine.connect():
        with pytest.raises(PoolTimeout):
            async with engine.connect():
                pass
    async with engine.connect() as connection:
        assert await connection.scalar(text("SELECT 1")) == 1
    await engine.dispose()
