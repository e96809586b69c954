"""The values of a tenant: its app, people, messages and dialogs. Everything is frozen."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import Any, Literal
from uuid import NAMESPACE_URL, UUID, uuid5

from playground import model
from playground.model import Colleague, Json
from playground.tenant import adaptive

ADAPTIVE = "application/vnd.microsoft.card.adaptive"
FILE_CONSENT = "application/vnd.microsoft.teams.card.file.consent"
FILE_INFO = "application/vnd.microsoft.teams.card.file.info"
SENT_FILE = "application/vnd.microsoft.teams.file.download.info"


def stable_uuid(seed: str) -> UUID:
    """An id in Entra's form, the same for the same seed."""
    return uuid5(NAMESPACE_URL, f"https://playground.example/{seed}")


def stable_name(seed: str, length: int) -> str:
    """Letters and digits as in Teams' own ids, the same for the same seed."""
    digest = hashlib.sha512(seed.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().replace("=", "")[:length]


@dataclass(frozen=True, slots=True)
class Identity:
    """The tenant and the one app in it."""

    tenant_id: str = str(stable_uuid("tenant"))
    tenant_name: str = "Playground"
    app_id: str = str(stable_uuid("app"))
    bot_name: str = "Inverso"

    @property
    def bot_id(self) -> str:
        """The bot's id as Teams gives it in activities."""
        return f"28:{self.app_id}"


@dataclass(frozen=True, slots=True)
class Person(Colleague):
    """Somebody of the tenant: `id` is what Teams calls them before this bot (29:…), `object_id` what Entra does.

    `upn` is the name they sign in with; an empty `shown_email` is an e-mail that the directory keeps to itself.
    """

    object_id: str = ""
    upn: str = ""
    country: str = "IT"
    shown_email: str | None = None

    @classmethod
    def of(cls, email: str, name: str, **rest: Any) -> Person:
        """A person whose ids follow from the e-mail, the same at every start."""
        known = email.lower()
        identifier = f"29:1{stable_name(known, 60)}"
        own = {"object_id": str(stable_uuid(f"person/{known}")), "upn": known}
        return cls(id=identifier, email=email, name=name, **{**own, **rest})

    def account(self) -> Json:
        """How activities name them."""
        return {"id": self.id, "name": self.name, "aadObjectId": self.object_id}

    def member(self, tenant_id: str) -> Json:
        """How the roster of a conversation names them."""
        given, _, surname = self.name.partition(" ")
        email = self.email if self.shown_email is None else self.shown_email
        return {
            "id": self.id, "name": self.name, "objectId": self.object_id, "aadObjectId": self.object_id,
            "givenName": given, "surname": surname, **({"email": email} if email else {}),
            "userPrincipalName": self.upn, "tenantId": tenant_id, "userRole": "user",
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it stands; a change replaces the value. `ts` is its id, milliseconds since the epoch.

    `cards` are the Adaptive Cards in it, `attachments` everything else. `ephemeral_to` names who alone sees it:
    what Teams itself shows for a moment. `own` are cards that one person was given instead, by their id.
    """

    channel: str
    ts: str
    user: str
    text: str
    by_bot: bool = False
    cards: tuple[Json, ...] = ()
    attachments: tuple[Json, ...] = ()
    summary: str = ""
    edited: bool = False
    ephemeral_to: str | None = None
    own: tuple[tuple[str, Json], ...] = ()

    @property
    def raw(self) -> str:
        """All that the bot sent of it, as text."""
        own = [card for _, card in self.own]
        body = [*self.cards, *own, *self.attachments]
        return self.text + self.summary + json.dumps(body, ensure_ascii=False)

    def seen_by(self, user_id: str) -> bool:
        """Whether this member of the conversation sees it."""
        return self.ephemeral_to in (None, user_id)

    def shown_to(self, user_id: str) -> tuple[Json, ...]:
        """The cards as this person has them."""
        mine = dict(self.own).get(user_id)
        return self.cards if mine is None else (mine,)


Conversation = model.Conversation[Message]


@dataclass(frozen=True, slots=True)
class Dialog:
    """A dialog that lies open before one person, opened from a message. One without a card is only words.

    `refused` is what the client itself says under inputs instead of sending, by their ids.
    """

    id: str
    user_id: str
    channel: str
    title: str
    card: Json
    kind: Literal["modal"] = "modal"
    refused: tuple[tuple[str, str], ...] = ()

    @property
    def errors(self) -> tuple[tuple[str, str], ...]:
        """What stands at inputs as wrong, by their ids: by the client, else by the card itself."""
        return self.refused or tuple(adaptive.errors(self.card).items())

    @property
    def raw(self) -> str:
        """All that the bot sent of it, as text."""
        return self.title + json.dumps(self.card, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way into a person's own files. `content` is None until all bytes arrived."""

    id: str
    user_id: str
    name: str
    content: bytes | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """An activity as it was sent, kept so that it can be sent again."""

    activity: Json
    status: int | None = None
    reason: str | None = None
    attempts: int = 1

    @property
    def delivered(self) -> bool:
        """Whether the bot took it (any 2xx)."""
        return self.status is not None and 200 <= self.status < 300
