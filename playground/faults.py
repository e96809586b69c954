"""Faults on order: what can go wrong between the bot and a platform."""

from __future__ import annotations

from collections import defaultdict, deque
from typing import Literal

Kind = Literal["412", "500", "502", "504", "drop_before", "drop_after", "429", "slow"]


class Faults:
    """The next calls of a method go wrong as ordered.

    "412", "500", "502", "504": an HTTP error, nothing applied. "drop_before": connection cut, nothing applied.
    "drop_after": applied, then cut. "429": too many calls, Retry-After 1. "slow": applied, answered after
    `slow_seconds` of real time.
    """

    def __init__(self) -> None:
        self.slow_seconds = 4.0
        self._ordered: dict[str, deque[Kind]] = defaultdict(deque)

    def next(self, method: str, kind: Kind, times: int = 1) -> None:
        """Order a fault for the next `times` calls of `method` ("chat.postMessage", "send"; "*" is any method)."""
        self._ordered[method].extend([kind] * times)

    def take(self, method: str) -> Kind | None:
        """The fault that this call has, used up."""
        for key in (method, "*"):
            if self._ordered[key]:
                return self._ordered[key].popleft()
        return None
