"""The calendars that people publish for themselves: their addresses, and when their owners are busy."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import col

from bot.domain.busy import Span, as_minutes, from_minutes
from storage.meeting import meets
from storage.tables import BusyCalendar, Pairing, Person, Session
from storage.types import Moment
from storage.uow import Uow

FRESH = timedelta(minutes=10)
"""How old a copy may be before dates are offered from a newer one."""
TO_COME = ("planned", "postponed", "not_held", "scheduled")


@dataclass(frozen=True)
class Busy:
    """When people cannot meet: ``sessions`` that they have booked, and what their own ``calendars`` show.

    ``stale``: the keys of calendars that were read a while ago.
    """

    sessions: tuple[Span, ...] = ()
    calendars: tuple[Span, ...] = ()
    stale: tuple[int, ...] = ()

    def and_(self, begins: datetime, ends: datetime) -> "Busy":
        """The same with one more session."""
        return replace(self, sessions=(*self.sessions, (begins, ends)))


OF_PEOPLE = select(col(BusyCalendar.id), col(BusyCalendar.sealed_busy), col(BusyCalendar.tried_at)).where(
    col(BusyCalendar.organisation_id) == bindparam("organisation"),
    col(BusyCalendar.person_id).in_(bindparam("people", expanding=True)),
)
"""Key, sealed busy times and last trial of the calendars of some ``people``."""


async def shown_by(uow: Uow, person_ids: Collection[int]) -> tuple[tuple[Span, ...], tuple[int, ...]]:
    """When these people's own calendars show them busy from now on, and which of the copies are old, in one query."""
    return opened(uow, await uow.rows(OF_PEOPLE, people=list(person_ids)))


def opened(uow: Uow, rows: Iterable[Any]) -> tuple[tuple[Span, ...], tuple[int, ...]]:
    """The same from rows of ``OF_PEOPLE``."""
    spans, stale = list[Span](), list[int]()
    for id, sealed_busy, tried_at in rows:
        spans += [span for span in _kept(uow, sealed_busy) if span[1] > uow.now]
        if tried_at is None or tried_at < uow.now - FRESH:
            stale.append(id)
    return tuple(spans), tuple(stale)


def times_of(uow: Uow, row: BusyCalendar) -> list[Span]:
    """What is kept of a calendar."""
    return _kept(uow, row.sealed_busy)


def _kept(uow: Uow, sealed: str) -> list[Span]:
    return from_minutes(uow.box.open_json(sealed) or ())


def keep(uow: Uow, row: BusyCalendar, spans: Sequence[Span]) -> None:
    """It was read well: these times take the place of those known before."""
    row.sealed_busy = uow.box.seal_json(as_minutes(spans))
    row.tried_at = row.read_at = uow.now
    row.failing_since = row.told_at = None


async def calendar_of(uow: Uow, person_id: int, *, lock: bool = False) -> BusyCalendar | None:
    """The calendar that the person gave, if any; ``lock`` holds it to the end."""
    statement = uow.of(BusyCalendar).where(BusyCalendar.person_id == person_id)
    found: BusyCalendar | None = await uow.first(statement.with_for_update() if lock else statement)
    return found


@dataclass(frozen=True)
class ToRead:
    """A calendar to be read: where it is, and by whose clock."""

    id: int
    given_at: datetime
    address: str
    zone: str


_TO_READ: Any = (
    select(col(BusyCalendar.id), col(BusyCalendar.given_at), col(BusyCalendar.sealed_address), col(Person.timezone))
    .join(Person, col(Person.id) == BusyCalendar.person_id)
    .where(col(BusyCalendar.organisation_id) == bindparam("organisation"), col(Person.left_at).is_(None))
    .order_by(col(BusyCalendar.id))
)
_ONE = _TO_READ.where(col(BusyCalendar.id) == bindparam("calendar"))
_MEETING = (
    select(col(Pairing.id))
    .join(Session, meets())
    .where((col(Pairing.mentor_id) == BusyCalendar.person_id) | (col(Pairing.mentee_id) == BusyCalendar.person_id))
    .where(col(Pairing.state) == "active", col(Session.state).in_(TO_COME))
    .correlate(BusyCalendar)
    .exists()
)
_OLD = _TO_READ.where(
    _MEETING,
    col(BusyCalendar.tried_at).is_(None) | (col(BusyCalendar.tried_at) < bindparam("before", type_=Moment)),
)


async def to_read(uow: Uow, before: datetime) -> list[ToRead]:
    """The calendars not read since then, of people who still meet somebody."""
    return [_to_read(uow, row) for row in await uow.rows(_OLD, before=before)]


async def one_to_read(uow: Uow, calendar_id: int) -> ToRead | None:
    """That calendar; None when it was taken away, or its owner left."""
    rows = await uow.rows(_ONE, calendar=calendar_id)
    return _to_read(uow, rows[0]) if rows else None


def _to_read(uow: Uow, row: Any) -> ToRead:
    id, given_at, sealed_address, zone = row
    return ToRead(id, given_at, uow.box.open(sealed_address), zone)
