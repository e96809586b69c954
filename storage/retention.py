"""What is deleted when: technical rows after 21 days, audit entries after a year."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import col

from storage.database import Database
from storage.tables import AuditEntry, FlowSession, Job, Nudge, SeenEvent

TECHNICAL = timedelta(days=21)
AUDIT = timedelta(days=365)
NUDGES = timedelta(days=90)


async def sweep(database: Database, now: datetime) -> None:
    """Delete what was kept long enough."""
    async with database.uow(now) as uow:
        for statement in (
            delete(SeenEvent).where(col(SeenEvent.seen_at) < now - TECHNICAL),
            delete(Job).where(col(Job.state) != "open", col(Job.done_at) < now - TECHNICAL),
            delete(FlowSession).where(col(FlowSession.expires_at) < now - TECHNICAL),
            delete(Nudge).where(col(Nudge.sent_at) < now - NUDGES),
            delete(AuditEntry).where(col(AuditEntry.at) < now - AUDIT),
        ):
            await uow.execute(statement)
        await uow.commit()
