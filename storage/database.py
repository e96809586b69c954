"""The engine: one writing connection on SQLite, a small pool on PostgreSQL, the same code above."""

import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from typing import Any

from psycopg.pq import TransactionStatus
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from storage import jobs, sqlite
from storage.alone import Alone, beside
from storage.box import Box
from storage.dialects import only_reads
from storage.pool import DescribedWhenAsked, PoolInTurn
from storage.uow import Uow

RESTED_SECONDS = 30.0


def async_url(url: str) -> str:
    """The address with the driver that the product uses. Raises ValueError for databases it does not know."""
    try:
        parsed = make_url(url)
    except (ValueError, ArgumentError) as error:
        raise ValueError("DATABASE_URL is not an address; use sqlite:///… or postgresql://…") from error
    drivers = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
    backend = parsed.drivername.split("+")[0]
    if backend not in drivers:
        raise ValueError(f"DATABASE_URL: {backend!r} is not supported; use sqlite:///… or postgresql://…")
    return parsed.set(drivername=drivers[backend]).render_as_string(hide_password=False)


def make_engine(url: str, *, only_reads: bool = False) -> AsyncEngine:
    """SQLite: WAL, foreign keys, one connection, ``BEGIN IMMEDIATE``, so that writers queue instead of failing.

    ``only_reads``: a long reading that stands in no writer's way, for another process beside the one that serves.
    """
    address = async_url(url)
    if not address.startswith("sqlite"):
        engine = create_async_engine(
            address,
            poolclass=PoolInTurn,
            pool_size=10,
            max_overflow=0,
            isolation_level="AUTOCOMMIT",
            connect_args={"cursor_factory": DescribedWhenAsked},
            hide_parameters=True,  # an error that is logged says which statement failed, not what somebody typed
        )
        event.listen(engine.sync_engine, "checkout", _ping_when_rested)
        event.listen(engine.sync_engine, "before_cursor_execute", _begin_with_the_first_writing)
        return engine
    engine = create_async_engine(
        address,
        poolclass=PoolInTurn,
        pool_size=1,
        max_overflow=0,
        pool_timeout=60,
        hide_parameters=True,  # as above
        pool_reset_on_return=None,  # a unit of work always ends its transaction itself
        connect_args={"async_creator_fn": sqlite.connect},
    )
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    begins = "BEGIN" if only_reads else "BEGIN IMMEDIATE"
    event.listen(engine.sync_engine, "begin", partial(_begin_with_the_first_statement, begins))
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    patience = f"busy_timeout={sqlite.PATIENCE}"
    pragmas = (patience, "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "wal_autocheckpoint=0")
    for pragma in (*pragmas, "busy_timeout=0"):  # from then on the connection waits in its thread alone
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _ping_when_rested(connection: Any, record: Any, _proxy: Any) -> None:
    """A connection that rested may have been cut meanwhile; asking each time would cost a journey for every event."""
    now, last = time.monotonic(), record.info.get("used", 0.0)
    record.info["used"] = now
    if now - last < RESTED_SECONDS:
        return
    try:
        cursor = connection.cursor()
        cursor.execute("SELECT 1")
        cursor.close()
        connection.rollback()
    except Exception as error:
        raise DisconnectionError from error  # the pool makes a new one


def _begin_with_the_first_writing(
    connection: Any, cursor: Any, statement: str, _given: Any, context: Any, _many: bool
) -> None:
    """What is only read needs no transaction: under READ COMMITTED each statement sees what is committed by then
    anyway, and to begin one and to end it are two journeys; nor does the only writing (``jobs.ONLY``). The driver ends
    it where one has begun.
    """
    if only_reads(statement) or jobs.ONLY.keys() <= context.execution_options.keys():
        return
    if connection.connection.driver_connection.info.transaction_status is TransactionStatus.IDLE:
        cursor.execute("BEGIN")


def _begin_with_the_first_statement(begins: str, connection: Any) -> None:
    connection.connection.driver_connection.begins = begins


@dataclass(frozen=True)
class Database:
    """The door to the store: ``async with database.uow(now) as uow``."""

    engine: AsyncEngine
    box: Box

    @asynccontextmanager
    async def uow(self, now: datetime, organisation_id: int = 0) -> AsyncIterator[Uow]:
        """A unit of work. Leaving it without ``commit()`` saves nothing."""
        async with AsyncSession(self.engine, expire_on_commit=False, autoflush=False) as session:
            yield Uow(session, self.box, now, organisation_id)

    @property
    def address(self) -> str | None:
        """The address by which another process reaches the same store; None for one in this process's memory."""
        url = self.engine.url
        in_memory = url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:")
        return None if in_memory else url.render_as_string(hide_password=False)

    @cached_property
    def _alone(self) -> Alone:
        return beside(self.engine)

    async def alone(self, statement: Mapping[str, str], given: Mapping[str, Any]) -> Sequence[Any]:
        """The rows of one statement that is a transaction by itself; its text by database (``storage/alone.py``)."""
        return await self._alone.ask(statement[self.engine.dialect.name], given)

    async def close(self) -> None:
        await self._alone.close()
        await self.engine.dispose()


@contextmanager
def counted_queries(engine: AsyncEngine) -> Iterator[list[str]]:
    """The statements executed meanwhile, in order (transaction control left out)."""
    seen: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(engine.sync_engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", note)
