"""Small checks of JSON values that combine: a check takes a value and its JSON pointer, and yields complaints."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Check = Callable[[Any, str], Iterator[str]]


def fault(words: str, pointer: str) -> str:
    """A complaint in Slack's form."""
    return f"[ERROR] {words} [json-pointer:{pointer}]"


def string(most: int, least: int = 1) -> Check:
    """A string of `least` to `most` characters."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield fault("must be a string", pointer)
        elif len(value) > most:
            yield fault(f"must be less than {most + 1} characters", pointer)
        elif len(value) < least:
            yield fault(f"must be more than {least - 1} characters", pointer)

    return check


def matching(pattern: str, words: str, most: int = 3000) -> Check:
    """A string of the given form."""
    form, length = re.compile(pattern), string(most)

    def check(value: Any, pointer: str) -> Iterator[str]:
        yield from length(value, pointer)
        if isinstance(value, str) and not form.fullmatch(value):
            yield fault(words, pointer)

    return check


def boolean(value: Any, pointer: str) -> Iterator[str]:
    """true or false."""
    if not isinstance(value, bool):
        yield fault("must be a boolean", pointer)


def integer(least: int, most: int) -> Check:
    """A whole number within bounds."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield fault("must be an integer", pointer)
        elif not least <= value <= most:
            yield fault(f"must be between {least} and {most}", pointer)

    return check


def one_of(*values: str) -> Check:
    """One of these words."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        if value not in values:
            yield fault(f"must be one of {', '.join(values)}", pointer)

    return check


def array(item: Check, most: int, least: int = 1) -> Check:
    """A list of `least` to `most` items."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield fault("must be an array", pointer)
            return
        if len(value) > most:
            yield fault(f"no more than {most} items allowed", pointer)
        if len(value) < least:
            yield fault(f"no less than {least} items allowed", pointer)
        for index, entry in enumerate(value):
            yield from item(entry, f"{pointer}/{index}")

    return check


def record(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """An object with exactly these keys; `optional` ones may be missing."""
    known = {**required, **(optional or {})}

    def check(value: Any, pointer: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield fault("must be an object", pointer)
            return
        for key in required:
            if value.get(key) is None:
                yield fault(f"missing required field: {key}", pointer)
        for key, entry in value.items():
            if key not in known:
                yield fault(f"invalid additional property: {key}", pointer)
            elif entry is not None or key not in required:
                yield from known[key](entry, f"{pointer}/{key}")

    return check


def tagged(kinds: Mapping[str, Check]) -> Check:
    """An object whose `type` says which check it must pass."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str):
            yield fault("missing required field: type", pointer)
        elif kind not in kinds:
            yield fault(f"unsupported type: {kind}", f"{pointer}/type")
        else:
            yield from kinds[kind](value, pointer)

    return check


def both(*checks: Check) -> Check:
    """All of the checks."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        for one in checks:
            yield from one(value, pointer)

    return check


def anything(_value: Any, _pointer: str) -> Iterator[str]:
    """No check: the value is of no concern to the product."""
    return iter(())
