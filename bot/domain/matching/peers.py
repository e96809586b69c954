"""Pairs of peers: one pool, so a matching in a general graph. Rows and columns are the same people.

A small pool is solved exactly (Edmonds' algorithm, by rustworkx). A large one is first solved as if everybody could be
taken half by one and half by another, which is an assignment of the pool to itself and bounds every matching from above
(Balinski); its cycles are then cut into pairs, and whoever is left over is brought in by short exchanges.
"""

from bisect import bisect_right
from dataclasses import replace

import numpy as np
import rustworkx

from bot.domain.matching import grids
from bot.domain.matching.choice import Case, Choice
from bot.domain.matching.features import Ints, Longs
from bot.domain.matching.model import Proof, Watch
from bot.domain.matching.solve import FULL_SHARE, Demand, shares

EXACT = 320
FIRST_PAIRS = 60
TOLERANCE = 15e-4  # what cutting cycles into pairs loses is of this size
LIGHT_PERSON = 1_500
_PERSON = 20_000


def choose(case: Case, watch: Watch) -> Choice:
    """The best pairs of the pool."""
    if len(case.mentees) > EXACT:
        return _nearly(case, watch)
    watch.at("scoring", 0.1)
    grid = grids.build(case.company, case.settings)
    watch.at("pairing", 0.4)
    return _exactly(case, grid)


def _exactly(case: Case, grid: grids.Grids) -> Choice:
    fine = (grid.broken == 0) & (grid.score >= case.settings.minimum * 100)
    free = case.free & (case.places > 0)
    allowed = fine & free[:, None] & free[None, :]
    decides = grid.score.copy()
    for one, other in ((case.incumbents.row, case.incumbents.column), (case.incumbents.column, case.incumbents.row)):
        decides[one, other] += case.settings.loyalty * 100
    share = shares(decides, allowed)
    share = np.minimum(share, share.T)
    first, second = np.nonzero(np.triu(allowed, 1))
    worth = decides[first, second].astype(np.int64)
    if case.fair:
        waited = case.waited_mentees.astype(np.int64)
        favour = waited[first] + waited[second]
        worth += favour * (len(free) * _PERSON)
        kept = share[first, second] >= _highest_floor(share[first, second], first, second, favour)
        first, second, worth = first[kept], second[kept], worth[kept]
    chosen = _matching(first, second, worth)
    one, other = np.array(chosen, dtype=np.int64).reshape(-1, 2).T
    total, parts = int(decides[one, other].sum()), share[one, other]
    proof = Proof(2 * len(one), 2 * len(one), total, total, *(int(parts.min(initial=FULL_SHARE)),) * 2)
    possible = fine.sum(axis=1, dtype=np.int32)
    return Choice(_by_pair(case, one, other, parts), proof, (possible, possible), grid)


def _by_pair(case: Case, one: Longs, other: Longs, share: Ints) -> dict[tuple[int, int], int]:
    """People stand in order of their ids, so the lower place has the lower id."""
    keys = case.keys(np.maximum(one, other), np.minimum(one, other))
    return dict(zip(keys, share.tolist(), strict=True))


def _highest_floor(share: Ints, first: Longs, second: Longs, favour: Longs) -> int:
    """The highest share below which every pair can be closed while as many people, and as many who waited, remain."""
    floors = np.unique(share).tolist() or [0]

    def size(floor: int) -> tuple[int, int]:
        kept = np.flatnonzero(share >= floor)
        found = _matching(first[kept], second[kept], favour[kept])
        worth = {(one, other): much for one, other, much in zip(first[kept], second[kept], favour[kept], strict=True)}
        return len(found), sum(int(worth[pair]) for pair in found)

    most = size(floors[0])
    lost = bisect_right(floors, False, key=lambda floor: size(floor) != most)
    return int(floors[lost - 1])


def _matching(first: Longs, second: Longs, worth: Longs) -> list[tuple[int, int]]:
    """The most pairs, and of those ways the highest worth, as (lower, higher) in order."""
    graph = rustworkx.PyGraph(multigraph=False)
    graph.add_nodes_from(range(int(second.max(initial=-1)) + 1))
    graph.add_edges_from(list(zip(first.tolist(), second.tolist(), worth.tolist(), strict=True)))
    found = rustworkx.max_weight_matching(graph, max_cardinality=True, weight_fn=int)
    return sorted((min(pair), max(pair)) for pair in found)


def _nearly(case: Case, watch: Watch) -> Choice:
    """Of a large pool: the number and the sum, within the bound that is told. The worst-off is not sought."""
    from bot.domain.matching import large  # compiles
    from bot.domain.matching.rounding import rounded

    pace = large.Pace(watch)
    plain = large.task_of(case, pace)
    rows, order = plain.search.chosen, plain.search.packed.order
    nobody = np.zeros(len(order), dtype=np.bool_)
    waited = case.waited_mentees[rows] & case.fair
    demand = Demand(plain.demand.places, nobody, waited, nobody)
    nothing = np.zeros(len(order), dtype=np.int64)
    task = replace(plain, demand=demand, first_bonus=nothing, tolerance=TOLERANCE, person=LIGHT_PERSON)
    begun = large.start(task, FIRST_PAIRS)
    pace.enter("pairing")
    halves = large.solve(task, begun, fair=False)
    place = np.full(len(case.mentees), -1, dtype=np.int64)
    place[rows] = np.arange(len(rows))
    mate, score = rounded(halves.graph, halves.edges, place[order], task.row_bonus)
    one = np.flatnonzero(np.arange(len(mate)) < mate)
    other = mate[one]
    best = np.maximum(np.maximum(begun.best[one], begun.best[other]), 1)
    share = np.minimum(score[one] * FULL_SHARE // best, FULL_SHARE).astype(np.int32)
    proof = Proof(
        people=2 * len(one),
        most=halves.numbers[0] // 2 * 2,
        total=int(score[one].sum()),
        bound=(halves.bound + int(task.row_bonus[halves.rows].sum() - task.row_bonus[mate >= 0].sum())) // 2,
        worst=int(share.min(initial=FULL_SHARE)),
        worst_bound=FULL_SHARE,
    )
    degree = np.zeros(len(case.mentees), dtype=np.int32)
    degree[rows] = begun.degree
    return Choice(_by_pair(case, rows[one], rows[other], share), proof, (degree, degree))
