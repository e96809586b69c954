import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest import approx

from bot.domain.statistics import (
    Interval,
    Quartiles,
    difference_in_differences,
    enps,
    enps_groups,
    favourable,
    mean,
    newcombe,
    quartiles,
    share,
    skill_change,
    t_multiplier,
    wilson,
)

PRE = [1, 1, 2, 0, 1, 2, 1, 0, 2, 1]
POST = [2, 2, 2, 1, 3, 3, 1, 2, 3, 2]


def ends(interval: Interval | None) -> tuple[float, float]:
    assert interval
    return interval.low, interval.high


@pytest.mark.parametrize(
    ("x", "n", "low", "high"), [(8, 10, 0.490, 0.943), (5, 5, 0.566, 1), (0, 6, 0, 0.390), (0, 1, 0, 0.793)]
)
def test_wilson(x, n, low, high):
    assert ends(wilson(x, n)) == approx((low, high), abs=0.0005)
    assert share(x, n).value == x / n


@pytest.mark.parametrize(("x", "n"), [(0, 0), (-1, 5), (6, 5)])
def test_what_is_no_share_is_refused(x, n):
    with pytest.raises(ValueError, match="not a share"):
        share(x, n)


@pytest.mark.seed("002-1")
def test_newcombe():
    found = newcombe(22, 24, 40, 48)
    assert (found.value, *ends(found.interval)) == approx((0.083, -0.109, 0.226), abs=0.0005)
    assert found.n == 24


def test_recommendation():
    found = enps(6, 4, 2)
    assert (round(found.value), *map(round, ends(found.interval)), found.n) == (33, -11, 65, 12)
    assert enps_groups([10, 9, 8, 7, 6, 0, 10]) == (3, 2, 2)


def test_skill_change():
    found = skill_change(PRE, POST)
    assert (found.raw.value, *ends(found.raw.interval)) == approx((1.0, 0.52, 1.48), abs=0.005)
    assert found.g_av
    assert (found.g_av.value, *ends(found.g_av.interval)) == approx((1.24, 0.42, 2.06), abs=0.005)


def test_without_spread_there_is_no_standardised_change():
    found = skill_change([1, 1, 1], [2, 2, 2])
    assert (found.raw.value, found.g_av) == (1, None)
    assert skill_change([1, 2], [2, 3]).g_av is None


def test_change_needs_the_same_people():
    with pytest.raises(ValueError, match="zip"):
        skill_change([1, 2], [1])


@pytest.mark.parametrize(
    ("df", "t"), [(4, 2.776), (5, 2.571), (9, 2.262), (15, 2.131), (20, 2.086), (30, 2.042), (60, 2.000), (120, 1.980)]
)
def test_students_t(df, t):
    assert t_multiplier(df) == approx(t, abs=0.0005)


def test_mean_of_one_has_no_interval():
    assert mean([3.0]).interval is None
    with pytest.raises(ValueError, match="no values"):
        mean([])


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([7], (7, 7, 7, 1)),
        ([1, 2, 3, 4, 5], (2, 3, 4, 5)),
        ([4, 1, 3, 2], (1.75, 2.5, 3.25, 4)),
        ([5, 5, 5], (5, 5, 5, 3)),
    ],
)
def test_quartiles(values, found):
    assert quartiles(values) == Quartiles(*found)


def test_difference_in_differences():
    assert difference_in_differences((40, 65), (42, 50)) == 17


def test_favourable_is_four_and_five():
    assert favourable([1, 2, 3, 4, 5, 5]) == 3


counts = st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(counts)
def test_a_share_lies_in_its_interval_and_mirrors(count):
    x, n = count
    low, high = ends(wilson(x, n))
    assert 0 <= low <= x / n <= high <= 1
    assert ends(wilson(n - x, n)) == approx((1 - high, 1 - low))


@given(counts)
def test_more_answers_narrow_the_interval(count):
    x, n = count
    few, many = wilson(x, n), wilson(x * 4, n * 4)
    assert many.high - many.low < few.high - few.low


@given(counts, counts)
def test_a_difference_turns_with_its_groups(a, b):
    there, back = newcombe(*a, *b), newcombe(*b, *a)
    assert there.value == -back.value
    assert ends(there.interval) == approx((-ends(back.interval)[1], -ends(back.interval)[0]))
    assert -1 <= ends(there.interval)[0] <= there.value <= ends(there.interval)[1] <= 1


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
def test_recommendation_is_within_its_scale(promoters, passives, detractors):
    if promoters + passives + detractors:
        found = enps(promoters, passives, detractors)
        low, high = ends(found.interval)
        assert -100 <= low < high <= 100


ratings = st.integers(3, 30).flatmap(lambda n: st.tuples(*[st.lists(st.integers(0, 4), min_size=n, max_size=n)] * 2))


@given(ratings)
def test_change_is_undone_by_going_back(pair):
    there, back = skill_change(*pair), skill_change(*reversed(pair))
    assert there.raw.value == approx(-back.raw.value)
    if there.g_av and back.g_av:
        assert there.g_av.value == approx(-back.g_av.value)
        assert math.isfinite(ends(there.g_av.interval)[0])
