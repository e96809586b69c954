"""A database that was restarted meanwhile."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from storage import claims
from storage import database as module
from storage.database import Database, async_url
from storage.tables import Organisation
from tests.databases import fresh_database, fresh_postgres

NOW = datetime(2027, 1, 12, 9, tzinfo=UTC)


async def test_a_connection_that_was_cut_while_it_rested_is_replaced(
    postgres_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RESTED_SECONDS", 0.0)
    async with fresh_postgres(postgres_server) as url, fresh_database(url) as database:
        assert (await _organisations(database), await claims.next_due(database)) == (0, None)
        killer = create_async_engine(async_url(postgres_server), isolation_level="AUTOCOMMIT")
        async with killer.connect() as connection:
            cut = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
            found = await connection.execute(cut, {"name": make_url(url).database})
            assert len(found.all()) == 2
        await killer.dispose()
        assert (await _organisations(database), await claims.next_due(database)) == (0, None)


async def _organisations(database: Database) -> int:
    async with database.uow(NOW) as uow:
        return len((await uow.session.execute(Organisation.__table__.select())).all())  # type: ignore[attr-defined]
