"""SQLite behind asyncio, in the event loop's own thread as long as it is short.

aiosqlite hands each step of a statement to a thread of its own: four crossings a statement, of which each costs more
than most of the product's statements, and waits for the interpreter's lock while the loop is busy. Here a statement is
one step, and crosses only when it would hold the loop: a reading that does not end soon, what was long before, many
rows or a large value at once, waiting for another process's transaction, copying the log into the file. Nothing else
differs.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from types import TracebackType
from typing import Any

import aiosqlite

from storage.dialects import only_reads

SHORT_STEPS = 20_000
"""Instructions of SQLite's machine that a reading may take in the loop's thread, and at most as many again: one to
three milliseconds."""
SHORT_SECONDS = 0.004
"""What a writing may take there, and how long statements may follow each other until the loop has its turn."""
LOG_ROWS = 1_000
"""After so many changed rows the log is copied into the file."""
PLANS = 1_000
"""How many statements stay prepared: to plan one over ten tables takes ten times as long as to run it."""
LARGE = 100_000
"""Characters or bytes of a value whose writing takes as long as many rows: a file that somebody sent."""
PATIENCE = 10_000
"""Milliseconds that a transaction waits for another process's."""

Parameters = Sequence[Any] | Mapping[str, Any]


class WholeCursor:
    """The part of aiosqlite's cursor that SQLAlchemy's adapter asks for; rows are fetched while executing."""

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection
        self._rows: Sequence[Any] = ()
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> "WholeCursor":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def execute(self, sql: str, parameters: Parameters = ()) -> "WholeCursor":
        """Execute, fetch everything and close."""
        run = self._connection.cross if _large(parameters) else partial(self._connection.do, sql)
        await run(lambda driver: self._whole(driver, sql, parameters))
        return self

    def _whole(self, driver: sqlite3.Connection, sql: str, parameters: Parameters) -> None:
        cursor = driver.execute(sql, parameters)
        self.description = cursor.description
        self._rows = cursor.fetchall() if cursor.description else ()
        self._noted(cursor)

    async def executemany(self, sql: str, parameters: Iterable[Sequence[Any]]) -> "WholeCursor":
        """The same statement for each of the parameters."""
        await self._connection.cross(lambda driver: self._noted(driver.executemany(sql, parameters)))
        return self

    def _noted(self, cursor: Any) -> None:
        self.rowcount, self.lastrowid = cursor.rowcount, cursor.lastrowid
        cursor.close()

    async def fetchall(self) -> Sequence[Any]:
        """What the statement gave."""
        return self._rows

    async def close(self) -> None:
        """Nothing is open any more."""


class Connection(aiosqlite.Connection):
    """aiosqlite's connection, with that cursor. It is used by one transaction at a time.

    ``begins``: how the transaction begins that the next statement opens; empty while one is open, or none is wanted.
    """

    begins = ""

    def __init__(self, connector: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(connector, iter_chunk_size=64)
        self._thread.daemon = True
        self._long: set[str] = set()
        self._may_stop = False
        self._looked = 0
        self._turn_since = 0.0
        self._copied = 0

    def ready(self) -> None:
        """Once it is open: readings that take long can be stopped."""
        self._conn.set_progress_handler(self._stops, SHORT_STEPS)

    def _stops(self) -> bool:
        """Whether the reading is to stop. SQLite asks by the steps of all times that the statement ran, so how many
        it took this time is known only when it is asked again.
        """
        self._looked += 1
        return self._may_stop and self._looked > 1

    async def do(self, sql: str, work: Callable[[sqlite3.Connection], None]) -> None:
        """Run a statement's work: here if it is short, else in the connection's thread."""
        if sql in self._long or not self._begins_here() or not self._ends_here(sql, work):
            await self.cross(lambda driver: self._watched(sql, driver, work))
        else:
            await self._give_turn()

    def _watched(self, sql: str, driver: sqlite3.Connection, work: Callable[[sqlite3.Connection], None]) -> None:
        """In the thread: what was long once, in a slow moment or among many rows, need not be long for ever."""
        begun = time.thread_time()
        work(driver)
        if time.thread_time() - begun < SHORT_SECONDS / 8:
            self._long.discard(sql)

    def _ends_here(self, sql: str, work: Callable[[sqlite3.Connection], None]) -> bool:
        """Run it in the loop's thread; False for a reading that was stopped, and is to begin again."""
        begun = time.thread_time()
        self._looked = 0
        self._may_stop = only_reads(sql)  # stopping one that writes would undo the transaction
        try:
            work(self._conn)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
                raise
            self._long.add(sql)
            return False
        finally:
            self._may_stop = False
        if time.thread_time() - begun > SHORT_SECONDS:
            self._long.add(sql)
        return True

    async def cross(self, work: Callable[[sqlite3.Connection], None]) -> None:
        """Run it in the connection's thread."""
        await self._execute(self._begun, work)  # type: ignore[no-untyped-call]  # untyped there

    def _begins_here(self) -> bool:
        """Whether the transaction is open; not while another process holds the file."""
        if self.begins:
            try:
                self._conn.execute(self.begins)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                    raise
                return False
            self.begins = ""
        return True

    def _begun(self, work: Callable[[sqlite3.Connection], None]) -> None:
        if self.begins:
            self._conn.execute(f"PRAGMA busy_timeout={PATIENCE}")
            try:
                self._conn.execute(self.begins)
            finally:
                self._conn.execute("PRAGMA busy_timeout=0")
            self.begins = ""
        work(self._conn)

    async def _give_turn(self) -> None:
        """Let others have the loop, when statements have followed each other for long."""
        now = time.monotonic()
        if now - self._turn_since > SHORT_SECONDS:
            await asyncio.sleep(0)
            self._turn_since = time.monotonic()

    async def commit(self) -> None:
        """Nothing, when the transaction had no statement."""
        if not self.begins:
            changed = self._conn.total_changes - self._copied
            if changed < LOG_ROWS:
                self._conn.commit()
            else:
                self._copied += changed
                await self._execute(self._commit_and_copy)  # type: ignore[no-untyped-call]  # untyped there
        self.begins = ""

    def _commit_and_copy(self) -> None:
        self._conn.commit()
        self._conn.execute("PRAGMA wal_checkpoint(PASSIVE)").close()

    async def rollback(self) -> None:
        """Nothing, when the transaction had no statement, or could not begin."""
        if not self.begins:
            self._conn.rollback()
        self.begins = ""

    def cursor(self) -> WholeCursor:  # type: ignore[override]  # SQLAlchemy's adapter is its only caller
        return WholeCursor(self)


async def _open(connection: Connection) -> Connection:
    await connection
    connection.ready()
    return connection


def connect(database: str, **options: Any) -> Any:
    """A connection, for SQLAlchemy's ``async_creator_fn``; awaiting it opens the file."""
    options |= {"check_same_thread": False, "cached_statements": PLANS}
    return _open(Connection(lambda: sqlite3.connect(database, **options)))


def _large(parameters: Parameters) -> bool:
    values = parameters.values() if isinstance(parameters, Mapping) else parameters
    return any(len(value) > LARGE for value in values if isinstance(value, str | memoryview))  # as SQLAlchemy binds
