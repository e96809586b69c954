"""What a bot may answer to an invoke, read as Teams reads it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from playground.model import Json
from playground.tenant import cards
from playground.tenant.errors import RefusedError
from playground.tenant.model import ADAPTIVE

WORDS = "application/vnd.microsoft.activity.message"
SEARCHED = "application/vnd.microsoft.search.searchResponse"


@dataclass(frozen=True, slots=True)
class Told:
    """The answer to Action.Execute: a card that takes the place of the one pressed, or words. Both may be missing."""

    kind: str = ""
    card: Json = field(default_factory=dict)
    words: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """The dialog that an answer shows."""

    title: str
    card: Json


def to_action(body: Any) -> Told:
    """The answer to adaptiveCard/action. Raises RefusedError for what the client would not understand."""
    if body in (None, {}):
        return Told()
    table = _table(body)
    if table.get("statusCode") != 200:
        value = table.get("value")
        raise RefusedError(int(table.get("statusCode", 500)), "invalid_response", str(value))
    kind, value = table.get("type"), table.get("value")
    if kind == ADAPTIVE:
        return Told(kind, _card(value))
    if kind == WORDS and isinstance(value, str):
        return Told(kind, words=value)
    raise RefusedError(200, "invalid_response", f"type {kind!r} to adaptiveCard/action")


def to_dialog(body: Any) -> Task | None:
    """The answer to task/fetch or task/submit; None closes the dialog. Raises RefusedError."""
    task = _table(body).get("task") if body else None
    if task is None:
        return None
    value = _table(task).get("value")
    if task.get("type") == "message" and isinstance(value, str):
        words = {"type": "TextBlock", "text": value, "wrap": True}
        return Task("", {"type": "AdaptiveCard", "version": "1.5", "body": [words]})
    if task.get("type") != "continue":
        raise RefusedError(200, "invalid_response", f"task of type {task.get('type')!r}")
    shown = _table(value)
    attachment = _table(shown.get("card"))
    if attachment.get("contentType") != ADAPTIVE:
        raise RefusedError(200, "invalid_response", "a dialog needs an Adaptive Card")
    card = _card(attachment.get("content"))
    wrong = cards.in_dialog(card)
    if wrong:
        raise RefusedError(200, "invalid_response", "; ".join(wrong))
    return Task(str(shown.get("title", "")), card)


def to_search(body: Any) -> list[tuple[str, str]]:
    """The answer to application/search: titles and values. Raises RefusedError."""
    table = _table(body)
    if table.get("type") != SEARCHED:
        raise RefusedError(200, "invalid_response", f"type {table.get('type')!r} to application/search")
    results = _table(table.get("value")).get("results")
    if not isinstance(results, list):
        raise RefusedError(200, "invalid_response", "application/search without results")
    return [(str(_table(one).get("title")), str(_table(one).get("value"))) for one in results]


def _card(value: Any) -> Json:
    wrong = cards.faults(value)
    if wrong:
        raise RefusedError(200, "invalid_response", "; ".join(wrong[:5]))
    return _table(value)


def _table(value: Any) -> Json:
    if not isinstance(value, dict):
        raise RefusedError(200, "invalid_response", f"not an object: {str(value)[:80]}")
    return value
