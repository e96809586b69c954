"""Slack's rate limits, in the workspace's own time so that a clock that is moved refills them.

Source: https://docs.slack.dev/apis/web-api/rate-limits. Slack publishes rates, not bursts: the bursts are assumptions.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True)
class Bucket:
    """A token bucket: `rate` tokens a second, `burst` at most."""

    rate: float
    burst: float
    tokens: float
    at: float

    def wait(self, now: float) -> float:
        """Seconds until a token is there; 0 when there is one."""
        elapsed = max(0.0, now - self.at)
        self.tokens = min(self.burst, self.tokens + elapsed * self.rate)
        self.at = max(self.at, now)
        return 0.0 if self.tokens >= 1 else (1 - self.tokens) / self.rate

    def take(self) -> None:
        """Use one token."""
        self.tokens -= 1


# tier → calls a minute; the burst is one minute's worth
TIERS = {1: 1, 2: 20, 3: 50, 4: 100}
CHANNEL_RATE, CHANNEL_BURST = 1.0, 5
WORKSPACE_RATE, WORKSPACE_BURST = 600 / 60, 100


class Limits:
    """Which calls come too fast."""

    def __init__(self, *, on: bool) -> None:
        self.on = on
        self._buckets: dict[str, Bucket] = {}

    def retry_after(self, method: str, tier: int | None, channel: str | None, now: datetime) -> int | None:
        """Whole seconds until this call may come again, or None when it may come now and is counted.

        `tier` None is chat.postMessage's own rule: a message a second and channel, 600 a minute and workspace.
        """
        if not self.on:
            return None
        second = now.timestamp()
        buckets = self._of(method, tier, channel, second)
        wait = max((bucket.wait(second) for bucket in buckets), default=0.0)
        if wait > 0:
            return max(1, math.ceil(wait))
        for bucket in buckets:
            bucket.take()
        return None

    def _of(self, method: str, tier: int | None, channel: str | None, second: float) -> list[Bucket]:
        if tier == 0:
            return []
        if tier is not None:
            return [self._bucket(method, TIERS[tier] / 60, TIERS[tier], second)]
        own = self._bucket(f"{method}:{channel}", CHANNEL_RATE, CHANNEL_BURST, second)
        return [own, self._bucket(method, WORKSPACE_RATE, WORKSPACE_BURST, second)]

    def _bucket(self, key: str, rate: float, burst: float, second: float) -> Bucket:
        return self._buckets.setdefault(key, Bucket(rate, burst, burst, second))
