"""When somebody is busy, out of a calendar that they publish (RFC 5545). Of an event its times alone are read on.

Calendars come from outside: what would take long to work out (rules that repeat by the hour, events without number) is
left out or refused, before it is worked out.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar

Span = tuple[datetime, datetime]

MOST_EVENTS = 4000
MOST_TIMES = 150_000
"""How often the rules of a calendar may come true from when they began on: each time is walked through."""
OLDEST_RULE = timedelta(days=366 * 20)
OWN = "@inverso"
"""How the names of the product's own events end: a session that moves must not be in its own way."""
_EVENT = re.compile(rb"BEGIN:VEVENT\r?\n.*?END:VEVENT\r?\n", re.DOTALL | re.IGNORECASE)
_REPEATS = re.compile(rb"^(RRULE|RDATE|RECURRENCE-ID)[:;]", re.MULTILINE | re.IGNORECASE)
_ENDS = re.compile(rb"^(?:DTEND|DTSTART)[^:\r\n]*:(\d{8})", re.MULTILINE | re.IGNORECASE)
_SLOW = frozenset({"SECONDLY", "MINUTELY", "HOURLY"})
_WITHIN_A_DAY = ("BYHOUR", "BYMINUTE", "BYSECOND")
_LISTS = ("BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYMONTH")
_PERIODS = {"DAILY": (1, 1), "WEEKLY": (7, 1), "MONTHLY": (30, 5), "YEARLY": (365, 53)}
"""The days of a period, and how often one day of the week comes in it."""
_FREE = frozenset({"FREE", "WORKINGELSEWHERE"})


class NotACalendar(ValueError):  # names the fact
    """What was read is no calendar."""


class TooLarge(ValueError):  # names the fact
    """More events than anybody's calendar has."""


def busy(data: bytes, zone: str, since: datetime, until: datetime) -> list[Span]:
    """When the calendar's owner is busy between the two moments, in UTC, in order, with what touches made one.

    ``zone`` is the owner's clock, for days and for times without a zone. Free, cancelled and the product's own events
    do not count. Raises ``NotACalendar`` and ``TooLarge``.
    """
    try:
        calendar = Calendar.from_ical(_recent(data, since))
        if not isinstance(calendar, Calendar):
            raise NotACalendar
        spans = [*_events(calendar, zone, since, until), *_free_busy(calendar)]
    except (NotACalendar, TooLarge):
        raise
    except Exception as trouble:  # whatever the libraries stumble over in a text from outside
        raise NotACalendar from trouble
    return merged(spans, since, until)


def merged(spans: Iterable[Span], since: datetime, until: datetime) -> list[Span]:
    """The spans in order, inside the two moments, with what touches made one."""
    found: list[Span] = []
    for begins, ends in sorted((max(begins, since), min(ends, until)) for begins, ends in spans):
        if begins >= ends:
            continue
        if found and begins <= found[-1][1]:
            found[-1] = (found[-1][0], max(ends, found[-1][1]))
        else:
            found.append((begins, ends))
    return found


def _recent(data: bytes, since: datetime) -> bytes:
    """The text without single events of the past, of which a calendar may have years."""
    if b"BEGIN:VCALENDAR" not in data[:2000].upper():
        raise NotACalendar
    before = f"{since - timedelta(days=2):%Y%m%d}".encode()

    def kept(found: re.Match[bytes]) -> bytes:
        event = found.group()
        days = _ENDS.findall(event)
        return b"" if days and max(days) < before and not _REPEATS.search(event) else event

    text = _EVENT.sub(kept, data)
    if text.upper().count(b"BEGIN:VEVENT") > MOST_EVENTS:
        raise TooLarge
    return text


def _events(calendar: Calendar, zone: str, since: datetime, until: datetime) -> Iterator[Span]:
    rest = [one for one in calendar.subcomponents if one.name != "VEVENT"]
    events = [one for one in calendar.subcomponents if one.name == "VEVENT" and _can_be_read(one, since)]
    if sum(_times(event, rule, until) for event in events for rule in _rules(event)) > MOST_TIMES:
        raise TooLarge
    calendar.subcomponents = [*rest, *events]
    for event in recurring_ical_events.of(calendar, skip_bad_series=True).between(since, until):
        if _counts(event):
            yield _moment(event.start, zone), _moment(event.end, zone)


def _rules(event: Any) -> list[Any]:
    rules = event.get("RRULE", [])
    return rules if isinstance(rules, list) else [rules]


def _can_be_read(event: Any, since: datetime) -> bool:
    """Whether what repeats does so by the day at most, and began within memory."""
    for rule in _rules(event):
        if str(rule.get("FREQ", [""])[0]).upper() in _SLOW or any(
            len(rule.get(part, [])) > 1 for part in _WITHIN_A_DAY
        ):
            return False
        if _day(event.start) < (since - OLDEST_RULE).date():
            return False
    return True


def _times(event: Any, rule: Any, until: datetime) -> float:
    """How often a rule comes true at the most, from its beginning on."""
    length, weekdays = _PERIODS.get(str(rule.get("FREQ", ["DAILY"])[0]).upper(), (1, 1))
    each = weekdays if rule.get("BYDAY") else 1
    for part in _LISTS:
        each *= max(1, len(rule.get(part, [])))
    return (until.date() - _day(event.start)).days / length * min(each, length)


def _counts(event: Any) -> bool:
    """Whether the event keeps somebody from meeting."""
    if str(event.get("TRANSP", "")).upper() == "TRANSPARENT" or str(event.get("STATUS", "")).upper() == "CANCELLED":
        return False
    if str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() in _FREE:
        return False
    return not str(event.get("UID", "")).endswith(OWN)


def _free_busy(calendar: Calendar) -> Iterator[Span]:
    """The periods of a calendar that publishes when its owner is busy and nothing else."""
    for part in calendar.walk("VFREEBUSY"):
        lines = part.get("FREEBUSY", [])
        for line in lines if isinstance(lines, list) else [lines]:
            if str(line.params.get("FBTYPE", "BUSY")).upper() != "FREE":
                yield from _periods(line)


def _periods(line: Any) -> Iterator[Span]:
    for period in line.dts if hasattr(line, "dts") else [line]:
        starts, ends = period.dt if hasattr(period, "dt") else (period.start, period.end)
        yield starts.astimezone(UTC), (ends if isinstance(ends, datetime) else starts + ends).astimezone(UTC)


def _moment(value: date, zone: str) -> datetime:
    """A day as it begins by the owner's clock; a time without a zone by that clock too."""
    if not isinstance(value, datetime):
        value = datetime.combine(value, time(), ZoneInfo(zone))
    return (value if value.tzinfo else value.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


# ── As numbers, to be kept ───────────────────────────────────────────────────────────────────────────────────────────


def as_minutes(spans: Sequence[Span]) -> list[list[int]]:
    """The spans as minutes since 1970, which begin no later and end no earlier."""
    return [[int(begins.timestamp()) // 60, -(-int(ends.timestamp()) // 60)] for begins, ends in spans]


def from_minutes(pairs: Iterable[Sequence[int]]) -> list[Span]:
    """The spans back from ``as_minutes``."""
    return [(datetime.fromtimestamp(a * 60, UTC), datetime.fromtimestamp(b * 60, UTC)) for a, b in pairs]
