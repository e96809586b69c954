"""Reads a moment as people type it, in Italian or English: "martedì prossimo alle 15", "next Tuesday 3pm".

`when_clock` finds the hour, `when_day` the day; here they become moments. What is read is always shown back, so it
may guess where nearly everybody means the same, and asks where they do not.
"""

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.calendar import ONE_DAY, at_local
from bot.domain.when_clock import Clock, take_clock, take_part
from bot.domain.when_day import NO_DAY, DayPhrase, days_of, names_weekday, parse_day, take_distance
from bot.domain.when_words import TONGUES, Words, either

LONGEST = 120
BARE_HOURS = range(7, 21)


@dataclass(frozen=True, slots=True)
class When:
    """One moment, in UTC, later than now."""

    moment: datetime


@dataclass(frozen=True, slots=True)
class NeedsTime:
    """A day without an hour."""

    day: date


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Two readings, in UTC and in order: ask which."""

    options: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class Past:
    """A moment that has gone by, in UTC."""

    moment: datetime


@dataclass(frozen=True, slots=True)
class PastDay:
    """A day without an hour that has gone by."""

    day: date


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """Not a moment in any language that is read here."""


Reading = When | NeedsTime | Ambiguous | Past | PastDay | NotUnderstood


def read_when(text: str, language: str, now: datetime, zone: str) -> Reading:
    """The moment that a person means.

    `language` is theirs (it, en, en-GB, en-US), read first; the other is tried when it gives nothing. It also settles
    the order of 4/12: day first, month first for en-US, both offered for a bare en. `zone` is their IANA zone.
    """
    folded, own = _fold(text), language[:2].lower()
    order = {"en": "both", "en-us": "MDY"}.get(language.lower().replace("_", "-"), "DMY")
    for tongue in sorted(TONGUES, key=lambda code: code != own) if len(folded) <= LONGEST else ():
        reading = _read(folded, tongue, order, now, zone)
        if not isinstance(reading, NotUnderstood):
            return reading
    return NotUnderstood()


def _read(text: str, tongue: str, order: str, now: datetime, zone: str) -> Reading:
    words = TONGUES[tongue]
    text = " ".join(words.means.get(word) or str(words.numbers.get(word, word)) for word in text.split())
    soon = _soon(text, words, now)
    if soon:
        return When(soon)
    clock, part, phrase = _parse(text, words, now.astimezone(ZoneInfo(zone)).date())
    at = clock.at(part) if clock else None
    if clock and at is None:
        return NotUnderstood()
    local = now.astimezone(ZoneInfo(zone))
    today_counts = at is not None and at > local.time()
    if at and phrase == NO_DAY:
        days: tuple[date, ...] = (local.date() if today_counts else local.date() + ONE_DAY,)
    else:
        days = days_of(phrase, tongue, order, local.date(), today_counts)
    return _result(days, at, now, zone)


def _parse(text: str, words: Words, today: date) -> tuple[Clock | None, str | None, DayPhrase]:
    """Hour, half of the day, and day. The distance goes first: it holds a number, and "ore" is unit and mark."""
    ahead, rest = take_distance(text, words)
    clock, rest = take_clock(rest, words)
    part, rest = take_part(rest, words)
    phrase = parse_day(rest, words, ahead)
    if clock is None and _is_bare_hour(phrase, today):
        return Clock(int(phrase.rest) * 60, sure=True), part, replace(phrase, rest="")
    return clock, part, phrase


def _is_bare_hour(phrase: DayPhrase, today: date) -> bool:
    """Whether the number in "tomorrow 15" or "Monday 15" is an hour: it is, unless it is the date of that Monday."""
    if not re.fullmatch(r"\d{1,2}", phrase.rest) or int(phrase.rest) not in BARE_HOURS:
        return False
    if phrase.weekday is not None:
        return (
            phrase.ahead is not None
            or phrase.week is not None
            or not names_weekday(int(phrase.rest), phrase.weekday, today)
        )
    return phrase.named is not None or phrase.ahead is not None


def _soon(text: str, words: Words, now: datetime) -> datetime | None:
    """The moment of "in two hours", to the minute."""
    units = {word: unit for word, unit in words.units.items() if unit in {"hours", "minutes"}}
    found = re.fullmatch(rf"{words.in_re} (?:(\d{{1,3}})|{words.one_re}) ({either(units)})", text)
    if not found:
        return None
    n = int(found[1] or 1)
    moment = now + (timedelta(hours=n) if units[found[2]] == "hours" else timedelta(minutes=n))
    return moment.replace(second=0, microsecond=0) if n else None


def _result(days: tuple[date, ...], at: time | None, now: datetime, zone: str) -> Reading:
    if not days:
        return NotUnderstood()
    if at is None:
        today = now.astimezone(ZoneInfo(zone)).date()
        coming = [day for day in days if day >= today]
        return NeedsTime(coming[0]) if coming else PastDay(max(days))
    moments = sorted(at_local(day, at, zone) for day in days)
    ahead = tuple(moment for moment in moments if moment > now)
    if not ahead:
        return Past(moments[-1])
    return When(ahead[0]) if len(ahead) == 1 else Ambiguous(ahead)


def _fold(text: str) -> str:
    """Lower case without accents, ordinal marks, commas and apostrophes."""
    text = re.sub(r"(?<=\d)[°ºª]", "", text)
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    plain = re.sub(r"(?<=\d)(?:st|nd|rd|th)\b", "", plain)
    plain = re.sub(r"([ap])\.\s?m\b\.?", r"\1m", plain)
    plain = re.sub(r"(?<![\d/.-])(\d{1,2}),(\d\d)(?!\d)", r"\1.\2", plain)
    return " ".join(re.sub(r"[,;'’`´!?()]|\.(?!\d)", " ", plain).split())
