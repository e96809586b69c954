"""Finds the hour in what a person typed, and leaves the rest for the day."""

import re
from dataclasses import dataclass
from datetime import time

from bot.domain.when_words import Words, either

QUARTERS = {"quarter past": 15, "half past": 30, "quarter to": -15}
_MERIDIEM = r"(?P<half>a ?m|p ?m)"


@dataclass(frozen=True, slots=True)
class Clock:
    """An hour as typed: `sure` when it cannot mean the other half of the day."""

    minutes: int
    sure: bool

    def at(self, part: str | None) -> time | None:
        """The time of day in the light of morning (am) or afternoon (pm), if said; None when no clock shows it.

        A bare hour from 1 to 7 is an afternoon hour: nobody invites a colleague for three at night.
        """
        minutes = self.minutes
        if not self.sure and 60 <= minutes < 12 * 60 and (part == "pm" or (part is None and minutes < 8 * 60)):
            minutes += 12 * 60
        return time(minutes // 60, minutes % 60) if 0 <= minutes < 24 * 60 else None


def take(pattern: str, text: str) -> tuple[re.Match[str] | None, str]:
    """The first match of whole words, and the text without it."""
    match = re.search(rf"(?<!\S)(?:{pattern})(?!\S)", text)
    if match is None:
        return None, text
    return match, " ".join((text[: match.start()] + " " + text[match.end() :]).split())


def take_part(text: str, words: Words) -> tuple[str | None, str]:
    """Whether the text says morning (am) or afternoon (pm), and the text without it."""
    found, rest = take(rf"(?P<part>{either(words.parts)})", text)
    return (words.parts[found["part"]] if found else None), rest


def take_clock(text: str, words: Words) -> tuple[Clock | None, str]:
    """The hour of the text, and the text without it."""
    named, rest = take(rf"(?:(?:{words.at_re}|a|al) )?(?P<name>{either(words.clocks)})", text)
    if named:
        hour, minute = words.clocks[named["name"]]
        return Clock(hour * 60 + minute, sure=True), rest
    at = rf"(?:(?:{words.at_re}) ?)"
    number, minutes = r"(?P<hour>\d{1,2})", r"(?P<minute>[0-5]\d)"
    for pattern in (
        rf"{at}*(?P<shift>{either(QUARTERS)}) {number}(?: {_MERIDIEM})?",
        rf"{at}*{number}(?:[:.]{minutes})? ?{_MERIDIEM}",
        rf"{at}+{number}(?: ?[:.h] ?{minutes})?(?: (?P<add>e mezz[ao]|e un quarto|meno un quarto|e (?P<more>\d\d)))?",
        rf"{at}*{number}:{minutes}",
        rf"{at}*{number}h{minutes}?",
        rf"{number} o clock",
        rf"{number}\.(?P<minute>[0-5][05])",
    ):
        found, rest = take(pattern, text)
        if found and _is_one_hour(rest, at):
            return _clock(found), rest
    return None, text


def _is_one_hour(rest: str, at: str) -> bool:
    """Whether no second hour follows: from three to four is not one moment."""
    return not re.search(rf"(?<!\S)(?:{at}+\d|\d{{1,2}}:\d\d)", rest)


def _clock(found: re.Match[str]) -> Clock:
    parts = found.groupdict()
    hour, half = int(parts["hour"]), (parts.get("half") or "")[:1]
    added = {"e mezza": 30, "e mezzo": 30, "e un quarto": 15, "meno un quarto": -15}.get(parts.get("add") or "", 0)
    minute = int(parts.get("minute") or parts.get("more") or 0) + added + QUARTERS.get(parts.get("shift") or "", 0)
    if half and not 1 <= hour <= 12:
        return Clock(-1, sure=True)
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return Clock(hour * 60 + minute, sure=bool(half) or parts["hour"].startswith("0"))
