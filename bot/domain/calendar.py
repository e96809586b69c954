"""Working days and local time: what a date means at the site where a person works.

Days are Monday to Friday, without the country's public holidays and without the company's own closures.
Moments are aware and in UTC; a wall clock is always a wall clock of a named zone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, overload
from zoneinfo import ZoneInfo

import holidays

ONE_DAY = timedelta(days=1)
SATURDAY = 5

# Where the library knows only regional lists, the region whose list most offices keep.
_USUAL_REGION = {"GB": "ENG"}


@dataclass(frozen=True, slots=True)
class Site:
    """A place of work: IANA zone, ISO 3166 country, and closures as (first day, last day), both included."""

    zone: str
    country: str
    closures: tuple[tuple[date, date], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """What a conversation keeps of it; the zone is the person's own."""
        closures = [[first.isoformat(), last.isoformat()] for first, last in self.closures]
        return {"country": self.country, "closures": closures}

    @classmethod
    def from_json(cls, zone: str, kept: Mapping[str, Any]) -> "Site":
        """The same again."""
        closures = tuple((date.fromisoformat(first), date.fromisoformat(last)) for first, last in kept["closures"])
        return cls(zone, str(kept["country"]), closures)


@lru_cache(maxsize=512)
def public_holidays(country: str, year: int) -> frozenset[date]:
    """The national holidays of one year; empty for a country that the `holidays` library does not know."""
    try:
        found = holidays.country_holidays(country, subdiv=_USUAL_REGION.get(country), years=year)
    except NotImplementedError:
        return frozenset()
    return frozenset(day for day in found if day.year == year)


def is_closed(day: date, site: Site) -> bool:
    """Whether the company itself is closed on that day."""
    return any(first <= day <= last for first, last in site.closures)


def is_holiday(day: date, site: Site) -> bool:
    """Whether the day is a public holiday or a closure, whatever day of the week it is."""
    return day in public_holidays(site.country, day.year) or is_closed(day, site)


def is_working_day(day: date, site: Site) -> bool:
    """Monday to Friday, not a public holiday, not a closure."""
    return day.weekday() < SATURDAY and not is_holiday(day, site)


def local_day(moment: datetime, zone: str) -> date:
    """The day that people in that zone call today at this moment."""
    return moment.astimezone(ZoneInfo(zone)).date()


def at_local(day: date, clock: time, zone: str) -> datetime:
    """The UTC moment at which the wall clock of a zone shows this day and time.

    A time that the spring change skips is read with the offset before the change, so 02:30 is what the
    clocks then call 03:30; a time that the autumn change repeats is the first of the two (PEP 495, fold=0).
    """
    return datetime.combine(day, clock.replace(tzinfo=None, fold=0), ZoneInfo(zone)).astimezone(UTC)


@overload
def add_working_days(start: datetime, n: int, site: Site) -> datetime: ...
@overload
def add_working_days(start: date, n: int, site: Site) -> date: ...
def add_working_days(start: date, n: int, site: Site) -> date:
    """The n-th working day after the start (before it when n is negative); n = 0 is the start itself.

    A date gives a date. A moment gives a UTC moment at the same wall clock of the site, across daylight saving.
    """
    if isinstance(start, datetime):
        here = start.astimezone(ZoneInfo(site.zone))
        return at_local(_step(here.date(), n, site), here.time(), site.zone) if n else start.astimezone(UTC)
    return _step(start, n, site)


def working_days_between(a: date, b: date, site: Site) -> int:
    """How many working days lie after `a` up to and including `b`; negative when `b` comes first.

    Takes dates or moments. It undoes add_working_days: from d to add_working_days(d, n) there are n.
    """
    first, last = _day_of(a, site), _day_of(b, site)
    if last < first:
        return -sum(is_working_day(day, site) for day in _days(last, first - ONE_DAY))
    return sum(is_working_day(day, site) for day in _days(first + ONE_DAY, last))


def next_working_morning(moment: datetime, site: Site, hour: int = 10) -> datetime:
    """The given hour, by the site's clock, of the first working day after the moment's own day."""
    day = _step(local_day(moment, site.zone), 1, site)
    return at_local(day, time(hour), site.zone)


def _step(day: date, n: int, site: Site) -> date:
    stride = ONE_DAY if n > 0 else -ONE_DAY
    left = abs(n)
    while left:
        day += stride
        left -= is_working_day(day, site)
    return day


def _day_of(value: date, site: Site) -> date:
    return local_day(value, site.zone) if isinstance(value, datetime) else value


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
