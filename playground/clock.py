"""The clock that the playground shows and moves, as the application hands it over."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Time as everybody in the workspace sees it. All moments are aware and UTC."""

    def now(self) -> datetime:
        """The present moment of the workspace."""
        ...

    async def next_due(self) -> datetime | None:
        """When the bot will next do something by itself; None when nothing is waiting."""
        ...

    async def move(self, to: datetime) -> None:
        """Set the clock forward to `to` and return when the bot has done all that became due by then."""
        ...


class FixedClock:
    """A clock that stands still until it is moved, with no bot behind it."""

    def __init__(self, now: datetime | None = None) -> None:
        self._now = now or datetime(2026, 1, 12, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        """The moment last set."""
        return self._now

    async def next_due(self) -> datetime | None:
        """Nothing is ever waiting."""
        return None

    async def move(self, to: datetime) -> None:
        """Set the clock; ValueError when `to` lies in the past or has no time zone."""
        if to.tzinfo is None or to < self._now:
            raise ValueError("the clock moves forward, to an aware moment")
        self._now = to.astimezone(UTC)
