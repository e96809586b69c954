from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calendar import Site, is_working_day
from bot.domain.matching.week import shared_slots
from bot.domain.slots import SLOTS, Person, Suggestions, fits, suggest, weekly

ROME, LONDON, TOKYO = "Europe/Rome", "Europe/London", "Asia/Tokyo"
MONDAY = date(2026, 11, 23)


def at(text: str, zone: str = ROME) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def person(slots: str, zone: str = ROME, country: str = "IT", key: str = "ada", closures=()) -> Person:
    return Person(key, frozenset(slots.split()), zone, Site(zone, country, closures))


def proposed(*people: Person, minutes=45, earliest="2026-11-23T00:00", latest="2026-12-20T00:00", **more):
    found = suggest(people, minutes, at(earliest), at(latest), **more)
    return [start.astimezone(ZoneInfo(ROME)).strftime("%a %d %H:%M") for start in found.starts], found.declared


def test_twenty_windows_a_week():
    assert len(SLOTS) == 20
    assert SLOTS[0] == "mon-09"
    assert SLOTS[-1] == "fri-16"


@pytest.mark.parametrize(
    ("a", "b", "windows"),
    [
        ((["mon-09"], ROME), (["mon-09"], ROME), 1),
        ((["mon-09"], ROME), (["mon-11"], ROME), 0),
        ((["mon-09", "mon-11", "tue-09"], ROME), (["mon-09", "tue-09"], LONDON), 1),
        ((["mon-16"], TOKYO), (["mon-09"], ROME), 0),
    ],
)
def test_windows_meet_across_zones(a, b, windows):
    assert shared_slots(weekly(*a, MONDAY), weekly(*b, MONDAY)) == windows


def test_daylight_saving_moves_the_week():
    winter, summer = weekly(["mon-09"], ROME, MONDAY), weekly(["mon-09"], ROME, date(2026, 7, 1))
    assert (winter & summer).bit_count() == 2


@given(st.sets(st.sampled_from(SLOTS)), st.sampled_from([ROME, TOKYO, "Asia/Kolkata", "America/New_York"]))
def test_every_window_is_two_hours_in_any_zone(slots, zone):
    assert weekly(slots, zone, MONDAY).bit_count() == 4 * len(slots)


def test_a_word_that_is_no_slot_is_refused():
    with pytest.raises(ValueError, match="sat-09"):
        weekly(["sat-09"], ROME, MONDAY)


def test_three_days_that_suit_both():
    ada, bo = person("mon-09 tue-14 thu-16 fri-11"), person("mon-09 tue-14 thu-16 wed-09")
    assert proposed(ada, bo) == (["Mon 23 09:00", "Tue 24 14:00", "Thu 26 16:00"], True)


def test_one_window_a_week_gives_three_weeks():
    assert proposed(person("tue-14"), person("tue-14")) == (["Tue 24 14:00", "Tue 01 14:00", "Tue 15 14:00"], True)


def test_too_few_days_give_two_times_of_one_day():
    found = proposed(person("mon-09 mon-11"), person("mon-09 mon-11 tue-09"), latest="2026-11-25T00:00")
    assert found == (["Mon 23 09:00", "Mon 23 10:00", "Mon 23 11:00"], True)


def test_windows_that_touch_are_one():
    assert proposed(person("mon-09 mon-11"), person("mon-09 mon-11"), minutes=180, count=1) == (["Mon 23 09:00"], True)


def test_lunch_parts_the_windows():
    assert proposed(person("mon-11 mon-14"), person("mon-11 mon-14"), minutes=180)[1] is False


def test_zones_meet_where_the_windows_do():
    assert proposed(person("mon-09 mon-11"), person("mon-09", LONDON, "GB"), count=1) == (["Mon 23 10:00"], True)


def test_between_two_changes_of_clocks_the_windows_part_and_meet_again():
    """New York changes two weeks before Rome: an afternoon in Rome is a morning there before and after, not between."""
    pair = (person("mon-16"), person("mon-09", "America/New_York", "US"))
    weeks = ("2027-03-08", "2027-03-15", "2027-03-22", "2027-03-29", "2027-04-05")
    met = [
        found.declared and [start.astimezone(ZoneInfo(ROME)).hour for start in found.starts]
        for week in weeks
        if (found := suggest(pair, 45, at(f"{week}T00:00"), at(f"{week}T23:59")))
    ]
    # On 29 March, the first Monday after Rome's own change, it is Easter Monday in Italy.
    assert met == [[16], False, False, False, [16]]


def test_without_a_common_window_common_working_hours_are_offered_and_it_is_said():
    found = proposed(person("mon-09"), person("tue-09", LONDON, "GB"))
    assert found == (["Mon 23 10:00", "Tue 24 10:00", "Wed 25 10:00"], False)


def test_no_time_at_all():
    assert suggest(
        [person("mon-09"), person("mon-09", "Pacific/Auckland", "NZ")],
        45,
        at("2026-11-23T00:00"),
        at("2026-11-30T00:00"),
    ) == Suggestions((), declared=False)
    assert proposed(person("mon-09"), person("mon-09"), latest="2026-11-22T00:00") == ([], False)


def test_holidays_of_either_site_are_left_out():
    milan, london = (
        person("tue-09 mon-09"),
        person("tue-09 mon-09", country="GB", closures=((date(2026, 12, 14),) * 2,)),
    )
    found = proposed(milan, london, earliest="2026-12-07T12:00", latest="2026-12-19T00:00")
    assert found == (
        ["Tue 15 09:00", "Tue 15 10:00"],
        True,
    )  # the 8th is a holiday in Italy, the other site is shut on the 14th


def test_busy_times_are_left_out():
    busy = ((at("2026-11-23T09:15"), at("2026-11-23T10:00")), (at("2026-11-24T14:00"), at("2026-11-24T15:30")))
    found = proposed(person("mon-09 tue-14"), person("mon-09 tue-14"), busy=busy, count=2, latest="2026-11-29T00:00")
    assert found == (["Mon 23 10:00"], True)


def test_an_odd_beginning_is_rounded_up():
    found = proposed(person("mon-09"), person("mon-09"), earliest="2026-11-23T09:07", count=1)
    assert found == (["Mon 23 09:30"], True)


@pytest.mark.parametrize(
    ("start", "problems"),
    [
        ("2026-11-24T10:00", []),
        ("2026-11-24T08:00", ["night"]),  # seven in London
        ("2026-11-24T09:00", []),
        ("2026-11-24T19:30", ["night"]),
        ("2026-11-24T19:15", []),
        ("2026-11-24T23:50", ["night"]),
        ("2026-11-20T10:00", ["past"]),
        ("2026-11-22T23:00", ["night", "weekend"]),
        ("2027-06-01T10:00", ["too_far"]),
        ("2026-12-08T10:00", ["holiday:ada"]),
        ("2026-12-25T10:00", ["holiday:ada", "holiday:bo"]),
        ("2026-11-21T03:00", ["past", "night", "weekend"]),
    ],
)
def test_what_speaks_against_a_typed_time(start, problems):
    people = (person("mon-09"), person("", LONDON, "GB", key="bo"))
    assert fits(at(start), 45, people, now=at("2026-11-22T12:00"), latest=at("2027-02-01T00:00")) == problems


people = st.builds(
    lambda slots, zone, country: Person("x", frozenset(slots), zone, Site(zone, country)),
    st.sets(st.sampled_from(SLOTS), min_size=1),
    st.sampled_from([ROME, LONDON, TOKYO, "America/New_York", "Asia/Kathmandu"]),
    st.sampled_from(["IT", "GB", "JP"]),
)


@given(st.lists(people, min_size=2, max_size=2), st.integers(30, 90), st.integers(0, 60 * 24 * 300))
def test_a_suggestion_suits_everybody(pair, minutes, offset):
    earliest = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=offset)
    latest = earliest + timedelta(days=21)
    found = suggest(pair, minutes, earliest, latest)
    assert list(found.starts) == sorted(set(found.starts))
    assert len(found.starts) <= 3
    for start in found.starts:
        assert earliest <= start
        assert start + timedelta(minutes=minutes) <= latest
        for one in pair:
            here = start.astimezone(ZoneInfo(one.zone))
            ends = here + timedelta(minutes=minutes)
            assert is_working_day(here.date(), one.site)
            assert time(9) <= here.time()
            assert ends.time() <= time(18)
            if found.declared:
                day = ["mon", "tue", "wed", "thu", "fri"][here.weekday()]
                assert any(f"{day}-{hour:02}" in one.slots and hour <= here.hour < hour + 2 for hour in (9, 11, 14, 16))
