"""The schema's version: bring a database up to date, compare it with the models, refuse one that is older."""

import asyncio
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from storage import shape
from storage.tables import Row

TRIES, PAUSE_SECONDS = 60, 0.7
_PATIENCE = text("SET LOCAL lock_timeout = '300ms'")  # before PostgreSQL looks for whom to break off
_HELD_BY_OTHERS = {"55P03", "40P01"}  # a lock was not had in time, or never would have been


class OldDatabase(Exception):
    """The database is older (or newer) than the code: the message says which command mends it."""


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    if connection is not None:
        config.attributes["connection"] = connection
    return config


def revisions() -> list[str]:
    """Every revision that the code knows, the first one first."""
    return [one.revision for one in ScriptDirectory.from_config(_config()).walk_revisions()][::-1]


def head() -> str:
    """The newest of them."""
    return revisions()[-1]


async def upgrade(engine: AsyncEngine, to: str = "head") -> None:
    """Bring the database to that revision, the newest one; PostgreSQL does it in one transaction.

    A bot that works meanwhile holds tables that it waits for, and may wait for those that it holds: it gives way, and
    begins again a little later.
    """
    for tried in range(1, TRIES + 1):
        try:
            await _upgrade(engine, to)
        except OperationalError as error:
            if tried == TRIES or getattr(error.orig, "sqlstate", None) not in _HELD_BY_OTHERS:
                raise
            await asyncio.sleep(PAUSE_SECONDS)
        else:
            return


async def _upgrade(engine: AsyncEngine, to: str) -> None:
    async with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            await connection.execute(_PATIENCE)
        await connection.run_sync(lambda sync: command.upgrade(_config(sync), to))
        await connection.run_sync(shape.tell)


async def create(engine: AsyncEngine) -> None:
    """All tables at once, marked as current: for tests, where each test has a fresh database."""
    async with engine.begin() as connection:
        await connection.run_sync(Row.metadata.create_all)
        await connection.run_sync(lambda sync: command.stamp(_config(sync), "head"))
        await connection.run_sync(shape.tell)


async def revision(engine: AsyncEngine) -> str | None:
    """The revision of the database; None when it has no tables yet."""
    async with engine.connect() as connection:
        return await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())


async def ensure_current(engine: AsyncEngine) -> None:
    """Create the tables of an empty database; raise ``OldDatabase`` when it has another revision than the code."""
    async with engine.connect() as connection:
        revision = await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())
        tables = await connection.run_sync(lambda sync: sync.dialect.get_table_names(sync))
    if revision is None and not tables:
        await upgrade(engine)
    elif revision != head():
        raise OldDatabase(
            f"The database is at revision {revision or 'none'}, the code at {head()}. "
            "Back it up, then run: inverso db upgrade"
        )


async def differences(engine: AsyncEngine) -> list[str]:
    """What the database lacks or has beyond the models, in Alembic's words; empty when they agree."""
    async with engine.connect() as connection:
        return await connection.run_sync(_differences)


def _differences(connection: Connection) -> list[str]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    found: list[Any] = compare_metadata(context, Row.metadata)
    return [str(item) for item in found]


def new_revision(connection: Connection, message: str, revision: str) -> None:
    """Write the migration between the database and the models (for developers: ``inverso db revision``)."""
    command.revision(_config(connection), message=message, autogenerate=True, rev_id=revision)
