"""Who is looking at the page, and waking them when something changed: the source of the page's event stream."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(slots=True, eq=False)
class Listener:
    """One open page; `draw` says that what this person sees has changed."""

    user_id: str
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    draw: bool = False

    def take_draw(self) -> bool:
        """Whether to draw anew; asks only once for each change."""
        draw, self.draw = self.draw, False
        return draw


class Listeners:
    """All open pages. After `close()` every one of them is woken to go."""

    def __init__(self) -> None:
        self.closing = False
        self._all: set[Listener] = set()

    @contextmanager
    def listening(self, user_id: str) -> Iterator[Listener]:
        """A listener for as long as the block runs."""
        listener = Listener(user_id)
        self._all.add(listener)
        try:
            yield listener
        finally:
            self._all.discard(listener)

    def wake(self, user_id: str | None = None, *, draw: bool = True) -> None:
        """Wake the pages of one person, or of everybody."""
        for listener in self._all:
            if user_id in (None, listener.user_id):
                listener.draw = listener.draw or draw
                listener.woken.set()

    def close(self) -> None:
        """Send everybody home."""
        self.closing = True
        self.wake(draw=False)
