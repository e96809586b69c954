"""What a person reads and can do on a message, modal or Home: words, buttons and fields, in reading order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from html import unescape
from typing import Any

from playground.model import Json
from playground.reading import Button, Choice, Field, Kind
from playground.workspace import inputs
from playground.workspace.model import Message, View

_CHOICES = {"radio_buttons", "checkboxes"}
_KINDS: dict[str, Kind] = {
    "plain_text_input": "text",
    "number_input": "number",
    "email_text_input": "email",
    "url_text_input": "url",
    "static_select": "one",
    "radio_buttons": "one",
    "multi_static_select": "several",
    "checkboxes": "ticks",
    "datepicker": "date",
    "timepicker": "time",
    "datetimepicker": "moment",
    "users_select": "person",
    "multi_users_select": "people",
}
_BOLD = re.compile(r"(?<![\w*])\*(?! )([^*\n]+?)(?<! )\*(?![\w*])")
_LINK = re.compile(r"<(?:https?|mailto)[^|>\s]*\|([^>]*)>")


def of_message(message: Message) -> str:
    """All visible words of a message, a line a part; names of files too."""
    lines = list(_blocks(message.blocks)) if message.blocks else [_marked(message.text)]
    lines += [file.title or file.name for file in message.files]
    return "\n".join(line for line in lines if line)


def of_view(view: View) -> str:
    """All visible words of a modal or Home: title, blocks, buttons, field errors."""
    ends = [words for words in ends_of(view) if words]
    lines = [view.title, *_blocks(view.blocks), *(words for _, words in view.errors), *ends]
    return "\n".join(line for line in lines if line)


def ends_of(view: View) -> tuple[str, str]:
    """The words on submit and close; empty where there are none."""
    submit, close = (_text(view.source.get(key)) for key in ("submit", "close"))
    return submit, close


def buttons_of(blocks: Sequence[Json]) -> tuple[Button, ...]:
    """Every button and every entry of a folded menu."""
    found: list[Button] = []
    for block, element in inputs.elements(blocks):
        if element["type"] == "button":
            style, words = element.get("style", ""), _text(element["text"])
            value, url = element.get("value"), element.get("url", "")
            found.append(Button(block["block_id"], element["action_id"], value, style, words, url))
        elif element["type"] == "overflow":
            found += [
                Button(block["block_id"], element["action_id"], option["value"], "", _text(option["text"]), menu=True)
                for option in element["options"]
            ]
    return tuple(found)


def fields_of(blocks: Sequence[Json], state: inputs.State) -> tuple[Field, ...]:
    """Every input with the value of `state` in it."""
    return tuple(_field(block, element, state) for block, element in inputs.elements(blocks) if _is_field(element))


def _is_field(element: Json) -> bool:
    return element["type"] in _KINDS


def _field(block: Json, element: Json, state: inputs.State) -> Field:
    in_form = block["type"] == "input"
    least, most = _limits(element)
    return Field(
        name=block["block_id"] if in_form else element["action_id"],
        label=_text(block["label"]) if in_form else _text(element.get("placeholder")),
        kind=_KINDS[element["type"]],
        kept=_plain(state[block["block_id"]][element["action_id"]][inputs.VALUE_KEYS[element["type"]][0]]),
        choices=tuple(Choice(option["value"], _text(option["text"])) for option in inputs.options_of(element)),
        optional=block.get("optional", False),
        least=least,
        most=most,
        most_chosen=element.get("max_selected_items"),
        action=element["action_id"],
        tells=not in_form or block.get("dispatch_action", False),
        in_form=in_form,
    )


def _limits(element: Json) -> tuple[Decimal | None, Decimal | None]:
    names = ("min_value", "max_value") if element["type"] == "number_input" else ("min_length", "max_length")
    least, most = (Decimal(element[name]) if name in element else None for name in names)
    return least, most


def _plain(kept: Any) -> Any:
    if isinstance(kept, dict):
        return kept["value"]
    if isinstance(kept, list):
        return [_plain(one) for one in kept]
    return kept


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
    """The words of a text object as they are read."""
    if not isinstance(value, dict):
        return str(value or "")
    return _marked(value["text"]) if value["type"] == "mrkdwn" else str(value["text"])


def _marked(text: str) -> str:
    return unescape(_BOLD.sub(r"\1", _LINK.sub(r"\1", text)))


def _texts_within(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield value["text"]
        for part in value.values():
            yield from _texts_within(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts_within(part)
