"""Inputs of Block Kit as the client keeps them: `state.values`, what may be typed, what may be submitted.

State shape: {block_id: {action_id: {"type": …, value key: value}}}, with null for what is empty.
Source: https://docs.slack.dev/reference/block-kit/block-elements and /reference/interaction-payloads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from playground.client_words import ENGLISH, Words
from playground.model import Json

State = dict[str, dict[str, Json]]

# element type → (key in state.values, key of the initial value in the element)
VALUE_KEYS = {
    "plain_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "multi_static_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
}
MANY = {"multi_static_select", "checkboxes", "multi_users_select"}
SINGLE_CHOICE = {"static_select", "radio_buttons", "overflow"}


def elements(blocks: Sequence[Json]) -> Iterator[tuple[Json, Json]]:
    """Every interactive element with its block, in reading order."""
    for block in blocks:
        match block["type"]:
            case "input":
                yield block, block["element"]
            case "actions":
                for element in block["elements"]:
                    yield block, element
            case "section" if "accessory" in block and block["accessory"]["type"] != "image":
                yield block, block["accessory"]


def options_of(element: Json) -> list[Json]:
    """All options that an element offers, those of its groups too."""
    groups = element.get("option_groups", ())
    return [*element.get("options", ()), *(option for group in groups for option in group["options"])]


def state(blocks: Sequence[Json], typed_state: State) -> State:
    """`state.values`: initial values, and over them what was typed."""
    values: State = {}
    for block, element in elements(blocks):
        if element["type"] not in VALUE_KEYS:
            continue
        block_id, action_id = block["block_id"], element["action_id"]
        values.setdefault(block_id, {})[action_id] = typed_state.get(block_id, {}).get(action_id) or _initial(element)
    return values


def _initial(element: Json) -> Json:
    key, initial_key = VALUE_KEYS[element["type"]]
    empty: Any = [] if element["type"] in MANY else None
    return {"type": element["type"], key: element.get(initial_key, empty)}


def kept(blocks: Sequence[Json], typed_state: State) -> State:
    """What of the typed state is still there after the blocks were drawn anew."""
    return {
        block_id: fields
        for block_id, typed_fields in typed_state.items()
        if (
            fields := {
                element["action_id"]: typed_fields[element["action_id"]]
                for block, element in elements(blocks)
                if block["block_id"] == block_id
                and typed_fields.get(element.get("action_id", ""), {}).get("type") == element["type"]
            }
        )
    }


def merged(under: State, over: State) -> State:
    """Both states, `over` winning."""
    return {block_id: {**under.get(block_id, {}), **over.get(block_id, {})} for block_id in {**under, **over}}


def typed(blocks: Sequence[Json], values: Mapping[str, Any]) -> State:
    """Plain values by action_id or block_id as state. LookupError: no such input; ValueError: cannot be typed there."""
    result: State = {}
    for name, value in values.items():
        block, element = _find(blocks, name)
        result.setdefault(block["block_id"], {})[element["action_id"]] = entry(element, value)
    return result


def entry(element: Json, value: Any) -> Json:
    """A plain value as the element's entry in `state.values`; ValueError when its options do not offer it."""
    return {"type": element["type"], VALUE_KEYS[element["type"]][0]: typed_value(element, value)}


def _find(blocks: Sequence[Json], name: str) -> tuple[Json, Json]:
    found = [pair for pair in elements(blocks) if pair[1]["type"] in VALUE_KEYS]
    for block, element in found:
        if name == element["action_id"]:
            return block, element
    for block, element in found:
        if name == block["block_id"]:
            return block, element
    offered = ", ".join(f"{block['block_id']}/{element['action_id']}" for block, element in found)
    raise LookupError(f"no input {name!r}; there are: {offered}")


def typed_value(element: Json, value: Any) -> Any:
    """A plain value as this element keeps it; ValueError when its options do not offer it."""
    kind = element["type"]
    if value is None or value == "":
        return [] if kind in MANY else None
    if kind in SINGLE_CHOICE:
        return _option(element, value)
    if kind in ("multi_static_select", "checkboxes"):
        chosen = [value] if isinstance(value, str) else list(value)
        return [_option(element, one) for one in chosen]
    if kind == "multi_users_select":
        return [value] if isinstance(value, str) else list(value)
    if kind == "datetimepicker":
        return int(value)
    return str(value)


def _option(element: Json, value: Any) -> Json:
    for option in options_of(element):
        if value in (option["value"], option):
            return {key: option[key] for key in ("text", "value", "description") if key in option}
    raise ValueError(f"{value!r} is not offered; options: {[option['value'] for option in options_of(element)]}")


def faults(blocks: Sequence[Json], values: State, words: Words = ENGLISH) -> dict[str, str]:
    """What Slack's client says in `words`, by block_id, instead of submitting; empty when the form may go."""
    found: dict[str, str] = {}
    for block in blocks:
        if block["type"] == "input":
            element = block["element"]
            value = values[block["block_id"]][element["action_id"]][VALUE_KEYS[element["type"]][0]]
            fault = _fault(element, value, words, optional=block.get("optional", False))
            if fault:
                found[block["block_id"]] = fault
    return found


def _fault(element: Json, value: Any, words: Words, *, optional: bool) -> str | None:
    if value in (None, "", []):
        return None if optional else words.required
    match element["type"]:
        case "plain_text_input":
            return _length_fault(element, value, words)
        case "number_input":
            return _number_fault(element, value, words)
        case "email_text_input":
            return None if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value) else words.not_an_email
        case "url_text_input":
            return None if re.fullmatch(r"https?://[^\s/]+\.\S+", value) else words.not_a_url
        case "datepicker":
            return None if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value) else words.not_a_date
        case "timepicker":
            return None if re.fullmatch(r"\d{2}:\d{2}", value) else words.not_a_time
        case "multi_static_select" | "multi_users_select":
            most = element.get("max_selected_items", len(value))
            return words.too_many.format(most=most) if len(value) > most else None
    return None


def _length_fault(element: Json, value: str, words: Words) -> str | None:
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if len(value) < least:
        return words.too_short.format(least=least)
    return words.too_long.format(most=most) if len(value) > most else None


def _number_fault(element: Json, value: str, words: Words) -> str | None:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return words.not_a_number
    if not number.is_finite() or (not element["is_decimal_allowed"] and number != number.to_integral_value()):
        return words.not_a_number
    if "min_value" in element and number < Decimal(element["min_value"]):
        return words.too_small.format(least=element["min_value"])
    if "max_value" in element and number > Decimal(element["max_value"]):
        return words.too_large.format(most=element["max_value"])
    return None
