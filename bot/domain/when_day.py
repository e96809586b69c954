"""Finds the day in what a person typed, once the hour has been taken out of it."""

import re
import warnings
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dateutil.relativedelta import relativedelta

from bot.domain.when_clock import take
from bot.domain.when_words import Words, either

# A day of this year that has only just gone by is a slip, not an appointment for next year.
JUST_GONE = timedelta(days=60)
MONTHS_SEARCHED = 3
_NUMERIC = re.compile(r"\d{1,2}[/.-]\d{1,2}(?:[/.-](?:\d{2}|\d{4}))?")
_ISO = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
_WITH_MONTH = re.compile(r"\d{1,2} [a-z]{3,}(?: \d{4})?|[a-z]{3,} \d{1,2}(?: \d{4})?")


@dataclass(frozen=True, slots=True)
class DayPhrase:
    """What a text says of the day. `rest` is the calendar date in it, or words that are not understood."""

    ahead: relativedelta | None
    week: int | None
    named: int | None
    weekday: int | None
    is_next: bool
    rest: str


NO_DAY = DayPhrase(None, None, None, None, False, "")


def parse_day(text: str, words: Words, ahead: relativedelta | None) -> DayPhrase:
    """Takes week, named day and weekday out of a text without hour and distance."""
    week = None
    for pattern, number in ((words.next_week_re, 1), (words.this_week_re, 0)):
        found, text = take(pattern, text)
        week = number if found else week
    found, text = take(rf"(?P<name>{either(words.days)})", text)
    named = words.days[found["name"]] if found else None
    by = rf"(?:(?P<before>{words.next_re}|{words.this_re}) )?"
    found, text = take(rf"{by}(?P<name>{either(words.weekdays)})(?: (?P<after>{words.next_re}))?", text)
    weekday = words.weekdays[found["name"]] if found else None
    is_next = bool(found and (found["after"] or re.fullmatch(words.next_re, found["before"] or "")))
    rest = " ".join(word for word in text.split() if word not in words.skip)
    return DayPhrase(ahead, week, named, weekday, is_next, rest)


def take_distance(text: str, words: Words) -> tuple[relativedelta | None, str]:
    """How far ahead ("in two weeks"), and the text without it."""
    units = {word: unit for word, unit in words.units.items() if unit in {"days", "weeks", "months"}}
    n = rf"(?:(?P<n>\d{{1,3}})|{words.one_re}) (?P<unit>{either(units)})"
    for pattern in (rf"{words.in_re} {n}", rf"{n} {words.from_now_re}"):
        found, rest = take(pattern, text)
        if found:
            return _delta(units[found["unit"]], int(found["n"] or 1)), rest
    return None, text


def days_of(phrase: DayPhrase, tongue: str, order: str, today: date, today_counts: bool) -> tuple[date, ...]:
    """The days that the phrase can mean, the likeliest first; none when it is not understood.

    `today_counts` says whether the hour (if there is one) is still to come today. `order` is DMY, MDY or both.
    """
    said = [phrase.ahead is not None, phrase.week is not None, phrase.named is not None, bool(phrase.rest)]
    if sum(said) > 1:
        return ()
    if phrase.rest:
        return _agreeing(_dates(phrase.rest, phrase.weekday, tongue, order, today), phrase.weekday)
    if phrase.named is not None:
        return _agreeing((today + timedelta(days=phrase.named),), phrase.weekday)
    if phrase.ahead is not None and phrase.weekday is None:
        return (today + phrase.ahead,)
    if phrase.weekday is None:
        return ()
    if phrase.ahead is not None:
        return (_in_week_of(today + phrase.ahead, phrase.weekday),)
    if phrase.week is not None:
        return (_in_week_of(today + timedelta(weeks=phrase.week), phrase.weekday),)
    return _weekdays(phrase.weekday, phrase.is_next, today, today_counts)


def names_weekday(number: int, weekday: int, today: date) -> bool:
    """Whether the next day of that number in a month is that weekday."""
    return any(day.weekday() == weekday for day in _numbered(number, today)[:2])


def _delta(unit: str, n: int) -> relativedelta:
    return relativedelta(
        days=n if unit == "days" else 0, weeks=n if unit == "weeks" else 0, months=n if unit == "months" else 0
    )


def _in_week_of(day: date, weekday: int) -> date:
    return day - timedelta(days=day.weekday()) + timedelta(days=weekday)


def _weekdays(weekday: int, is_next: bool, today: date, today_counts: bool) -> tuple[date, ...]:
    """The coming one; but "next" said of a day that is still to come this week is the one or the other."""
    ahead = (weekday - today.weekday()) % 7
    if ahead == 0 and (is_next or not today_counts):
        ahead = 7
    day = today + timedelta(days=ahead)
    return (day, day + timedelta(days=7)) if is_next and weekday > today.weekday() else (day,)


def _agreeing(days: tuple[date, ...], weekday: int | None) -> tuple[date, ...]:
    """The days; or, when the weekday that was typed is not theirs, the date and the nearest such weekday."""
    if weekday is None or not days:
        return days
    right = tuple(day for day in days if day.weekday() == weekday)
    if right:
        return right
    off = (weekday - days[0].weekday() + 3) % 7 - 3
    return (days[0], days[0] + timedelta(days=off))


def _dates(text: str, weekday: int | None, tongue: str, order: str, today: date) -> tuple[date, ...]:
    """A calendar date in any shape: 25, 25/11, 25.11.2026, 2026-11-25, 25 november, november 25 2026."""
    if re.fullmatch(r"\d{1,2}", text):
        days = _numbered(int(text), today)
        return tuple(day for day in days if day.weekday() == weekday)[:1] or days[:1]
    if _ISO.fullmatch(text):
        found = [_iso(text)]
    elif _NUMERIC.fullmatch(text):
        found = [_read(text, tongue, one, today) for one in ("DMY", "MDY") if order in (one, "both")]
        if not any(found):  # only the other order gives a date
            found = [_read(text, tongue, "MDY" if order == "DMY" else "DMY", today)]
    elif _WITH_MONTH.fullmatch(text):
        found = [_read(text, tongue, "DMY", today)]
    else:
        return ()
    return tuple(dict.fromkeys(day for day in found if day))


def _numbered(number: int, today: date) -> tuple[date, ...]:
    """The coming days of that number in their months, today included."""
    first = today.replace(day=1)
    months = (first + relativedelta(months=n) for n in range(MONTHS_SEARCHED))
    days = (month + timedelta(days=number - 1) for month in months if number > 0)
    return tuple(day for day in days if day.day == number and day >= today)


def _iso(text: str) -> date | None:
    year, month, day = map(int, text.split("-"))
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _read(text: str, tongue: str, order: str, today: date) -> date | None:
    """A date by dateparser; one without a year is the coming one, unless it has only just gone by."""
    import dateparser  # takes a third of a second to load, and few conversations need it

    base = datetime.combine(today, time())
    settings = {
        "DATE_ORDER": order,
        "PREFER_DATES_FROM": "future",
        "RELATIVE_BASE": base,
        "REQUIRE_PARTS": ["day", "month"],
        "PREFER_LOCALE_DATE_ORDER": False,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # its own use of strptime without a year
        found = dateparser.parse(text, languages=[tongue], settings=settings)
    if found is None:
        return None
    day: date = found.date()
    has_year = len(re.findall(r"\d+", text)) > 2 or bool(re.search(r"\d{4}", text))
    a_year_ago = day - relativedelta(years=1)
    return a_year_ago if not has_year and today - JUST_GONE <= a_year_ago < today else day
