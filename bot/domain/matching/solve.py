"""The optimal assignment on a dense grid, to about a thousand people a side.

In this order: most people with a pair; of those ways, most who had waited; of those, the worst-off mentee as well off
as can be, by the score as a share of the best that this mentee could have; of those, the highest sum. Ties fall to the
solver's fixed order of rows and columns, so callers sort them.

How many can be matched is a question of ranks. By the Mendelsohn-Dulmage theorem a set of mentees and a set of mentors
that can each be matched can be matched together, and each set grows to a largest one without losing anybody. So a grid
of open pairs is as good as another when four maximum matchings are as large. That makes the worst share a bisection;
one linear assignment then finds the sum. See Burkard, Dell'Amico and Martello, Assignment Problems, chapters 2 and 3.
"""

from bisect import bisect_right
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from bot.domain.matching.features import Bools, Ints

_TOP_SCORE = 20_000
_EXACT = 2**53
FULL_SHARE = 10_000


@dataclass(frozen=True)
class Demand:
    """Who is to be assigned. Rows are mentees, one place each; columns are mentors.

    `places` is each mentor's free capacity; `alone` marks mentors who have no pair yet; `waited_rows` and
    `waited_columns` mark who was left out last time.
    """

    places: Ints
    alone: Bools
    waited_rows: Bools
    waited_columns: Bools


def shares(score: Ints, allowed: Bools) -> Ints:
    """Each score in hundredths of a per cent of the highest one that is allowed in its row; 0 where none is."""
    best = np.where(allowed, score, 0).max(axis=1, initial=0)[:, None]
    share: Ints = np.minimum(score * FULL_SHARE // np.maximum(best, 1), FULL_SHARE).astype(np.int32)
    return share


def assign(score: Ints, allowed: Bools, demand: Demand, share: Ints | None) -> list[tuple[int, int]]:
    """Chosen (row, column) pairs in order of rows. `score` lies in 0..20000 where `allowed`; the worst `share` is made
    as high as can be, and without one the sum alone decides among the largest choices.

    Raises ValueError for grids too large for exact arithmetic (several thousand rows).
    """
    if not allowed.any():
        return []
    seats = _Seats.of(demand, len(score))
    kept = allowed if share is None else allowed & (share >= _highest_floor(share, allowed, demand, seats))
    value = np.where(kept[:, seats.owner], _values(score, demand, seats), 0)
    rows, taken = linear_sum_assignment(value, maximize=True)
    pairs = zip(rows.tolist(), seats.owner[taken].tolist(), strict=True)
    return [(row, column) for row, column in pairs if kept[row, column]]


@dataclass(frozen=True)
class _Seats:
    """A column for each free place: `owner` is its mentor, `first` marks the place that gives a mentor a pair."""

    owner: NDArray[np.intp]
    first: Bools

    @classmethod
    def of(cls, demand: Demand, most: int) -> "_Seats":
        owner = np.repeat(np.arange(len(demand.places)), np.minimum(demand.places, most))
        first = np.ones(len(owner), dtype=np.bool_)
        first[1:] = owner[1:] != owner[:-1]
        return cls(owner, first & demand.alone[owner])


def _values(score: Ints, demand: Demand, seats: _Seats) -> NDArray[np.float64]:
    """One number for a person, for one who waited and for the score, each heavier than all that follows it."""
    waiting = len(score) * _TOP_SCORE + 1
    person = (2 * len(score) + 1) * waiting
    if 4 * len(score) * person > _EXACT:
        raise ValueError(f"{len(score)} rows are too many for a dense assignment")
    people = 1 + seats.first.astype(np.float64)
    waited = demand.waited_rows[:, None] + (demand.waited_columns[seats.owner] & seats.first).astype(np.float64)
    values: NDArray[np.float64] = person * people + waiting * waited + score[:, seats.owner]
    return values


def _highest_floor(share: Ints, allowed: Bools, demand: Demand, seats: _Seats) -> int:
    """The highest share below which every pair can be closed while as many people as before can be matched."""
    floors = np.unique(share[allowed]).tolist()
    best = _ranks(allowed, demand, seats)
    lost = bisect_right(floors, False, key=lambda floor: _ranks(allowed & (share >= floor), demand, seats) != best)
    return int(floors[lost - 1])


def _ranks(open_pairs: Bools, demand: Demand, seats: _Seats) -> list[int]:
    """Largest number of mentees, of mentors who were alone, and of those who waited among each, that can be matched."""
    first_seats = seats.owner[seats.first]
    return [
        _rank(open_pairs[:, seats.owner]),
        _rank(open_pairs[:, first_seats]),
        _rank(open_pairs[demand.waited_rows][:, seats.owner]),
        _rank(open_pairs[:, first_seats[demand.waited_columns[first_seats]]]),
    ]


def _rank(open_pairs: Bools) -> int:
    if not open_pairs.any():
        return 0
    partners = maximum_bipartite_matching(csr_array(open_pairs), perm_type="column")
    return int((partners >= 0).sum())
