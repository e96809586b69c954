"""Handing promises out to workers: each to one of them, for a time, fairly between organisations.

Claiming moves ``turn_at`` to the end of the lease: one index range finds what is due and what a dead worker left.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, String, Table, bindparam, case, func, literal, select, true, union_all, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.jobs import ANSWER, CAMPAIGN, LEASE, USUAL
from storage.tables import Job, Organisation
from storage.types import Moment

_job: Table = Job.__table__  # type: ignore[attr-defined]  # SQLModel adds it at class creation
_organisation: Table = Organisation.__table__  # type: ignore[attr-defined]  # likewise
_now, _most = bindparam("now", type_=Moment), bindparam("most", type_=Integer)
_waiting = _job.alias("waiting")
PRIORITIES = union_all(*(select(literal(one).label("priority")) for one in (ANSWER, USUAL, CAMPAIGN))).subquery("p")
_leased = {
    "turn_at": bindparam("lease_ends", type_=Moment),
    "owner": bindparam("new_owner", type_=String),
    "attempts": _job.c.attempts + 1,
    # One that still has an owner was held by a worker that died.
    "faults": _job.c.faults + case((_job.c.owner != "", 1), else_=0),
}


def _first_of_each() -> Any:
    """The due promises of one organisation and priority, the oldest first: an index range."""
    mine = (_waiting.c.organisation_id == _organisation.c.id, _waiting.c.priority == PRIORITIES.c.priority)
    due = (_waiting.c.lane_id == 0, _waiting.c.state == "open", _waiting.c.turn_at <= _now)
    free = _waiting.c.id.not_in(bindparam("held", expanding=True))
    return select(_waiting.c.id, _waiting.c.turn_at).where(*mine, *due, free).order_by(_waiting.c.turn_at).limit(_most)


def _in_turn(chosen: Any, id: Any, turn_at: Any) -> Any:
    """The first of every organisation, then the second of every one, and so on; answers before all of them."""
    order = func.row_number().over(partition_by=(_organisation.c.id, PRIORITIES.c.priority), order_by=turn_at)
    free = _organisation.c.id.not_in(bindparam("busy", expanding=True))
    columns = (id.label("id"), PRIORITIES.c.priority, order.label("place"), turn_at.label("turn_at"))
    ranked = select(*columns).select_from(chosen).where(free).subquery()
    return select(ranked.c.id).order_by(ranked.c.priority, ranked.c.place, ranked.c.turn_at).limit(_most)


def _due_on_sqlite() -> Any:
    """SQLite has no LATERAL: a correlated list of keys does the same."""
    keys = _first_of_each().with_only_columns(_waiting.c.id).correlate(_organisation, PRIORITIES)
    found = _job.alias("found")
    chosen = _organisation.join(PRIORITIES, true()).join(found, found.c.id.in_(keys.scalar_subquery()))
    return _in_turn(chosen, found.c.id, found.c.turn_at)


def _due_on_postgresql() -> Any:
    """Rows that another worker is taking are passed by."""
    mine = _first_of_each().correlate(_organisation, PRIORITIES).with_for_update(skip_locked=True).lateral("mine")
    chosen = _organisation.join(PRIORITIES, true()).join(mine, true())
    return _in_turn(chosen, mine.c.id, mine.c.turn_at)


def _claiming(due: Any) -> Any:
    """The CTE is evaluated once; a plain sub-query might be run again for each row."""
    taken = due.cte("taken")
    lease = update(Job).where(_job.c.id.in_(select(taken.c.id))).values(_leased)
    return lease.returning(Job).execution_options(synchronize_session=False, populate_existing=True)


# Built once: building a statement costs as much as running it.
_CLAIM = {"sqlite": _claiming(_due_on_sqlite()), "postgresql": _claiming(_due_on_postgresql())}
_IN_LANE = (
    select(_waiting.c.id)
    .where(
        _waiting.c.organisation_id == bindparam("organisation", type_=Integer),
        _waiting.c.lane_id == bindparam("lane", type_=Integer),
        _waiting.c.state == "open",
        _waiting.c.turn_at <= _now,
    )
    .order_by(_waiting.c.priority, _waiting.c.turn_at)
    .limit(_most)
    .with_for_update(skip_locked=True)
)
_CLAIM_IN_LANE = _claiming(_IN_LANE)
_FIRST = (
    select(_waiting.c.turn_at)
    .where(
        _waiting.c.organisation_id == _organisation.c.id,
        _waiting.c.priority == PRIORITIES.c.priority,
        _waiting.c.lane_id == 0,
        _waiting.c.state == "open",
    )
    .order_by(_waiting.c.turn_at)
    .limit(1)
    .correlate(_organisation, PRIORITIES)
    .scalar_subquery()
    .label("turn_at")
)
_FIRSTS = select(_FIRST).select_from(_organisation.join(PRIORITIES, true())).subquery()
_NEXT_DUE = select(func.min(_FIRSTS.c.turn_at, type_=Moment))


async def claim(
    session: AsyncSession,
    now: datetime,
    owner: str,
    limit: int,
    *,
    busy: Collection[int] = (),
    held: Collection[int] = (),
) -> list[Job]:
    """Lease up to ``limit`` due promises that wait in no lane to ``owner`` for ``LEASE``, in their order.

    ``busy``: organisations of which this worker has enough. ``held``: promises that it is still at, whose lease may
    have ended by a leap of the clock.
    """
    given = {"now": now, "most": limit, "lease_ends": now + LEASE, "new_owner": owner}
    statement = _CLAIM[session.get_bind().dialect.name]
    rows = await session.execute(statement, {**given, "busy": list(busy), "held": list(held)})
    return in_order(rows.scalars().all())


async def claim_in_lane(
    session: AsyncSession, now: datetime, owner: str, organisation_id: int, lane_id: int, limit: int
) -> list[Job]:
    """Lease up to ``limit`` of those that wait in a lane, the most pressing first."""
    given = {"now": now, "most": limit, "lease_ends": now + LEASE, "new_owner": owner}
    rows = await session.execute(_CLAIM_IN_LANE, {**given, "organisation": organisation_id, "lane": lane_id})
    return in_order(rows.scalars().all())


def in_order(jobs: Sequence[Job]) -> list[Job]:
    """As they are to be done: by priority, then as they were owed."""
    return sorted(jobs, key=lambda job: (job.priority, job.due_at, job.id or 0))


async def take_back(session: AsyncSession, now: datetime) -> int:
    """Make due at once what workers hold whose lease has not ended; returns how many promises these are.

    Right only where all of them are known to be dead: in a store that has a single worker, which has just begun.
    """
    held = (_job.c.state == "open", _job.c.owner != "")
    result = await session.execute(update(_job).where(*held).values(turn_at=now, owner="", faults=_job.c.faults + 1))
    return int(result.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result is a CursorResult


async def next_due(session: AsyncSession) -> datetime | None:
    """When the next open promise that waits in no lane may be taken; None when there is none."""
    moment: datetime | None = await session.scalar(_NEXT_DUE)
    return moment
