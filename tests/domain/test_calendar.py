from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calendar import (
    Site,
    add_working_days,
    at_local,
    is_holiday,
    is_working_day,
    local_day,
    next_working_morning,
    public_holidays,
    working_days_between,
)

MILAN = Site("Europe/Rome", "IT")
AUGUST = Site("Europe/Rome", "IT", closures=((date(2026, 8, 10), date(2026, 8, 21)),))
LONDON = Site("Europe/London", "GB")

days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
sites = st.sampled_from([MILAN, AUGUST, LONDON, Site("America/New_York", "US"), Site("Asia/Kathmandu", "NP")])


@pytest.mark.parametrize(
    ("day", "site", "works"),
    [
        (date(2026, 11, 20), MILAN, True),
        (date(2026, 11, 21), MILAN, False),  # Saturday
        (date(2026, 11, 22), MILAN, False),
        (date(2026, 12, 8), MILAN, False),  # Immaculate Conception
        (date(2026, 12, 8), LONDON, True),
        (date(2026, 4, 6), MILAN, False),  # Easter Monday
        (date(2026, 4, 6), LONDON, False),  # kept in England, not in the whole kingdom
        (date(2026, 8, 12), MILAN, True),
        (date(2026, 8, 10), AUGUST, False),
        (date(2026, 8, 21), AUGUST, False),
        (date(2026, 8, 24), AUGUST, True),
        (date(2026, 12, 25), Site("Europe/Rome", "ZZ"), True),  # a country without a known list
    ],
)
def test_working_days_of_a_site(day, site, works):
    assert is_working_day(day, site) is works


def test_an_unknown_country_has_no_holidays():
    assert public_holidays("ZZ", 2026) == frozenset()


def test_a_holiday_on_a_sunday_is_still_a_holiday():
    assert is_holiday(date(2026, 11, 1), MILAN)


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        (date(2026, 11, 21), 1, date(2026, 11, 23)),
        (date(2026, 12, 4), 3, date(2026, 12, 10)),
        (date(2026, 12, 10), -3, date(2026, 12, 4)),
        (date(2026, 11, 21), 0, date(2026, 11, 21)),
        (date(2026, 12, 23), 6, date(2027, 1, 4)),
    ],
)
def test_counting_working_days_forward_and_back(start, n, end):
    assert add_working_days(start, n, MILAN) == end


@pytest.mark.promised("Daylight saving, another time zone")
def test_a_moment_keeps_its_wall_clock_across_daylight_saving():
    friday = at_local(date(2026, 3, 27), time(15), "Europe/Rome")
    monday = add_working_days(friday, 1, MILAN)
    assert monday.tzinfo is UTC
    assert monday.astimezone(ZoneInfo("Europe/Rome")).isoformat() == "2026-03-30T15:00:00+02:00"


@given(days, st.integers(-60, 60), sites)
def test_between_undoes_add(day, n, site):
    assert working_days_between(day, add_working_days(day, n, site), site) == n


@given(days, st.integers(1, 60), sites)
def test_adding_lands_on_a_working_day(day, n, site):
    assert is_working_day(add_working_days(day, n, site), site)


def test_between_takes_moments_by_the_sites_own_day():
    late = datetime(2026, 11, 19, 23, 30, tzinfo=UTC)  # already Friday in Milan
    assert working_days_between(late, date(2026, 11, 23), MILAN) == 1


@pytest.mark.parametrize(
    ("day", "clock", "zone", "utc"),
    [
        (date(2026, 3, 29), time(2, 30), "Europe/Rome", "2026-03-29T01:30:00+00:00"),  # skipped: reads as 03:30
        (date(2026, 10, 25), time(2, 30), "Europe/Rome", "2026-10-25T00:30:00+00:00"),  # twice: the first
        (date(2026, 7, 1), time(9), "Europe/Rome", "2026-07-01T07:00:00+00:00"),
        (date(2026, 1, 1), time(9), "Asia/Kathmandu", "2026-01-01T03:15:00+00:00"),
    ],
)
def test_local_time_to_utc(day, clock, zone, utc):
    assert at_local(day, clock, zone).isoformat() == utc


@given(days, st.times(), st.sampled_from(["Europe/Rome", "America/New_York", "Asia/Tokyo"]))
def test_local_time_comes_back_but_for_the_skipped_hour(day, clock, zone):
    back = at_local(day, clock, zone).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    assert back - datetime.combine(day, clock) in (timedelta(0), timedelta(hours=1))


@pytest.mark.parametrize(
    ("moment", "local"),
    [
        ("2026-11-20T14:00+00:00", "2026-11-23T10:00:00+01:00"),  # Friday afternoon
        ("2026-11-22T23:30+00:00", "2026-11-24T10:00:00+01:00"),  # already Monday there
        ("2026-12-07T08:00+00:00", "2026-12-09T10:00:00+01:00"),  # the 8th is a holiday
    ],
)
def test_next_working_morning(moment, local):
    found = next_working_morning(datetime.fromisoformat(moment), MILAN)
    assert found.astimezone(ZoneInfo("Europe/Rome")).isoformat() == local


def test_local_day_is_the_day_of_the_zone():
    moment = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    assert local_day(moment, "Europe/Rome") == date(2026, 11, 21)
    assert local_day(moment, "Europe/London") == date(2026, 11, 20)
