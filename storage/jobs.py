"""The queue of promises: put, cancel, mark; ``storage/claims.py`` hands them out. One code for both databases."""

import asyncio
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import Table, and_, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from storage.dialects import DATABASES, as_rows, database_of, given_groups, given_rows
from storage.tables import Job

LEASE = timedelta(minutes=2)
LATE = timedelta(hours=1)
SOON = timedelta(seconds=15)
CHANNEL = "inverso_jobs"
ONLY: Mapping[str, Any] = {"only_writing": True}
"""Execution options of a statement that is all that its unit of work writes, so that it needs no transaction."""
PROCESS = secrets.token_hex(4)
ANSWER, USUAL, CAMPAIGN = 0, 1, 2
MANY = 100
TOGETHER = 2500  # more would hold up whoever is answered meanwhile
AT_A_TIME = 250
_job: Table = Job.__table__  # type: ignore[attr-defined]  # SQLModel adds it at class creation


@dataclass(slots=True)
class Promise:
    """Something that the bot will say or do. ``key`` names the occasion: the same key twice is one promise.

    Thousands are made at once; to make a frozen one takes three times as long.
    """

    name: str
    key: str
    due_at: datetime
    person_id: int | None = None
    args: dict[str, int | str] = field(default_factory=dict)
    expires_at: datetime | None = None


@dataclass(slots=True)
class Held:
    """A promise as the worker that leased it knows it: ``turn_at`` is when the lease ends (``storage/tables/work.py``).

    Rows of the store are heavy: a worker reads hundreds of these a second, and changes none.
    """

    id: int
    organisation_id: int
    name: str
    key: str
    priority: int
    lane_id: int
    person_id: int | None
    args: dict[str, object]
    due_at: datetime
    expires_at: datetime | None
    unsure: bool
    owner: str
    turn_at: datetime
    attempts: int
    faults: int

    def is_late(self, now: datetime) -> bool:
        """Whether it is said long after it was owed."""
        return now - self.due_at > LATE

    @classmethod
    def of(cls, row: Job) -> "Held":
        """What a stored row would be to who held it."""
        given = {one.name: getattr(row, one.name) for one in fields(cls) if one.name != "id"}
        return cls(id=row.pk, **given)


# Statements are texts: to find one that was built of expressions again costs more than to run it.
_SHARED, _OWN = ("name", "priority", "due_at", "expires_at"), ("key", "person_id", "args")
_FIXED = {"lane_id": "0", "state": "'open'", "attempts": "0", "faults": "0", "unsure": "false"}
_ORGANISATION = "(SELECT id FROM organisation WHERE id = :organisation)"  # NULL, and refused, where there is none
_EMPTY = {"owner": "''", "reason": "''", "receipt": "''"}


def _putting(database: str, otherwise: str) -> Any:
    """On PostgreSQL the statement also tells other processes, if they have to hear of it ``:soon``."""
    source, values = given_groups(database, _SHARED, _OWN)
    values |= {"turn_at": values["due_at"], "organisation_id": _ORGANISATION, **_FIXED, **_EMPTY}
    put = f"INSERT INTO job ({', '.join(values)}) SELECT {', '.join(values.values())} FROM {source} WHERE true"  # noqa: S608  # constants only
    told = f"WITH put AS ({put}{otherwise}) SELECT pg_notify('{CHANNEL}', '{PROCESS}') WHERE CAST(:soon AS boolean)"
    return text(f"{put}{otherwise}" if database == "sqlite" else told)


def _cancelling(database: str) -> Any:
    """Each row is a range of keys."""
    source, given = given_rows(database, ("first", "behind"))
    return text(
        f"DELETE FROM job WHERE id IN (SELECT found.id FROM {source} CROSS JOIN job AS found "  # noqa: S608  # constants only
        f"WHERE found.organisation_id = :organisation AND found.key >= {given['first']} "
        f"AND found.key < {given['behind']} AND found.state = 'open')"
    )


_UNLESS_THERE = " ON CONFLICT (organisation_id, key) DO NOTHING"
_PUT: Mapping[str, Any] = {database: _putting(database, _UNLESS_THERE) for database in DATABASES}
_PUT_NEW: Mapping[str, Any] = {"postgresql": _putting("postgresql", "")}
"""Where looking whether a promise is there already takes a quarter of putting it: of very many mostly none is."""
_CANCEL: Mapping[str, Any] = {database: _cancelling(database) for database in DATABASES}


async def put(
    session: AsyncSession, organisation_id: int, promises: Sequence[Promise], now: datetime, *, answers: bool = False
) -> None:
    """Write the promises that are not there yet, ``TOGETHER`` in a statement; tell other processes of what is due soon.

    ``answers``: somebody has just asked for something, so what is owed at once goes before the rest.
    """
    if not promises:
        return
    names = Counter(promise.name for promise in promises)
    made = partial(_made, names=names, now=now, answers=answers)
    given = {"organisation": organisation_id, "soon": min(promise.due_at for promise in promises) <= now + SOON}
    database = database_of(session)
    if len(promises) > MANY and database in _PUT_NEW:
        with suppress(IntegrityError):
            async with session.begin_nested():
                await _put(session, _PUT_NEW[database], given, promises, made)
            return
    await _put(session, _PUT[database], given, promises, made)


async def _put(
    session: AsyncSession,
    statement: Any,
    given: Mapping[str, Any],
    promises: Sequence[Promise],
    made: Callable[[Sequence[Promise]], Awaitable[str]],
) -> None:
    """While the store writes some of them, the rows of the next are made."""
    rows = await made(promises[:TOGETHER])
    for start in range(TOGETHER, len(promises), TOGETHER):
        sent = session.execute(statement, {**given, "rows": rows})
        rows = await _beside(sent, made(promises[start : start + TOGETHER]))
    await session.execute(statement, {**given, "rows": rows})


async def _beside(sent: Awaitable[Any], made: Awaitable[str]) -> str:
    """What is made while the other is sent. What goes wrong with either is raised when neither goes on any more."""
    done = await asyncio.gather(sent, made, return_exceptions=True)
    for one in done:
        if isinstance(one, BaseException):
            raise one
    return str(done[1])


async def _made(promises: Sequence[Promise], names: Mapping[str, int], now: datetime, *, answers: bool) -> str:
    """The rows that the statement reads; others get their turn between ``AT_A_TIME`` of them."""
    parts = []
    for start in range(0, len(promises), AT_A_TIME):
        if start:
            await asyncio.sleep(0)
        groups = _alike(promises[start : start + AT_A_TIME])
        rows = [
            (name, _priority(alike[0], names, now, answers=answers), due, ends, [_own(one) for one in alike])
            for (name, due, ends), alike in groups.items()
        ]
        parts.append(as_rows(rows)[1:-1])
    return f"[{','.join(parts)}]"


def _alike(promises: Sequence[Promise]) -> Mapping[tuple[str, str, str | None], Sequence[Promise]]:
    """By what many have in common: name and moments, as both databases read them. Of the same key the first counts."""
    keys: set[str] = set()
    groups: dict[tuple[str, str, str | None], list[Promise]] = {}
    for promise in promises:
        if promise.key not in keys:
            keys.add(promise.key)
            ends = written(promise.expires_at) if promise.expires_at else None
            groups.setdefault((promise.name, written(promise.due_at), ends), []).append(promise)
    return groups


def _own(promise: Promise) -> tuple[Any, ...]:
    """In the order of ``_OWN``."""
    return promise.key, promise.person_id, promise.args


def _priority(promise: Promise, names: Mapping[str, int], now: datetime, *, answers: bool) -> int:
    """One of very many waits behind what one person is owed."""
    if names[promise.name] > MANY:
        return CAMPAIGN
    return ANSWER if answers and promise.due_at <= now else USUAL


def written(moment: datetime) -> str:
    """In UTC, as ``Moment`` stores it on SQLite. Raises ValueError for a moment without a zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return _written_in_utc(moment.astimezone(UTC))


@lru_cache(maxsize=1024)  # many are promised for one moment; in UTC, where no hour comes twice
def _written_in_utc(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(" ", "microseconds")


def moment_of(found: Any) -> datetime:
    """A moment as a text statement reads it, in UTC."""
    return found.astimezone(UTC) if isinstance(found, datetime) else datetime.fromisoformat(f"{found}+00:00")


def move(job: Job, to: datetime) -> None:
    """An open promise is owed at another moment."""
    job.due_at = to
    if not job.owner and not job.lane_id:  # else it is being done, or waits for its turn already
        job.turn_at = to


async def cancel(session: AsyncSession, organisation_id: int, prefixes: Sequence[str]) -> None:
    """Take back every open promise whose key starts with one of ``prefixes``, in one statement."""
    if not prefixes:
        return
    rows = [(prefix, _behind(prefix)) for prefix in dict.fromkeys(prefixes)]
    given = {"organisation": organisation_id, "rows": as_rows(rows)}
    await session.execute(_CANCEL[database_of(session)], given)


def starts_with(prefix: str) -> Any:
    """Of a promise: its key starts with ``prefix``; a range of the index."""
    return and_(_job.c.key >= prefix, _job.c.key < _behind(prefix))


def _behind(prefix: str) -> str:
    """The first text behind all that start with ``prefix``."""
    return prefix[:-1] + chr(ord(prefix[-1]) + 1)


class LeaseLost(Exception):  # a fact, not a fault
    """Another worker took a promise over meanwhile, or it was taken back: what was done for it must not be kept."""


@dataclass(frozen=True)
class Finished:
    """A leased promise came to its end."""

    job: Held
    state: str
    reason: str = ""
    receipt: str = ""


@dataclass(frozen=True)
class Postponed:
    """A leased promise is given back, to be taken again at ``turn_at``.

    ``due_at``: a later moment that it is owed at (None: it stays owed when it was). ``lane_id``: the lane to wait in.
    ``unsure``: a try may have succeeded. ``failed`` tries count, and ``fault`` says that nobody foresaw this one.
    """

    job: Held
    turn_at: datetime
    reason: str = ""
    due_at: datetime | None = None
    lane_id: int = 0
    unsure: bool = False
    failed: bool = False
    fault: bool = False


_LEASE = ("id", "held_by", "held_until")


def _marking(*columns: str) -> Mapping[str, Any]:
    """Each row names a lease, and gives the new values of ``columns``; marked is what is still held by it."""
    statements = {}
    for database in DATABASES:
        source, given = given_rows(database, (*_LEASE, *columns))
        values = ", ".join(f"{name} = {given[name]}" for name in columns)
        statements[database] = text(
            f"UPDATE job SET {values} FROM {source} WHERE job.id = {given['id']} AND job.state = 'open' "  # noqa: S608  # constants only
            f"AND job.owner = {given['held_by']} AND job.turn_at = {given['held_until']}"
        )
    return statements


_RENEW = _marking("turn_at")
_BEGIN = _marking("unsure")
_FINISH = _marking("state", "done_at", "reason", "receipt", "unsure")
_POSTPONE = _marking("due_at", "turn_at", "owner", "reason", "lane_id", "unsure", "attempts", "faults")


async def renew(session: AsyncSession, job: Held, now: datetime) -> bool:
    """Hold a leased promise for a whole ``LEASE`` from now. False when it was taken over, or taken back."""
    try:
        await _mark(session, _RENEW, [(job, (written(now + LEASE),))])
    except LeaseLost:
        return False
    job.turn_at = now + LEASE
    return True


async def begin(session: AsyncSession, jobs: Sequence[Held]) -> None:
    """Write down that sending begins: until it is marked, nobody knows whether it was said. Raises ``LeaseLost``."""
    await _mark(session, _BEGIN, [(job, (True,)) for job in jobs])


async def finish(session: AsyncSession, ended: Sequence[Finished], now: datetime, *, only: bool = False) -> None:
    """Mark leased promises as ended; those said long after they were owed are marked late. Raises ``LeaseLost``.

    ``only``: nothing else is written in this unit of work. Then one is marked in one journey instead of three.
    """
    await _mark(session, _FINISH, [(one.job, _end(one, now)) for one in ended], only=only)


def _end(one: Finished, now: datetime) -> tuple[Any, ...]:
    """In the order of ``_FINISH``."""
    late = one.receipt and not one.reason and one.job.is_late(now)
    return one.state, written(now), "late" if late else one.reason, one.receipt, False


async def postpone(session: AsyncSession, put_off: Sequence[Postponed]) -> None:
    """Give leased promises back. Raises ``LeaseLost``."""
    await _mark(session, _POSTPONE, [(one.job, _later(one)) for one in put_off])


def _later(one: Postponed) -> tuple[Any, ...]:
    """In the order of ``_POSTPONE``."""
    job = one.job
    moments = written(one.due_at or job.due_at), written(one.turn_at)
    tries = job.attempts if one.failed else job.attempts - 1, job.faults + one.fault
    return *moments, "", one.reason, one.lane_id, one.unsure, *tries


async def _mark(
    session: AsyncSession,
    statement: Mapping[str, Any],
    marks: Sequence[tuple[Held, tuple[Any, ...]]],
    *,
    only: bool = False,
) -> None:
    """All of them in one statement, each only where its lease is still held."""
    if not marks:
        return
    rows = [(job.id, job.owner, written(job.turn_at), *values) for job, values in marks]
    options = ONLY if only and len(marks) == 1 else {}  # of several, none is marked where one lease is lost
    result = await session.execute(statement[database_of(session)], {"rows": as_rows(rows)}, execution_options=options)
    if result.rowcount != len(marks):  # type: ignore[attr-defined]  # an UPDATE's result is a CursorResult
        raise LeaseLost
