"""A person's record as a text that people read: labels in their language, one thing a line."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.flows.privacy.values import worded
from bot.locales import speaker
from bot.ui.words import Content, T, Text, When

INDENT = "  "
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T|$)")


def readable(record: Mapping[str, Any], language: str) -> str:
    """The record, as ``storage.privacy.everything`` gives it, in words; moments by the person's own clock.

    What is empty is left out, but a whole part of the record says that it is.
    """
    say = speaker(language)
    zone = str(record["person"]["timezone"])

    def label(name: str) -> str:
        key = f"privacy.field_{name}"
        return say(T(key)) if key in say.messages else name

    def plain(value: Any) -> str:
        if isinstance(value, T | Content):
            return say(value)
        return ", ".join(map(plain, value)) if isinstance(value, list) else say(_moment(value, zone))

    def lines(value: Any, depth: int) -> Iterator[str]:
        margin = INDENT * depth
        match value:
            case Mapping():
                for name, inner in value.items():
                    yield from entry(label(str(name)), worded(str(name), inner, value), depth)
            case list():
                for inner in value:
                    if isinstance(inner, Mapping):
                        yield f"{margin}-"
                        yield from lines(inner, depth + 1)
                    else:
                        yield f"{margin}- {plain(inner)}"

    def entry(name: str, inner: Any, depth: int) -> Iterator[str]:
        margin = INDENT * depth
        if inner is None or inner in ("", [], {}):
            yield from () if depth else (f"{name}: –",)
        elif isinstance(inner, Mapping | list):
            yield f"{margin}{name}:"
            yield from lines(inner, depth + 1)
        else:
            yield f"{margin}{name}: {plain(inner)}"

    title, nothing_else = say(T("privacy.file_title")), say(T("privacy.file_end"))
    return "\n".join([title, "", *lines(record, 0), "", nothing_else, ""])


def _moment(value: Any, zone: str) -> Text:
    """A moment or a day by the person's own clock and calendar; anything else as it is."""
    text = str(value)
    if not _MOMENT.match(text):
        return text
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    if at.tzinfo is None:
        return T("privacy.day", day=When(at.replace(tzinfo=ZoneInfo(zone)), zone, "date"))
    return T("privacy.moment", day=When(at, zone, "date"), time=When(at, zone, "time"))
