"""Where people are in a week: at their own site, or at another one that they named for it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

Weeks = Mapping[date, str]
"""The site of each week, by its Monday."""


@dataclass(frozen=True, slots=True)
class Presence:
    """Somebody's own site, and the weeks that they spend at another one."""

    home: str
    away: Weeks = field(default_factory=dict)

    def site_in(self, week: date) -> str:
        """Where they are in the week of that Monday; empty when nobody knows."""
        return self.away.get(week, self.home)


def monday_of(day: date) -> date:
    """The Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def common_weeks(people: Sequence[Presence], today: date) -> dict[date, str]:
    """The weeks from this one on in which a visit brings all of them to one site, in order."""
    named = {week for one in people for week in one.away if week >= monday_of(today)}
    return {week: place for week in sorted(named) if (place := _shared(one.site_in(week) for one in people))}


def _shared(sites: Iterable[str]) -> str:
    found = set(sites)
    return found.pop() if len(found) == 1 else ""


def read(kept: Iterable[Sequence[str]]) -> dict[date, str]:
    """The weeks as they are kept: ``[["2027-01-18", "Milano"]]``."""
    return {date.fromisoformat(week): site for week, site in kept}


def write(weeks: Weeks) -> list[list[str]]:
    """The weeks to be kept, in order."""
    return [[week.isoformat(), site] for week, site in sorted(weeks.items())]
