"""Goes through the forms that lie open before a simulated colleague, screen after screen, to their end."""

from __future__ import annotations

import random
from collections.abc import Set
from dataclasses import dataclass, field, replace
from datetime import datetime

from playground.colleague_forms import answer, fill_form
from playground.colleague_habits import Temperament, choose_button, pressable
from playground.model import Colleague, Form, Json, Outcome
from playground.platform import Chats
from playground.reading import Field

MOST_STEPS = 40
FEWER = (4, 3, 2)
"""How many options are chosen at most when a form was refused once, twice, three times."""


@dataclass(slots=True)
class FormWalker:
    """One person before their open forms, at one moment. `chance` is the person's own."""

    platform: Chats
    person: Colleague
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
            await self.platform.close_view(self.person.id, view, everything=True)
        return done

    async def _one_form(self, view: Form) -> bool:
        """Whether the form was taken, or one of its buttons pressed."""
        if not self.platform.ends(view)[0]:
            return await self._press_something(view)
        view = await self._choose_what_redraws(view)
        fields = [field for field in self._fields(view) if field.name not in self._done_in(view)]
        values = await self._found(view, fields, fill_form(fields, self.person, self.now, self.chance))
        outcome = await self.platform.submit(self.person.id, view, values)
        for most in FEWER:
            if outcome.reason != "field_errors":
                break
            outcome = await self._try_again(outcome, most)
        return outcome.ok

    async def _found(self, view: Form, fields: list[Field], values: Json) -> Json:
        """The same values, with people as this form's own search finds them."""
        for asked in fields:
            name = values[asked.name]
            if asked.kind == "person" and asked.kept is None and name is not None:
                found = await self.platform.search(self.person.id, view, asked.name, name)
                values[asked.name] = found[0][1] if found else None
        return values

    async def _press_something(self, view: Form) -> bool:
        buttons = pressable(self.platform.buttons(view))
        button = choose_button(buttons, Temperament.KEEN, (), self.chance)
        if button is None:
            return False
        await self.platform.press(self.person.id, view, button.action, button.value, block_id=button.block)
        return True

    async def _choose_what_redraws(self, view: Form) -> Form:
        """Answer the inputs that tell the bot at once: the form may look different afterwards."""
        while (field := self._next_redrawing(view)) is not None:
            self._asked.add((view.id, field.name))
            value = answer(replace(field, kept=None), self.person, self.now, self.chance)
            if value is not None:
                await self.platform.press(self.person.id, view, field.action, value, block_id=field.name)
            view = self._top() or view
        return view

    def _next_redrawing(self, view: Form) -> Field | None:
        done = self._done_in(view)
        return next((field for field in self._fields(view) if field.tells and field.name not in done), None)

    def _fields(self, view: Form) -> list[Field]:
        return [field for field in self.platform.fields(self.person.id, view) if field.in_form]

    def _done_in(self, view: Form) -> Set[str]:
        return {name for view_id, name in self._asked if view_id == view.id}

    async def _try_again(self, refused: Outcome, most: int) -> Outcome:
        """Other answers in the fields that were refused, and where several may be chosen not more than ``most``: a
        platform that cannot limit them says so in words alone.
        """
        view = self._top()
        if view is None:
            return Outcome()
        wrong = dict(refused.errors)
        values = {
            field.name: answer(replace(field, kept=None, most_chosen=most), self.person, self.now, self.chance)
            for field in self._fields(view)
            if field.name in wrong
        }
        return await self.platform.submit(self.person.id, view, values)

    def _top(self) -> Form | None:
        views = self.platform.views(self.person.id)
        return views[-1] if views else None
