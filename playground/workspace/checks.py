"""What a whole message or view must be for Slack to take it.

Sources: https://docs.slack.dev/reference/methods/chat.postMessage, /chat.update, /views.open, /reference/views.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from playground.model import Json
from playground.schema import Check, anything, boolean, fault, one_of, record, string
from playground.workspace import blocks
from playground.workspace.elements import IDENTIFIER, plain
from playground.workspace.errors import RefusedError

TRUNCATED_AT = 40_000
UPDATE_TEXT = 4_000
ALL_BLOCK_TEXT = 13_200
MARKDOWN_TEXT = 12_000
MOST_ATTACHMENTS = 100
VIEW_BYTES = 250_000

_COMMON: dict[str, Check] = {
    "private_metadata": string(3000, 0),
    "callback_id": string(255, 0),
    "external_id": string(255, 0),
}
_MODAL = record(
    {"type": one_of("modal"), "title": plain(24), "blocks": anything},
    {
        **_COMMON,
        "submit": plain(24),
        "close": plain(24),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
)
_HOME = record({"type": one_of("home"), "blocks": anything}, _COMMON)
_METADATA = record({"event_type": IDENTIFIER, "event_payload": anything})


def message_blocks(value: Any, new_id: Callable[[], str]) -> tuple[Json, ...]:
    """The blocks of a message, ids filled in; raises `invalid_blocks` or `msg_blocks_too_long`."""
    if value is None:
        return ()
    found = blocks.faults(value, "message")
    if found:
        raise RefusedError("invalid_blocks", found)
    if blocks.text_length(value) > ALL_BLOCK_TEXT:
        raise RefusedError("msg_blocks_too_long")
    return blocks.with_ids(value, new_id)


def message_text(arguments: Json, *, update: bool = False) -> str:
    """The text of a message; raises `no_text`, `msg_too_long`, `markdown_text_conflict`."""
    text, markdown = arguments.get("text"), arguments.get("markdown_text")
    has_blocks = bool(arguments.get("blocks"))
    if markdown is not None:
        if text or has_blocks:
            raise RefusedError("markdown_text_conflict")
        if len(markdown) > MARKDOWN_TEXT:
            raise RefusedError("msg_too_long")
        text = markdown
    if not (text and text.strip()) and not has_blocks and not arguments.get("attachments"):
        raise RefusedError("no_text")
    if update and text and len(text) > UPDATE_TEXT:
        raise RefusedError("msg_too_long")
    return (text or "")[:TRUNCATED_AT]


def attachments(value: Any) -> tuple[Json, ...]:
    """The old attachments; raises `invalid_attachments`, `too_many_attachments`."""
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise RefusedError("invalid_attachments")
    if len(value) > MOST_ATTACHMENTS:
        raise RefusedError("too_many_attachments")
    return tuple(value)


def metadata(value: Any) -> Json | None:
    """A message's metadata, None for {}; raises `invalid_metadata_format`."""
    if not value:
        return None
    found = list(_METADATA(value, "/metadata"))
    if found or not isinstance(value["event_payload"], dict):
        raise RefusedError("invalid_metadata_format", found)
    return dict(value)


def view(value: Any, new_id: Callable[[], str], pointer: str = "/view") -> Json:
    """A view, ids filled in; raises `invalid_arguments` or `view_too_large`."""
    kind = value.get("type") if isinstance(value, dict) else None
    if kind not in ("modal", "home"):
        raise RefusedError("invalid_arguments", [fault("must be one of modal, home", f"{pointer}/type")])
    found = list((_HOME if kind == "home" else _MODAL)(value, pointer))
    found += blocks.faults(value.get("blocks"), "home" if kind == "home" else "modal", f"{pointer}/blocks")
    if not found:
        found += _needs_submit(value, pointer)
    if found:
        raise RefusedError("invalid_arguments", found)
    if len(json.dumps(value, ensure_ascii=False).encode()) > VIEW_BYTES:
        raise RefusedError("view_too_large")
    return {**value, "blocks": list(blocks.with_ids(value["blocks"], new_id))}


def _needs_submit(value: Json, pointer: str) -> Iterator[str]:
    has_input = any(block["type"] == "input" for block in value["blocks"])
    if value["type"] == "modal" and has_input and not value.get("submit"):
        yield fault("missing required field: submit", pointer)
