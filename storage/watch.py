"""What can be seen of the queue from outside: what is due, since when, which lanes are paused, what did not arrive."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, bindparam, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.claims import EACH, FREE, NOW
from storage.dialects import database_of
from storage.jobs import moment_of, written
from storage.tables import Job, Lane, Person, Worker, Workspace
from storage.types import Moment
from storage.uow import Uow
from storage.workers import workers

RECENT = timedelta(days=7)
MOST_TOLD = 200
_job: Table = Job.__table__  # type: ignore[attr-defined]  # SQLModel adds it at class creation
_lane: Table = Lane.__table__  # type: ignore[attr-defined]  # likewise


@dataclass(frozen=True)
class PausedLane:
    """A lane that nothing goes through before ``until``."""

    platform: str
    workspace: str
    method: str
    until: datetime
    reason: str


@dataclass(frozen=True)
class QueueState:
    """``due``: promises that no worker has taken yet, and ``oldest``: when the first of them was owed.

    ``waiting``: those that wait for their turn in a lane. ``workers``: who does what is due, the last heard of first.
    """

    due: int
    oldest: datetime | None
    waiting: int
    paused: Sequence[PausedLane]
    workers: Sequence[Worker]


def _counting(database: str) -> Any:
    """By organisation and priority: so many index ranges, and never a look at what is not due."""
    due = f"FROM job WHERE {FREE} AND turn_at <= {NOW[database]}"
    return text(
        "SELECT sum(due), min(oldest) FROM "  # noqa: S608  # constants only
        f"(SELECT (SELECT count(*) {due}) AS due, (SELECT min(due_at) {due}) AS oldest FROM {EACH[database]}) AS parts"
    )


_DUE: Mapping[str, Any] = {database: _counting(database) for database in EACH}
_IN_LANE = (_job.c.organisation_id == _lane.c.organisation_id, _job.c.lane_id == _lane.c.id, _job.c.state == "open")
_WAITING = select(func.count()).select_from(_lane).join(_job, _IN_LANE[0] & _IN_LANE[1] & _IN_LANE[2])
_PAUSED = (
    select(Lane, Workspace)
    .join(Workspace, col(Workspace.id) == Lane.workspace_id)
    .where(col(Lane.paused_until) > bindparam("now", type_=Moment))
    .order_by(col(Lane.paused_until).desc())
)


async def queue_state(session: AsyncSession, now: datetime) -> QueueState:
    """The whole queue, of all organisations."""
    due, oldest = (await session.execute(_DUE[database_of(session)], {"now": written(now)})).one()
    waiting = await session.scalar(_WAITING)
    paused = [
        PausedLane(home.platform, home.external_id, lane.method, lane.paused_until or now, lane.reason)
        for lane, home in (await session.execute(_PAUSED, {"now": now})).all()
    ]
    return QueueState(int(due or 0), oldest and moment_of(oldest), int(waiting or 0), paused, await workers(session))


@dataclass(frozen=True)
class Trouble:
    """A promise that did not arrive (``given_up``) or arrived late. ``person``: to whom, empty for a pair's chat."""

    person: str
    given_up: bool
    reason: str
    at: datetime


async def troubles(uow: Uow) -> list[Trouble]:
    """What went wrong for this organisation in the last days, the newest first, at most ``MOST_TOLD``; one query."""
    statement: Any = (
        select(col(Person.name), _job.c.state, _job.c.reason, _job.c.done_at)
        .select_from(_job)
        .outerjoin(Person, col(Person.id) == _job.c.person_id)
        .where(_job.c.organisation_id == uow.organisation_id, _job.c.done_at > uow.now - RECENT)
        .where(or_(_job.c.state == "given_up", _job.c.reason == "late"))
        .order_by(_job.c.done_at.desc())
        .limit(MOST_TOLD)
    )
    return [
        Trouble(name or "", state == "given_up", reason, at) for name, state, reason, at in await uow.rows(statement)
    ]
