"""Weekly slots across time zones."""

from datetime import date
from zoneinfo import ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.matching import shared_slots, week_mask
from bot.domain.matching.week import HALF_HOURS, SLOT

WINTER, SUMMER = date(2026, 1, 12), date(2026, 7, 6)
MONDAY_8_UTC = 0b1111 << (48 + 16)


@pytest.mark.parametrize(
    ("zone", "hour", "on"),
    [
        ("UTC", 8, WINTER),
        ("Europe/Rome", 9, WINTER),
        ("Europe/Rome", 10, SUMMER),
        ("Europe/London", 8, WINTER),
        ("America/New_York", 3, WINTER),
        ("Asia/Tokyo", 17, SUMMER),
    ],
)
def test_one_moment_in_many_zones(zone: str, hour: int, on: date) -> None:
    assert week_mask([(0, hour)], zone, on) == MONDAY_8_UTC


def test_half_hour_zones_keep_whole_slots() -> None:
    mornings = [(0, 9), (0, 11)]
    india = week_mask(mornings, "Asia/Kolkata", WINTER)
    assert shared_slots(india, india) == 2
    assert india == 0b11111111 << (48 + 7)


def test_monday_morning_in_sydney_is_sunday_in_utc() -> None:
    assert week_mask([(0, 9)], "Australia/Sydney", WINTER) == 0b1111 << 44


def test_the_week_is_a_circle() -> None:
    night = week_mask([(5, 23)], "UTC", WINTER)
    assert night == 0b11 | 0b11 << (HALF_HOURS - 2)


def test_neighbouring_zones_share_what_overlaps() -> None:
    rome = week_mask([(1, 9), (1, 11)], "Europe/Rome", WINTER)
    london = week_mask([(1, 9), (1, 11)], "Europe/London", WINTER)
    assert shared_slots(rome, london) == 1
    assert shared_slots(rome, week_mask([(1, 13)], "Europe/Rome", WINTER)) == 0
    assert shared_slots(rome, 0) == 0


@pytest.mark.parametrize("slot", [(7, 9), (-1, 9), (0, 24), (0, -1)])
def test_no_such_slot(slot: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="no such slot"):
        week_mask([slot], "UTC", WINTER)


def test_no_such_zone() -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        week_mask([(0, 9)], "Europe/Atlantis", WINTER)


@given(st.integers(0, (1 << 40) - 1), st.integers(0, (1 << 40) - 1))
def test_shared_slots_is_the_free_runs_cut_into_slots(ours: int, theirs: int) -> None:
    runs = f"{ours & theirs:b}".split("0")
    assert shared_slots(ours, theirs) == shared_slots(theirs, ours) == sum(len(run) // SLOT for run in runs)
