"""Goes through the forms that lie open before a simulated colleague, screen after screen, to their end."""

from __future__ import annotations

import random
from collections.abc import Set
from dataclasses import dataclass, field
from datetime import datetime

from playground.colleague_forms import answer, fill_form
from playground.colleague_habits import Temperament, buttons_of, choose_button
from playground.workspace import Json, Outcome, Person, View, Workspace

MOST_STEPS = 40
MOST_TRIES = 3


@dataclass(slots=True)
class FormWalker:
    """One person before their open forms, at one moment. `chance` is the person's own."""

    workspace: Workspace
    person: Person
    chance: random.Random
    now: datetime
    _asked: set[tuple[str, str]] = field(default_factory=set)

    async def walk(self) -> int:
        """Fill and submit the form on top until none is open, at most 40 times; returns how often.

        A form that leads nowhere, or is refused three times more after the first, is closed.
        """
        done = 0
        for _ in range(MOST_STEPS):
            view = self._top()
            if view is None:
                return done
            done += 1
            moved_on = await self._one_form(view)
            if not moved_on or self._top() == view:
                break
        view = self._top()
        if view is not None:
            await self.workspace.close_view(self.person.id, view, everything=True)
        return done

    async def _one_form(self, view: View) -> bool:
        """Whether the form was taken, or one of its buttons pressed."""
        if "submit" not in view.source:
            return await self._press_something(view)
        view = await self._choose_what_redraws(view)
        state = self.workspace.state(self.person.id, view)
        blocks = [block for block in view.blocks if block["block_id"] not in self._done_in(view)]
        values = fill_form(blocks, state, self.person, self.now, self.chance)
        outcome = await self.workspace.submit(self.person.id, view, values)
        for _ in range(MOST_TRIES):
            if outcome.reason != "field_errors":
                break
            outcome = await self._try_again(outcome)
        return outcome.ok

    async def _press_something(self, view: View) -> bool:
        button = choose_button(buttons_of(view.blocks), Temperament.KEEN, (), self.chance)
        if button is None:
            return False
        await self.workspace.press(self.person.id, view, button.action, button.value, block_id=button.block)
        return True

    async def _choose_what_redraws(self, view: View) -> View:
        """Answer the inputs that tell the bot at once: the form may look different afterwards."""
        while (block := self._next_redrawing(view)) is not None:
            self._asked.add((view.id, block["block_id"]))
            value = answer(block, None, self.person, self.now, self.chance)
            if value is not None:
                action_id = block["element"]["action_id"]
                await self.workspace.press(self.person.id, view, action_id, value, block_id=block["block_id"])
            view = self._top() or view
        return view

    def _next_redrawing(self, view: View) -> Json | None:
        done = self._done_in(view)
        asking = (block for block in view.blocks if block.get("dispatch_action") and block["block_id"] not in done)
        return next(asking, None)

    def _done_in(self, view: View) -> Set[str]:
        return {block_id for view_id, block_id in self._asked if view_id == view.id}

    async def _try_again(self, refused: Outcome) -> Outcome:
        """Other answers in the fields that were refused."""
        view = self._top()
        if view is None:
            return Outcome()
        wrong = dict(refused.errors)
        values = {
            block["block_id"]: answer(block, None, self.person, self.now, self.chance)
            for block in view.blocks
            if block["block_id"] in wrong
        }
        return await self.workspace.submit(self.person.id, view, values)

    def _top(self) -> View | None:
        views = self.workspace.views(self.person.id)
        return views[-1] if views else None
