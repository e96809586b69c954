"""Hears at once, on PostgreSQL, of what other processes promise for soon. Losing the connection loses no promise."""

import asyncio
from collections.abc import Callable

import psycopg
import structlog
from sqlalchemy.engine import make_url

from storage.jobs import CHANNEL, PROCESS

log = structlog.get_logger()
RECONNECT_SECONDS = 5


async def listen(database_url: str, heard: Callable[[], None]) -> None:
    """Call ``heard`` each time; never returns. What came while there was no connection is heard with the next one."""
    address = make_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(address, autocommit=True) as connection:
                await connection.execute(f"LISTEN {CHANNEL}")
                heard()
                async for notice in connection.notifies():
                    if notice.payload != PROCESS:
                        heard()
        except (psycopg.Error, OSError) as error:
            log.warning("not_listening", trouble=type(error).__name__)
        await asyncio.sleep(RECONNECT_SECONDS)
