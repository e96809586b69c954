"""The processes that do what is due: that they live, and since when."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from storage.dialects import INSERTS, database_of
from storage.tables import Worker

EACH = timedelta(seconds=30)
ALIVE = timedelta(seconds=90)
FORGOTTEN = timedelta(days=1)


async def beat(session: AsyncSession, owner: str, now: datetime) -> None:
    """Say that this worker lives; workers that have been silent for a day are forgotten."""
    insert = INSERTS[database_of(session)](Worker)
    said = insert.values(owner=owner, began_at=now, beat_at=now)
    await session.execute(said.on_conflict_do_update(index_elements=["owner"], set_={"beat_at": now}))
    await session.execute(delete(Worker).where(col(Worker.beat_at) < now - FORGOTTEN))


async def leave(session: AsyncSession, owner: str) -> None:
    """This worker has stopped."""
    await session.execute(delete(Worker).where(col(Worker.owner) == owner))


async def workers(session: AsyncSession) -> list[Worker]:
    """All that are known, the one that was heard of last first."""
    return list((await session.execute(select(Worker).order_by(col(Worker.beat_at).desc()))).scalars().all())
