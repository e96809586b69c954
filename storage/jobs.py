"""The queue of promises: put, cancel, claim, mark. One code for SQLite and PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Integer, String, Table, and_, bindparam, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import Job
from storage.types import Moment

LEASE = timedelta(minutes=2)
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


async def put(session: AsyncSession, organisation_id: int, promises: Sequence[Promise]) -> None:
    """Write the promises that are not there yet, in one statement."""
    if not promises:
        return
    rows = [_row(organisation_id, promise) for promise in promises]
    insert: Any = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    for start in range(0, len(rows), 500):
        statement = insert(_job).values(rows[start : start + 500])
        await session.execute(statement.on_conflict_do_nothing(index_elements=["organisation_id", "key"]))


def _row(organisation_id: int, promise: Promise) -> dict[str, Any]:
    return {
        "organisation_id": organisation_id,
        "name": promise.name,
        "key": promise.key,
        "due_at": promise.due_at,
        "person_id": promise.person_id,
        "args": promise.args,
        "expires_at": promise.expires_at,
        "state": "open",
        "attempts": 0,
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


# Built once: the relay asks these each time that it wakes, and building a statement costs as much as running it.
_DUE = (
    select(_job.c.id)
    .where(_job.c.state == "open", _job.c.due_at <= bindparam("now", type_=Moment))
    .order_by(_job.c.due_at, _job.c.id)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True)
)
_CLAIM = (
    update(Job)
    .where(_job.c.id.in_(_DUE.scalar_subquery()))
    .values(
        due_at=bindparam("lease_ends", type_=Moment),
        owner=bindparam("new_owner", type_=String),
        attempts=_job.c.attempts + 1,
        unsure=or_(_job.c.unsure, _job.c.owner != ""),
    )
    .returning(Job)
    .execution_options(synchronize_session=False)
)
_NEXT_DUE = select(func.min(_job.c.due_at)).where(_job.c.state == "open")
_HELD = (
    _job.c.id == bindparam("held_id"),
    _job.c.state == "open",
    _job.c.owner == bindparam("held_owner"),
    _job.c.attempts == bindparam("held_attempts"),
)
_FINISH = (
    update(_job)
    .where(*_HELD)
    .values({name: bindparam(f"new_{name}") for name in ("state", "done_at", "reason", "receipt", "unsure")})
)
_POSTPONE = (
    update(_job)
    .where(*_HELD)
    .values({name: bindparam(f"new_{name}") for name in ("due_at", "owner", "reason", "unsure", "attempts")})
)

_RENEW = update(_job).where(*_HELD).values(due_at=bindparam("new_due_at"))


async def claim(session: AsyncSession, now: datetime, owner: str, limit: int) -> list[Job]:
    """Lease up to ``limit`` due promises to ``owner`` for ``LEASE``, the oldest first.

    One that still has an owner was held by a worker that died: whether it was said is not known.
    """
    given = {"now": now, "most": limit, "lease_ends": now + LEASE, "new_owner": owner}
    rows = (await session.execute(_CLAIM, given)).scalars().all()
    return sorted(rows, key=lambda job: job.id or 0)


async def take_back(session: AsyncSession, now: datetime) -> int:
    """Make due at once what workers hold whose lease has not ended; returns how many promises these are.

    Right only where all of them are known to be dead: in a store that has a single worker, which has just begun.
    """
    held = (_job.c.state == "open", _job.c.owner != "")
    result = await session.execute(update(_job).where(*held).values(due_at=now))
    return int(result.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result is a CursorResult


async def finish(
    session: AsyncSession, job: Job, state: str, now: datetime, reason: str = "", receipt: str = ""
) -> bool:
    """Mark a leased promise as ended. False when another worker took it over meanwhile: nothing is changed then."""
    values = {"state": state, "done_at": now, "reason": reason, "receipt": receipt, "unsure": False}
    return await _mark(session, job, _FINISH, values)


async def postpone(
    session: AsyncSession, job: Job, due_at: datetime, reason: str = "", *, unsure: bool = False, failed: bool = False
) -> bool:
    """Give a leased promise back, due later. ``unsure``: a try may have succeeded. Only ``failed`` tries count."""
    attempts = job.attempts if failed else job.attempts - 1
    values = {"due_at": due_at, "owner": "", "reason": reason, "unsure": unsure, "attempts": attempts}
    return await _mark(session, job, _POSTPONE, values)


async def renew(session: AsyncSession, job: Job, now: datetime) -> bool:
    """Hold a leased promise for a whole ``LEASE`` from now. False when it was taken over, or taken back."""
    return await _mark(session, job, _RENEW, {"due_at": now + LEASE})


async def _mark(session: AsyncSession, job: Job, statement: Any, values: dict[str, Any]) -> bool:
    held = {"held_id": job.id, "held_owner": job.owner, "held_attempts": job.attempts}
    result = await session.execute(statement, held | {f"new_{name}": value for name, value in values.items()})
    return bool(result.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result is a CursorResult


async def next_due(session: AsyncSession) -> datetime | None:
    """When the next open promise is due; None when nothing is promised."""
    moment: datetime | None = await session.scalar(_NEXT_DUE)
    return moment
