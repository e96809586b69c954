"""Moves the clock as the visitor wishes, in the order in which things happen.

Time goes from one moment to the next at which the bot or a colleague does something, so that nobody acts late.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from playground.clock import Clock
from playground.colleagues import Colleagues

MOST_STEPS = 50_000
STUCK = timedelta(minutes=5)
TOGETHER = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a journey is: the present moment, where it leads (None: to the next event), what was done so far."""

    now: datetime
    target: datetime | None
    steps: int
    answers: int


class TooManySteps(RuntimeError):
    """A journey did not come to its end within the cap: something happens over and over."""


class TimeMachine:
    """`progress` is told after each step; `most_steps` is the cap after which a journey is given up."""

    def __init__(
        self,
        clock: Clock,
        colleagues: Colleagues,
        *,
        progress: Callable[[Progress], None] = lambda _: None,
        most_steps: int = MOST_STEPS,
    ) -> None:
        self._clock = clock
        self._colleagues = colleagues
        self._progress = progress
        self._most_steps = most_steps
        self._stopped = False

    async def next_due(self) -> datetime | None:
        """When the bot or a colleague next does something; None when nothing is waiting."""
        moments = [moment for moment in (await self._clock.next_due(), self._colleagues.next_due()) if moment]
        return min(moments, default=None)

    def stop(self) -> None:
        """End the journey after the step that is under way."""
        self._stopped = True

    async def next(self, enough: Callable[[], bool] = lambda: True) -> Progress:
        """Go to the next thing that happens, and on until `enough()` or until three days have passed.

        Stays where it is when nothing is waiting.
        """
        first = await self.next_due()
        if first is None:
            return Progress(self._clock.now(), None, 0, 0)
        return await self._travel(max(first, self._clock.now()) + TOGETHER, enough, to_the_end=False)

    async def advance(self, span: timedelta) -> Progress:
        """Let this much time pass; ValueError when it is negative."""
        if span < timedelta():
            raise ValueError("time passes forward")
        return await self.until(self._clock.now() + span)

    async def until(self, target: datetime) -> Progress:
        """Let time pass up to `target`; TooManySteps when there is no end to what happens before."""
        return await self._travel(target, lambda: False, to_the_end=True)

    async def _travel(self, target: datetime, enough: Callable[[], bool], *, to_the_end: bool) -> Progress:
        self._stopped = False
        steps, answers = 0, await self._colleagues.act(self._clock.now())
        due = await self.next_due()
        while due is not None and due <= target and not self._stopped:
            steps += 1
            if steps > self._most_steps:
                raise TooManySteps(f"{steps} steps and only {self._clock.now().isoformat()}")
            await self._clock.move(max(due, self._clock.now()))
            answers += await self._colleagues.act(self._clock.now())
            self._progress(Progress(self._clock.now(), target if to_the_end else None, steps, answers))
            if enough():
                return Progress(self._clock.now(), None, steps, answers)
            due = await self._due_after(due)
        if to_the_end and not self._stopped and self._clock.now() < target:
            await self._clock.move(target)
            answers += await self._colleagues.act(target)
        return Progress(self._clock.now(), target if to_the_end else None, steps, answers)

    async def _due_after(self, done: datetime) -> datetime | None:
        """The next moment; one that stays due although it was done is tried again a little later."""
        due = await self.next_due()
        if due is not None and due <= done:
            return self._clock.now() + STUCK
        return due
