"""What one process promises for soon, the others hear at once: on PostgreSQL, between two real processes."""

import asyncio
import os
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from storage.box import Box, new_key
from storage.database import Database, make_engine
from storage.listening import listen
from storage.tables import Organisation
from tests.databases import fresh_database, fresh_postgres

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 60  # seconds; nothing but the other process makes it heard, so a slow machine is only slow


async def promised_by_another_process(url: str) -> None:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.storage.test_listening", url, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert await child.wait() == 0


async def test_what_another_process_promises_is_heard(postgres_server: str) -> None:
    heard = asyncio.Event()
    async with fresh_postgres(postgres_server) as url, fresh_database(url) as database, asyncio.timeout(PATIENCE):
        async with database.engine.begin() as connection:
            await connection.execute(Organisation.__table__.insert(), [{"name": "a", "settings": {}}])  # type: ignore[attr-defined]  # SQLModel adds it
        listening = asyncio.create_task(listen(url, heard.set))
        await heard.wait()  # what came before there was a connection
        heard.clear()
        await promised_by_another_process(url)
        await heard.wait()
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening


async def _promise(url: str) -> None:
    database = Database(make_engine(url), Box(new_key()))
    async with database.uow(datetime.now(UTC), 1) as uow:
        uow.promise("x", "x", uow.now)
        await uow.commit()
    await database.close()


if __name__ == "__main__":
    asyncio.run(_promise(sys.argv[1]))
