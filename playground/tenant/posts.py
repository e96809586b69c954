"""A message of the bot, read as Teams reads it: what is in it, and what Teams would not take."""

from __future__ import annotations

from typing import Any

from playground.model import Json
from playground.tenant import cards, errors
from playground.tenant.model import ADAPTIVE, FILE_CONSENT, FILE_INFO, Identity, Message

PICTURES = ("image/png", "image/jpeg", "image/gif")


def message(identity: Identity, channel: str, ts: str, given: Json, *, edited: bool = False) -> Message:
    """The message as everybody in the conversation sees it. Raises RefusedError."""
    if given.get("type") != "message":
        raise errors.bad_syntax(f"Unknown activity type {given.get('type')!r}")
    text, attachments = given.get("text") or "", given.get("attachments") or []
    if not isinstance(text, str) or not isinstance(attachments, list) or not (text.strip() or attachments):
        raise errors.bad_syntax("The message needs text or attachments")
    drawn = [_attachment(one) for one in attachments]
    return Message(
        channel=channel,
        ts=ts,
        user=identity.bot_id,
        text=text,
        by_bot=True,
        cards=tuple(one["content"] for one in drawn if one["contentType"] == ADAPTIVE),
        attachments=tuple(one for one in drawn if one["contentType"] != ADAPTIVE),
        summary=str(given.get("summary") or ""),
        edited=edited,
    )


def asks_for_consent(shown: Message) -> bool:
    """Whether the message asks to put a file into the reader's own."""
    return any(one["contentType"] == FILE_CONSENT for one in shown.attachments)


def _attachment(given: Any) -> Json:
    if not isinstance(given, dict):
        raise errors.bad_syntax("An attachment must be an object")
    kind, content = given.get("contentType"), given.get("content")
    if kind == ADAPTIVE:
        return {"contentType": ADAPTIVE, "content": _card(content)}
    if kind == FILE_CONSENT and _is_consent(given, content):
        return given
    if kind in (FILE_INFO, *PICTURES) and isinstance(given.get("contentUrl"), str):
        return {"name": "", **given}
    raise errors.bad_syntax(f"Invalid attachment of type {kind!r}")


def _is_consent(given: Json, content: Any) -> bool:
    return isinstance(content, dict) and isinstance(content.get("sizeInBytes"), int) and bool(given.get("name"))


def _card(content: Any) -> Json:
    wrong = cards.faults(content)
    if wrong:
        raise errors.bad_syntax("; ".join(wrong[:5]))
    card: Json = content
    return card
