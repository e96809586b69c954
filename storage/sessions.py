"""Finding sessions with all that belongs to them, each in one query."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Integer, String, bindparam, cast, func, null, select, union_all
from sqlalchemy.orm import aliased
from sqlmodel import col

from storage.calendars import OF_PEOPLE, Busy, opened, shown_by
from storage.couples import COLUMNS, GOING_ON, Formed, joined
from storage.ledger import OPEN_ITEM
from storage.meeting import BOOKABLE, Meeting, meets
from storage.tables import (
    ActionItem,
    Enrolment,
    MentoringGroup,
    Pairing,
    Person,
    Session,
)
from storage.types import Moment
from storage.uow import Uow

LONGEST = timedelta(hours=3)
CALLED_OFF: Any = {"state": "cancelled", "sequence": col(Session.sequence) + 1}
"""The values of a session that will not take place: calendars heed what has a higher number."""


def _meetings(rows: Iterable[Any]) -> list[Meeting]:
    """Rows of ``_WHOLE``, more than one of a group's session, in their order."""
    found: dict[int, list[Any]] = {}
    for row in rows:
        pairs = found.setdefault(row[0].pk, [])
        if all(row[1] is not known[1] for known in pairs):
            pairs.append(row)
    return [
        Meeting(of[0][0], tuple(Formed.of((row[1], *row[3:9])) for row in sorted(of, key=_key)), of[0][2])
        for of in found.values()
    ]


def _key(row: Any) -> int:
    return int(row[1].pk)


# All built once: building a statement over ten tables costs more than running it. The pairs are found by two indexes
# first, then joined by their key: among so many tables SQLite tries no two indexes, and would read every pair.
_found = aliased(Pairing)
_WHOLE: Any = joined(
    select(Session, Pairing, MentoringGroup, *COLUMNS)
    .join(_found, meets(_found))
    .join(Pairing, col(Pairing.id) == _found.id)
    .outerjoin(MentoringGroup, col(MentoringGroup.id) == Session.group_id),
    Pairing,
).where(col(Session.organisation_id) == bindparam("organisation"))
_GOES_ON = col(Pairing.state).in_(GOING_ON)


_OWN = (col(Pairing.mentor_id) == bindparam("person")) | (col(Pairing.mentee_id) == bindparam("person"))


def _mine() -> Any:
    """A person's pairs, in all of their sessions; and in those of a group or a circle the others of it."""
    other = aliased(Pairing)
    theirs = (col(other.mentee_id) == bindparam("person")) | (col(other.mentor_id) == bindparam("person"))
    groups = select(col(other.group_id)).where(
        theirs, col(other.state) != "ended_early", col(other.group_id).is_not(None)
    )
    return _OWN | (col(Session.group_id) == Pairing.group_id) & col(Pairing.group_id).in_(groups)


def _held(statement: Any) -> Any:
    """The same, holding the sessions and their pairings to the end."""
    return statement.with_for_update(of=(Session, Pairing))


_ONE = _WHOLE.where(col(Session.id) == bindparam("session"))
_ONE_HELD = _held(_ONE)
_OF_PERSON = _WHOLE.where(_mine(), _GOES_ON).order_by(
    col(Session.group_id), col(Session.pairing_id), col(Session.number)
)


def _assisted() -> Any:
    """The pairs of mentees whose dates a person keeps, and those of the groups that they learn in."""
    other, side = aliased(Pairing), aliased(Enrolment)
    groups = (
        select(col(other.group_id))
        .join(side, col(side.id) == other.mentee_enrolment_id)
        .where(col(side.assistant_id) == bindparam("person"), col(other.state) != "ended_early")
        .where(col(other.group_id).is_not(None))
    )
    theirs = select(col(side.id)).where(col(side.assistant_id) == bindparam("person"))
    return col(Pairing.mentee_enrolment_id).in_(theirs) | col(Pairing.group_id).in_(groups)


_ASSISTED = _WHOLE.where(_assisted(), _GOES_ON).order_by(
    col(Session.group_id), col(Session.pairing_id), col(Session.number)
)
_WITH_PROMISES = _OF_PERSON.add_columns(
    select(func.count(col(ActionItem.id)))
    .where(col(ActionItem.pairing_id) == Pairing.id, col(ActionItem.person_id) == bindparam("person"))
    .where(col(ActionItem.state).in_(OPEN_ITEM))
    .correlate(Pairing)
    .scalar_subquery()
)
_OF_ROUND = _WHOLE.where(
    _OWN,
    col(Pairing.round_id) == bindparam("round"),
    col(Session.starts_at) > bindparam("now"),
).order_by(col(Session.starts_at))
_ITS_GROUP = select(col(Pairing.group_id)).where(col(Pairing.id) == bindparam("pairing")).scalar_subquery()
_OF_PAIR = _WHOLE.where(
    (col(Session.pairing_id) == bindparam("pairing")) | (col(Session.group_id) == _ITS_GROUP)
).order_by(col(Session.number))


def _beside() -> Any:
    """The sessions of the same pair, or of the same group."""
    known = aliased(Session)

    def of(column: Any) -> Any:
        return select(column).where(col(known.id) == bindparam("session")).scalar_subquery()

    return (col(Session.pairing_id) == of(known.pairing_id)) | (col(Session.group_id) == of(known.group_id))


_SIBLINGS = _WHOLE.where(_beside()).order_by(col(Session.number))
_SIBLINGS_HELD = _held(_SIBLINGS)
_BOOKED = _WHOLE.where(
    _mine(), col(Session.state).in_(("scheduled", "held")), col(Session.starts_at) >= bindparam("since", type_=Moment)
).order_by(col(Session.starts_at), col(Session.id))


def _with_busy() -> Any:
    """A session, held, beside each other booked session of any of its people."""
    other, shared = aliased(Session), aliased(Pairing)
    two = (col(Pairing.mentor_id), col(Pairing.mentee_id))
    elsewhere = (
        ((col(other.pairing_id) == shared.id) | (col(other.group_id) == shared.group_id))
        & (col(other.id) != Session.id)
        & (col(other.state) == "scheduled")
        & (col(other.starts_at) >= bindparam("since", type_=Moment))
    )
    return (
        _ONE.add_columns(col(other.starts_at), col(other.minutes))
        .outerjoin(shared, col(shared.mentor_id).in_(two) | col(shared.mentee_id).in_(two))
        .outerjoin(other, elsewhere)
        .with_for_update(of=Session)
    )


_ONE_AND_BUSY = _with_busy()


async def meeting(uow: Uow, session_id: int, *, lock: bool = False) -> Meeting | None:
    """The session of that id with all around it, in one query; None when there is none.

    ``lock`` holds the session and its pairing to the end.
    """
    rows = await uow.rows(_ONE_HELD if lock else _ONE, session=session_id)
    return next(iter(_meetings(rows)), None)


async def meetings_of(uow: Uow, person_id: int) -> list[Meeting]:
    """All sessions of the person's pairs that go on (paused ones too), in order of pair and number."""
    return _meetings(await uow.rows(_OF_PERSON, person=person_id))


async def meetings_assisted(uow: Uow, person_id: int) -> list[Meeting]:
    """All sessions of the pairs that go on of mentees whose dates the person keeps, in order of pair and number."""
    return _meetings(await uow.rows(_ASSISTED, person=person_id))


async def meetings_and_promises(uow: Uow, person_id: int) -> tuple[list[Meeting], dict[int, int]]:
    """What ``meetings_of`` gives, and how many promises the person has open in each pair, in one query."""
    rows = await uow.rows(_WITH_PROMISES, person=person_id)
    return _meetings(rows), {row[1].pk: row[9] for row in rows if row[9]}


async def meetings_of_pair(uow: Uow, pairing_id: int) -> list[Meeting]:
    """All sessions of one pair, also those that its group has in common, in order of number."""
    return _meetings(await uow.rows(_OF_PAIR, pairing=pairing_id))


async def dated_of_round(uow: Uow, round_id: int, person_id: int) -> list[Meeting]:
    """What the person has ahead with a date in a round, also where the pair has ended or the date was taken back."""
    return _meetings(await uow.rows(_OF_ROUND, round=round_id, person=person_id, now=uow.now))


async def siblings(uow: Uow, session_id: int, *, lock: bool = False) -> list[Meeting]:
    """The session of that id and all others of its pair, in order of number, in one query.

    ``lock`` holds them and the pairing to the end.
    """
    return _meetings(await uow.rows(_SIBLINGS_HELD if lock else _SIBLINGS, session=session_id))


async def next_of_group(uow: Uow, group_id: int) -> int:
    """The key of the group's first session that is still to come; 0 when there is none."""
    statement = uow.of(Session).where(Session.group_id == group_id, col(Session.state).in_((*BOOKABLE, "scheduled")))
    found: Session | None = await uow.first(statement.order_by(col(Session.number)))
    return found.pk if found else 0


async def meeting_and_busy(uow: Uow, session_id: int, *, calendars: bool = True) -> tuple[Meeting, Busy] | None:
    """The session, held to the end, and when any of its people is busy, by their own ``calendars`` too.

    None when there is no such session.
    """
    rows = await uow.rows(_ONE_AND_BUSY, session=session_id, since=uow.now - LONGEST)
    if not rows:
        return None
    spans = {(starts, starts + timedelta(minutes=minutes)) for *_, starts, minutes in rows if starts is not None}
    found = _meetings(rows)[0]
    busy = Busy(tuple(sorted(spans)))
    return found, await with_calendars(uow, found, busy) if calendars else busy


async def with_calendars(uow: Uow, meeting: Meeting, busy: Busy) -> Busy:
    """The same, with what the calendars of those who meet show."""
    shown, stale = await shown_by(uow, [person.pk for person in meeting.people])
    return replace(busy, calendars=shown, stale=stale)


_NEITHER: Any = (cast(null(), Integer), cast(null(), String), cast(null(), Moment))
_BOOKED_BY = (
    select(col(Session.starts_at), col(Session.minutes), *_NEITHER)
    .join(Pairing, meets())
    .where(col(Session.organisation_id) == bindparam("organisation"), col(Session.state) == "scheduled")
    .where(col(Session.starts_at) >= bindparam("since", type_=Moment))
    .where(
        col(Pairing.mentor_id).in_(bindparam("people", expanding=True))
        | col(Pairing.mentee_id).in_(bindparam("people", expanding=True))
    )
    .distinct()
)
_BUSY = union_all(_BOOKED_BY, OF_PEOPLE.with_only_columns(null(), null(), *OF_PEOPLE.selected_columns))


async def busy_of(uow: Uow, person_ids: Collection[int]) -> Busy:
    """When any of these people is busy, in one query."""
    rows = await uow.rows(_BUSY, people=list(person_ids), since=uow.now - LONGEST)
    booked = tuple((starts, starts + timedelta(minutes=minutes)) for starts, minutes, *_ in rows if starts is not None)
    return Busy(booked, *opened(uow, [row[2:] for row in rows if row[0] is None]))


async def booked_of(uow: Uow, person_id: int, since: datetime) -> list[Meeting]:
    """The person's booked and held sessions from ``since`` on, in order of time: what a calendar shows."""
    return _meetings(await uow.rows(_BOOKED, person=person_id, since=since))


async def person_of_feed(uow: Uow, token: str) -> Person | None:
    """Whose calendar feed it is; sets the unit of work's organisation. None for an unknown or renewed token."""
    statement = select(Person).where(col(Person.feed_token) == token, col(Person.left_at).is_(None))
    person: Person | None = await uow.first(statement)
    if person is not None:
        uow.organisation_id = person.organisation_id
    return person
