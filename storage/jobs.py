"""The queue of promises: put, cancel, mark; ``storage/claims.py`` hands them out. One code for both databases."""

import json
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Table, and_, bindparam, delete, or_, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import Job
from storage.types import Moment

LEASE = timedelta(minutes=2)
LATE = timedelta(hours=1)
SOON = timedelta(seconds=15)
CHANNEL = "inverso_jobs"
PROCESS = secrets.token_hex(4)
ANSWER, USUAL, CAMPAIGN = 0, 1, 2
MANY = 100
TOGETHER = 2000  # more would hold up whoever is answered meanwhile
_job: Table = Job.__table__  # type: ignore[attr-defined]  # SQLModel adds it at class creation


@dataclass(frozen=True)
class Promise:
    """Something that the bot will say or do. ``key`` names the occasion: the same key twice is one promise."""

    name: str
    key: str
    due_at: datetime
    person_id: int | None = None
    args: dict[str, int | str] = field(default_factory=dict)
    expires_at: datetime | None = None


_GIVEN = ("name", "key", "priority", "person_id", "due_at", "expires_at", "args")
_FIXED = {"lane_id": "0", "state": "'open'", "attempts": "0", "faults": "0", "unsure": "false"}
_EMPTY = {"owner": "''", "reason": "''", "receipt": "''"}
_READ = {
    "sqlite": ("json_each(:rows) AS given", "json_extract(given.value, '$[{}]')", {}),
    "postgresql": (
        "jsonb_array_elements(CAST(:rows AS jsonb)) AS given",
        "(given.value->>{})",
        {
            "priority": "CAST({} AS int)",
            "person_id": "CAST({} AS int)",
            "due_at": "CAST({} || '+00' AS timestamptz)",
            "expires_at": "CAST({} || '+00' AS timestamptz)",
            "args": "CAST({} AS jsonb)",
        },
    ),
}


def _putting(database: str) -> Any:
    """One statement for any number of promises, which come as one JSON text: nothing is bound row by row."""
    source, read, casts = _READ[database]
    values = {name: casts.get(name, "{}").format(read.format(place)) for place, name in enumerate(_GIVEN)}
    values |= {"turn_at": values["due_at"], "organisation_id": ":organisation", **_FIXED, **_EMPTY}
    return text(
        f"INSERT INTO job ({', '.join(values)}) SELECT {', '.join(values.values())} FROM {source} WHERE true "  # noqa: S608  # constants only
        "ON CONFLICT (organisation_id, key) DO NOTHING"
    )


_PUT: Mapping[str, Any] = {database: _putting(database) for database in _READ}
_TELL = text(f"SELECT pg_notify('{CHANNEL}', '{PROCESS}')")


async def put(
    session: AsyncSession, organisation_id: int, promises: Sequence[Promise], now: datetime, *, answers: bool = False
) -> None:
    """Write the promises that are not there yet, ``TOGETHER`` in a statement; tell other processes of what is due soon.

    ``answers``: somebody has just asked for something, so what is owed at once goes before the rest.
    """
    if not promises:
        return
    names = Counter(promise.name for promise in promises)
    database = session.get_bind().dialect.name
    for start in range(0, len(promises), TOGETHER):
        some = promises[start : start + TOGETHER]
        rows = [_row(promise, _priority(promise, names, now, answers=answers)) for promise in some]
        await session.execute(_PUT[database], {"organisation": organisation_id, "rows": json.dumps(rows)})
    if database == "postgresql" and min(promise.due_at for promise in promises) <= now + SOON:
        await session.execute(_TELL)


def _priority(promise: Promise, names: Mapping[str, int], now: datetime, *, answers: bool) -> int:
    """One of very many waits behind what one person is owed."""
    if names[promise.name] > MANY:
        return CAMPAIGN
    return ANSWER if answers and promise.due_at <= now else USUAL


def _row(promise: Promise, priority: int) -> tuple[Any, ...]:
    """In the order of ``_GIVEN``, moments as both databases read them."""
    ends = _written(promise.expires_at) if promise.expires_at else None
    return promise.name, promise.key, priority, promise.person_id, _written(promise.due_at), ends, promise.args


def _written(moment: datetime) -> str:
    """In UTC, as ``Moment`` stores it on SQLite. Raises ValueError for a moment without a zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return _written_utc(moment.astimezone(UTC))


@lru_cache(maxsize=1024)  # many are promised for one moment; in UTC, where no hour comes twice
def _written_utc(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(" ", "microseconds")


def move(job: Job, to: datetime) -> None:
    """An open promise is owed at another moment."""
    job.due_at = to
    if not job.owner and not job.lane_id:  # else it is being done, or waits for its turn already
        job.turn_at = to


async def cancel(session: AsyncSession, organisation_id: int, prefixes: Sequence[str]) -> None:
    """Take back every open promise whose key starts with one of ``prefixes``, in one statement."""
    if not prefixes:
        return
    ranges = [starts_with(prefix) for prefix in dict.fromkeys(prefixes)]
    mine = (_job.c.organisation_id == organisation_id, _job.c.state == "open")
    await session.execute(delete(_job).where(*mine, or_(*ranges)))


def starts_with(prefix: str) -> Any:
    """Of a promise: its key starts with ``prefix``; a range of the index, up to the first text behind all such."""
    return and_(_job.c.key >= prefix, _job.c.key < prefix[:-1] + chr(ord(prefix[-1]) + 1))


class LeaseLost(Exception):  # a fact, not a fault
    """Another worker took a promise over meanwhile, or it was taken back: what was done for it must not be kept."""


@dataclass(frozen=True)
class Finished:
    """A leased promise came to its end."""

    job: Job
    state: str
    reason: str = ""
    receipt: str = ""


@dataclass(frozen=True)
class Postponed:
    """A leased promise is given back, to be taken again at ``turn_at``.

    ``due_at``: a later moment that it is owed at (None: it stays owed when it was). ``lane_id``: the lane to wait in.
    ``unsure``: a try may have succeeded. ``failed`` tries count, and ``fault`` says that nobody foresaw this one.
    """

    job: Job
    turn_at: datetime
    reason: str = ""
    due_at: datetime | None = None
    lane_id: int = 0
    unsure: bool = False
    failed: bool = False
    fault: bool = False


# Built once: building a statement costs as much as running it.
_HELD = (
    _job.c.id == bindparam("held_id"),
    _job.c.state == "open",
    _job.c.owner == bindparam("held_owner"),
    _job.c.turn_at == bindparam("held_until", type_=Moment),
)


def _marking(*columns: str) -> Any:
    return update(_job).where(*_HELD).values({name: bindparam(f"new_{name}") for name in columns})


_RENEW = _marking("turn_at")
_BEGIN = _marking("unsure")
_FINISH = _marking("state", "done_at", "reason", "receipt", "unsure")
_POSTPONE = _marking("due_at", "turn_at", "owner", "reason", "lane_id", "unsure", "attempts", "faults")


async def renew(session: AsyncSession, job: Job, now: datetime) -> bool:
    """Hold a leased promise for a whole ``LEASE`` from now. False when it was taken over, or taken back."""
    try:
        await _mark(session, _RENEW, [(job, {"turn_at": now + LEASE})])
    except LeaseLost:
        return False
    job.turn_at = now + LEASE
    return True


async def begin(session: AsyncSession, jobs: Sequence[Job]) -> None:
    """Write down that sending begins: until it is marked, nobody knows whether it was said. Raises ``LeaseLost``."""
    await _mark(session, _BEGIN, [(job, {"unsure": True}) for job in jobs])


async def finish(session: AsyncSession, ended: Sequence[Finished], now: datetime) -> None:
    """Mark leased promises as ended; those said long after they were owed are marked late. Raises ``LeaseLost``."""
    await _mark(session, _FINISH, [(one.job, _end(one, now)) for one in ended])


def _end(one: Finished, now: datetime) -> dict[str, Any]:
    late = one.receipt and not one.reason and now - one.job.due_at > LATE
    reason = "late" if late else one.reason
    return {"state": one.state, "done_at": now, "reason": reason, "receipt": one.receipt, "unsure": False}


async def postpone(session: AsyncSession, put_off: Sequence[Postponed]) -> None:
    """Give leased promises back. Raises ``LeaseLost``."""
    await _mark(session, _POSTPONE, [(one.job, _later(one)) for one in put_off])


def _later(one: Postponed) -> dict[str, Any]:
    return {
        "due_at": one.due_at or one.job.due_at,
        "turn_at": one.turn_at,
        "owner": "",
        "reason": one.reason,
        "lane_id": one.lane_id,
        "unsure": one.unsure,
        "attempts": one.job.attempts if one.failed else one.job.attempts - 1,
        "faults": one.job.faults + one.fault,
    }


async def _mark(session: AsyncSession, statement: Any, marks: Sequence[tuple[Job, dict[str, Any]]]) -> None:
    """All of them in one crossing, each only where its lease is still held."""
    if not marks:
        return
    given = [
        {"held_id": job.id, "held_owner": job.owner, "held_until": job.turn_at}
        | {f"new_{name}": value for name, value in values.items()}
        for job, values in marks
    ]
    result = await session.execute(statement, given)
    if result.rowcount != len(marks):  # type: ignore[attr-defined]  # an UPDATE's result is a CursorResult
        raise LeaseLost
