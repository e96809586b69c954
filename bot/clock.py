"""What time it is. The only place, with the scheduler, that reads the machine's clock."""

from datetime import UTC, datetime


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class MovableClock:
    """A clock that can be set forward; it runs on by itself unless it is ``frozen``. For the playground and tests."""

    def __init__(self, start: datetime, *, frozen: bool = False) -> None:
        self.frozen = frozen
        self._base = start
        self._since = datetime.now(UTC)

    def now(self) -> datetime:
        return self._base if self.frozen else self._base + (datetime.now(UTC) - self._since)

    def set(self, to: datetime) -> None:
        """Set the clock. It never goes back."""
        if to > self.now():
            self._base, self._since = to, datetime.now(UTC)


Clock = SystemClock | MovableClock
