from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.retry import (
    Busy,
    Down,
    GiveUp,
    Refused,
    TryAt,
    Unknown,
    after_failure,
    another_version,
    backoff,
    lane_pause,
)

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


def seconds(n: float) -> timedelta:
    return timedelta(seconds=n)


@pytest.mark.parametrize(
    ("trouble", "attempts", "jitter", "wait"),
    [
        (Down(), 1, 1.0, 10),
        (Down(), 1, 0.0, 5),
        (Down(), 2, 1.0, 20),
        (Down(), 5, 0.5, 120),
        (Down(), 10, 1.0, 3600),
        (Down(), 10_000, 1.0, 3600),
        (Busy(seconds(30)), 1, 0.0, 30),
        (Busy(seconds(30)), 99, 1.0, 30),  # patience is not counted against the message
        (Busy(seconds(0)), 1, 0.0, 1),
        (Unknown(), 5, 1.0, 160),
    ],
)
def test_how_long_to_wait(trouble, attempts, jitter, wait):
    assert after_failure(trouble, attempts, 1, NOW, None, jitter) == TryAt(NOW + seconds(wait))


@pytest.mark.parametrize(
    ("trouble", "faults", "expires_in", "reason"),
    [
        (Refused(), 1, 3600, "refused"),
        (Refused(), 1, -1, "refused"),
        (Unknown(), 6, 3600, "exhausted"),
        (Down(), 1, 9, "expired"),
        (Busy(seconds(60)), 1, 59, "expired"),
        (Down(), 1, -1, "expired"),
    ],
)
def test_when_to_give_up(trouble, faults, expires_in, reason):
    assert after_failure(trouble, 1, faults, NOW, NOW + seconds(expires_in), 1.0) == GiveUp(reason)


@given(
    st.one_of(st.builds(Busy, st.timedeltas(seconds(0), timedelta(hours=2))), st.just(Down()), st.just(Unknown())),
    st.integers(1, 5000),
    st.timedeltas(timedelta(hours=-1), timedelta(days=2)),
    st.floats(0, 1),
)
def test_a_next_attempt_is_later_than_now_and_in_time(trouble, attempts, life, jitter):
    verdict = after_failure(trouble, attempts, 1, NOW, NOW + life, jitter)
    if isinstance(verdict, TryAt):
        assert NOW < verdict.moment <= NOW + life
        if isinstance(trouble, Busy):
            assert verdict.moment >= NOW + trouble.retry_after


@given(st.integers(1, 5000), st.floats(0, 1))
def test_waiting_grows_and_is_bounded(attempts, jitter):
    assert backoff(attempts, jitter) <= backoff(attempts + 1, jitter) <= timedelta(hours=1)
    assert backoff(attempts, 0) <= backoff(attempts, jitter) <= backoff(attempts, 1)


def test_failures_to_connect_do_not_use_up_the_tries_for_what_nobody_foresaw():
    assert isinstance(after_failure(Unknown(), 50, 1, NOW, None, 1.0), TryAt)


def test_a_workspace_is_left_alone_after_three_failures_in_a_row_ever_longer():
    assert [lane_pause(downs) for downs in (1, 2, 3, 4, 5)] == [None, None, seconds(10), seconds(20), seconds(40)]
    assert lane_pause(1000) == timedelta(hours=1)


@pytest.mark.parametrize(
    ("owed", "verdict"),
    [
        (0, TryAt(NOW + seconds(10))),
        (60, TryAt(NOW + seconds(60))),
        (7200, TryAt(NOW + seconds(900))),
        (86_400, GiveUp("exhausted")),
    ],
)
def test_a_job_of_another_version_is_left_to_it_for_a_day(owed, verdict):
    assert another_version(NOW - seconds(owed), NOW) == verdict
