"""A lane's arithmetic: never more calls than its pace allows, none during a pause, and nobody waits for ever."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.lanes import Pace, opens_at, paused, room, taken

NOW = datetime(2027, 1, 12, 9, tzinfo=UTC)
PACE = Pace(timedelta(milliseconds=100), 20)
paces = st.builds(Pace, st.timedeltas(timedelta(milliseconds=1), timedelta(seconds=90)), st.integers(1, 200))


def seconds(n: float) -> timedelta:
    return timedelta(seconds=n)


def test_a_rested_lane_lets_a_burst_go_and_then_one_each_interval() -> None:
    full_at = taken(NOW - seconds(60), PACE, NOW, room(NOW, PACE, NOW))
    assert room(full_at, PACE, NOW) == 0
    assert room(full_at, PACE, NOW + seconds(0.1)) == 1
    assert room(full_at, PACE, NOW + seconds(1.05)) == 10
    assert room(full_at, PACE, NOW + seconds(60)) == 20


def test_after_a_pause_they_come_one_after_the_other() -> None:
    full_at = paused(NOW, PACE, NOW + seconds(30))
    assert room(full_at, PACE, NOW + seconds(29.99)) == 0
    assert room(full_at, PACE, NOW + seconds(30)) == 1
    assert room(full_at, PACE, NOW + seconds(30.2)) == 3


def test_a_shorter_pause_does_not_end_a_longer_one() -> None:
    long = paused(NOW, PACE, NOW + seconds(30))
    assert paused(long, PACE, NOW + seconds(3)) == long


@pytest.mark.parametrize(("interval", "burst", "together"), [(0.1, 20, 10), (0.1, 4, 4), (1.2, 10, 1), (60, 1, 1)])
def test_those_of_one_second_go_together(interval: float, burst: int, together: int) -> None:
    assert Pace(seconds(interval), burst).together == together


@pytest.mark.parametrize(("interval", "burst"), [(0, 1), (1, 0)])
def test_a_pace_that_means_nothing_is_refused(interval: float, burst: int) -> None:
    with pytest.raises(ValueError, match="pace"):
        Pace(seconds(interval), burst)


@given(paces, st.lists(st.tuples(st.timedeltas(seconds(0), seconds(60)), st.integers(0, 300)), max_size=30))
def test_in_any_span_no_more_calls_than_a_burst_and_the_pace(pace: Pace, wishes: list[tuple[timedelta, int]]) -> None:
    now, full_at, calls = NOW, NOW, 0
    for wait, wanted in wishes:
        now += wait
        granted = min(wanted, room(full_at, pace, now))
        full_at, calls = taken(full_at, pace, now, granted), calls + granted
        assert calls <= pace.burst + (now - NOW) / pace.interval + 1e-6


@given(paces, st.integers(1, 200), st.timedeltas(seconds(0), timedelta(days=1)))
def test_when_a_lane_opens_there_is_room(pace: Pace, calls: int, pause: timedelta) -> None:
    full_at = paused(taken(NOW, pace, NOW, calls), pace, NOW + pause)
    assert room(full_at, pace, opens_at(full_at, pace)) >= pace.together
