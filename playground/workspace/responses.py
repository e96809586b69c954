"""response_url: five uses in thirty minutes of the workspace's time, beside the Web API and its scopes.

Source: https://docs.slack.dev/interactivity/handling-user-interaction#message_responses.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from playground.model import Json
from playground.workspace import checks
from playground.workspace.errors import RefusedError
from playground.workspace.model import Message
from playground.workspace.world import World

USES = 5
LASTS = timedelta(minutes=30)
KEYS = {
    "text", "blocks", "attachments", "response_type", "replace_original", "delete_original", "thread_ts",
    "metadata", "unfurl_links", "unfurl_media", "mrkdwn", "parse", "link_names", "headers", "token",
}  # fmt: skip


@dataclass(slots=True)
class _Address:
    user_id: str
    channel: str
    original: str | None
    issued: datetime
    used: int = 0


class ResponseUrls:
    """The addresses handed out with commands and with presses in messages."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._issued: dict[str, _Address] = {}

    def issue(self, user_id: str, channel: str, original: str | None = None) -> str:
        """A fresh address; `original` is the ts of the message that was pressed."""
        token = self._world.new_id("R")
        self._issued[token] = _Address(user_id, channel, original, self._world.now())
        if len(self._issued) > 5000:
            del self._issued[next(iter(self._issued))]
        identity = self._world.identity
        return f"{self._world.base_url}/response/{identity.team_id}/{token}"

    def use(self, token: str, body: Any) -> str:
        """Apply what the bot sent and name the person concerned.

        Raises `invalid_url`, `used_url`, `expired_url`, `invalid_payload`, or what the message checks raise.
        """
        address = self._issued.get(token)
        if address is None:
            raise RefusedError("invalid_url")
        if address.used >= USES:
            raise RefusedError("used_url")
        if self._world.now() - address.issued > LASTS:
            raise RefusedError("expired_url")
        if not isinstance(body, dict) or set(body) - KEYS:
            raise RefusedError("invalid_payload")
        apply_response(self._world, body, address.user_id, address.channel, address.original)
        address.used += 1
        return address.user_id


def apply_response(world: World, body: Json, user_id: str, channel: str, original: str | None) -> None:
    """Post, replace or delete as the body of a response asks; raises as the message checks do."""
    old = world.conversations[channel].messages.get(original or "")
    if body.get("delete_original"):
        if old is not None:
            world.remove(old)
        return
    content: dict[str, Any] = {
        "text": checks.message_text(body),
        "blocks": checks.message_blocks(body.get("blocks"), lambda: world.new_id("")[:5]),
        "attachments": checks.attachments(body.get("attachments")),
    }
    if body.get("replace_original") and old is not None:
        world.post(replace(old, **content, edited_ts=world.next_ts()))
        return
    shown_to_all = body.get("response_type", "ephemeral") == "in_channel"
    identity = world.identity
    world.post(
        Message(
            channel=channel,
            ts=world.next_ts(),
            user=identity.bot_user_id,
            bot_id=identity.bot_id,
            metadata=checks.metadata(body.get("metadata")),
            ephemeral_to=None if shown_to_all else user_id,
            **content,
        )
    )
