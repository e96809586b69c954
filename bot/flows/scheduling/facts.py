"""What is known when a date is looked for, and what speaks against one. Pure; goes along with a form as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain import slots
from bot.domain.busy import Span
from bot.domain.calendar import Site, at_local, local_day
from bot.domain.programme import FEWEST_MENTEES
from bot.ui.words import Listing, T, Text, When
from storage.calendars import Busy
from storage.meeting import Meeting
from storage.tables import Person

NOTICE = timedelta(days=1)
SOON = timedelta(days=6)
AROUND = timedelta(days=7)
AHEAD = timedelta(days=14)
FURTHER = timedelta(days=28)
KEPT_OFFERS = 9
FEWEST = 1 + FEWEST_MENTEES
"""The mentor and the fewest mentees: with fewer a group does not meet."""


@dataclass(frozen=True)
class Facts:
    """Who chooses, whom they meet (by name), what all have booked already, the limits of the round.

    ``needed``: the keys of those without whom there is no meeting. ``calendars``: when their own calendars show them
    busy; nothing is offered then, but a date that somebody types may be. ``together``: the weeks in which those who
    meet in person are at one site; offers keep to them while there are any. Neither goes along with a form. ``meets``:
    whether who chooses is of those who meet; an assistant is not.
    """

    session_id: int
    number: int
    minutes: int
    me: slots.Person
    others: tuple[tuple[str, slots.Person], ...]
    needed: tuple[str, ...]
    busy: tuple[Span, ...]
    calendars: tuple[Span, ...]
    together: tuple[Span, ...]
    due_by: datetime
    latest: datetime
    books: bool
    mode: str
    place: str
    booked_at: datetime | None
    meets: bool = True

    @property
    def partner(self) -> Listing:
        """Whom they meet, in words."""
        return Listing(tuple(name for name, _ in self.others))

    def names_of(self, keys: Sequence[str]) -> Listing:
        """The names of these people, by their keys."""
        return Listing(tuple(name for name, person in self.others if person.key in keys))

    @property
    def booked(self) -> bool:
        """Whether the session has a date already, which another one would replace."""
        return self.booked_at is not None

    def soon(self, now: datetime, count: int = 3) -> slots.Suggestions:
        """Times that suit all, or most of a group, within seven days: for a date that was just taken back."""
        earliest = now + NOTICE
        who = (self._people, self.needed, FEWEST, self.minutes, earliest)
        return slots.suggest_to_most(*who, min(earliest + SOON, self.latest), self._taken(), count)

    @property
    def _people(self) -> tuple[slots.Person, ...]:
        return (self.me, *(person for _, person in self.others))

    def suggest(self, now: datetime, count: int = 3) -> slots.Suggestions:
        """Times that suit all, or most of a group: near the day by which it is due, later when there are none.

        For a meeting in person the weeks come first in which all are at one site.
        """
        for begins, ends in self.together:
            who = (self._people, self.needed, FEWEST, self.minutes, max(now + NOTICE, begins))
            found = slots.suggest_to_most(*who, min(ends, self.latest), self._taken(), count)
            if found.starts and found.declared:
                return found
        return self._suggest(now, count)

    def _suggest(self, now: datetime, count: int) -> slots.Suggestions:
        soonest, due = now + NOTICE, min(self.due_by, self.latest)
        earliest = soonest if self.number == 0 else max(soonest, due - AROUND)
        latest = max(due, earliest + AHEAD)
        who, taken = (self._people, self.needed, FEWEST, self.minutes, earliest), self._taken()
        if self.number == 0:  # people were told by when
            in_time = slots.suggest_to_most(*who, due, taken, count)
            if in_time.declared and len(in_time.starts) == count:
                return in_time
        found = slots.suggest_to_most(*who, min(latest, self.latest), taken, count)
        if found.starts and found.declared:
            return found
        later = slots.suggest_to_most(*who, min(latest + FURTHER, self.latest), taken, count)
        return later if later.starts else found

    def _taken(self) -> tuple[Span, ...]:
        """What these people do then, and the present date of this one: the same time again is no suggestion."""
        taken = (*self.busy, *self.calendars)
        if self.booked_at is None:
            return taken
        return (*taken, (self.booked_at, self.booked_at + timedelta(minutes=self.minutes)))

    def problem(self, start: datetime, now: datetime) -> Text | None:
        """The first thing that speaks against this start, in words for the one who chooses; None when nothing does."""
        mine = (("", self.me),) if self.meets else ()
        for name, person in (*mine, *self.others):
            for code in slots.fits(start, self.minutes, (person,), now, self.latest):
                return self._words(code, name, person, start)
        return T("scheduling.problem_busy") if self._meets(self.busy, start) else None

    def came_between(self, start: datetime) -> bool:
        """Whether somebody's own calendar shows something then."""
        return self._meets(self.calendars, start)

    def _meets(self, spans: Sequence[Span], start: datetime) -> bool:
        end = start + timedelta(minutes=self.minutes)
        return any(begins < end and start < ends for begins, ends in spans)

    def _words(self, code: str, name: str, person: slots.Person, start: datetime) -> Text:
        kind = code.partition(":")[0]
        if kind == "past":
            return T("scheduling.problem_past", at=When(start, self.me.zone))
        if kind == "too_far":
            return T("scheduling.problem_too_far", last=When(self.latest, self.me.zone, "day"))
        if not name:
            return T(f"scheduling.problem_{kind}", at=When(start, self.me.zone))
        there = When(start, person.zone, with_zone=True)
        return T(f"scheduling.problem_{kind}_partner", at=there, partner=name)

    def to_json(self) -> dict[str, Any]:
        """The facts as JSON values."""
        return {
            "session_id": self.session_id,
            "number": self.number,
            "minutes": self.minutes,
            "me": _person_to_json(self.me),
            "needed": list(self.needed),
            "others": [[name, _person_to_json(person)] for name, person in self.others],
            "busy": [[begins.isoformat(), ends.isoformat()] for begins, ends in self.busy],
            "due_by": self.due_by.isoformat(),
            "latest": self.latest.isoformat(),
            "books": self.books,
            "mode": self.mode,
            "place": self.place,
            "booked_at": self.booked_at.isoformat() if self.booked_at else None,
            "meets": self.meets,
        }


def from_json(value: Mapping[str, Any]) -> Facts:
    """The facts back from ``to_json``."""
    busy = tuple((datetime.fromisoformat(begins), datetime.fromisoformat(ends)) for begins, ends in value["busy"])
    given = {
        **{name: value[name] for name in ("session_id", "number", "minutes", "books", "mode", "place", "meets")},
        "booked_at": datetime.fromisoformat(value["booked_at"]) if value["booked_at"] else None,
        "due_by": datetime.fromisoformat(value["due_by"]),
        "latest": datetime.fromisoformat(value["latest"]),
    }
    given["needed"] = tuple(value["needed"])
    others = tuple((str(name), _person_from_json(person)) for name, person in value["others"])
    return Facts(me=_person_from_json(value["me"]), others=others, busy=busy, calendars=(), together=(), **given)


def facts_of(meeting: Meeting, busy: Busy, person_id: int, now: datetime) -> Facts:
    """The facts about a session for one of its people."""
    sides, session = meeting.sides, meeting.session

    def as_seen(key: str, person: Person) -> slots.Person:
        return slots.Person(key, frozenset(sides[person.pk].slots), person.timezone, meeting.site(person))

    return Facts(
        session_id=session.pk,
        number=session.number,
        minutes=session.minutes,
        me=as_seen("me", meeting.person(person_id)),
        needed=_needed(meeting, person_id),
        others=tuple((other.name, as_seen(str(other.pk), other)) for other in meeting.others(person_id)),
        busy=busy.sessions,
        calendars=busy.calendars,
        together=_together(meeting, meeting.person(person_id).timezone, now),
        due_by=session.due_by or now,
        latest=max(meeting.round.ends_at or now, now + FURTHER),
        books=meeting.books(person_id),
        mode=session.mode,
        place=session.place,
        booked_at=session.starts_at if session.state == "scheduled" else None,
    )


def for_assistant(facts: Facts, mentee: Person) -> Facts:
    """The same for somebody who chooses for a mentee: everybody who meets is named, and none of them is "you"."""
    return replace(facts, others=((mentee.name, replace(facts.me, key=str(mentee.pk))), *facts.others), meets=False)


def _together(meeting: Meeting, zone: str, now: datetime) -> tuple[Span, ...]:
    """The weeks of a blended pair's meeting in person in which all are at one site."""
    if meeting.round.format != "blended" or meeting.session.mode != "in_person":
        return ()
    weeks = meeting.common_weeks(local_day(now, zone))
    return tuple((at_local(week, time(), zone), at_local(week + timedelta(days=7), time(), zone)) for week in weeks)


def _needed(meeting: Meeting, person_id: int) -> tuple[str, ...]:
    """Who chooses and the mentor; of a pair both; in a circle nobody but who chooses."""
    if meeting.circle:
        return ("me",)
    if meeting.group is None:
        return ("me", *(str(other.pk) for other in meeting.others(person_id)))
    return ("me", str(meeting.mentor.pk))


def clock_of(at: datetime, zone: str, other_zone: str) -> When:
    """The moment by the other's clock: the time alone when the day is the same in both."""
    mine, theirs = at.astimezone(ZoneInfo(zone)), at.astimezone(ZoneInfo(other_zone))
    return When(at, other_zone, "time" if mine.date() == theirs.date() else "full", with_zone=True)


def differ(at: datetime, zone: str, other_zone: str) -> bool:
    """Whether the two clocks show different times at that moment."""
    return at.astimezone(ZoneInfo(zone)).utcoffset() != at.astimezone(ZoneInfo(other_zone)).utcoffset()


def _person_to_json(person: slots.Person) -> dict[str, Any]:
    return {"key": person.key, "slots": sorted(person.slots), "zone": person.zone, **person.site.to_json()}


def _person_from_json(value: Mapping[str, Any]) -> slots.Person:
    site = Site.from_json(value["zone"], value)
    return slots.Person(str(value["key"]), frozenset(value["slots"]), value["zone"], site)
