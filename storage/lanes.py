"""Lanes as all workers share them: how much room there is, pauses, and who waits for a turn."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, bindparam, exists, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.domain import lanes as arithmetic
from bot.domain.lanes import Pace
from storage.claims import claim_in_lane, in_order
from storage.tables import Job, Lane
from storage.types import Moment

MOST_LANES = 20
_job: Table = Job.__table__  # type: ignore[attr-defined]  # SQLModel adds it at class creation
_lane: Table = Lane.__table__  # type: ignore[attr-defined]  # likewise
_waits = (_job.c.organisation_id == _lane.c.organisation_id, _job.c.lane_id == _lane.c.id, _job.c.state == "open")


@dataclass(frozen=True)
class LaneName:
    """One kind of call to one workspace, and the pace that its platform bears."""

    workspace_id: int
    method: str
    pace: Pace


def pace_of(lane: Lane) -> Pace:
    """The pace that was last written for the lane."""
    return Pace(timedelta(milliseconds=lane.interval_ms), lane.burst)


# Built once: the relay asks these each time that it wakes.
_OPEN = (
    select(Lane)
    .where(
        col(Lane.opens_at) <= bindparam("now", type_=Moment),
        exists().where(*_waits, _job.c.turn_at <= bindparam("now", type_=Moment)),
    )
    .order_by(col(Lane.opens_at))
    .limit(MOST_LANES)
    .with_for_update(skip_locked=True)
)
_FIRST_TURN = select(func.min(_job.c.turn_at, type_=Moment)).where(*_waits).correlate(_lane).scalar_subquery()
_NEXT = select(_lane.c.opens_at, _FIRST_TURN.label("turn_at")).where(exists().where(*_waits).correlate(_lane))
_MOVE = (
    update(_lane)
    .where(_lane.c.id == bindparam("lane"))
    .values(full_at=bindparam("new_full_at"), opens_at=bindparam("new_opens_at"))
)
_INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


async def claim_waiting(session: AsyncSession, now: datetime, owner: str, limit: int) -> list[Job]:
    """Lease those whose turn has come in lanes that are open, at most as many as there is room for; take the room."""
    open_lanes: list[Lane] = list((await session.execute(_OPEN, {"now": now})).scalars().all())
    claimed: list[Job] = []
    moved = []
    for lane in open_lanes:
        most = min(limit - len(claimed), arithmetic.room(lane.full_at, pace_of(lane), now))
        if most <= 0:
            continue
        found = await claim_in_lane(session, now, owner, lane.organisation_id, lane.pk, most)
        claimed.extend(found)
        moved.append(_moved(lane, arithmetic.taken(lane.full_at, pace_of(lane), now, len(found))))
    if moved:
        await session.execute(_MOVE, moved)
    return in_order(claimed)


def _moved(lane: Lane, full_at: datetime) -> dict[str, Any]:
    return {"lane": lane.pk, "new_full_at": full_at, "new_opens_at": arithmetic.opens_at(full_at, pace_of(lane))}


async def next_turn(session: AsyncSession) -> datetime | None:
    """When the next lane in which somebody waits lets them go; None when nobody waits."""
    rows = (await session.execute(_NEXT)).all()
    return min((max(opens_at, turn_at) for opens_at, turn_at in rows if turn_at is not None), default=None)


async def held_lanes(
    session: AsyncSession, organisation_id: int, names: Iterable[LaneName], now: datetime
) -> dict[LaneName, Lane]:
    """The rows of these lanes, held to the end of the transaction; a lane begins with its first call."""
    wanted = sorted(set(names), key=lambda name: (name.workspace_id, name.method))
    found = await _find(session, wanted)
    if missing := [name for name in wanted if name not in found]:
        insert = _INSERTS[session.get_bind().dialect.name](_lane)
        rows = [_new(organisation_id, name, now) for name in missing]
        await session.execute(insert.on_conflict_do_nothing(index_elements=["workspace_id", "method"]), rows)
        found = await _find(session, wanted)
    return found


async def _find(session: AsyncSession, names: Sequence[LaneName]) -> dict[LaneName, Lane]:
    workspaces, methods = {name.workspace_id for name in names}, {name.method for name in names}
    statement = select(Lane).where(col(Lane.workspace_id).in_(workspaces), col(Lane.method).in_(methods))
    held = statement.order_by(col(Lane.id)).with_for_update().execution_options(populate_existing=True)
    rows = (await session.execute(held)).scalars().all()
    by_name = {(row.workspace_id, row.method): row for row in rows}
    return {name: by_name[at] for name in names if (at := (name.workspace_id, name.method)) in by_name}


def _new(organisation_id: int, name: LaneName, now: datetime) -> dict[str, Any]:
    return {
        "organisation_id": organisation_id,
        "workspace_id": name.workspace_id,
        "method": name.method,
        "interval_ms": name.pace.interval // timedelta(milliseconds=1),
        "burst": name.pace.burst,
        "full_at": now,
        "opens_at": now,
        "reason": "",
    }


def take(lane: Lane, name: LaneName, now: datetime, wanted: int) -> int:
    """How many of the wanted calls may go now; the lane, which is held, is moved on by as many."""
    lane.interval_ms, lane.burst = name.pace.interval // timedelta(milliseconds=1), name.pace.burst
    granted = min(wanted, arithmetic.room(lane.full_at, name.pace, now))
    _set(lane, arithmetic.taken(lane.full_at, name.pace, now, granted) if granted else lane.full_at)
    return granted


def pause(lane: Lane, until: datetime, reason: str) -> None:
    """Nothing goes through the lane, which is held, before ``until``; after it one call after the other."""
    _set(lane, arithmetic.paused(lane.full_at, pace_of(lane), until))
    lane.paused_until, lane.reason = max(until, lane.paused_until or until), reason


def _set(lane: Lane, full_at: datetime) -> None:
    lane.full_at, lane.opens_at = full_at, arithmetic.opens_at(full_at, pace_of(lane))
