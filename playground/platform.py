"""What the page, the colleagues and the hands ask of simulated chat platforms. Slack and Teams both give it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from aiohttp import web

from playground.clock import Clock
from playground.model import Change, Colleague, Conversation, Exchange, Form, Json, Outcome, Shown, Toast
from playground.reading import Button, Field

Place = Shown | Form


class Chats(Protocol):
    """People and their conversations with the bot. Everything is by the person's id; KeyError for somebody unknown."""

    @property
    def clock(self) -> Clock:
        """Time as everybody sees it."""
        ...

    @property
    def people(self) -> Mapping[str, Colleague]:
        """Everybody by id, the deactivated too."""
        ...

    @property
    def conversations(self) -> Mapping[str, Conversation[Any]]:
        """Every conversation by id."""
        ...

    @property
    def complaints(self) -> list[str]:
        """All that the platform would refuse in what the bot sent or answered."""
        ...

    # Looking ----------------------------------------------------------------------------------------------------

    def conversations_of(self, user_id: str) -> list[Conversation[Any]]:
        """The person's conversations, the one that moved last first."""
        ...

    def dm(self, user_id: str) -> Conversation[Any]:
        """The person's direct message with the bot; made when they have none yet."""
        ...

    def messages(self, user_id: str, channel: str | None = None) -> list[Any]:
        """What the person sees in a conversation (default: the DM with the bot), oldest first."""
        ...

    def views(self, user_id: str) -> Sequence[Any]:
        """The person's open forms, the one on top last."""
        ...

    def home(self, user_id: str) -> Any | None:
        """The bot's own page as the person has it; None where there is none."""
        ...

    def toasts(self, user_id: str) -> list[Toast]:
        """What the client itself showed to the person, oldest first."""
        ...

    def words(self, where: Any) -> str:
        """All visible words of a message or form, a line a part, without marks of emphasis."""
        ...

    def buttons(self, where: Any) -> Sequence[Button]:
        """The buttons of a message or form in reading order; a form's own submit and close are not among them."""
        ...

    def fields(self, user_id: str, where: Any) -> Sequence[Field]:
        """The inputs of a message or form in reading order, with what stands in them for this person."""
        ...

    def ends(self, form: Any) -> tuple[str, str]:
        """The words that submit and that close a form; empty where there are none."""
        ...

    def shown(self, user_id: str, where: Any) -> Json:
        """A message or form as the page draws it for this person: everything that the platform knows of it."""
        ...

    # Doing ------------------------------------------------------------------------------------------------------

    async def types(self, user_id: str, line: str, channel: str | None = None) -> Outcome:
        """Write a line to the bot, as this platform's people do; "/mentoring help" is how a command is said here."""
        ...

    async def say(self, user_id: str, channel: str | None, text: str) -> Any:
        """Write a message, as it is; returns the event of it, or None where the bot is not told."""
        ...

    async def send_file(self, user_id: str, name: str, content: bytes) -> Any:
        """Send the bot a file in the private conversation; returns the event of it."""
        ...

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
        """Press a button, or choose in a field that tells at once. LookupError when it is not there."""
        ...

    def fill(self, user_id: str, where: Any, values: Mapping[str, Any]) -> None:
        """Type plain values into fields by name without sending; None empties. LookupError, ValueError as `press`."""
        ...

    async def search(self, user_id: str, where: Any, name: str, words: str) -> list[tuple[str, str]]:
        """What the field `name`, in which colleagues are found, offers for typed words: titles and values."""
        ...

    async def submit(self, user_id: str, view: Any, values: Mapping[str, Any] | None = None) -> Outcome:
        """Send a form after typing `values`; what the client itself refuses never reaches the bot."""
        ...

    async def close_view(self, user_id: str, view: Any, *, everything: bool = False) -> Outcome:
        """Close a form, or all of them."""
        ...

    async def open_home(self, user_id: str) -> Any:
        """Ask for the bot's own page."""
        ...

    def mark_read(self, user_id: str, channel: str) -> None:
        """The person has looked at the conversation."""
        ...

    # Listening --------------------------------------------------------------------------------------------------

    def subscribe(self, queue: asyncio.Queue[Change] | None = None) -> asyncio.Queue[Change]:
        """A queue (or this one) that receives every change from now on; give it back with `unsubscribe`."""
        ...

    def unsubscribe(self, queue: asyncio.Queue[Change]) -> None:
        """Stop a subscription."""
        ...


class Platform(Chats, Protocol):
    """One platform: the people of its own, and the protocol that it speaks with the bot."""

    @property
    def kind(self) -> str:
        """What the page draws it as: "slack" or "teams"."""
        ...

    @property
    def name(self) -> str:
        """The company's name."""
        ...

    @property
    def bot_id(self) -> str:
        """The bot's own id, as its messages are signed."""
        ...

    @property
    def bot_name(self) -> str:
        """The bot's name."""
        ...

    @property
    def bot_url(self) -> str:
        """The bot's address without path."""
        ...

    @property
    def log(self) -> Iterable[Exchange]:
        """The last HTTP exchanges with the bot, oldest first."""
        ...

    def mount(self, app: web.Application) -> None:
        """Add the routes that the bot calls to an app."""
        ...
