"""A session with all that belongs to it: the pair or group, its people, their enrolments, the round."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, Literal

from sqlmodel import col

from bot.domain.calendar import Site
from bot.domain.on_site import Presence, common_weeks, read
from bot.domain.programme import CIRCLE_EVERY, FEWEST_MENTEES, RoundRules
from storage.couples import Couple, Formed
from storage.sites import site_of
from storage.tables import (
    Enrolment,
    MentoringGroup,
    Organisation,
    Pairing,
    Person,
    Round,
    Session,
)

BOOKABLE = frozenset({"planned", "postponed", "not_held"})
Role = Literal["mentor", "mentee"]


def meets(pairing: type[Pairing] = Pairing) -> Any:
    """In a query, whether a pair meets in a session: its own, or its group's."""
    return (col(pairing.id) == Session.pairing_id) | (col(pairing.group_id) == Session.group_id)


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


def to_book(meetings: Sequence[Meeting]) -> Meeting | None:
    """The first of a pair's sessions that waits for a date."""
    return next((one for one in meetings if one.session.state in BOOKABLE), None)


def coming(meetings: Sequence[Meeting], now: datetime) -> Meeting | None:
    """The next booked session that has not ended."""
    booked = [one for one in meetings if one.session.state == "scheduled" and one.ends_at and one.ends_at > now]
    return min(booked, key=lambda one: one.session.starts_at or now, default=None)
