"""Weekly availability, and the times at which people can meet.

People tick two-hour windows of their own week (`mon-09` is Monday 09:00 to 11:00 by their clock). Those windows,
their zones and the holidays of their sites give the moments that suit everybody.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.calendar import ONE_DAY, SATURDAY, Site, at_local, is_holiday, is_working_day, local_day
from bot.domain.matching.week import week_mask

DAYS = ("mon", "tue", "wed", "thu", "fri")
HOURS = (9, 11, 14, 16)
WINDOW_HOURS = 2
SLOTS = tuple(f"{day}-{hour:02}" for day in DAYS for hour in HOURS)

STEP = timedelta(minutes=30)
# Common working hours without the lunch break, for people whose windows never meet.
OFFICE_HOURS = ((time(9), time(13)), (time(14), time(18)))
NIGHT_ENDS, NIGHT_BEGINS = time(8), time(20)

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to find a time with: `key` says who in problem codes, `zone` is the clock that the slots are of."""

    key: str
    slots: frozenset[str]
    zone: str
    site: Site


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Starts in UTC, in order; `declared` is False when they come from common working hours instead of windows.

    `without`: the keys of people whose windows they do not suit.
    """

    starts: tuple[datetime, ...]
    declared: bool
    without: tuple[str, ...] = ()


def weekly(slots: Iterable[str], zone: str, on: date) -> int:
    """The windows as the bit mask of a UTC week that matching counts with (see `matching.week`).

    `on` settles daylight saving. Raises ValueError for a word that is not a slot.
    """
    return week_mask([_weekday_and_hour(slot) for slot in slots], zone, on)


def suggest(
    people: Sequence[Person],
    minutes: int,
    earliest: datetime,
    latest: datetime,
    busy: Sequence[Span] = (),
    count: int = 3,
) -> Suggestions:
    """Up to `count` times at which everybody can meet, each on another day as far as the days suffice.

    A meeting lies wholly between `earliest` and `latest`, inside one window (or windows that touch) of everybody, on
    working days of every site, clear of `busy`. Where the windows never meet, common working hours take their place.
    """
    for declared in (True, False):
        spans = _common(people, earliest, latest, declared)
        starts = _spread(_candidates(spans, minutes, busy), minutes, people[0].zone, count)
        if starts:
            return Suggestions(tuple(starts), declared)
    return Suggestions((), declared=False)


def suggest_to_most(
    people: Sequence[Person],
    needed: Iterable[str],
    least: int,
    minutes: int,
    earliest: datetime,
    latest: datetime,
    busy: Sequence[Span] = (),
    count: int = 3,
) -> Suggestions:
    """Times that suit all, else as many as can be; common working hours when fewer than `least` of them can meet.

    `needed` are the keys of people without whom there is no meeting.
    """
    all_of_them, kept = suggest(people, minutes, earliest, latest, busy, count), set(needed)
    if all_of_them.declared:
        return all_of_them
    first = [person for person in people if person.key in kept]
    others = [person for person in people if person.key not in kept]
    free = {person.key: _free(person, earliest, latest, declared=True) for person in others}
    length, fewest = timedelta(minutes=minutes), None
    for start in _candidates(_common(first, earliest, latest, declared=True), minutes, busy):
        away = tuple(n for n, person in enumerate(others) if not _within(free[person.key], start, start + length))
        if len(people) - len(away) >= least and (fewest is None or (len(away), away) < (len(fewest), fewest)):
            fewest = away
    if fewest is None:
        return all_of_them
    missing = [others[n] for n in fewest]
    found = suggest([one for one in people if one not in missing], minutes, earliest, latest, busy, count)
    return replace(found, without=tuple(person.key for person in missing))


def _within(spans: Sequence[Span], start: datetime, end: datetime) -> bool:
    return any(first <= start and end <= last for first, last in spans)


def fits(start: datetime, minutes: int, people: Sequence[Person], now: datetime, latest: datetime) -> list[str]:
    """What speaks against meeting then: `past`, `too_far`, `night`, `weekend`, `holiday:<key>`; empty when nothing.

    Night is before 08:00 or after 20:00 by anybody's clock. Windows are wishes and do not count here.
    """
    end = start + timedelta(minutes=minutes)
    problems = ["past"] if start <= now else ["too_far"] if end > latest else []
    local = [
        (person, start.astimezone(ZoneInfo(person.zone)), end.astimezone(ZoneInfo(person.zone))) for person in people
    ]
    if any(begins.time() < NIGHT_ENDS or _after_evening(begins, ends) for _, begins, ends in local):
        problems.append("night")
    if any(begins.weekday() >= SATURDAY for _, begins, _ in local):
        problems.append("weekend")
    problems += [f"holiday:{who.key}" for who, begins, _ in local if is_holiday(begins.date(), who.site)]
    return problems


def _after_evening(begins: datetime, ends: datetime) -> bool:
    return ends.date() > begins.date() or ends.time() > NIGHT_BEGINS


def _weekday_and_hour(slot: str) -> tuple[int, int]:
    if slot not in SLOTS:
        raise ValueError(f"not a slot: {slot!r}")
    day, hour = slot.split("-")
    return DAYS.index(day), int(hour)


def _common(people: Sequence[Person], earliest: datetime, latest: datetime, declared: bool) -> list[Span]:
    spans = [(earliest, latest)] if earliest < latest else []
    for person in people:
        spans = _intersect(spans, _free(person, earliest, latest, declared))
    return spans


def _free(person: Person, earliest: datetime, latest: datetime, declared: bool) -> list[Span]:
    """When the person can meet, in order, with windows that touch made one."""
    free: list[Span] = []
    day, last = local_day(earliest, person.zone), local_day(latest, person.zone)
    while day <= last:
        if is_working_day(day, person.site):
            for opens, shuts in _windows(person.slots, day) if declared else OFFICE_HOURS:
                span = (at_local(day, opens, person.zone), at_local(day, shuts, person.zone))
                if free and free[-1][1] == span[0]:
                    span = (free.pop()[0], span[1])
                free.append(span)
        day += ONE_DAY
    return free


def _windows(slots: frozenset[str], day: date) -> list[tuple[time, time]]:
    name = DAYS[day.weekday()]
    return [(time(hour), time(hour + WINDOW_HOURS)) for hour in HOURS if f"{name}-{hour:02}" in slots]


def _intersect(a: list[Span], b: list[Span]) -> list[Span]:
    both: list[Span] = []
    i = j = 0
    while i < len(a) and j < len(b):
        first, last = max(a[i][0], b[j][0]), min(a[i][1], b[j][1])
        if first < last:
            both.append((first, last))
        if a[i][1] <= b[j][1]:
            i += 1
        else:
            j += 1
    return both


def _candidates(spans: list[Span], minutes: int, busy: Sequence[Span]) -> Iterable[datetime]:
    """Every half hour at which a meeting fits, in order."""
    length = timedelta(minutes=minutes)
    for first, last in spans:
        start = _next_half_hour(first)
        while start + length <= last:
            if not any(begins < start + length and start < ends for begins, ends in busy):
                yield start
            start += STEP


def _next_half_hour(moment: datetime) -> datetime:
    beyond = timedelta(minutes=moment.minute % 30, seconds=moment.second, microseconds=moment.microsecond)
    return moment if not beyond else moment - beyond + STEP


def _spread(candidates: Iterable[datetime], minutes: int, zone: str, count: int) -> list[datetime]:
    """The first time of each of the first days; when the days are too few, later times of them that do not overlap."""
    by_day: dict[date, list[datetime]] = {}
    for start in candidates:
        times = by_day.setdefault(local_day(start, zone), [])
        if not times or start >= times[-1] + timedelta(minutes=minutes):
            times.append(start)
    rounds = max(map(len, by_day.values()), default=0)
    in_turn = (times[n] for n in range(rounds) for times in by_day.values() if n < len(times))
    return sorted(start for start, _ in zip(in_turn, range(count), strict=False))
