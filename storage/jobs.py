"""The queue of promises: put, cancel, mark; ``storage/claims.py`` hands them out. One code for both databases."""

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, and_, bindparam, delete, or_, text, update
from sqlalchemy.dialects import postgresql, sqlite
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


_PUT: Mapping[str, Any] = {
    "sqlite": sqlite.insert(_job).on_conflict_do_nothing(index_elements=["organisation_id", "key"]),
    "postgresql": postgresql.insert(_job).on_conflict_do_nothing(index_elements=["organisation_id", "key"]),
}
_TELL = text(f"SELECT pg_notify('{CHANNEL}', '{PROCESS}')")


async def put(
    session: AsyncSession, organisation_id: int, promises: Sequence[Promise], now: datetime, *, answers: bool = False
) -> None:
    """Write the promises that are not there yet, in one statement; tell other processes of what is due soon.

    ``answers``: somebody has just asked for something, so what is owed at once goes before the rest.
    """
    if not promises:
        return
    names = Counter(promise.name for promise in promises)
    rows = [_row(organisation_id, promise, _priority(promise, names, now, answers=answers)) for promise in promises]
    database = session.get_bind().dialect.name
    await session.execute(_PUT[database], rows)
    if database == "postgresql" and min(promise.due_at for promise in promises) <= now + SOON:
        await session.execute(_TELL)


def _priority(promise: Promise, names: Mapping[str, int], now: datetime, *, answers: bool) -> int:
    """One of very many waits behind what one person is owed."""
    if names[promise.name] > MANY:
        return CAMPAIGN
    return ANSWER if answers and promise.due_at <= now else USUAL


def _row(organisation_id: int, promise: Promise, priority: int) -> dict[str, Any]:
    return {
        "organisation_id": organisation_id,
        "name": promise.name,
        "key": promise.key,
        "due_at": promise.due_at,
        "turn_at": promise.due_at,
        "person_id": promise.person_id,
        "args": promise.args,
        "expires_at": promise.expires_at,
        "priority": priority,
        "lane_id": 0,
        "state": "open",
        "attempts": 0,
        "faults": 0,
        "unsure": False,
        "owner": "",
        "reason": "",
        "receipt": "",
    }


async def cancel(session: AsyncSession, organisation_id: int, prefixes: Sequence[str]) -> None:
    """Take back every open promise whose key starts with one of ``prefixes``, in one statement."""
    if not prefixes:
        return
    ranges = [and_(_job.c.key >= prefix, _job.c.key < _after(prefix)) for prefix in dict.fromkeys(prefixes)]
    mine = (_job.c.organisation_id == organisation_id, _job.c.state == "open")
    await session.execute(delete(_job).where(*mine, or_(*ranges)))


def _after(prefix: str) -> str:
    """The first text behind all that start with ``prefix``."""
    return prefix[:-1] + chr(ord(prefix[-1]) + 1)


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
