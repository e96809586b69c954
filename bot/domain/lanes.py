"""How fast one workspace may be called: a bucket that fills steadily, kept as a single moment.

``full_at`` is when the bucket is full again. Calls move it on, and a pause that the platform asks for moves it far on;
so pace and pause are the same arithmetic, and one moment is all that workers have to share.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

TOGETHER = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Pace:
    """A call each ``interval``; ``burst`` of them at once after a rest."""

    interval: timedelta
    burst: int

    def __post_init__(self) -> None:
        if self.interval <= timedelta(0) or self.burst < 1:
            raise ValueError("a pace needs an interval and a burst of at least one")

    @property
    def together(self) -> int:
        """How many of those who wait go at once: what gathers within a second, so that nobody wakes for each."""
        return max(1, min(self.burst, TOGETHER // self.interval))


def room(full_at: datetime, pace: Pace, now: datetime) -> int:
    """How many calls may come now; 0 or more."""
    if full_at <= now:
        return pace.burst
    return max(0, pace.burst - ceil((full_at - now) / pace.interval))


def taken(full_at: datetime, pace: Pace, now: datetime, calls: int) -> datetime:
    """The new ``full_at`` after that many calls."""
    return max(full_at, now) + calls * pace.interval


def paused(full_at: datetime, pace: Pace, until: datetime) -> datetime:
    """The new ``full_at`` when no call may come before ``until``; then they come one after the other."""
    return max(full_at, until + (pace.burst - 1) * pace.interval)


def opens_at(full_at: datetime, pace: Pace) -> datetime:
    """When there is room for as many as go together."""
    return full_at - (pace.burst - pace.together) * pace.interval
