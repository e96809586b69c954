"""When somebody is busy, out of calendars as they are published."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.busy import NotACalendar, TooLarge, as_minutes, busy, from_minutes, merged

NOW = datetime(2027, 3, 22, 9, tzinfo=UTC)
ROME = "Europe/Rome"


def calendar(*parts: str) -> bytes:
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//x//EN",
        *(line for part in parts for line in part.split()),
        "END:VCALENDAR",
        "",
    ]
    return "\r\n".join(lines).encode()


def event(*lines: str, uid: str = "a") -> str:
    return "\n".join(["BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20270101T000000Z", *lines, "END:VEVENT"])


def times(data: bytes, days: int = 14) -> list[str]:
    return [f"{a:%d %H:%M}-{b:%d %H:%M}" for a, b in busy(data, ROME, NOW, NOW + timedelta(days=days))]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("DTSTART:20270323T100000Z", "DTEND:20270323T110000Z"), ["23 10:00-23 11:00"]),
        (("DTSTART;TZID=Europe/Rome:20270323T100000", "DURATION:PT30M"), ["23 09:00-23 09:30"]),
        (("DTSTART:20270323T100000", "DTEND:20270323T110000"), ["23 09:00-23 10:00"]),  # by the owner's clock
        (("DTSTART;VALUE=DATE:20270324", "DTEND;VALUE=DATE:20270325"), ["23 23:00-24 23:00"]),
        (("DTSTART:20270101T100000Z", "DTEND:20270101T110000Z"), []),
        (("DTSTART:20270322T080000Z", "DTEND:20270322T100000Z"), ["22 09:00-22 10:00"]),
        (("DTSTART:20270323T100000Z", "DTEND:20270323T110000Z", "TRANSP:TRANSPARENT"), []),
        (("DTSTART:20270323T100000Z", "DTEND:20270323T110000Z", "STATUS:CANCELLED"), []),
        (("DTSTART:20270323T100000Z", "DTEND:20270323T110000Z", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"), []),
        (("DTSTART:20270323T100000Z", "DURATION:PT1H", "X-MICROSOFT-CDO-BUSYSTATUS:OOF"), ["23 10:00-23 11:00"]),
        (("DTSTART:20270323T100000Z", "DTEND:20270323T110000Z", "RRULE:FREQ=SECONDLY"), []),
        (("DTSTART:20270323T100000Z", "DTEND:20270323T110000Z", "RRULE:FREQ=DAILY;BYMINUTE=0,1,2"), []),
    ],
)  # fmt: skip
def test_an_event(lines: tuple[str, ...], expected: list[str]) -> None:
    assert times(calendar(event(*lines))) == expected


def test_a_weekly_meeting_keeps_its_hour_across_the_change_of_clocks_and_its_exceptions() -> None:
    """Mondays at nine in Rome: 8:00 UTC until 28 March 2027, 7:00 UTC after it; one left out, one moved."""
    nine = ("DTSTART;TZID=Europe/Rome:20260105T090000", "DTEND;TZID=Europe/Rome:20260105T100000")
    rule = ("RRULE:FREQ=WEEKLY;BYDAY=MO", "EXDATE;TZID=Europe/Rome:20270412T090000")
    moved = ("RECURRENCE-ID;TZID=Europe/Rome:20270405T090000", "DTSTART:20270406T130000Z", "DTEND:20270406T133000Z")
    assert times(calendar(event(*nine, *rule), event(*moved)), 30) == [
        "29 07:00-29 08:00",
        "06 13:00-06 13:30",
        "19 07:00-19 08:00",
    ]


def test_the_names_of_zones_that_outlook_writes_are_known() -> None:
    outlook = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTART;TZID=W. Europe Standard Time:20270323T100000\r\n"
    assert times(outlook + b"DURATION:PT1H\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n") == ["23 09:00-23 10:00"]


def test_free_and_busy_alone() -> None:
    part = "BEGIN:VFREEBUSY\nFREEBUSY:20270323T100000Z/PT1H\nFREEBUSY;FBTYPE=FREE:20270324T100000Z/PT1H\nEND:VFREEBUSY"
    assert times(calendar(part)) == ["23 10:00-23 11:00"]


def test_the_product_s_own_events_do_not_count() -> None:
    own = event("DTSTART:20270323T100000Z", "DTEND:20270323T110000Z", uid="session-1@inverso")
    assert times(calendar(own)) == []


@pytest.mark.parametrize(
    "data",
    [b"", b"<html>", b"BEGIN:VCALENDAR", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\n", b"\xff\xfe\x00"],
)
def test_what_is_no_calendar(data: bytes) -> None:
    with pytest.raises(NotACalendar):
        times(data)


def test_what_nobody_s_calendar_holds_is_refused_before_it_is_worked_out() -> None:
    day = ("DTSTART:20270401T100000Z", "DURATION:PT1H")
    daily = ("DTSTART:20100101T100000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY")
    for crowd in ([event(*day, uid=str(n)) for n in range(4001)], [event(*daily, uid=str(n)) for n in range(40)]):
        with pytest.raises(TooLarge):
            times(calendar(*crowd))
    years = [event("DTSTART:20200101T100000Z", "DTEND:20200101T110000Z", uid=str(n)) for n in range(5000)]
    assert times(calendar(*years)) == [], "what is over does not count"


def test_times_that_touch_are_one_and_are_kept_as_numbers() -> None:
    hours = [(NOW + timedelta(hours=a), NOW + timedelta(hours=b)) for a, b in ((5, 6), (1, 2), (2, 3), (-2, 1))]
    found = merged(hours, NOW, NOW + timedelta(hours=5, minutes=30))
    assert found == [(NOW, NOW + timedelta(hours=3)), (NOW + timedelta(hours=5), NOW + timedelta(hours=5, minutes=30))]
    assert from_minutes(as_minutes(found)) == found
