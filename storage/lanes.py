"""Lanes as all workers share them: how much room there is, pauses, and who waits for a turn."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Table, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.domain import lanes as arithmetic
from bot.domain.lanes import Pace
from storage.claims import NONE_OF, NOW, PRIORITIES, SKIP, claim_in_lane, in_order, listed
from storage.database import Database
from storage.dialects import INSERTS, as_rows, database_of, given_rows
from storage.jobs import Held, moment_of, written
from storage.tables import Lane

MOST_LANES = 20
_lane: Table = Lane.__table__  # type: ignore[attr-defined]  # SQLModel adds it at class creation


@dataclass(frozen=True)
class LaneName:
    """One kind of call to one workspace, and the pace that its platform bears."""

    workspace_id: int
    method: str
    pace: Pace


def pace_of(lane: Lane | Row[Any]) -> Pace:
    """The pace that was last written for the lane."""
    return Pace(timedelta(milliseconds=lane.interval_ms), lane.burst)


# Texts, as in ``storage/jobs.py``: the relay asks these each time that it wakes.
_WAITS = (
    "job.organisation_id = lane.organisation_id AND job.lane_id = lane.id AND job.state = 'open' "
    "AND job.priority = p.priority"
)


def _opening(database: str) -> str:
    """An index range of each priority, as everywhere: a lane may have ten thousand who wait."""
    return (
        "SELECT id, organisation_id, interval_ms, burst, full_at FROM lane "  # noqa: S608  # constants only
        f"WHERE opens_at <= {NOW[database]} AND {NONE_OF[database].format(':busy', 'organisation_id')} "
        f"AND EXISTS (SELECT 1 FROM {PRIORITIES[database]} JOIN job ON {_WAITS} AND job.turn_at <= {NOW[database]}) "
        f"ORDER BY opens_at LIMIT {MOST_LANES}"
    )


def _moving(database: str) -> Any:
    source, given = given_rows(database, ("id", "full_at", "opens_at"))
    return text(
        f"UPDATE lane SET full_at = {given['full_at']}, opens_at = {given['opens_at']} "  # noqa: S608  # constants only
        f"FROM {source} WHERE lane.id = {given['id']}"
    )


_OPEN: Mapping[str, str] = {database: _opening(database) for database in SKIP}
_TAKE: Mapping[str, Any] = {database: text(_opening(database) + SKIP[database]) for database in SKIP}
_MOVE: Mapping[str, Any] = {database: _moving(database) for database in SKIP}
_NEXT: Mapping[str, str] = {
    database: "SELECT opens_at, (SELECT min(turn_at) FROM (SELECT (SELECT turn_at FROM job "  # noqa: S608  # constants only
    f"WHERE {_WAITS} ORDER BY turn_at LIMIT 1) AS turn_at FROM {ranks}) AS first) AS turn_at FROM lane"
    for database, ranks in PRIORITIES.items()
}


async def claim_waiting(
    database: Database,
    now: datetime,
    owner: str,
    limit: int,
    *,
    busy: Collection[int] = (),
    held: Collection[int] = (),
) -> list[Held]:
    """Lease those whose turn has come in lanes that are open, at most as many as there is room for; take the room.

    ``busy`` and ``held``: as in ``claims.claim``.
    """
    given = {"now": written(now), "busy": listed(busy)}
    if not await database.alone(_OPEN, given):
        return []
    async with database.uow(now) as uow:
        claimed = await _claim_in_open_lanes(uow.session, now, owner, limit, held, given)
        await uow.commit()
    return in_order(claimed)


async def _claim_in_open_lanes(
    session: AsyncSession, now: datetime, owner: str, limit: int, held: Collection[int], given: Mapping[str, str]
) -> list[Held]:
    database = database_of(session)
    open_lanes = (await session.execute(_TAKE[database], given)).all()
    claimed: list[Held] = []
    moved = []
    for lane in open_lanes:
        pace, full_at = pace_of(lane), moment_of(lane.full_at)
        most = min(limit - len(claimed), arithmetic.room(full_at, pace, now))
        if most <= 0:
            continue
        found = await claim_in_lane(session, now, owner, (lane.organisation_id, lane.id), most, held)
        claimed.extend(found)
        full_at = arithmetic.taken(full_at, pace, now, len(found))
        moved.append((lane.id, written(full_at), written(arithmetic.opens_at(full_at, pace))))
    if moved:
        await session.execute(_MOVE[database], {"rows": as_rows(moved)})
    return claimed


async def next_turn(database: Database) -> datetime | None:
    """When the next lane in which somebody waits lets them go; None when nobody waits."""
    rows = await database.alone(_NEXT, {})
    turns = (max(moment_of(opens_at), moment_of(turn_at)) for opens_at, turn_at in rows if turn_at is not None)
    return min(turns, default=None)


async def held_lanes(
    session: AsyncSession, organisation_id: int, names: Iterable[LaneName], now: datetime
) -> dict[LaneName, Lane]:
    """The rows of these lanes, held to the end of the transaction; a lane begins with its first call."""
    wanted = sorted(set(names), key=lambda name: (name.workspace_id, name.method))
    found = await _find(session, wanted)
    if missing := [name for name in wanted if name not in found]:
        insert = INSERTS[database_of(session)](_lane)
        rows = [_new(organisation_id, name, now) for name in missing]
        await session.execute(insert.on_conflict_do_nothing(index_elements=["workspace_id", "method"]), rows)
        found = await _find(session, wanted)
    return found


_HELD = (  # built once: every message asks it
    select(Lane)
    .where(
        col(Lane.workspace_id).in_(bindparam("workspaces", expanding=True)),
        col(Lane.method).in_(bindparam("methods", expanding=True)),
    )
    .order_by(col(Lane.id))
    .with_for_update()
    .execution_options(populate_existing=True)
)


async def _find(session: AsyncSession, names: Sequence[LaneName]) -> dict[LaneName, Lane]:
    given = {
        "workspaces": list({name.workspace_id for name in names}),
        "methods": list({name.method for name in names}),
    }
    rows = (await session.execute(_HELD, given)).scalars().all()
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
