"""Sessions with all that belongs to them: the pair, its two people, their enrolments, the round."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import bindparam, func, insert, literal, select, union_all
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot.domain.calendar import Site
from bot.domain.programme import STANDARD, RoundRules
from storage.sites import site_of
from storage.tables import ActionItem, Enrolment, Organisation, Pairing, Person, Question, Round, Session
from storage.types import Moment
from storage.uow import Uow

BOOKABLE = frozenset({"planned", "postponed", "not_held"})
LONGEST = timedelta(hours=3)
OPEN_ITEM = ("open", "not_yet")
KEPT = "kept"
Role = Literal["mentor", "mentee"]
Span = tuple[datetime, datetime]
_Mentor, _Mentee = aliased(Person), aliased(Person)
_MentorSide, _MenteeSide = aliased(Enrolment), aliased(Enrolment)


def rules_of(round: Round) -> RoundRules:
    """The rules of a round, with the standard ones for what it does not say."""
    known = {item.name for item in fields(RoundRules)}
    said: dict[str, Any] = {name: value for name, value in round.rules.items() if name in known}
    return RoundRules(**{**{name: getattr(STANDARD, name) for name in known}, **said})


@dataclass(frozen=True)
class Meeting:
    """One session and everything around it. All rows are of one pair."""

    session: Session
    pairing: Pairing
    round: Round
    organisation: Organisation
    mentor: Person
    mentee: Person
    mentor_side: Enrolment
    mentee_side: Enrolment

    @property
    def rules(self) -> RoundRules:
        return rules_of(self.round)

    @property
    def is_on(self) -> bool:
        """Whether the pair goes on: neither ended nor paused, in a round that still runs."""
        return self.pairing.state == "active" and self.round.state in ("matching", "running", "closing")

    @property
    def is_ready(self) -> bool:
        """Whether both have done the lessons that come before the first session."""
        return self.mentor_side.prepared_at is not None and self.mentee_side.prepared_at is not None

    def has_prepared(self, person_id: int) -> bool:
        """Whether this person has done their own."""
        side = self.mentor_side if person_id == self.pairing.mentor_id else self.mentee_side
        return side.prepared_at is not None

    @property
    def ends_at(self) -> datetime | None:
        """When the session ends by its booking."""
        starts = self.session.starts_at
        return starts + timedelta(minutes=self.session.minutes) if starts else None

    def role_of(self, person_id: int) -> Role | None:
        """The person's part in the pair; None for a stranger."""
        if person_id == self.pairing.mentor_id:
            return "mentor"
        return "mentee" if person_id == self.pairing.mentee_id else None

    def person(self, person_id: int) -> Person:
        return self.mentor if person_id == self.pairing.mentor_id else self.mentee

    def other(self, person_id: int) -> Person:
        """The partner of that person."""
        return self.mentee if person_id == self.pairing.mentor_id else self.mentor

    def site(self, person: Person) -> Site:
        """The calendar of that person's place of work."""
        return site_of(person, self.organisation)


# All built once: building a statement over eight tables costs more than running it.
_WHOLE: Any = (
    select(Session, Pairing, Round, Organisation, _Mentor, _Mentee, _MentorSide, _MenteeSide)
    .join(Pairing, col(Pairing.id) == Session.pairing_id)
    .join(Round, col(Round.id) == Pairing.round_id)
    .join(Organisation, col(Organisation.id) == Session.organisation_id)
    .join(_Mentor, col(_Mentor.id) == Pairing.mentor_id)
    .join(_Mentee, col(_Mentee.id) == Pairing.mentee_id)
    .join(_MentorSide, col(_MentorSide.id) == Pairing.mentor_enrolment_id)
    .join(_MenteeSide, col(_MenteeSide.id) == Pairing.mentee_enrolment_id)
    .where(col(Session.organisation_id) == bindparam("organisation"))
)
_MINE = (col(Pairing.mentor_id) == bindparam("person")) | (col(Pairing.mentee_id) == bindparam("person"))
_GOES_ON = col(Pairing.state).in_(("active", "paused"))


def _held(statement: Any) -> Any:
    """The same, holding the sessions and their pairing to the end."""
    return statement.with_for_update(of=(Session, Pairing))


_ONE = _WHOLE.where(col(Session.id) == bindparam("session"))
_ONE_HELD = _held(_ONE)
_OF_PERSON = _WHOLE.where(_MINE, _GOES_ON).order_by(col(Pairing.id), col(Session.number))
_WITH_PROMISES = _OF_PERSON.add_columns(
    select(func.count(col(ActionItem.id)))
    .where(col(ActionItem.pairing_id) == Pairing.id, col(ActionItem.person_id) == bindparam("person"))
    .where(col(ActionItem.state).in_(OPEN_ITEM))
    .correlate(Pairing)
    .scalar_subquery()
)
_OF_PAIR = _WHOLE.where(col(Session.pairing_id) == bindparam("pairing")).order_by(col(Session.number))
_ITS_PAIR = select(col(Session.pairing_id)).where(col(Session.id) == bindparam("session")).scalar_subquery()
_SIBLINGS = _WHOLE.where(col(Session.pairing_id) == _ITS_PAIR).order_by(col(Session.number))
_SIBLINGS_HELD = _held(_SIBLINGS)
_BOOKED = _WHOLE.where(
    _MINE, col(Session.state).in_(("scheduled", "held")), col(Session.starts_at) >= bindparam("since", type_=Moment)
).order_by(col(Session.starts_at))


def _with_busy() -> Any:
    """A session, held, beside each other booked session of either of its two people."""
    other, shared = aliased(Session), aliased(Pairing)
    two = (col(Pairing.mentor_id), col(Pairing.mentee_id))
    elsewhere = (
        (col(other.pairing_id) == shared.id)
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
    return Meeting(*rows[0]) if rows else None


async def meetings_of(uow: Uow, person_id: int) -> list[Meeting]:
    """All sessions of the person's pairs that go on (paused ones too), in order of pair and number."""
    return [Meeting(*row) for row in await uow.rows(_OF_PERSON, person=person_id)]


async def meetings_and_promises(uow: Uow, person_id: int) -> tuple[list[Meeting], dict[int, int]]:
    """What ``meetings_of`` gives, and how many promises the person has open in each pair, in one query."""
    rows = await uow.rows(_WITH_PROMISES, person=person_id)
    return [Meeting(*row[:8]) for row in rows], {row[1].pk: row[8] for row in rows if row[8]}


async def meetings_of_pair(uow: Uow, pairing_id: int) -> list[Meeting]:
    """All sessions of one pair, in order of number."""
    return [Meeting(*row) for row in await uow.rows(_OF_PAIR, pairing=pairing_id)]


async def siblings(uow: Uow, session_id: int, *, lock: bool = False) -> list[Meeting]:
    """The session of that id and all others of its pair, in order of number, in one query.

    ``lock`` holds them and the pairing to the end.
    """
    return [Meeting(*row) for row in await uow.rows(_SIBLINGS_HELD if lock else _SIBLINGS, session=session_id)]


def _noted(table: Any, *where: Any) -> Any:
    ours = table.organisation_id == bindparam("organisation")
    asked = literal(table is Question).label("asked")
    return select(asked, table.id.label("id"), table.person_id, table.sealed_text).where(ours, *where)


_NOTED = union_all(
    _noted(ActionItem, col(ActionItem.pairing_id) == bindparam("pairing"), col(ActionItem.state).in_(OPEN_ITEM)),
    _noted(Question, col(Question.session_id) == bindparam("session")),
).order_by("asked", "id")


@dataclass(frozen=True)
class Noted:
    """A promise or a question: its id, whose it is, its text, sealed."""

    id: int
    person_id: int
    sealed_text: str


async def noted(uow: Uow, pairing_id: int, session_id: int) -> tuple[list[Noted], list[Noted]]:
    """What the two promised and have neither done nor dropped, and the questions left for the session; the oldest
    first, in one query.
    """
    rows = await uow.rows(_NOTED, pairing=pairing_id, session=session_id)
    found: tuple[list[Noted], list[Noted]] = ([], [])
    for asked, *what in rows:
        found[asked].append(Noted(*what))
    return found


_LEDGER = (
    select(ActionItem, Session)
    .join(Session, col(Session.id) == ActionItem.session_id)
    .where(col(ActionItem.organisation_id) == bindparam("organisation"))
    .where(col(ActionItem.pairing_id) == bindparam("pairing"), col(ActionItem.state) == KEPT)
    .order_by(col(Session.number), col(ActionItem.person_id), col(ActionItem.id))
)


async def write_down(uow: Uow, items: Iterable[ActionItem]) -> None:
    """Keep what somebody wrote after a session, in one statement."""
    values = [{**item.model_dump(exclude={"id"}), "organisation_id": uow.organisation_id} for item in items]
    if values:
        await uow.execute(insert(ActionItem).values(values))


async def ledger_of(uow: Uow, pairing_id: int) -> list[tuple[ActionItem, Session]]:
    """What each of a pair wrote that they taught and learned, with its session, in order; sealed."""
    return [(row[0], row[1]) for row in await uow.rows(_LEDGER, pairing=pairing_id)]


async def meeting_and_busy(uow: Uow, session_id: int) -> tuple[Meeting, list[Span]] | None:
    """The session, held to the end, and when either of the two has another booked one as (start, end), in one query.

    None when there is no such session.
    """
    rows = await uow.rows(_ONE_AND_BUSY, session=session_id, since=uow.now - LONGEST)
    if not rows:
        return None
    spans = [(starts, starts + timedelta(minutes=minutes)) for *_, starts, minutes in rows if starts is not None]
    return Meeting(*rows[0][:8]), spans


async def booked_of(uow: Uow, person_id: int, since: datetime) -> list[Meeting]:
    """The person's booked and held sessions from ``since`` on, in order of time: what a calendar shows."""
    return [Meeting(*row) for row in await uow.rows(_BOOKED, person=person_id, since=since)]


async def person_of_feed(uow: Uow, token: str) -> Person | None:
    """Whose calendar feed it is; sets the unit of work's organisation. None for an unknown or renewed token."""
    statement = select(Person).where(col(Person.feed_token) == token, col(Person.left_at).is_(None))
    person: Person | None = await uow.first(statement)
    if person is not None:
        uow.organisation_id = person.organisation_id
    return person


def to_book(meetings: Sequence[Meeting]) -> Meeting | None:
    """The first of a pair's sessions that waits for a date."""
    return next((one for one in meetings if one.session.state in BOOKABLE), None)


def coming(meetings: Sequence[Meeting], now: datetime) -> Meeting | None:
    """The next booked session that has not ended."""
    booked = [one for one in meetings if one.session.state == "scheduled" and one.ends_at and one.ends_at > now]
    return min(booked, key=lambda one: one.session.starts_at or now, default=None)
