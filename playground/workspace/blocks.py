"""Block Kit's blocks by surface, and the rules that span a whole message or view.

Source: https://docs.slack.dev/reference/block-kit/blocks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal

from playground.model import Json
from playground.schema import Check, anything, array, boolean, both, fault, record, string, tagged
from playground.workspace import inputs
from playground.workspace.elements import (
    ELEMENTS,
    IDENTIFIER,
    IMAGE,
    IMAGE_SOURCE,
    IN_ACTIONS,
    IN_INPUT,
    IN_SECTION,
    MODAL_ONLY,
    TYPE,
    plain,
    text,
)

Surface = Literal["message", "modal", "home"]
MOST_BLOCKS: dict[Surface, int] = {"message": 50, "modal": 100, "home": 100}
_BASE: dict[str, Check] = {"block_id": IDENTIFIER}


def _elements(names: set[str], surface: Surface, **more: Check) -> Check:
    allowed = names if surface == "modal" else names - MODAL_ONLY
    return tagged({**{name: ELEMENTS[name] for name in sorted(allowed)}, **more})


def _text_or_fields(value: Any, pointer: str) -> Iterator[str]:
    if not value.get("text") and not value.get("fields"):
        yield fault("missing required field: text", pointer)


def _one_picture(value: Any, pointer: str) -> Iterator[str]:
    if ("image_url" in value) == ("slack_file" in value):
        yield fault("must provide either image_url or slack_file", pointer)


_CONTEXT_TEXT = text(3000)
_CONTEXT_IMAGE = both(IMAGE, _one_picture)


def _context_element(value: Any, pointer: str) -> Iterator[str]:
    is_image = isinstance(value, dict) and value.get("type") == "image"
    yield from (_CONTEXT_IMAGE if is_image else _CONTEXT_TEXT)(value, pointer)


def _blocks_of(surface: Surface) -> dict[str, Check]:
    section = record(
        {"type": TYPE},
        {
            **_BASE,
            "text": text(3000),
            "fields": array(text(2000), 10),
            "accessory": _elements(IN_SECTION, surface, image=both(IMAGE, _one_picture)),
            "expand": boolean,
        },
    )
    image = record({"type": TYPE, "alt_text": string(2000)}, {**_BASE, **IMAGE_SOURCE, "title": plain(2000)})
    kinds: dict[str, Check] = {
        "section": both(section, _text_or_fields),
        "header": record({"type": TYPE, "text": plain(150)}, _BASE),
        "divider": record({"type": TYPE}, _BASE),
        "image": both(image, _one_picture),
        "context": record({"type": TYPE, "elements": array(_context_element, 10)}, _BASE),
        "actions": record({"type": TYPE, "elements": array(_elements(IN_ACTIONS, surface), 25)}, _BASE),
        "input": record(
            {"type": TYPE, "label": plain(2000), "element": _elements(IN_INPUT, surface)},
            {**_BASE, "hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
        ),
        "rich_text": record({"type": TYPE, "elements": array(anything, 100)}, _BASE),
    }
    if surface == "message":
        kinds["markdown"] = record({"type": TYPE, "text": string(12_000)}, _BASE)
        cells = array(array(anything, 20), 100)
        kinds["table"] = record({"type": TYPE, "rows": cells}, {**_BASE, "column_settings": array(anything, 20)})
    return kinds


_CHECKS: dict[Surface, Check] = {
    surface: array(tagged(_blocks_of(surface)), most, 0) for surface, most in MOST_BLOCKS.items()
}


def faults(blocks: Any, surface: Surface, pointer: str = "/blocks") -> list[str]:
    """Every complaint about a list of blocks, each with its JSON pointer below `pointer`."""
    found = list(_CHECKS[surface](blocks, pointer))
    if found:
        return found
    return [*_duplicates(blocks, pointer), *_focus(blocks, pointer), *_tables(blocks, pointer)]


def _duplicates(blocks: Sequence[Json], pointer: str) -> Iterator[str]:
    block_ids = Counter(block["block_id"] for block in blocks if block.get("block_id"))
    for index, block in enumerate(blocks):
        if block_ids[block.get("block_id")] > 1:
            yield fault(f"block_id must be unique: {block['block_id']}", f"{pointer}/{index}/block_id")
        action_ids = Counter(e["action_id"] for e in block.get("elements", ()) if e.get("action_id"))
        for action_id, times in action_ids.items():
            if times > 1:
                yield fault(f"action_id must be unique within a block: {action_id}", f"{pointer}/{index}/elements")


def _focus(blocks: Sequence[Json], pointer: str) -> Iterator[str]:
    if sum(bool(element.get("focus_on_load")) for _, element in inputs.elements(blocks)) > 1:
        yield fault("only one element may have focus_on_load", pointer)


def _tables(blocks: Sequence[Json], pointer: str) -> Iterator[str]:
    if sum(block["type"] == "table" for block in blocks) > 1:
        yield fault("only one table allowed", pointer)


def with_ids(blocks: Sequence[Json], new_id: Callable[[], str]) -> tuple[Json, ...]:
    """The blocks with the block_ids and action_ids that Slack makes up where the bot gave none."""
    filled = []
    for block in blocks:
        copy = {**block, "block_id": block.get("block_id") or new_id()}
        if block["type"] == "actions":
            copy["elements"] = [_with_action_id(element, new_id) for element in block["elements"]]
        for key in ("element", "accessory"):
            if key in block and block[key]["type"] != "image":
                copy[key] = _with_action_id(block[key], new_id)
        filled.append(copy)
    return tuple(filled)


def _with_action_id(element: Json, new_id: Callable[[], str]) -> Json:
    return {**element, "action_id": element.get("action_id") or new_id()}


def text_length(value: Any) -> int:
    """Characters of all text in a message's blocks together."""
    if isinstance(value, dict):
        own = len(value["text"]) if isinstance(value.get("text"), str) else 0
        return own + sum(text_length(entry) for entry in value.values())
    return sum(text_length(entry) for entry in value) if isinstance(value, list | tuple) else 0
