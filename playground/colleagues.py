"""Colleagues who answer by themselves: everybody whom the visitor does not play.

They know nothing of the bot. They see what a person sees, press what a person would press, and fill
the forms that open. Who reacts when is kept in a heap that grows with the platform's own changes.
"""

from __future__ import annotations

import asyncio
import heapq
import random
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from playground.colleague_habits import (
    Shares,
    Temperament,
    choose_button,
    in_working_hours,
    pressable,
    reaction_time,
)
from playground.form_walker import FormWalker
from playground.model import Change, Colleague, Shown
from playground.platform import Chats
from playground.reading import Button

MOST_PRESSES = 40
MOST_OF_ONE = 12
AGAIN = timedelta(minutes=1)


@dataclass(slots=True)
class _Seen:
    """What one person knows of one message: words and buttons as last looked at, and the buttons pressed."""

    text: str = ""
    buttons: tuple[Button, ...] = ()
    pressed: list[Button] = field(default_factory=list)


@dataclass(slots=True)
class _Mind:
    """One colleague: chance of their own, temperament, and the messages they know by (channel, ts)."""

    person: Colleague
    chance: random.Random
    temperament: Temperament
    seen: dict[tuple[str, str], _Seen] = field(default_factory=dict)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.person.tz)


@dataclass(frozen=True, slots=True, order=True)
class _Reaction:
    """Somebody will look at a message (`place`) or at the form that lies open (None)."""

    due: datetime
    number: int
    user_id: str = field(compare=False)
    place: tuple[str, str] | None = field(compare=False)


class Colleagues:
    """All colleagues of a company. The same seed and the same messages give the same answers.

    `except_for` are the people who are left to the visitor; `enabled` switches everybody on and off: while off, what
    arrives waits. `close()` gives the subscription back.
    """

    def __init__(
        self,
        platform: Chats,
        seed: int = 1,
        except_for: Collection[str] = (),
        shares: Shares | None = None,
        *,
        enabled: bool = True,
    ) -> None:
        self.enabled = enabled
        self._platform = platform
        self._seed = seed
        self._shares = shares or Shares()
        self._visitor = set(except_for)
        self._minds: dict[str, _Mind] = {}
        self._heap: list[_Reaction] = []
        self._numbers = count()
        self._changes = platform.subscribe()
        self._acting = asyncio.Lock()

    def close(self) -> None:
        """Stop listening to the platform."""
        self._platform.unsubscribe(self._changes)

    def pass_over(self) -> None:
        """What has come so far is left alone."""
        while not self._changes.empty():
            self._changes.get_nowait()

    @property
    def except_for(self) -> frozenset[str]:
        """Who is left to the visitor."""
        return frozenset(self._visitor)

    def hands_off(self, user_id: str) -> None:
        """The visitor plays this person from now on."""
        self._visitor.add(user_id)

    def hands_on(self, user_id: str) -> None:
        """The visitor leaves this person, who now looks at what is still unanswered."""
        self._visitor.discard(user_id)
        for conversation in self._platform.conversations_of(user_id):
            for message in conversation.visible_to(user_id):
                self._noticed(user_id, (conversation.id, message.ts))

    def temperament(self, user_id: str) -> Temperament:
        """How this person is."""
        return self._mind(user_id).temperament

    def next_due(self) -> datetime | None:
        """When the next colleague will do something; None when nobody will."""
        self._listen()
        while self._heap and self._heap[0].user_id in self._visitor:
            heapq.heappop(self._heap)
        return self._heap[0].due if self.enabled and self._heap else None

    async def act(self, now: datetime) -> int:
        """Do everything that is due by `now`; returns how many presses and submissions were made."""
        done = 0
        async with self._acting:
            due = self.next_due()
            while due is not None and due <= now:
                done += await self._react(heapq.heappop(self._heap), now)
                due = self.next_due()
        return done

    # Noticing ---------------------------------------------------------------------------------------------------

    def _listen(self) -> None:
        while not self._changes.empty():
            self._hear(self._changes.get_nowait())

    def _hear(self, change: Change) -> None:
        if change.user_id is None or change.user_id in self._visitor:
            return
        if change.kind in ("message", "message_changed") and change.channel and change.ts:
            self._noticed(change.user_id, (change.channel, change.ts))
        elif change.kind == "view" and self._platform.views(change.user_id):
            self._plan(self._platform.clock.now() + AGAIN, change.user_id, None)

    def _noticed(self, user_id: str, place: tuple[str, str]) -> None:
        message = self._message(place)
        if message is None or not message.by_bot:
            return
        buttons = self._buttons(message)
        mind = self._mind(user_id)
        seen = mind.seen.setdefault(place, _Seen())
        moved_on = bool(seen.pressed) and seen.text != message.text
        if not buttons or (seen.buttons == buttons and not moved_on):
            return
        seen.buttons, seen.text = buttons, message.text
        due = self._when(mind, busy_with_it=bool(seen.pressed))
        if due is not None and len(seen.pressed) < MOST_PRESSES:
            self._plan(due, user_id, place)

    def _when(self, mind: _Mind, *, busy_with_it: bool) -> datetime | None:
        now = self._platform.clock.now()
        if busy_with_it:
            return in_working_hours(now + AGAIN, mind.zone)
        return reaction_time(mind.temperament, now, mind.zone, mind.chance)

    def _plan(self, due: datetime, user_id: str, place: tuple[str, str] | None) -> None:
        heapq.heappush(self._heap, _Reaction(due.astimezone(UTC), next(self._numbers), user_id, place))

    # Acting -----------------------------------------------------------------------------------------------------

    async def _react(self, reaction: _Reaction, now: datetime) -> int:
        mind = self._mind(reaction.user_id)
        if mind.person.deleted:
            return 0
        if reaction.place is None:
            return await self._walk(mind, now)
        message = self._message(reaction.place)
        if message is None:
            return 0
        self._platform.mark_read(reaction.user_id, message.channel)
        seen = mind.seen[reaction.place]
        if self._buttons(message) != seen.buttons:
            return 0
        button = choose_button(seen.buttons, mind.temperament, seen.pressed, mind.chance)
        if button is None or seen.pressed.count(button) >= MOST_OF_ONE:
            return 0
        seen.pressed.append(button)
        await self._platform.press(mind.person.id, message, button.action, button.value, block_id=button.block)
        return 1 + await self._walk(mind, now)

    async def _walk(self, mind: _Mind, now: datetime) -> int:
        return await FormWalker(self._platform, mind.person, mind.chance, now).walk()

    # Looking ----------------------------------------------------------------------------------------------------

    def _message(self, place: tuple[str, str]) -> Shown | None:
        conversation = self._platform.conversations.get(place[0])
        return conversation.messages.get(place[1]) if conversation else None

    def _buttons(self, message: Shown) -> tuple[Button, ...]:
        return pressable(self._platform.buttons(message))

    def _mind(self, user_id: str) -> _Mind:
        person = self._platform.people[user_id]
        if user_id not in self._minds:
            chance = random.Random(f"{self._seed}:{user_id}")
            self._minds[user_id] = _Mind(person, chance, self._shares.draw(chance))
        mind = self._minds[user_id]
        mind.person = person
        return mind
