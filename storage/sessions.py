"""Sessions with all that belongs to them: the pair, its two people, their enrolments, the round."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, Literal

from sqlalchemy import Integer, String, bindparam, cast, func, insert, literal, null, select, true, union_all
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot.domain.calendar import Site
from bot.domain.on_site import Presence, common_weeks, read
from bot.domain.programme import CIRCLE_EVERY, FEWEST_MENTEES, RoundRules
from storage.calendars import OF_PEOPLE, Busy, opened, shown_by
from storage.couples import COLUMNS, GOING_ON, Couple, Formed, joined
from storage.sites import site_of
from storage.tables import (
    ActionItem,
    Enrolment,
    MentoringGroup,
    Organisation,
    Pairing,
    Person,
    Question,
    Round,
    Session,
)
from storage.types import Moment
from storage.uow import Uow

BOOKABLE = frozenset({"planned", "postponed", "not_held"})
LONGEST = timedelta(hours=3)
OPEN_ITEM = ("open", "not_yet")
KEPT = "kept"
CALLED_OFF: Any = {"state": "cancelled", "sequence": col(Session.sequence) + 1}
"""The values of a session that will not take place: calendars heed what has a higher number."""
Role = Literal["mentor", "mentee"]


@dataclass(frozen=True)
class Meeting:
    """One session and everything around it.

    ``formed``: the pair that it belongs to; of a ``group``'s session all pairs of the group, the oldest first, those
    that ended early too. All have the same mentor, but in a ``circle``.
    """

    session: Session
    formed: tuple[Formed, ...]
    group: MentoringGroup | None = None

    @cached_property
    def pairs(self) -> tuple[Formed, ...]:
        """The pairs that meet: of a group those that have not ended early."""
        if self.group is None:
            return self.formed
        return tuple(one for one in self.formed if one.pairing.state != "ended_early")

    @property
    def _couple(self) -> Couple:
        return (self.pairs or self.formed)[0].couple

    @property
    def round(self) -> Round:
        return self._couple.round

    @property
    def organisation(self) -> Organisation:
        return self._couple.organisation

    @property
    def circle(self) -> bool:
        """Whether several pairs meet, each with a mentor of its own."""
        return self.group is not None and not self.group.led

    @property
    def mentor(self) -> Person:
        """Who leads; in a circle the mentors take turns as its host."""
        if self.circle and self.pairs:
            return self.pairs[self.session.number // CIRCLE_EVERY % len(self.pairs)].couple.mentor
        return self._couple.mentor

    @property
    def mentees(self) -> tuple[Person, ...]:
        """Who learns: one person, or the group."""
        return tuple(one.couple.mentee for one in self.pairs)

    @property
    def people(self) -> tuple[Person, ...]:
        """Everybody who meets: the mentor (of a circle its host, then the other mentors), then the mentees."""
        mentors = (self.mentor, *(one.couple.mentor for one in self.pairs)) if self.circle else (self.mentor,)
        return tuple({person.pk: person for person in (*mentors, *self.mentees)}.values())

    @property
    def peers(self) -> bool:
        """Whether they are mentors and mentees of each other, who lead by turns."""
        return self._couple.peers

    @property
    def bookers(self) -> tuple[Person, ...]:
        """Who fixes the dates: those who learn; of peers both."""
        return self.people if self.peers else self.mentees

    def books(self, person_id: int) -> bool:
        """Whether the date is this person's to fix; in a circle anybody's, though those who learn are asked for it."""
        return any(person.id == person_id for person in (self.people if self.circle else self.bookers))

    @property
    def leader(self) -> Person | None:
        """Which of two peers leads this session (None when both do), or hosts the circle."""
        if self.circle:
            return self.mentor
        if not self.peers or self.session.lead == "both" or not self.pairs:
            return None
        return self.mentor if self.session.lead == "mentor" else self.mentees[0]

    @property
    def guided(self) -> tuple[Person, ...]:
        """Who gets the guide in time to prepare: the mentor; of peers both."""
        return self.people if self.peers else (self.mentor,)

    @property
    def reminded(self) -> tuple[Person, ...]:
        """Who is reminded of the date: those who learn; of peers and in a circle those who do not lead this time."""
        everybody = self.people if self.circle else self.bookers
        return tuple(person for person in everybody if self.leader is None or person.id != self.leader.id)

    @property
    def sides(self) -> Mapping[int, Enrolment]:
        """What each person enrolled with, by the person's key."""
        mentees = {one.couple.mentee.pk: one.couple.mentee_side for one in self.pairs}
        mentors = {one.couple.mentor.pk: one.couple.mentor_side for one in self.pairs or self.formed}
        return {**mentees, **mentors}

    @property
    def rules(self) -> RoundRules:
        return self._couple.rules

    @property
    def holder(self) -> Pairing | MentoringGroup:
        """What the sessions are of: the pair, or its group."""
        return self.group or self.formed[0].pairing

    @property
    def stem(self) -> str:
        """How the keys of promises about the pair or the group begin."""
        return f"group:{self.group.pk}" if self.group else f"pairing:{self.formed[0].pairing.pk}"

    @property
    def is_on(self) -> bool:
        """Whether it goes on: neither ended nor paused, in a round that still runs."""
        active = any(one.pairing.state == "active" for one in self.pairs)
        return active and self.round.state in ("matching", "running", "closing")

    @property
    def is_ready(self) -> bool:
        """Whether the lessons that come before the first session are done: by both, or by so many that a group meets.

        A group does not wait for one of its mentees.
        """
        if self.group is None:
            return all(side.prepared_at is not None for side in self.sides.values())
        if self.circle:
            return sum(side.prepared_at is not None for side in self.sides.values()) > FEWEST_MENTEES
        come = sum(one.couple.mentee_side.prepared_at is not None for one in self.pairs)
        return self._couple.mentor_side.prepared_at is not None and come >= min(FEWEST_MENTEES, len(self.pairs))

    def has_prepared(self, person_id: int) -> bool:
        """Whether this person has done their own."""
        return self.sides[person_id].prepared_at is not None

    @property
    def ends_at(self) -> datetime | None:
        """When the session ends by its booking."""
        starts = self.session.starts_at
        return starts + self.length if starts else None

    @property
    def length(self) -> timedelta:
        """How long the session is to be."""
        return timedelta(minutes=self.session.minutes)

    def role_of(self, person_id: int) -> Role | None:
        """The person's part; None for a stranger, also for somebody who left the group."""
        if not self.pairs:
            return None
        if any(person_id == one.couple.mentor.id for one in self.pairs):
            return "mentor"
        return "mentee" if any(person_id == mentee.id for mentee in self.mentees) else None

    def pairing_ids(self, person_id: int) -> tuple[int, ...]:
        """The keys under which is kept what this person may read of promises: of a circle their own pairs' alone."""
        if not self.circle:
            return tuple(one.pairing.pk for one in self.formed)
        return tuple(one.pairing.pk for one in self._own(person_id))

    def _own(self, person_id: int) -> list[Formed]:
        return [one for one in self.formed if person_id in (one.pairing.mentee_id, one.pairing.mentor_id)]

    def confidants(self, person_id: int) -> tuple[str, ...]:
        """The names of those who read what this person writes down: whom they meet, of a circle their partner alone."""
        if not self.circle:
            return self.names(person_id)
        pairs = ((one.couple.mentor, one.couple.mentee) for one in self._own(person_id))
        return tuple(person.name for pair in pairs for person in pair if person.id != person_id)

    def pairing_of(self, person_id: int) -> Pairing:
        """The person's own pair; of a group's mentor the oldest."""
        mine = (one.pairing for one in self.formed if one.pairing.mentee_id == person_id)
        led = (one.pairing for one in self.pairs if one.pairing.mentor_id == person_id)
        return next(mine, None) or next(led, None) or (self.pairs or self.formed)[0].pairing

    def common_weeks(self, today: date) -> dict[date, str]:
        """The weeks in which a visit brings all who meet to one site, by their Mondays."""
        sides = self.sides
        presences = [
            Presence(sides[person.pk].place or person.site, read(sides[person.pk].visits)) for person in self.people
        ]
        return common_weeks(presences, today)

    @property
    def assistants(self) -> tuple[int, ...]:
        """Who keeps the dates of the mentees, each once."""
        ids = (one.couple.mentee_side.assistant_id for one in self.pairs)
        return tuple(dict.fromkeys(id for id in ids if id is not None))

    def assisted_by(self, person_id: int) -> Person | None:
        """The mentee whose dates that person keeps; None for anybody else."""
        mine = (one.couple.mentee for one in self.pairs if one.couple.mentee_side.assistant_id == person_id)
        return next(mine, None)

    def person(self, person_id: int) -> Person:
        """Whoever of them it is. Raises LookupError for a stranger."""
        gone = (person for one in self.formed for person in (one.couple.mentee, one.couple.mentor))
        for person in (*self.people, *gone):
            if person.id == person_id:
                return person
        raise LookupError(f"person {person_id} is not of session {self.session.pk}")

    def others(self, person_id: int) -> tuple[Person, ...]:
        """Whom that person meets, the mentor first."""
        return tuple(person for person in self.people if person.id != person_id)

    def names(self, person_id: int) -> tuple[str, ...]:
        """The same by name."""
        return tuple(person.name for person in self.others(person_id))

    def site(self, person: Person) -> Site:
        """The calendar of that person's place of work."""
        return site_of(person, self.organisation)


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


def _meet() -> Any:
    """Whether a pair meets in a session: its own, or its group's."""
    return (col(Pairing.id) == Session.pairing_id) | (col(Pairing.group_id) == Session.group_id)


# All built once: building a statement over nine tables costs more than running it.
_WHOLE: Any = joined(
    select(Session, Pairing, MentoringGroup, *COLUMNS)
    .join(Pairing, _meet())
    .outerjoin(MentoringGroup, col(MentoringGroup.id) == Session.group_id),
    Pairing,
).where(col(Session.organisation_id) + 0 == bindparam("organisation"))  # + 0: no index, whatever SQLite guesses of it
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


def _noted(table: Any, signed: Any, *where: Any) -> Any:
    ours = table.organisation_id == bindparam("organisation")
    asked = literal(table is Question).label("asked")
    kind: Any = table.kind if table is ActionItem else literal("").label("kind")
    return select(asked, table.id.label("id"), table.person_id, table.sealed_text, signed, kind).where(ours, *where)


_NOTED = union_all(
    _noted(
        ActionItem,
        true(),
        col(ActionItem.pairing_id).in_(bindparam("pairings", expanding=True)),
        col(ActionItem.state).in_(OPEN_ITEM),
    ),
    _noted(Question, col(Question.signed), col(Question.session_id) == bindparam("session")),
).order_by("asked", "id")


@dataclass(frozen=True)
class Noted:
    """A promise or a question: its id, whose it is, its text, sealed; whether the others read whose.

    ``kind``: that of a promise (see ``ActionItem``); empty for a question.
    """

    id: int
    person_id: int
    sealed_text: str
    signed: bool
    kind: str


async def noted(uow: Uow, pairing_ids: Collection[int], session_id: int) -> tuple[list[Noted], list[Noted]]:
    """What the people of these pairs promised and have neither done nor dropped, and the questions left for the
    session; the oldest first, in one query.
    """
    rows = await uow.rows(_NOTED, pairings=list(pairing_ids), session=session_id)
    found: tuple[list[Noted], list[Noted]] = ([], [])
    for asked, *what in rows:
        found[asked].append(Noted(*what))
    return found


_LEDGER = (
    select(ActionItem, Session)
    .join(Session, col(Session.id) == ActionItem.session_id)
    .where(col(ActionItem.organisation_id) == bindparam("organisation"))
    .where(col(ActionItem.pairing_id).in_(bindparam("pairings", expanding=True)), col(ActionItem.state) == KEPT)
    .order_by(col(Session.number), col(ActionItem.person_id), col(ActionItem.id))
)


async def write_down(uow: Uow, items: Iterable[ActionItem]) -> None:
    """Keep what somebody wrote after a session, in one statement."""
    values = [{**item.model_dump(exclude={"id"}), "organisation_id": uow.organisation_id} for item in items]
    if values:
        await uow.execute(insert(ActionItem).values(values))


async def ledger_of(uow: Uow, pairing_ids: Collection[int]) -> list[tuple[ActionItem, Session]]:
    """What each of a pair wrote that they taught and learned, with its session, in order; sealed."""
    return [(row[0], row[1]) for row in await uow.rows(_LEDGER, pairings=list(pairing_ids))]


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
    .join(Pairing, _meet())
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


def to_book(meetings: Sequence[Meeting]) -> Meeting | None:
    """The first of a pair's sessions that waits for a date."""
    return next((one for one in meetings if one.session.state in BOOKABLE), None)


def coming(meetings: Sequence[Meeting], now: datetime) -> Meeting | None:
    """The next booked session that has not ended."""
    booked = [one for one in meetings if one.session.state == "scheduled" and one.ends_at and one.ends_at > now]
    return min(booked, key=lambda one: one.session.starts_at or now, default=None)
