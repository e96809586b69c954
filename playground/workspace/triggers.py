"""Trigger ids: good once, for three real seconds.

Source: https://docs.slack.dev/interactivity/handling-user-interaction#modal_responses.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from playground.workspace.errors import RefusedError

SECONDS = 3.0


@dataclass(slots=True)
class _Trigger:
    user_id: str
    issued: float
    used: bool = False


class Triggers:
    """Issues trigger ids and exchanges them for the person who caused them."""

    def __init__(self, tick: Callable[[], float]) -> None:
        self._tick = tick
        self._issued: dict[str, _Trigger] = {}
        self._numbers = count(1)

    def issue(self, user_id: str) -> str:
        """A trigger id for something that this person just did."""
        number = next(self._numbers)
        trigger_id = f"{number}.{100_000 + number}.{user_id.lower()}"
        self._issued[trigger_id] = _Trigger(user_id, self._tick())
        if len(self._issued) > 5000:
            del self._issued[next(iter(self._issued))]
        return trigger_id

    def exchange(self, trigger_id: str) -> str:
        """The person; raises invalid_trigger_id, exchanged_trigger_id or expired_trigger_id."""
        trigger = self._issued.get(trigger_id)
        if trigger is None:
            raise RefusedError("invalid_trigger_id")
        if trigger.used:
            raise RefusedError("exchanged_trigger_id")
        if self._tick() - trigger.issued > SECONDS:
            raise RefusedError("expired_trigger_id")
        trigger.used = True
        return trigger.user_id
