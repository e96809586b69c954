"""What is deleted part by part: everything of its kind whose time is over, and nothing else."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import insert
from sqlmodel import col, select

from storage.database import Database
from storage.parts import AT_ONCE
from storage.retention import TECHNICAL, sweep
from storage.tables import Job, SeenEvent

NOW = datetime(2027, 1, 12, 9, tzinfo=UTC)
LONG_AGO = NOW - TECHNICAL - timedelta(minutes=1)


def promise(key: str, state: str, done_at: datetime | None) -> dict[str, object]:
    row = Job(organisation_id=1, name="x", key=key, due_at=LONG_AGO, turn_at=LONG_AGO, state=state, done_at=done_at)
    return row.model_dump(exclude={"id"})


async def test_promises_that_ended_leave_after_three_weeks(database: Database) -> None:
    ended = [promise(f"ended:{number}", "done", LONG_AGO) for number in range(2 * AT_ONCE + 1)]
    others = [promise("still open", "open", None), promise("ended lately", "done", LONG_AGO + timedelta(hours=1))]
    async with database.uow(NOW, 1) as uow:
        await uow.session.execute(insert(Job), ended + others)
        await uow.session.execute(insert(SeenEvent), [{"key": "event", "seen_at": LONG_AGO}])
        await uow.commit()
    await sweep(database, NOW)
    async with database.uow(NOW, 1) as uow:
        assert await uow.all(select(col(Job.key)).order_by(Job.id)) == ["still open", "ended lately"]
        assert await uow.all(select(SeenEvent)) == []
