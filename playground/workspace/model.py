"""The values of a workspace: people, messages, views and files. `payload()` gives the JSON that Slack would send."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote
from zoneinfo import ZoneInfo

from playground import model
from playground.model import Colleague, Json

ViewKind = Literal["modal", "home"]


def stable_id(prefix: str, seed: str) -> str:
    """An id of Slack's form ("U4F0K…", eleven characters), the same for the same seed."""
    digest = hashlib.sha256(f"{prefix}:{seed}".encode()).digest()
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return prefix + "".join(alphabet[byte % 36] for byte in digest[: 11 - len(prefix)])


@dataclass(frozen=True, slots=True)
class Identity:
    """The workspace and the one app that is installed in it."""

    team_id: str = "T0PLAYGRND1"
    team_name: str = "Playground"
    domain: str = "playground"
    app_id: str = "A0PLAYGRND1"
    bot_id: str = "B0PLAYGRND1"
    bot_user_id: str = "U0PLAYBOT01"
    bot_name: str = "Inverso"


@dataclass(frozen=True, slots=True)
class Person(Colleague):
    """Somebody of the workspace."""

    @classmethod
    def of(cls, email: str, name: str, **rest: Any) -> Person:
        """A person whose id follows from the e-mail, the same at every start."""
        return cls(id=stable_id("U", email.lower()), email=email, name=name, **rest)

    def payload(self, team_id: str, now: datetime, *, with_email: bool, with_locale: bool) -> Json:
        """The user object of users.* and of the user events."""
        offset = now.astimezone(ZoneInfo(self.tz)).utcoffset()
        profile: Json = {"real_name": self.name, "display_name": self.name, "title": self.title, "team": team_id}
        if with_email:
            profile["email"] = self.email
        user: Json = {
            "id": self.id, "team_id": team_id, "name": self.handle, "deleted": self.deleted,
            "real_name": self.name, "tz": self.tz, "tz_label": self.tz,
            "tz_offset": int(offset.total_seconds()) if offset is not None else 0,
            "profile": profile, "is_admin": False, "is_owner": False, "is_bot": False, "is_app_user": False,
            "is_restricted": False, "is_ultra_restricted": False, "updated": int(now.timestamp()),
        }  # fmt: skip
        if with_locale:
            user["locale"] = self.locale
        return user


@dataclass(frozen=True, slots=True)
class File:
    """An uploaded file. `content` is None until the bytes arrived; `shared` once the upload was completed."""

    id: str
    name: str
    length: int
    title: str = ""
    alt_text: str = ""
    mimetype: str = "application/octet-stream"
    content: bytes | None = None
    shared: bool = False

    def payload(self, base_url: str = "") -> Json:
        """The file object; the address answers GET with the bytes."""
        address = f"{base_url}/files/{self.id}/{quote(self.name, safe='')}"
        return {
            "id": self.id, "name": self.name, "title": self.title or self.name, "mimetype": self.mimetype,
            "size": self.length, "alt_txt": self.alt_text, "url_private": address,
            "url_private_download": address, "mode": "hosted", "is_external": False,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it stands. `ts` is its id within `channel`; a change replaces the value.

    `user` is the author; `bot_id` is set when the bot wrote it; `ephemeral_to` names the only person who sees it.
    """

    channel: str
    ts: str
    user: str
    text: str
    blocks: tuple[Json, ...] = ()
    bot_id: str | None = None
    metadata: Json | None = None
    edited_ts: str | None = None
    files: tuple[File, ...] = ()
    attachments: tuple[Json, ...] = ()
    ephemeral_to: str | None = None
    thread_ts: str | None = None

    @property
    def by_bot(self) -> bool:
        """Whether the bot wrote it."""
        return self.bot_id is not None

    @property
    def raw(self) -> str:
        """All that the bot sent of it, as text."""
        return f"{self.text}{list(self.blocks)}{list(self.attachments)}"

    def seen_by(self, user_id: str) -> bool:
        """Whether this member of the conversation sees it."""
        return self.ephemeral_to in (None, user_id)

    def payload(self, identity: Identity, *, with_metadata: bool = False) -> Json:
        """The message object; without `with_metadata` only the metadata's event_type shows."""
        body: Json = {"type": "message", "user": self.user, "ts": self.ts, "text": self.text}
        body["team"] = identity.team_id
        if self.bot_id:
            body |= {"bot_id": self.bot_id, "app_id": identity.app_id}
        if self.blocks:
            body["blocks"] = list(self.blocks)
        if self.attachments:
            body["attachments"] = list(self.attachments)
        if self.files:
            body["files"] = [file.payload() for file in self.files]
        if self.edited_ts:
            body["edited"] = {"user": self.user, "ts": self.edited_ts}
        if self.thread_ts:
            body["thread_ts"] = self.thread_ts
        if self.metadata:
            body["metadata"] = self.metadata if with_metadata else {"event_type": self.metadata["event_type"]}
        return body


Conversation = model.Conversation[Message]


@dataclass(frozen=True, slots=True)
class View:
    """A modal or a Home tab as one person has it. `source` is the view as the bot sent it, block_ids filled in.

    `errors` are the words now shown under fields, by block_id.
    """

    id: str
    kind: ViewKind
    user_id: str
    source: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    errors: tuple[tuple[str, str], ...] = ()

    @property
    def blocks(self) -> list[Json]:
        """The blocks."""
        return list(self.source["blocks"])

    @property
    def title(self) -> str:
        """The words in the modal's head; empty for Home."""
        return str(self.source.get("title", {}).get("text", ""))

    @property
    def raw(self) -> str:
        """All that the bot sent of it, as text."""
        return str(self.source)

    @property
    def callback_id(self) -> str:
        """The bot's name for this form; empty when it gave none."""
        return str(self.source.get("callback_id", ""))

    @property
    def external_id(self) -> str:
        """The bot's own id of this view; empty when it gave none."""
        return str(self.source.get("external_id", ""))

    def payload(self, identity: Identity, state: Json) -> Json:
        """The view object, with `state` as its state.values."""
        source = self.source
        return {
            "id": self.id, "team_id": identity.team_id, "type": self.kind, "blocks": self.blocks,
            "private_metadata": source.get("private_metadata", ""), "callback_id": self.callback_id,
            "state": {"values": state}, "hash": self.hash, "title": source.get("title"),
            "submit": source.get("submit"), "close": source.get("close"),
            "clear_on_close": source.get("clear_on_close", False),
            "notify_on_close": source.get("notify_on_close", False),
            "previous_view_id": self.previous_id, "root_view_id": self.root_id, "app_id": identity.app_id,
            "external_id": self.external_id, "app_installed_team_id": identity.team_id, "bot_id": identity.bot_id,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Event:
    """An event as it was sent, kept so that it can be sent again. `envelope` is the whole outer JSON."""

    id: str
    type: str
    envelope: Json
    status: int | None = None
    attempts: int = 1

    @property
    def delivered(self) -> bool:
        """Whether the bot took it (any 2xx)."""
        return self.status is not None and 200 <= self.status < 300
