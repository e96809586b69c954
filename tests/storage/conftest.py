"""Each storage test runs on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio

from storage.database import Database
from storage.tables import Organisation
from storage.uow import Uow
from tests.databases import file_with_tables, fresh_database, fresh_postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> str:
    """Which database."""
    return str(request.param)


@pytest_asyncio.fixture
async def database_url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The address of an empty database."""
    if backend == "sqlite":
        yield f"sqlite:///{tmp_path / 'test.db'}"
        return
    async with fresh_postgres(request.getfixturevalue("postgres_server"), empty=True) as url:
        yield url


@pytest_asyncio.fixture
async def database(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """A database with all tables and two organisations, 1 and 2."""
    async with AsyncExitStack() as stack:
        if backend == "sqlite":
            url = await file_with_tables(tmp_path / "test.db")
        else:
            server = request.getfixturevalue("postgres_server")
            url = await stack.enter_async_context(fresh_postgres(server))
        fresh = await stack.enter_async_context(fresh_database(url))
        async with fresh.engine.begin() as connection:
            await connection.execute(
                Organisation.__table__.insert(), [{"name": "a", "settings": {}}, {"name": "b", "settings": {}}]
            )  # type: ignore[attr-defined]
        yield fresh


async def has_begun(uow: Uow) -> bool:
    """Whether the store is in a transaction of that unit of work."""
    driver = (await (await uow.session.connection()).get_raw_connection()).driver_connection
    assert driver is not None
    in_it: bool = driver.in_transaction if uow.dialect == "sqlite" else bool(driver.info.transaction_status)  # 0: idle
    return in_it
