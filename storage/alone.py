"""A statement that is a transaction by itself, straight to the driver: for the queue, which is asked again and again.

SQLAlchemy takes longer over ten promises than the store does, and on PostgreSQL planning the statement does too.
"""

import asyncio
import re
import sqlite3
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Protocol, cast

import psycopg
from psycopg.rows import TupleRow
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.sqlite import Connection, WholeCursor

Given = Mapping[str, Any]
SETTINGS = "-c plan_cache_mode=force_generic_plan -c synchronous_commit=off"
"""To plan costs more than to claim. What a power cut takes of claims is due as before: before anything is said of it,
that it is going to be said is committed, and with that commit the claim is on the disk too.
"""


class Alone(Protocol):
    """Runs statements, each with parameters as ``:name``, each a transaction of its own."""

    async def ask(self, statement: str, given: Given) -> Sequence[Any]:
        """Its rows. Raises ``DBAPIError``."""

    async def close(self) -> None: ...


def beside(engine: AsyncEngine) -> Alone:
    """The way to the same store."""
    return _OnSqlite(engine) if engine.dialect.name == "sqlite" else _OnPostgresql(engine)


class _OnSqlite:
    """Through the one connection that there is."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def ask(self, statement: str, given: Given) -> Sequence[Any]:
        lent = await self._engine.raw_connection()
        try:
            return await _whole(cast("Connection", lent.driver_connection), statement, given)
        except sqlite3.Error as error:
            raise DBAPIError.instance(statement, None, error, sqlite3.Error) from error
        finally:
            lent.close()

    async def close(self) -> None: ...


async def _whole(connection: Connection, statement: str, given: Given) -> Sequence[Any]:
    connection.begins = "BEGIN IMMEDIATE"
    try:
        cursor = await WholeCursor(connection).execute(statement, given)
        await connection.commit()
    except BaseException:
        await connection.rollback()
        raise
    return await cursor.fetchall()


class _OnPostgresql:
    """Through a connection of its own."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._address = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._turns = asyncio.Lock()
        self._connection: psycopg.AsyncConnection[TupleRow] | None = None

    async def ask(self, statement: str, given: Given) -> Sequence[Any]:
        async with self._turns:
            try:
                return await self._ask(_for_psycopg(statement), given)
            except psycopg.Error as error:
                raise DBAPIError.instance(statement, None, error, psycopg.Error) from error

    async def _ask(self, statement: str, given: Given) -> Sequence[Any]:
        """A connection that was cut while it rested is made anew."""
        if self._connection is not None:
            try:
                return await _rows(self._connection, statement, given)
            except psycopg.OperationalError:
                if not self._connection.closed:
                    raise
        self._connection = await psycopg.AsyncConnection.connect(self._address, autocommit=True, options=SETTINGS)
        return await _rows(self._connection, statement, given)

    async def close(self) -> None:
        if self._connection is not None:
            await self._connection.close()


async def _rows(connection: psycopg.AsyncConnection[TupleRow], statement: str, given: Given) -> Sequence[Any]:
    cursor = await connection.execute(cast("Any", statement), given, prepare=True)
    return await cursor.fetchall()


@cache
def _for_psycopg(statement: str) -> str:
    return re.sub(r":(\w+)", r"%(\1)s", statement)
