"""A person's record as a text that people read: labels in their language, one thing a line."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.locales import speaker
from bot.ui.words import T

INDENT = "  "


def readable(record: Mapping[str, Any], language: str) -> str:
    """The record, as ``storage.privacy.everything`` gives it, in words; moments by the person's own clock."""
    say = speaker(language)
    zone = str(record["person"]["timezone"])

    def label(name: str) -> str:
        key = f"privacy.field_{name}"
        return say(T(key)) if key in say.messages else name

    def lines(value: Any, depth: int) -> Iterator[str]:
        match value:
            case Mapping():
                for name, inner in value.items():
                    yield from _entry(label(str(name)), inner, depth, zone, lines)
            case list():
                for inner in value:
                    if isinstance(inner, Mapping):
                        yield f"{INDENT * depth}-"
                        yield from lines(inner, depth + 1)
                    else:
                        yield f"{INDENT * depth}- {_plain(inner, zone)}"

    title, nothing_else = say(T("privacy.file_title")), say(T("privacy.file_end"))
    return "\n".join([title, "", *lines(record, 0), "", nothing_else, ""])


def _entry(label: str, inner: Any, depth: int, zone: str, lines: Any) -> Iterator[str]:
    empty = inner is None or inner in ("", [], {})
    if empty or not isinstance(inner, Mapping | list):
        yield f"{INDENT * depth}{label}: {'–' if empty else _plain(inner, zone)}"
        return
    yield f"{INDENT * depth}{label}:"
    yield from lines(inner, depth + 1)


def _plain(value: Any, zone: str) -> str:
    if isinstance(value, list):
        return ", ".join(_plain(one, zone) for one in value)
    if isinstance(value, str) and "T" in value:
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return value
        return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}" if moment.tzinfo else value
    return str(value)
