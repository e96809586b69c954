"""The assignment is the best there is: held against every possible one on small grids, by properties on larger ones."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.matching.solve import Demand, assign, shares

Grid = list[list[int]]
Value = tuple[int, int, int, int]


@st.composite
def problems(draw: st.DrawFn) -> tuple[Grid, Demand]:
    """Up to four mentees and four mentors; 0 is a pair that may not be; few scores, so that ties are common."""
    rows, columns = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    scores = st.one_of(st.just(0), st.sampled_from((4500, 4501, 6000, 9999, 10_000)), st.integers(4500, 10_000))
    flags = st.booleans()
    grid = draw(st.lists(st.lists(scores, min_size=columns, max_size=columns), min_size=rows, max_size=rows))
    demand = Demand(
        places=np.array(draw(st.lists(st.integers(0, 3), min_size=columns, max_size=columns)), dtype=np.int32),
        alone=np.array(draw(st.lists(flags, min_size=columns, max_size=columns)), dtype=np.bool_),
        waited_rows=np.array(draw(st.lists(flags, min_size=rows, max_size=rows)), dtype=np.bool_),
        waited_columns=np.array(draw(st.lists(flags, min_size=columns, max_size=columns)), dtype=np.bool_),
    )
    return grid, demand


def solve(grid: Grid, demand: Demand) -> list[tuple[int, int]]:
    score = np.array(grid, dtype=np.int32)
    allowed = (score > 0) & (demand.places > 0)
    return assign(score, allowed, demand, shares(score, allowed))


def value(pairs: list[tuple[int, int]], grid: Grid, demand: Demand) -> Value:
    """People with a pair, of them those who waited, the worst share, the sum: the larger the better, in this order."""
    newly = {column for _, column in pairs if demand.alone[column]}
    waited = sum(bool(demand.waited_rows[row]) for row, _ in pairs)
    waited += sum(bool(demand.waited_columns[column]) for column in newly)
    scores = [grid[row][column] for row, column in pairs]
    best = [max(score for score, room in zip(grid[row], demand.places, strict=True) if room) for row, _ in pairs]
    worst = min((score * 10_000 // top for score, top in zip(scores, best, strict=True)), default=0)
    return len(pairs) + len(newly), waited, worst, sum(scores)


def best_of_all(grid: Grid, demand: Demand) -> Value:
    columns = range(len(grid[0]))
    best: Value = (0, 0, 0, 0)
    for choice in product((None, *columns), repeat=len(grid)):
        pairs = [(row, column) for row, column in enumerate(choice) if column is not None]
        fits = all(choice.count(column) <= demand.places[column] for column in columns)
        if fits and all(grid[row][column] for row, column in pairs):
            best = max(best, value(pairs, grid, demand))
    return best


@settings(max_examples=300)
@given(problems())
def test_equals_the_best_of_all_assignments(problem: tuple[Grid, Demand]) -> None:
    grid, demand = problem
    pairs = solve(grid, demand)
    assert len({row for row, _ in pairs}) == len(pairs)
    assert all(grid[row][column] for row, column in pairs)
    assert all(sum(taken == column for _, taken in pairs) <= places for column, places in enumerate(demand.places))
    assert value(pairs, grid, demand) == best_of_all(grid, demand)


def everyone(grid: Grid, places: int = 1) -> Demand:
    rows, columns = len(grid), len(grid[0])
    nobody = np.zeros(max(rows, columns), dtype=np.bool_)
    alone = np.ones(columns, dtype=np.bool_)
    return Demand(np.full(columns, places, dtype=np.int32), alone, nobody[:rows], nobody[:columns])


@pytest.mark.parametrize(
    ("grid", "places", "pairs"),
    [
        ([[9000, 5000], [5000, 0]], 1, [(0, 1), (1, 0)]),
        ([[10_000, 8000], [6000, 4500]], 1, [(0, 1), (1, 0)]),
        ([[9000, 5000], [5000, 9000]], 1, [(0, 0), (1, 1)]),
        ([[9000, 5000], [9000, 5000]], 2, [(0, 0), (1, 1)]),
        ([[9000, 0], [8000, 0]], 2, [(0, 0), (1, 0)]),
        ([[0, 0], [0, 0]], 1, []),
    ],
    ids=["most people", "worst before sum", "sum", "both mentors", "two places", "nobody"],
)
def test_order_of_the_aims(grid: Grid, places: int, pairs: list[tuple[int, int]]) -> None:
    found = solve(grid, everyone(grid, places))
    assert value(found, grid, everyone(grid)) == value(pairs, grid, everyone(grid))


def test_who_waited_goes_before_a_better_score_but_not_before_one_more_person() -> None:
    grid = [[9000], [5000]]
    nobody = np.zeros(1, dtype=np.bool_)
    one, waited = np.ones(1, dtype=np.int32), np.array([False, True])
    assert solve(grid, Demand(one, ~nobody, waited, nobody)) == [(1, 0)]
    crossed = [[9000, 0], [0, 0], [5000, 0]]
    demand = everyone(crossed)
    assert solve(
        crossed, Demand(demand.places, demand.alone, np.array([False, True, False]), demand.waited_columns)
    ) == [(0, 0)]


def test_no_swap_of_two_pairs_improves_a_large_grid() -> None:
    rng = np.random.default_rng(3)
    score = rng.integers(4500, 10_001, size=(150, 150)).astype(np.int32)
    demand = everyone(score.tolist())
    everywhere = np.ones(score.shape, dtype=np.bool_)
    share = shares(score, everywhere)
    pairs = assign(score, everywhere, demand, share)
    floor = min(share[pair] for pair in pairs)
    assert len(pairs) == 150
    assert len(assign(score, share > floor, demand, share)) < 150
    swaps = [
        (one, other)
        for one in pairs
        for other in pairs
        if min(share[one[0], other[1]], share[other[0], one[1]]) >= floor
        and score[one[0], other[1]] + score[other[0], one[1]] > score[one] + score[other]
    ]
    assert swaps == []


def test_the_sum_alone() -> None:
    score = np.array([[10_000, 8000], [6000, 4500]], dtype=np.int32)
    assert assign(score, score > 0, everyone(score.tolist()), None) == [(0, 0), (1, 1)]


def test_a_grid_beyond_exact_arithmetic_is_refused() -> None:
    score = np.full((7000, 1), 5000, dtype=np.int32)
    with pytest.raises(ValueError, match="too many"):
        assign(score, score > 0, everyone(score.tolist()), None)
