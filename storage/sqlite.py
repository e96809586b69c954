"""SQLite behind asyncio with one crossing to its thread a statement, where aiosqlite takes four.

aiosqlite crosses to make a cursor, to execute, to fetch and to close. A crossing costs more than most of the product's
statements, so this cursor does all four at once, and hands out what it fetched. A transaction begins on the way of its
first statement. Nothing else differs.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Any

import aiosqlite


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

    async def execute(self, sql: str, parameters: Sequence[Any] = ()) -> "WholeCursor":
        """Execute, fetch everything and close, in the connection's thread."""
        await self._connection._execute(self._whole, sql, parameters)  # type: ignore[no-untyped-call]  # untyped there
        return self

    def _whole(self, sql: str, parameters: Sequence[Any]) -> None:
        cursor = self._connection.begun().execute(sql, parameters)
        self.description = cursor.description
        self._rows = cursor.fetchall() if cursor.description else ()
        self._noted(cursor)

    async def executemany(self, sql: str, parameters: Iterable[Sequence[Any]]) -> "WholeCursor":
        """The same statement for each of the parameters."""
        await self._connection._execute(self._many, sql, parameters)  # type: ignore[no-untyped-call]  # untyped there
        return self

    def _many(self, sql: str, parameters: Iterable[Sequence[Any]]) -> None:
        self._noted(self._connection.begun().executemany(sql, parameters))

    def _noted(self, cursor: Any) -> None:
        self.rowcount, self.lastrowid = cursor.rowcount, cursor.lastrowid
        cursor.close()

    async def fetchall(self) -> Sequence[Any]:
        """What the statement gave."""
        return self._rows

    async def close(self) -> None:
        """Nothing is open any more."""


class Connection(aiosqlite.Connection):
    """aiosqlite's connection, with that cursor.

    ``begins``: how the transaction begins that the next statement opens; empty while one is open, or none is wanted.
    """

    begins = ""

    def begun(self) -> sqlite3.Connection:
        """The driver's connection, in its transaction. Only for the connection's thread."""
        if self.begins:
            self._conn.execute(self.begins)
            self.begins = ""
        return self._conn

    async def commit(self) -> None:
        """Nothing, when the transaction had no statement."""
        if not self.begins:
            await super().commit()
        self.begins = ""

    async def rollback(self) -> None:
        """Nothing, when the transaction had no statement, or could not begin."""
        if not self.begins:
            await super().rollback()
        self.begins = ""

    def cursor(self) -> WholeCursor:  # type: ignore[override]  # SQLAlchemy's adapter is its only caller
        return WholeCursor(self)


def connect(database: str, **options: Any) -> Connection:
    """A connection, for SQLAlchemy's ``async_creator_fn``; awaiting it opens the file."""
    connection = Connection(lambda: sqlite3.connect(database, **options), iter_chunk_size=64)
    connection._thread.daemon = True
    return connection
