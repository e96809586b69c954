"""The one place that decides about disturbing people: send now, try later, or say nothing.

It judges unrequested messages only. What a person asked for (an answer to a tap or a command) is neither judged
here nor counted in the history.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from heapq import heapify, heappop, heappush
from typing import Literal

from bot.domain.calendar import ONE_DAY, Site, at_local, is_working_day, local_day

MONDAY, FRIDAY = 0, 4

REMEMBERED = timedelta(days=60)
"""How far back what somebody was sent counts."""
NEWS = frozenset({"assistant", "kickoff"})
"""Kinds that ask for nothing: that nobody answers them does not stop them."""

DropReason = Literal["stopped", "ignored", "expired"]
SnoozeChoice = Literal["tomorrow", "next_week"]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a person may be disturbed. Times are of the person's own clock; a day ends before `quiet_from`."""

    quiet_until: time = time(9)
    quiet_from: time = time(17, 30)
    monday_not_before: time = time(10)
    friday_not_after: time = time(15)
    max_unsolicited_per_day: int = 1
    max_unsolicited_per_week: int = 2
    ignored_stop: int = 2

    def __post_init__(self) -> None:
        if self.quiet_until >= self.quiet_from:
            raise ValueError("quiet_until must come before quiet_from")
        if min(self.max_unsolicited_per_day, self.max_unsolicited_per_week, self.ignored_stop) < 1:
            raise ValueError("limits must allow at least one message")


DEFAULTS = Limits()


@dataclass(frozen=True, slots=True)
class Sent:
    """An unrequested message that went out; `answered` when the person reacted to it in any way."""

    kind: str
    at: datetime
    answered: bool


@dataclass(frozen=True, slots=True)
class Disturbable:
    """What a person has said about being disturbed.

    `snoozed` holds one end per kind; `away` holds absences as (first day, last day) of the person's calendar, both
    included. Messages before `phase_started_at` no longer count as ignored: a new phase is a new start.
    """

    stopped_kinds: frozenset[str] = frozenset()
    snoozed: Mapping[str, datetime] = field(default_factory=dict)
    snoozed_until: datetime | None = None
    paused_until: datetime | None = None
    away: tuple[tuple[date, date], ...] = ()
    phase_started_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Send:
    """Now is a good moment."""


@dataclass(frozen=True, slots=True)
class TryAt:
    """Not now: ask again at this moment."""

    moment: datetime


@dataclass(frozen=True, slots=True)
class Drop:
    """Never: the person stopped this kind, ignored it twice, or no allowed moment is left."""

    reason: DropReason


Verdict = Send | TryAt | Drop


@dataclass(frozen=True, slots=True)
class Wish:
    """An unrequested message that somebody owes: when it falls due, and until when it is of use."""

    kind: str
    due_at: datetime
    expires_at: datetime


def decide(
    now: datetime,
    person: Disturbable,
    kind: str,
    history: Sequence[Sent],
    site: Site,
    expires_at: datetime,
    limits: Limits = DEFAULTS,
) -> Verdict:
    """Whether an unrequested message of this kind may go out now.

    `history` is what this person has been sent unrequested, in any order: at least since the Monday of this week and
    since the phase began. A `TryAt` is never later than `expires_at`, and asked again then with the same facts the
    answer is `Send`.
    """
    if kind in person.stopped_kinds:
        return Drop("stopped")
    if kind in ignored_kinds(history, person.phase_started_at, limits):
        return Drop("ignored")
    moment, settled = now, None
    while moment != settled and moment <= expires_at:
        settled = moment
        moment = _when_wanted(moment, person, kind, site)
        moment = _within_counts(moment, history, site, limits)
        opening = _opening(moment, local_day(expires_at, site.zone), site, limits)
        if opening is None:
            return Drop("expired")
        moment = opening
    if moment > expires_at:
        return Drop("expired")
    return Send() if moment == now else TryAt(moment)


def first_allowed(after: datetime, site: Site, limits: Limits = DEFAULTS) -> datetime:
    """The first moment from `after` on at which the calendar of the site lets anybody be disturbed.

    Raises OverflowError when the site never opens again.
    """
    opening = _opening(after, date.max, site, limits)
    if opening is None:
        raise OverflowError("the site never opens again")
    return opening


def forecast(
    wishes: Iterable[Wish],
    now: datetime,
    person: Disturbable,
    history: Sequence[Sent],
    site: Site,
    limits: Limits = DEFAULTS,
) -> list[tuple[datetime, Wish]]:
    """What will be said and when, in order, if nothing changes and each message is answered."""
    queue = [(max(wish.due_at, now), n, wish) for n, wish in enumerate(wishes)]
    heapify(queue)
    said, sent = list(history), []
    while queue:
        moment, n, wish = heappop(queue)
        match decide(moment, person, wish.kind, said, site, wish.expires_at, limits):
            case Send():
                sent.append((moment, wish))
                said.append(Sent(wish.kind, moment, answered=True))
            case TryAt(later):
                heappush(queue, (later, n, wish))
            case Drop():
                pass
    return sent


def snooze_until(choice: SnoozeChoice, now: datetime, site: Site) -> datetime:
    """When a snooze ends: as tomorrow begins, or as next Monday begins, by the site's clock."""
    today = local_day(now, site.zone)
    return _midnight(today + ONE_DAY if choice == "tomorrow" else _next_monday(today), site)


def ignored_kinds(history: Iterable[Sent], since: datetime | None, limits: Limits = DEFAULTS) -> frozenset[str]:
    """The kinds that so many messages were left unanswered of, since the phase began, that they are said no more."""
    unanswered = Counter(s.kind for s in history if not s.answered and (since is None or s.at >= since))
    return frozenset(kind for kind, count in unanswered.items() if count >= limits.ignored_stop) - NEWS


def _when_wanted(moment: datetime, person: Disturbable, kind: str, site: Site) -> datetime:
    """The moment, or the end of whatever the person has put in its way: snooze, pause, absence."""
    ends = (person.snoozed.get(kind), person.snoozed_until, person.paused_until)
    moment = max(moment, *(end for end in ends if end)) if any(ends) else moment
    for first, last in sorted(person.away):
        if first <= local_day(moment, site.zone) <= last:
            moment = _midnight(last + ONE_DAY, site)
    return moment


def _within_counts(moment: datetime, history: Sequence[Sent], site: Site, limits: Limits) -> datetime:
    """The moment, or the start of the first day (and week) in which one more message is within the counts."""
    day = local_day(moment, site.zone)
    days = [local_day(sent.at, site.zone) for sent in history]
    if sum(d.isocalendar()[:2] == day.isocalendar()[:2] for d in days) >= limits.max_unsolicited_per_week:
        return _midnight(_next_monday(day), site)
    if days.count(day) >= limits.max_unsolicited_per_day:
        return _midnight(day + ONE_DAY, site)
    return moment


def _opening(after: datetime, until: date, site: Site, limits: Limits) -> datetime | None:
    """The first moment from `after` on inside an open window of a day up to `until`."""
    day = local_day(after, site.zone)
    while day <= until:
        window = _window(day, site, limits)
        if window and after < window[1]:
            return max(after, window[0])
        if day == date.max:
            break
        day += ONE_DAY
    return None


def _window(day: date, site: Site, limits: Limits) -> tuple[datetime, datetime] | None:
    """From (included) and to (excluded) when people may be disturbed on that day."""
    if not is_working_day(day, site):
        return None
    opens = max(limits.quiet_until, limits.monday_not_before) if day.weekday() == MONDAY else limits.quiet_until
    shuts = min(limits.quiet_from, limits.friday_not_after) if day.weekday() == FRIDAY else limits.quiet_from
    return (at_local(day, opens, site.zone), at_local(day, shuts, site.zone)) if opens < shuts else None


def _midnight(day: date, site: Site) -> datetime:
    return at_local(day, time(), site.zone)


def _next_monday(day: date) -> date:
    return day + timedelta(days=7 - day.weekday())
