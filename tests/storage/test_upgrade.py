"""A new version's tables come while a bot of before works: the upgrade gives way, and nobody is refused for it."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from sqlalchemy import TextClause, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from storage import schema
from storage.database import make_engine
from tests.databases import fresh_postgres

BEFORE, AFTER = "0009", "0010"  # which needs organisations and promises for itself
REFER, TAKE_BACK = text("SELECT id FROM organisation FOR KEY SHARE"), text("DELETE FROM job")
WAITING = text(
    "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database "
    "WHERE datname = current_database() AND NOT granted"
)


@pytest_asyncio.fixture
async def engine(postgres_server: str) -> AsyncIterator[AsyncEngine]:
    async with fresh_postgres(postgres_server, empty=True) as address:
        engine = make_engine(address)
        await schema.upgrade(engine, BEFORE)
        yield engine
        await engine.dispose()


@pytest.mark.parametrize("work", [(REFER, TAKE_BACK), (TAKE_BACK, REFER)])
async def test_who_works_meanwhile_is_let_by(engine: AsyncEngine, work: tuple[TextClause, TextClause]) -> None:
    async with engine.connect() as bot:
        await bot.execute(work[0])
        upgrading = asyncio.create_task(schema.upgrade(engine, AFTER))
        await _waits(engine)
        await bot.execute(work[1])
        await bot.commit()
    await upgrading
    assert await schema.revision(engine) == AFTER


async def test_who_works_for_ever_is_told_of_and_nothing_is_half_done(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "TRIES", 2)
    async with engine.connect() as bot:
        await bot.execute(REFER)
        with pytest.raises(OperationalError, match="lock timeout"):
            await schema.upgrade(engine, AFTER)
    assert await schema.revision(engine) == BEFORE


async def _waits(engine: AsyncEngine) -> None:
    """Until somebody waits for what another one holds."""
    async with engine.connect() as asking, asyncio.timeout(10):
        while not await asking.scalar(WAITING):
            pass
