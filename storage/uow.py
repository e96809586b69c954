"""The unit of work: one transaction, one organisation, the moment, and the promises made in it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import Select, bindparam, func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from storage import jobs
from storage.box import Box
from storage.dialects import database_of
from storage.jobs import Promise
from storage.tables import Account, AuditEntry, Organisation, Person, Round, Row, Workspace

R = TypeVar("R", bound=Row)
X = TypeVar("X")
SHARED: tuple[type[Row], ...] = (Person, Round)  # what jobs that are due together mostly ask for


@dataclass(frozen=True)
class Actor:
    """Who acts: a person, through an account, in a workspace.

    ``assists``: a mentee named them as assistant, in some round; asked of who acts, not of whom a message goes to.
    """

    person: Person
    account: Account
    workspace: Workspace
    assists: bool = False


@lru_cache(maxsize=256)
def _by_key(model: type[Row], *, lock: bool) -> Any:
    """The query of ``Uow.get``, built once a table: building a statement costs as much as running it."""
    one = col(model.organisation_id) == bindparam("organisation"), col(model.id) == bindparam("key")
    statement = select(model).where(*one)
    return statement.with_for_update().execution_options(populate_existing=True) if lock else statement


@lru_cache(maxsize=1024)
def _of(model: type[Row], organisation_id: int) -> Any:
    """The beginning of most queries, built once a table and organisation."""
    return select(model).where(col(model.organisation_id) == organisation_id)


class Uow:
    """All reads and writes of one event, or of a few jobs. Only the dispatcher and the relay call ``commit``.

    ``answers``: somebody is being answered, so what is promised for now goes before what is merely due.
    """

    def __init__(self, session: AsyncSession, box: Box, now: datetime, organisation_id: int) -> None:
        self.session = session
        self.box = box
        self.now = now
        self.organisation_id = organisation_id
        self.answers = False
        self.promises: list[Promise] = []
        self.cancelled: list[str] = []
        self.shared: dict[tuple[type[Row], int], Any] | None = None

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return database_of(self.session)

    def of(self, model: type[R]) -> Any:
        """``SELECT model`` of this organisation: the way every query of a feature starts."""
        return _of(model, self.organisation_id)

    async def get(self, model: type[R], id: int | None, *, lock: bool = False) -> R | None:
        """The row of this organisation with that key, or None. ``lock`` holds it to the end (two presses at once)."""
        if id is None:
            return None
        if self.shared is None or model not in SHARED:
            return await self.first(_by_key(model, lock=lock), key=id)
        known: R | None = None if lock else self.shared.get((model, id))
        if known is None and (known := await self.first(_by_key(model, lock=lock), key=id)) is not None:
            self.shared[model, id] = known
        return known

    async def share_people(self, ids: Iterable[int | None]) -> None:
        """Several are served in this unit of work: these people are read together, and rounds once, for all of them."""
        people = set(ids) - {None}
        rows = await self.by_id(Person, people) if len(people) > 1 else {}
        self.shared = {(Person, id): row for id, row in rows.items()}

    async def need(self, model: type[R], id: int | None, *, lock: bool = False) -> R:
        """Like ``get``; raises LookupError when there is none. For ids that the code itself wrote."""
        row = await self.get(model, id, lock=lock)
        if row is None:
            raise LookupError(f"no {model.__name__} {id}")
        return row

    async def _ask(self, statement: Any, given: dict[str, Any]) -> Any:
        await self.settle()
        if given:
            given["organisation"] = self.organisation_id
        return await self.session.execute(statement, given or None)

    async def first(self, statement: Select[tuple[X]] | Any, **given: Any) -> X | None:
        """The first row (or scalar) of the statement, or None.

        ``given``, here and below: the values of the parameters of a statement that was built once; it names the
        organisation by the parameter ``organisation``.
        """
        found: X | None = (await self._ask(statement, given)).scalars().first()
        return found

    async def all(self, statement: Any, **given: Any) -> list[Any]:
        """The rows (or first columns) of the statement."""
        return list((await self._ask(statement, given)).scalars().all())

    async def rows(self, statement: Any, **given: Any) -> Sequence[Any]:
        """The rows of a statement of several columns or tables, as tuples."""
        rows: Sequence[Any] = (await self._ask(statement, given)).all()
        return rows

    async def count(self, statement: Any) -> int:
        """How many rows the statement has."""
        await self.settle()
        counted = await self.session.scalar(select(func.count()).select_from(statement.subquery()))
        return int(counted or 0)

    async def execute(self, statement: Any, **given: Any) -> Any:
        """Run an UPDATE or DELETE, after what was added or changed so far."""
        return await self._ask(statement, given)

    async def organisation(self) -> Organisation | None:
        """The organisation's own row; asked for once a unit of work."""
        return await self.session.get(Organisation, self.organisation_id)

    async def by_id(self, model: type[R], ids: Iterable[int | None]) -> dict[int, R]:
        """The rows with those keys, by key; those that were not read and shared before are, in one query."""
        wanted = {id for id in ids if id is not None}
        shared = self.shared if model in SHARED and self.shared is not None else {}
        found: dict[int, R] = {id: shared[model, id] for id in wanted if (model, id) in shared}
        if missing := wanted - found.keys():
            rows: list[R] = await self.all(self.of(model).where(model.id.in_(missing)))  # type: ignore[union-attr]  # a column
            found |= {row.pk: row for row in rows}
            shared |= {(model, row.pk): row for row in rows}
        return found

    def add(self, row: R) -> R:
        """Remember a new row of this organisation; it has its key after ``flush``."""
        row.organisation_id = self.organisation_id
        self.session.add(row)
        return row

    def add_all(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self.add(row)

    async def delete(self, row: Row) -> None:
        if self.shared:
            self.shared.pop((type(row), row.pk), None)
        await self.session.delete(row)

    async def flush(self) -> None:
        """Send what was added or changed to the database, without committing."""
        await self.session.flush()

    @property
    def _changed(self) -> bool:
        return bool(self.session.new or self.session.dirty or self.session.deleted)

    @property
    def settled(self) -> bool:
        """Whether nothing that was done is still to be written at the end."""
        return not (self._changed or self.promises or self.cancelled)

    async def settle(self) -> None:
        """Send what was added or changed, if anything: a query must see what was done before it."""
        if self._changed:
            await self.session.flush()

    def promise(
        self,
        name: str,
        key: str,
        due_at: datetime,
        *,
        person: int | None = None,
        expires_at: datetime | None = None,
        **args: int | str,
    ) -> None:
        """Owe a job, in this transaction. ``key`` names the occasion (``session:42:1:reminder``); ``args`` are ids."""
        self.promises.append(Promise(name, key, due_at, person, args, expires_at))

    def cancel(self, prefix: str) -> None:
        """Take back the open promises whose key starts with ``prefix``, also those made before in this unit of work.

        The stored ones are deleted at the end, all prefixes in one statement.
        """
        self.promises = [promise for promise in self.promises if not promise.key.startswith(prefix)]
        self.cancelled.append(prefix)

    def audit(self, actor: Person, action: str, subject: str = "") -> None:
        """Write a coordinator's command to the audit log: who, what, on what; no content."""
        self.add(AuditEntry(person_id=actor.pk, action=action, subject=subject, at=self.now))

    async def commit(self) -> datetime | None:
        """Make all of it lasting. Returns the nearest moment promised in it, for the clock."""
        await self.settle()
        await jobs.cancel(self.session, self.organisation_id, self.cancelled)
        await jobs.put(self.session, self.organisation_id, self.promises, self.now, answers=self.answers)
        nearest = min((promise.due_at for promise in self.promises), default=None)
        self.promises, self.cancelled = [], []
        await self.session.commit()
        return nearest

    async def rollback(self) -> None:
        self.promises, self.cancelled, self.shared = [], [], None
        await self.session.rollback()
