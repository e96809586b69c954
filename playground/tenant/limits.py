"""Teams' rate limits, in the tenant's own time so that a clock that is moved refills them.

Source: https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit ("values are for estimation only").
"""

from __future__ import annotations

import math
from collections import deque
from datetime import datetime
from typing import Literal

Kind = Literal["send", "read"]

# (calls, seconds) by kind of call, for one bot in one conversation
WINDOWS: dict[Kind, tuple[tuple[int, int], ...]] = {
    "send": ((7, 1), (8, 2), (60, 30), (1800, 3600)),
    "read": ((14, 1), (16, 2), (120, 30), (3600, 3600)),
}
TENANT = ((50, 1),)


class Limits:
    """Which calls come too fast."""

    def __init__(self, *, on: bool) -> None:
        self.on = on
        self._calls: dict[str, deque[float]] = {}

    def retry_after(self, kind: Kind, conversation: str, now: datetime) -> int | None:
        """Whole seconds until this call may come again, or None when it may come now and is counted."""
        if not self.on:
            return None
        second = now.timestamp()
        asked = [(f"{kind}:{conversation}", WINDOWS[kind]), ("tenant", TENANT)]
        waits = [_wait(self._of(key), windows, second) for key, windows in asked]
        if max(waits) > 0:
            return max(1, math.ceil(max(waits)))
        for key, windows in asked:
            calls = self._of(key)
            calls.append(second)
            while calls[0] <= second - windows[-1][1]:
                calls.popleft()
        return None

    def _of(self, key: str) -> deque[float]:
        return self._calls.setdefault(key, deque())


def _wait(calls: deque[float], windows: tuple[tuple[int, int], ...], now: float) -> float:
    """Seconds until each window has room for one more call."""
    full = [calls[-most] + seconds - now for most, seconds in windows if len(calls) >= most]
    return max(full, default=0.0)
