"""A company on several chat platforms as one: whatever is done or seen is that of the platform where the person is."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, TypeVar

from playground.clock import Clock
from playground.model import Change, Colleague, Conversation, Exchange, Outcome, Toast
from playground.platform import Platform
from playground.reading import Button, Field

V = TypeVar("V")


class _Joined(Mapping[str, V]):
    """Several mappings without a key in common, looked at as one."""

    def __init__(self, parts: Sequence[Mapping[str, V]]) -> None:
        self._parts = parts

    def __getitem__(self, key: str) -> V:
        for part in self._parts:
            if key in part:
                return part[key]
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return chain.from_iterable(self._parts)

    def __len__(self) -> int:
        return sum(map(len, self._parts))


class Company:
    """Platforms whose people and conversations have ids of their own; each person is on one of them."""

    def __init__(self, *platforms: Platform) -> None:
        self.platforms = platforms

    def of(self, user_id: str) -> Platform:
        """Where the person is; KeyError for somebody unknown."""
        for platform in self.platforms:
            if user_id in platform.people:
                return platform
        raise KeyError(user_id)

    def holding(self, channel: str) -> Platform:
        """Where the conversation is; KeyError when there is none."""
        for platform in self.platforms:
            if channel in platform.conversations:
                return platform
        raise KeyError(channel)

    @property
    def name(self) -> str:
        """The company's name."""
        return self.platforms[0].name

    @property
    def bot_name(self) -> str:
        """The bot's name."""
        return self.platforms[0].bot_name

    @property
    def bot_url(self) -> str:
        """The bot's address without path."""
        return self.platforms[0].bot_url

    @property
    def clock(self) -> Clock:
        """Time as everybody sees it."""
        return self.platforms[0].clock

    @property
    def people(self) -> Mapping[str, Colleague]:
        """Everybody by id."""
        return _Joined([platform.people for platform in self.platforms])

    @property
    def conversations(self) -> Mapping[str, Conversation[Any]]:
        """Every conversation by id."""
        return _Joined([platform.conversations for platform in self.platforms])

    @property
    def complaints(self) -> list[str]:
        """All that the platforms would refuse in what the bot sent or answered."""
        return [words for platform in self.platforms for words in platform.complaints]

    @property
    def log(self) -> Sequence[Exchange]:
        """The last HTTP exchanges with the bot of each platform, oldest first."""
        return list(chain.from_iterable(platform.log for platform in self.platforms))

    def conversations_of(self, user_id: str) -> list[Conversation[Any]]:
        """The person's conversations, the one that moved last first."""
        return self.of(user_id).conversations_of(user_id)

    def dm(self, user_id: str) -> Conversation[Any]:
        """The person's private conversation with the bot."""
        return self.of(user_id).dm(user_id)

    def messages(self, user_id: str, channel: str | None = None) -> list[Any]:
        """What the person sees in a conversation, oldest first."""
        return self.of(user_id).messages(user_id, channel)

    def views(self, user_id: str) -> Sequence[Any]:
        """The person's open forms, the one on top last."""
        return self.of(user_id).views(user_id)

    def home(self, user_id: str) -> Any | None:
        """The bot's own page as the person has it."""
        return self.of(user_id).home(user_id)

    def toasts(self, user_id: str) -> list[Toast]:
        """What the client itself showed to the person."""
        return self.of(user_id).toasts(user_id)

    def words(self, where: Any) -> str:
        """All visible words of a message or form."""
        return self._at(where).words(where)

    def buttons(self, where: Any) -> Sequence[Button]:
        """The buttons of a message or form."""
        return self._at(where).buttons(where)

    def ends(self, form: Any) -> tuple[str, str]:
        """The words that submit and that close a form."""
        return self._at(form).ends(form)

    def fields(self, user_id: str, where: Any) -> Sequence[Field]:
        """The inputs of a message or form."""
        return self.of(user_id).fields(user_id, where)

    def shown(self, user_id: str, where: Any) -> dict[str, Any]:
        """A message or form as the page draws it."""
        return self.of(user_id).shown(user_id, where)

    async def types(self, user_id: str, line: str, channel: str | None = None) -> Outcome:
        """Write a line to the bot."""
        return await self.of(user_id).types(user_id, line, channel)

    async def say(self, user_id: str, channel: str | None, text: str) -> Any:
        """Write a message, as it is."""
        return await self.of(user_id).say(user_id, channel, text)

    async def send_file(self, user_id: str, name: str, content: bytes) -> Any:
        """Send the bot a file in the private conversation."""
        return await self.of(user_id).send_file(user_id, name, content)

    async def press(
        self,
        user_id: str,
        where: Any,
        action_id: str,
        value: Any = None,
        *,
        block_id: str | None = None,
        values: Mapping[str, Any] | None = None,
    ) -> Outcome:
        """Press a button, or choose in a field that tells at once."""
        here = self.of(user_id)
        return await here.press(user_id, where, action_id, value, block_id=block_id, values=values)

    def fill(self, user_id: str, where: Any, values: Mapping[str, Any]) -> None:
        """Type plain values into fields without sending."""
        self.of(user_id).fill(user_id, where, values)

    async def search(self, user_id: str, where: Any, name: str, words: str) -> list[tuple[str, str]]:
        """What the field `name` offers for typed words: titles and values."""
        return await self.of(user_id).search(user_id, where, name, words)

    async def submit(self, user_id: str, view: Any, values: Mapping[str, Any] | None = None) -> Outcome:
        """Send a form."""
        return await self.of(user_id).submit(user_id, view, values)

    async def close_view(self, user_id: str, view: Any, *, everything: bool = False) -> Outcome:
        """Close a form, or all of them."""
        return await self.of(user_id).close_view(user_id, view, everything=everything)

    async def open_home(self, user_id: str) -> Any:
        """Ask for the bot's own page."""
        return await self.of(user_id).open_home(user_id)

    def mark_read(self, user_id: str, channel: str) -> None:
        """The person has looked at the conversation."""
        self.of(user_id).mark_read(user_id, channel)

    def subscribe(self, queue: asyncio.Queue[Change] | None = None) -> asyncio.Queue[Change]:
        """A queue that receives every change of every platform."""
        queue = queue or asyncio.Queue()
        for platform in self.platforms:
            platform.subscribe(queue)
        return queue

    def unsubscribe(self, queue: asyncio.Queue[Change]) -> None:
        """Stop a subscription."""
        for platform in self.platforms:
            platform.unsubscribe(queue)

    def _at(self, where: Any) -> Platform:
        """Where a message or form is."""
        return self.of(where.user_id) if hasattr(where, "user_id") else self.holding(where.channel)
