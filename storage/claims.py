"""Handing promises out to workers: each to one of them, for a time, fairly between organisations.

Claiming moves ``turn_at`` to the end of the lease: one index range finds what is due and what a dead worker left.
What a worker asks each time that it wakes is one statement by itself (``storage/alone.py``).
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Table, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import Database
from storage.dialects import MOMENT, database_of
from storage.jobs import ANSWER, CAMPAIGN, LEASE, USUAL, Held, moment_of, written
from storage.tables import Job

_job: Table = Job.__table__  # type: ignore[attr-defined]  # SQLModel adds it at class creation
NOW = {"sqlite": ":now", "postgresql": MOMENT.format(":now")}
_LEASE_ENDS = {"sqlite": ":lease_ends", "postgresql": MOMENT.format(":lease_ends")}
SKIP = {"sqlite": "", "postgresql": " FOR UPDATE SKIP LOCKED"}  # what another worker is taking is passed by
_AMONG = {"sqlite": "IN ({})", "postgresql": "= ANY(ARRAY({}))"}
NONE_OF = {"sqlite": "instr({}, ',' || {} || ',') = 0", "postgresql": "strpos({}, ',' || {} || ',') = 0"}
_RANKS = f"{ANSWER}, {USUAL}, {CAMPAIGN}"
# On SQLite nothing that makes a table of its own for a moment: to make one costs more than to claim ten promises.
PRIORITIES = {
    "sqlite": f"(SELECT value AS priority FROM json_each('[{_RANKS}]')) AS p",  # noqa: S608  # constants only
    "postgresql": f"unnest(ARRAY[{_RANKS}]) AS p(priority)",
}
EACH = {database: f"organisation AS mine CROSS JOIN {ranks}" for database, ranks in PRIORITIES.items()}
FREE = "organisation_id = mine.id AND lane_id = 0 AND state = 'open' AND priority = p.priority"
_HELD = (
    "id, organisation_id, name, key, priority, lane_id, person_id, CAST(args AS text), due_at, expires_at, "
    "attempts, faults, unsure"
)
_ARGS = 7  # their place among these


def _claiming(database: str, due: str) -> str:
    """``due`` is found once, as a list of keys. Who has an owner was held by a worker that died."""
    return (
        f"UPDATE job SET turn_at = {_LEASE_ENDS[database]}, owner = :owner, attempts = attempts + 1, "  # noqa: S608  # constants only
        f"faults = faults + CASE WHEN owner <> '' THEN 1 ELSE 0 END WHERE id {_AMONG[database].format(due)} "
        f"RETURNING {_HELD}"
    )


def _in_turn(database: str) -> str:
    """The first of every organisation, then the second of every one, and so on; answers before all of them.

    Of each organisation and priority the oldest, by an index range. SQLite has no LATERAL, and to number rows it
    writes them into a table; a list of keys as JSON, which is read in its order, takes half the time.
    """
    first = (
        f"FROM job WHERE {FREE} AND turn_at <= {NOW[database]} "
        f"AND {NONE_OF[database].format(':held', 'id')} "
        f"ORDER BY turn_at LIMIT :most{SKIP[database]}"
    )
    keys = f"json_each((SELECT json_group_array(id) FROM (SELECT id {first})))"  # noqa: S608  # constants only
    found = {
        "sqlite": f"CROSS JOIN {keys} AS listed CROSS JOIN job AS found ON found.id = listed.value",
        "postgresql": f"CROSS JOIN LATERAL (SELECT id, turn_at {first}) AS found",
    }
    place = {
        "sqlite": "listed.key",
        "postgresql": "row_number() OVER (PARTITION BY mine.id, p.priority ORDER BY found.turn_at)",
    }
    return (
        f"SELECT id FROM (SELECT found.id, p.priority, {place[database]} AS place, found.turn_at "  # noqa: S608  # constants only
        f"FROM {EACH[database]} {found[database]} "
        f"WHERE {NONE_OF[database].format(':busy', 'mine.id')}) AS ranked "
        "ORDER BY priority, place, turn_at LIMIT :most"
    )


def _in_lane(database: str) -> str:
    return (
        "SELECT id FROM job WHERE organisation_id = :organisation AND lane_id = :lane AND state = 'open' "  # noqa: S608  # constants only
        f"AND turn_at <= {NOW[database]} AND {NONE_OF[database].format(':held', 'id')} "
        f"ORDER BY priority, turn_at LIMIT :most{SKIP[database]}"
    )


# Texts, as in ``storage/jobs.py``.
_CLAIM: Mapping[str, str] = {database: _claiming(database, _in_turn(database)) for database in SKIP}
_CLAIM_IN_LANE: Mapping[str, Any] = {database: text(_claiming(database, _in_lane(database))) for database in SKIP}
_NEXT_DUE: Mapping[str, str] = {
    database: "SELECT min(turn_at) FROM "  # noqa: S608  # constants only
    f"(SELECT (SELECT turn_at FROM job WHERE {FREE} ORDER BY turn_at LIMIT 1) AS turn_at FROM {each}) AS first"
    for database, each in EACH.items()
}


async def claim(
    database: Database,
    now: datetime,
    owner: str,
    limit: int,
    *,
    busy: Collection[int] = (),
    held: Collection[int] = (),
) -> list[Held]:
    """Lease up to ``limit`` due promises that wait in no lane to ``owner`` for ``LEASE``, in their order.

    ``busy``: organisations of which this worker has enough. ``held``: promises that it is still at, whose lease may
    have ended by a leap of the clock.
    """
    given, ends = _lease(now, owner, limit)
    given |= {"busy": listed(busy), "held": listed(held)}
    return in_order(_held(await database.alone(_CLAIM, given), owner, ends))


async def claim_in_lane(
    session: AsyncSession, now: datetime, owner: str, lane: tuple[int, int], limit: int, held: Collection[int]
) -> list[Held]:
    """Lease up to ``limit`` of those that wait in a lane, the most pressing first. ``lane``: organisation and key."""
    given, ends = _lease(now, owner, limit)
    given |= {"organisation": lane[0], "lane": lane[1], "held": listed(held)}
    rows = await session.execute(_CLAIM_IN_LANE[database_of(session)], given)
    return in_order(_held(rows.all(), owner, ends))


def listed(ids: Iterable[int]) -> str:
    """As ``NONE_OF`` reads them."""
    return f",{','.join(map(str, ids))},"


def _lease(now: datetime, owner: str, limit: int) -> tuple[dict[str, Any], datetime]:
    """What each claim gives the statement, and when the lease ends."""
    ends = (now + LEASE).astimezone(UTC)
    return {"now": written(now), "lease_ends": written(ends), "owner": owner, "most": limit}, ends


def _held(rows: Sequence[Any], owner: str, ends: datetime) -> Iterator[Held]:
    """What was claimed; its arguments are read together, for each reading of JSON costs as much to begin as to do."""
    given = json.loads(f"[{','.join(row[_ARGS] for row in rows)}]")
    for row, args in zip(rows, given, strict=True):
        id, organisation_id, name, key, priority, lane_id, person_id, _, due_at, expires_at, *tries, unsure = row
        yield Held(
            id,
            organisation_id,
            name,
            key,
            priority,
            lane_id,
            person_id,
            args,
            moment_of(due_at),
            None if expires_at is None else moment_of(expires_at),
            bool(unsure),
            owner,
            ends,
            *tries,
        )


def in_order(jobs: Iterable[Held]) -> list[Held]:
    """As they are to be done: by priority, then as they were owed."""
    return sorted(jobs, key=lambda job: (job.priority, job.due_at, job.id))


async def take_back(session: AsyncSession, now: datetime) -> int:
    """Make due at once what workers hold whose lease has not ended; returns how many promises these are.

    Right only where all of them are known to be dead: in a store that has a single worker, which has just begun.
    """
    held = (_job.c.state == "open", _job.c.owner != "")
    result = await session.execute(update(_job).where(*held).values(turn_at=now, owner="", faults=_job.c.faults + 1))
    return int(result.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result is a CursorResult


async def next_due(database: Database) -> datetime | None:
    """When the next open promise that waits in no lane may be taken; None when there is none."""
    ((found,),) = await database.alone(_NEXT_DUE, {})
    return None if found is None else moment_of(found)
