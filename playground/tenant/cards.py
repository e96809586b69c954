"""What Teams takes of an Adaptive Card: version 1.5 at most, the elements of 1.5, and what each of them must have.

Sources: https://github.com/microsoft/AdaptiveCards/tree/main/schemas/1.5.0 and
https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-reference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from playground.model import Json
from playground.schema import Check, anything, array, boolean, both, fault, integer, matching, one_of, record, string
from playground.tenant import adaptive

MOST = 28 * 1024
VERSIONS = ("1.0", "1.1", "1.2", "1.3", "1.4", "1.5")
WORDS = string(28_000)
NAME = string(200)
URL = matching(r"(https?|mailto|tel|msteams|data):.+", "must be an address", 1_000_000)
SIZE = one_of("default", "small", "medium", "large", "extraLarge")
COLOR = one_of("default", "dark", "light", "accent", "good", "warning", "attention")
ALIGN = one_of("left", "center", "right", "Left", "Center", "Right")
LOOK = one_of("default", "emphasis", "good", "attention", "warning", "accent")
COMMON: dict[str, Check] = {
    "type": anything, "id": NAME, "isVisible": boolean, "separator": boolean, "height": one_of("auto", "stretch"),
    "spacing": one_of("none", "small", "default", "medium", "large", "extraLarge", "padding"),
    "fallback": anything, "requires": anything,
}  # fmt: skip
TEXT_LOOK: dict[str, Check] = {
    "color": COLOR, "fontType": one_of("default", "monospace"), "isSubtle": boolean, "size": SIZE,
    "weight": one_of("lighter", "default", "bolder"),
}  # fmt: skip
INPUT: dict[str, Check] = {**COMMON, "label": WORDS, "isRequired": boolean, "errorMessage": WORDS}


def number(value: Any, pointer: str) -> Iterator[str]:
    """A number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield fault("must be a number", pointer)


def _element(value: Any, pointer: str) -> Iterator[str]:
    yield from _tagged(ELEMENTS, value, pointer)


def _action(value: Any, pointer: str) -> Iterator[str]:
    yield from _tagged(ACTIONS, value, pointer)


def _card(value: Any, pointer: str) -> Iterator[str]:
    yield from CARD(value, pointer)


def _tagged(kinds: dict[str, Check], value: Any, pointer: str) -> Iterator[str]:
    kind = value.get("type") if isinstance(value, dict) else None
    if kind not in kinds:
        yield fault(f"{kind!r} is not of Adaptive Cards 1.5", f"{pointer}/type")
    else:
        yield from kinds[kind](value, pointer)


def _run(value: Any, pointer: str) -> Iterator[str]:
    if not isinstance(value, str):
        more: dict[str, Check] = {**TEXT_LOOK, "selectAction": _action}
        more |= dict.fromkeys(("highlight", "italic", "strikethrough", "underline"), boolean)
        yield from record({"type": one_of("TextRun"), "text": WORDS}, more)(value, pointer)


ITEMS = array(_element, 200, 0)
BLEED: dict[str, Check] = {
    "bleed": boolean, "minHeight": NAME, "rtl": boolean, "selectAction": _action, "style": LOOK,
    "verticalContentAlignment": one_of("top", "center", "bottom"), "backgroundImage": anything,
}  # fmt: skip
COLUMN = record({}, {**COMMON, **BLEED, "items": ITEMS, "width": anything})
CELL = record({"items": ITEMS}, {**BLEED, "type": one_of("TableCell")})
ROW = record({"cells": array(CELL, 20)}, {"type": one_of("TableRow"), "style": LOOK})
IMAGE = record(
    {"url": URL},
    {
        **COMMON,
        "altText": WORDS,
        "size": one_of("auto", "stretch", "small", "medium", "large"),
        "style": one_of("default", "person"),
        "horizontalAlignment": ALIGN,
        "selectAction": _action,
        "width": NAME,
        "backgroundColor": NAME,
        "msteams": anything,
    },
)
ELEMENTS: dict[str, Check] = {
    "TextBlock": record(
        {"text": WORDS},
        {
            **COMMON,
            **TEXT_LOOK,
            "wrap": boolean,
            "maxLines": number,
            "style": one_of("default", "heading", "columnHeader"),
            "horizontalAlignment": ALIGN,
        },
    ),
    "RichTextBlock": record({"inlines": array(_run, 200)}, {**COMMON, "horizontalAlignment": ALIGN}),
    "Image": IMAGE,
    "ImageSet": record({"images": array(IMAGE, 20)}, {**COMMON, "imageSize": NAME}),
    "Container": record({"items": ITEMS}, {**COMMON, **BLEED}),
    "ColumnSet": record(
        {},
        {
            **COMMON,
            **BLEED,
            "columns": array(COLUMN, 10),
            "horizontalAlignment": ALIGN,
        },
    ),
    "FactSet": record({"facts": array(record({"title": WORDS, "value": WORDS}), 100)}, COMMON),
    "ActionSet": record({"actions": array(_action, 20)}, COMMON),
    "Table": record(
        {"columns": array(anything, 20), "rows": array(ROW, 100)},
        {
            **COMMON,
            "firstRowAsHeader": boolean,
            "showGridLines": boolean,
            "gridStyle": LOOK,
            "horizontalCellContentAlignment": ALIGN,
            "verticalCellContentAlignment": one_of("top", "center", "bottom"),
        },
    ),
    "Input.Text": record(
        {"id": NAME},
        {
            **INPUT,
            "isMultiline": boolean,
            "maxLength": integer(1, 100_000),
            "placeholder": WORDS,
            "regex": WORDS,
            "style": one_of("text", "tel", "url", "email", "password", "Text", "Tel", "Url", "Email", "Password"),
            "value": string(28_000, 0),
            "inlineAction": _action,
        },
    ),
    "Input.Number": record(
        {"id": NAME}, {**INPUT, "min": number, "max": number, "placeholder": WORDS, "value": number}
    ),
    "Input.Date": record(
        {"id": NAME}, {**INPUT, "min": NAME, "max": NAME, "placeholder": WORDS, "value": string(40, 0)}
    ),
    "Input.Time": record(
        {"id": NAME}, {**INPUT, "min": NAME, "max": NAME, "placeholder": WORDS, "value": string(40, 0)}
    ),
    "Input.Toggle": record(
        {"id": NAME, "title": WORDS},
        {**INPUT, "value": string(200, 0), "valueOn": NAME, "valueOff": NAME, "wrap": boolean},
    ),
    "Input.ChoiceSet": record(
        {"id": NAME},
        {
            **INPUT,
            "choices": array(record({"title": WORDS, "value": string(1000)}), 500, 0),
            "choices.data": anything,
            "isMultiSelect": boolean,
            "style": one_of("compact", "expanded", "filtered"),
            "placeholder": WORDS,
            "value": string(28_000, 0),
            "wrap": boolean,
        },
    ),
}
ACTION: dict[str, Check] = {
    "type": anything, "id": NAME, "title": WORDS, "iconUrl": URL, "style": one_of("default", "positive", "destructive"),
    "fallback": anything, "requires": anything, "tooltip": WORDS, "isEnabled": boolean,
    "mode": one_of("primary", "secondary"), "role": one_of("button", "link", "tab"),
}  # fmt: skip
INPUTS = one_of("auto", "none", "Auto", "None")
ACTIONS: dict[str, Check] = {
    "Action.OpenUrl": record({"url": URL}, ACTION),
    "Action.Submit": record({}, {**ACTION, "data": anything, "associatedInputs": INPUTS}),
    "Action.Execute": record({}, {**ACTION, "verb": string(200), "data": anything, "associatedInputs": INPUTS}),
    "Action.ShowCard": record({"card": _card}, ACTION),
    "Action.ToggleVisibility": record({"targetElements": array(anything, 50)}, ACTION),
}
CARD = record(
    {"type": one_of("AdaptiveCard"), "version": one_of(*VERSIONS)},
    {
        "$schema": anything,
        "body": ITEMS,
        "actions": array(_action, 20, 0),
        "fallbackText": WORDS,
        "speak": WORDS,
        "lang": NAME,
        "rtl": boolean,
        "minHeight": NAME,
        "selectAction": _action,
        "refresh": anything,
        "verticalContentAlignment": one_of("top", "center", "bottom"),
        "backgroundImage": anything,
        "msteams": anything,
        "metadata": anything,
    },
)


def _names_are_unique(card: Any, pointer: str) -> Iterator[str]:
    """An input is told from the others by its id alone."""
    for name, times in Counter(element["id"] for element in adaptive.inputs(card)).items():
        if times > 1:
            yield fault(f"{times} inputs are called {name!r}", pointer)


def _choices_are_there(card: Any, pointer: str) -> Iterator[str]:
    for element in adaptive.inputs(card):
        if element["type"] == "Input.ChoiceSet" and not element.get("choices") and "choices.data" not in element:
            yield fault(f"{element['id']!r} offers nothing", pointer)


def faults(card: Any) -> list[str]:
    """What is wrong with a card that the bot sent; empty when Teams would draw it."""
    found = list(CARD(card, ""))
    return found or list(both(_names_are_unique, _choices_are_there)(card, ""))


def in_dialog(card: Json) -> list[str]:
    """What is wrong with the card of a dialog: there only Action.Submit reaches the bot."""
    wrong = [action["type"] for _, action in adaptive.actions(card) if action["type"] == "Action.Execute"]
    return [fault("Action.Execute does not work in a dialog", "/actions")] if wrong else []
