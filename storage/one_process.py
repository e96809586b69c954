"""What one process does for all of them: whoever comes while it is at it leaves it to that one."""

import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import func, select

from storage.database import Database


@asynccontextmanager
async def by_one(database: Database, what: str) -> AsyncIterator[bool]:
    """Whether it is this process's to do: no other is at it. Where one dies it is free again.

    A connection is held meanwhile. A SQLite file is served by one process.
    """
    if database.engine.dialect.name == "sqlite":
        yield True
        return
    key = zlib.crc32(what.encode())
    async with database.engine.connect() as connection:
        # Held by a transaction, which ends with the connection's use: a lock of the session would outlive it in a pool.
        await connection.execution_options(isolation_level="READ COMMITTED")
        yield bool(await connection.scalar(select(func.pg_try_advisory_xact_lock(key))))
