"""What is to be read on a message, modal or Home: its words, in reading order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from playground.workspace.model import Json, Message, View

_CHOICES = {"radio_buttons", "checkboxes"}


def of_message(message: Message) -> str:
    """All visible words of a message, a line a part; names of files too."""
    lines = list(_blocks(message.blocks)) if message.blocks else [message.text]
    lines += [file.title or file.name for file in message.files]
    return "\n".join(line for line in lines if line)


def of_view(view: View) -> str:
    """All visible words of a modal or Home: title, blocks, buttons, field errors."""
    ends = [view.source[key]["text"] for key in ("submit", "close") if view.source.get(key)]
    lines = [view.title, *_blocks(view.blocks), *(words for _, words in view.errors), *ends]
    return "\n".join(line for line in lines if line)


def _blocks(blocks: Sequence[Json]) -> Iterator[str]:
    for block in blocks:
        match block["type"]:
            case "section":
                yield _text(block.get("text"))
                yield from (_text(field) for field in block.get("fields", ()))
                yield from _element(block.get("accessory"))
            case "context" | "actions":
                for element in block["elements"]:
                    yield from _element(element)
            case "input":
                yield _text(block["label"])
                yield from _element(block["element"])
                yield _text(block.get("hint"))
            case "image":
                yield _text(block.get("title"))
                yield block["alt_text"]
            case "header" | "markdown":
                yield _text(block["text"])
            case "rich_text" | "table":
                yield from _texts_within(block)


def _element(element: Json | None) -> Iterator[str]:
    if element is None:
        return
    if element["type"] == "image":
        yield element["alt_text"]
    elif "text" in element:
        yield _text(element["text"] if element["type"] == "button" else element)
    elif element["type"] in _CHOICES:
        for option in element["options"]:
            yield _text(option["text"])
            yield _text(option.get("description"))
    else:
        yield _text(element.get("placeholder"))


def _text(value: Any) -> str:
    return str(value["text"]) if isinstance(value, dict) else str(value or "")


def _texts_within(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield value["text"]
        for part in value.values():
            yield from _texts_within(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts_within(part)
