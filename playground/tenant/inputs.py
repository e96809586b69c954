"""Inputs of Adaptive Cards as Teams keeps and sends them: only strings, nothing for what is empty. Pure.

Plain values are those of `playground.reading.Field`. Source: https://learn.microsoft.com/adaptive-cards/authoring-cards/input-validation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from playground.client_words import Words
from playground.model import Json
from playground.reading import MANY, Choice, Field, Kind
from playground.tenant import adaptive

State = dict[str, Any]
MOST_TEXT = 3000
_TEXTS: dict[str, Kind] = {"Email": "email", "Url": "url"}


def field_of(element: Json, kept: Any, *, in_form: bool = True) -> Field:
    """The input as a person sees it, with the plain value `kept` in it."""
    least, most = element.get("min"), element.get("max", element.get("maxLength"))
    is_number = element["type"] in ("Input.Number", "Input.Text")
    return Field(
        name=element["id"],
        label=element.get("label", ""),
        kind=kind_of(element),
        kept=kept,
        choices=tuple(_choices(element)),
        in_form=in_form,
        optional=not element.get("isRequired", False),
        least=Decimal(str(least)) if is_number and least is not None else None,
        most=Decimal(str(most)) if is_number and most is not None else None,
    )


def kind_of(element: Json) -> Kind:
    """What is asked for."""
    match element["type"]:
        case "Input.Text":
            return _TEXTS.get(str(element.get("style", "")).capitalize(), "text")
        case "Input.Number":
            return "number"
        case "Input.Date":
            return "date"
        case "Input.Time":
            return "time"
        case "Input.Toggle":
            return "ticks"
    many = element.get("isMultiSelect", False)
    if "choices.data" in element:
        return "people" if many else "person"
    if many:
        return "ticks" if element.get("style") == "expanded" else "several"
    return "one"


def _choices(element: Json) -> Iterator[Choice]:
    if element["type"] == "Input.Toggle":
        yield Choice(element.get("valueOn", "true"), element["title"])
    for choice in element.get("choices", ()):
        yield Choice(choice["value"], choice["title"])


def initial(element: Json) -> Any:
    """The plain value that stands in an input before anybody typed; None or [] where it is empty."""
    value = element.get("value")
    if kind_of(element) not in MANY:
        return None if value in (None, "") else str(value)
    if element["type"] == "Input.Toggle":
        on = element.get("valueOn", "true")
        return [on] if str(value) == on else []
    return [part for part in str(value or "").split(",") if part]


def typed(cards: Iterable[Json], values: Mapping[str, Any]) -> State:
    """Plain values by input, as they are kept. LookupError: no such input; ValueError: not among its choices."""
    known = {element["id"]: element for card in cards for element in adaptive.inputs(card)}
    kept: State = {}
    for name, value in values.items():
        if name not in known:
            raise LookupError(f"no input {name!r}; there are: {', '.join(known)}")
        kept[name] = _typed(known[name], value)
    return kept


def _typed(element: Json, value: Any) -> Any:
    kind = kind_of(element)
    if kind in MANY:
        chosen = [value] if isinstance(value, str) else list(value or ())
        return [_offered(element, one) for one in chosen]
    if value in (None, ""):
        return None
    return _offered(element, str(value)) if kind == "one" else str(value)


def _offered(element: Json, value: str) -> str:
    offered = [choice.value for choice in _choices(element)]
    if value not in offered and "choices.data" not in element:
        raise ValueError(f"{value!r} is not offered; options: {offered}")
    return value


def state(card: Json, kept: State) -> State:
    """What stands in every input: what was typed, else what the card came with."""
    return {one["id"]: kept.get(one["id"], initial(one)) for one in adaptive.inputs(card)}


def sent(card: Json, standing: State) -> dict[str, str]:
    """The inputs as Teams sends them: strings, many joined by commas, empty ones left out, a toggle always."""
    found: dict[str, str] = {}
    for element in adaptive.inputs(card):
        value = standing[element["id"]]
        if element["type"] == "Input.Toggle":
            on, off = element.get("valueOn", "true"), element.get("valueOff", "false")
            found[element["id"]] = on if value else off
        elif value:
            found[element["id"]] = ",".join(value) if isinstance(value, list) else value
    return found


def faults(card: Json, standing: State, words: Words) -> dict[str, str]:
    """What the client says by input instead of sending; empty when the card may go."""
    found = {}
    for element in adaptive.inputs(card):
        fault = _fault(element, standing[element["id"]], words)
        if fault:
            is_long = element["type"] == "Input.Text" and bool(standing[element["id"]]) and "regex" not in element
            found[element["id"]] = fault if is_long else element.get("errorMessage", fault)
    return found


def _fault(element: Json, value: Any, words: Words) -> str | None:
    if value in (None, "", []):
        return words.required if element.get("isRequired") else None
    match element["type"]:
        case "Input.Text":
            most = element.get("maxLength", MOST_TEXT)
            if len(value) > most:
                return words.too_long.format(most=most)
            return None if re.search(element.get("regex", ""), value) else words.wrong_form
        case "Input.Number":
            return _number_fault(element, value, words)
        case "Input.Date":
            return _date_fault(element, value, words)
        case "Input.Time":
            return None if re.fullmatch(r"\d{2}:\d{2}", value) else words.not_a_time
    return None


def _number_fault(element: Json, value: str, words: Words) -> str | None:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return words.not_a_number
    if "min" in element and number < Decimal(str(element["min"])):
        return words.too_small.format(least=element["min"])
    if "max" in element and number > Decimal(str(element["max"])):
        return words.too_large.format(most=element["max"])
    return None


def _date_fault(element: Json, value: str, words: Words) -> str | None:
    try:
        date.fromisoformat(value)
    except ValueError:
        return words.not_a_date
    outside = value < element.get("min", "") or value > element.get("max", "9999")
    return words.not_a_date if outside else None
