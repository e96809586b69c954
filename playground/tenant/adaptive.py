"""Adaptive Cards as their reader goes through them: elements, actions and inputs in reading order. Pure.

An action is named by its place in the card ("body/3/actions/0"). Source: https://adaptivecards.io/explorer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from playground.model import Json

NESTED = {"Container": "items", "Column": "items", "TableCell": "items", "ColumnSet": "columns", "ImageSet": "images"}
_LINK = re.compile(r"\[([^\]\n]*)\]\([^)\s]*\)")
_BOLD = re.compile(r"(?<!\\)\*\*(?! )(.+?)(?<! )(?<!\\)\*\*")
_ITALIC = re.compile(r"(?<![\\\w])_(?! )([^_\n]+?)(?<! )(?<!\\)_(?!\w)")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def elements(card: Json) -> Iterator[Json]:
    """Every visible element below the card, depth first."""
    for _, element in _under(card.get("body", ()), "body"):
        yield element


def actions(card: Json, *, hidden: bool = False) -> Iterator[tuple[str, Json]]:
    """Every visible action with its place; those of the card itself come last. `hidden`: those that are hidden too."""
    for path, element in _under(card.get("body", ()), "body", hidden=hidden):
        for name in ("selectAction", "inlineAction"):
            if name in element:
                yield from _action(element[name], f"{path}/{name}")
        if element["type"] == "ActionSet":
            for number, action in enumerate(element.get("actions", ())):
                yield from _action(action, f"{path}/actions/{number}")
    if "selectAction" in card:
        yield "selectAction", card["selectAction"]
    for number, action in enumerate(card.get("actions", ())):
        yield from _action(action, f"actions/{number}")


def inputs(card: Json) -> list[Json]:
    """Every visible input, those of folded cards too."""
    return [element for element in elements(card) if element["type"].startswith("Input.")]


def action_at(card: Json, place: str) -> Json:
    """The action at a place; LookupError when there is none."""
    for path, action in actions(card, hidden=True):
        if path == place:
            return action
    raise LookupError(f"no action at {place!r}; there are: {[path for path, _ in actions(card)]}")


def holder(card: Json, place: str) -> str | None:
    """The id of the nearest element with one around the action at a place."""
    found = None
    for path, element in _under(card.get("body", ()), "body", hidden=True):
        if place.startswith(f"{path}/") and "id" in element:
            found = element["id"]
    return found


def errors(card: Json) -> dict[str, str]:
    """The words that a card shows as wrong right below an input, by the input's id."""
    found: dict[str, list[str]] = {}
    above = ""
    for element in elements(card):
        if element["type"].startswith("Input."):
            above = element["id"]
        elif above and element["type"] == "TextBlock" and element.get("color") == "attention":
            found.setdefault(above, []).append(plain(element["text"]))
        else:
            above = ""
    return {id: "\n".join(lines) for id, lines in found.items()}


def plain(text: str) -> str:
    """The words of a markdown text, as they are read."""
    bare = _ITALIC.sub(r"\1", _BOLD.sub(r"\1", _LINK.sub(r"\1", text)))
    return unescape(_ESCAPED.sub(r"\1", bare))


def texts(card: Json) -> Iterator[str]:
    """What is to be read on the card, piece by piece: texts, labels, options and the words on buttons."""
    for element in elements(card):
        yield from _texts(element)
    for number in range(len(card.get("actions", ()))):
        yield str(card["actions"][number].get("title", ""))


def _under(found: list[Json] | tuple[()], path: str, *, hidden: bool = False) -> Iterator[tuple[str, Json]]:
    for number, element in enumerate(found):
        if hidden or element.get("isVisible", True):
            place = f"{path}/{number}"
            yield place, element
            yield from _inside(element, place, hidden=hidden)


def _inside(element: Json, place: str, *, hidden: bool) -> Iterator[tuple[str, Json]]:
    kind = element["type"]
    if kind in NESTED:
        inner = [{"type": _of(kind), **one} for one in element.get(NESTED[kind], ())]
        yield from _under(inner, f"{place}/{NESTED[kind]}", hidden=hidden)
    elif kind == "Table":
        for row_number, row in enumerate(element.get("rows", ())):
            cells = [{"type": "TableCell", **cell} for cell in row.get("cells", ())]
            yield from _under(cells, f"{place}/rows/{row_number}/cells", hidden=hidden)
    elif kind == "ActionSet":
        for number, action in enumerate(element.get("actions", ())):
            if action["type"] == "Action.ShowCard":
                yield from _under(action["card"].get("body", ()), f"{place}/actions/{number}/card/body", hidden=hidden)


def _of(kind: str) -> str:
    """The type of what stands in an element that need not say it."""
    return {"ColumnSet": "Column", "ImageSet": "Image"}.get(kind, "")


def _action(action: Json, place: str) -> Iterator[tuple[str, Json]]:
    yield place, action
    if action["type"] == "Action.ShowCard":
        for inner, found in actions(action["card"]):
            yield f"{place}/card/{inner}", found


def _texts(element: Json) -> Iterator[str]:
    match element["type"]:
        case "TextBlock":
            yield plain(element["text"])
        case "RichTextBlock":
            yield "".join(run if isinstance(run, str) else run["text"] for run in element["inlines"])
        case "Image":
            yield element.get("altText", "")
        case "FactSet":
            for fact in element["facts"]:
                title = plain(fact["title"]).rstrip(":")
                yield f"{title}: {plain(fact['value'])}"
        case "ActionSet":
            for action in element["actions"]:
                yield action.get("title", "")
        case "Input.Toggle":
            yield element.get("label", "")
            yield element["title"]
        case "Input.ChoiceSet":
            yield element.get("label", "")
            if element.get("style") == "expanded":
                yield from (choice["title"] for choice in element.get("choices", ()))
        case kind if kind.startswith("Input."):
            yield element.get("label", "")
            yield element.get("placeholder", "")
