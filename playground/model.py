"""The values that every simulated chat platform shares: people, conversations, and what the visitor is shown.

Everything is frozen but `Conversation`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Literal, Protocol, TypeVar

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the company, by their id on the platform. `tz` is an IANA name, `locale` is "it-IT" or "en-GB"."""

    id: str
    email: str
    name: str
    tz: str = "Europe/Rome"
    locale: str = "it-IT"
    deleted: bool = False
    department: str = ""
    title: str = ""

    @property
    def handle(self) -> str:
        """The user name: the e-mail up to the @."""
        return self.email.partition("@")[0]


class Shown(Protocol):
    """A message as the page, the colleagues and the hands look at it, whatever the platform.

    `ts` is its id within `channel`; later messages have greater ones. `raw` is all that the bot sent of it, as text.
    """

    @property
    def channel(self) -> str: ...
    @property
    def ts(self) -> str: ...
    @property
    def user(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def by_bot(self) -> bool: ...
    @property
    def raw(self) -> str: ...

    def seen_by(self, user_id: str) -> bool:
        """Whether this member of the conversation sees it."""
        ...


class Form(Protocol):
    """A window that lies open before one person, whatever the platform calls it."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def user_id(self) -> str: ...
    @property
    def errors(self) -> tuple[tuple[str, str], ...]: ...
    @property
    def raw(self) -> str: ...


M = TypeVar("M", bound=Shown)


@dataclass(slots=True)
class Conversation(Generic[M]):
    """A direct message with the bot ("im") or a group message ("mpim"). `members` are people, without the bot."""

    id: str
    kind: Literal["im", "mpim"]
    members: tuple[str, ...]
    messages: dict[str, M] = field(default_factory=dict)
    last_read: dict[str, str] = field(default_factory=dict)

    def visible_to(self, user_id: str) -> list[M]:
        """What this person sees, oldest first."""
        return [message for message in self.messages.values() if message.seen_by(user_id)]

    def unread(self, user_id: str) -> int:
        """How many messages by others came since this person last looked."""
        since = self.last_read.get(user_id, "")
        count = 0
        for message in reversed(self.messages.values()):
            if message.ts <= since:
                break
            count += message.user != user_id and message.seen_by(user_id)
        return count


@dataclass(frozen=True, slots=True)
class Toast:
    """What the client itself shows to a person for a moment: `reason` is a short code, `words` what they read."""

    at: datetime
    user_id: str
    reason: str
    words: str


@dataclass(frozen=True, slots=True)
class Change:
    """Something that a page must draw again.

    `kind`: "message", "message_changed", "message_deleted", "read", "view", "home", "toast", "people", "conversation".
    """

    kind: str
    user_id: str | None = None
    channel: str | None = None
    ts: str | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """One HTTP request and its answer. `direction` is "from_bot" (the platform's API) or "to_bot" (presses, events)."""

    number: int
    at: datetime
    direction: Literal["from_bot", "to_bot"]
    name: str
    request: Json
    status: int | None
    answer: Any
    user_id: str | None = None
    channel: str | None = None
    ts: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the bot answered to something that a person did.

    `reason` is None when all went well, else a short code ("operation_timeout", "http_500", "invalid_response",
    "field_errors", …). `errors` are field errors by the field's name. `status` is None when nothing was sent or
    answered.
    """

    status: int | None = None
    reason: str | None = None
    errors: tuple[tuple[str, str], ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the person was shown no error."""
        return self.reason is None
