"""One matching in a process of its own: `python -m benchmarks.matchers SOLVER FILE` reads a pickled case, prints JSON.

The solvers that Inverso is held against get their scores from the same compiled kernels, as a whole grid or by rows:
they differ in the choice alone.
"""

import json
import pickle
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from benchmarks.people import synthetic
from bot.domain.matching import Settings, Stage, Watch, kernels
from bot.domain.matching.choice import Case
from bot.domain.matching.large import PERSON, Pace, choose, start, task_of
from bot.domain.matching.packing import Packed, pack
from bot.domain.matching.peers import choose as choose_peers
from bot.domain.matching.rules import barred_pairs
from bot.domain.matching.ties import Pairs as Ties

Figures = dict[str, float]
Pairs = list[tuple[int, int]]
Grid = NDArray[np.int16]

THREADS = 2
ROWS = 512
NUMBER = 100_000
NEAREST = 20


def case_of(people: int, scenario: Any, seed: int, **changes: Any) -> Case:
    """The arrays of a synthetic company."""
    found = synthetic(people, scenario, seed)
    mentors, mentees = ([one for one in found.candidates if one.role == role] for role in ("mentor", "mentee"))
    if scenario == "peer":
        mentors = mentees = found.candidates
    settings: Settings = replace(found.settings, **changes)
    return Case.of(mentors, mentees, settings, barred_pairs(found.rules))


def inverso(case: Case) -> Figures:
    """The product's own choice."""
    began: dict[Stage, float] = {}

    def note(stage: Stage, _: float) -> None:
        began.setdefault(stage, time.perf_counter())

    solver = choose_peers if case.settings.shape == "peers" else choose
    choice = solver(case, Watch(progress=note))
    ended = time.perf_counter()
    proof = choice.proof
    return {
        "scoring": began["pairing"] - began["scoring"],
        "solving": ended - began["pairing"],
        "matched": len(choice.shares),
        "total": proof.total,
        "bound": proof.bound,
        "gap": 100 * proof.gap,
        "proved": proof.number_is_proved,
        "worst share": proof.worst / 100,
        "worst share proved": proof.worst_is_proved,
        "of fractional bound": (proof.total + PERSON * len(choice.shares))
        / max(proof.bound + PERSON * proof.most / (2 if case.settings.shape == "peers" else 1), 1),
    }


@njit(nogil=True, cache=True)
def _score_rows(thread: Any, threads: Any, chosen: Any, rows: Any, columns: Any, points: Any, grid: Any) -> None:
    """The scores of every nth chosen row with all columns, in `grid`."""
    wide, buffers = kernels.workspace(columns)
    out = np.empty(wide, np.int16)
    for k in range(thread, chosen.size, threads):
        for tile in range(columns.tiles.size - 1):
            lo, hi = columns.tiles[tile], columns.tiles[tile + 1]
            if kernels.score_tile(chosen[k], tile, rows, columns, points, buffers, out):
                grid[k, lo:hi] = out[: hi - lo]
            else:
                grid[k, lo:hi] = -1


def packed(case: Case) -> Packed:
    """All rows, and the columns in the order of the kernels."""
    rows = np.arange(len(case.mentees))
    return pack(case.company, case.settings, rows, np.flatnonzero(~case.company.columns.barred))


def rows_of(them: Packed, rows: NDArray[np.int64]) -> Grid:
    """The scores of some rows with all columns, -1 where a pair may not be."""
    grid = np.empty((len(rows), them.shape[1]), dtype=np.int16)

    def part(thread: int) -> None:
        _score_rows(thread, THREADS, rows, them.rows, them.columns, them.points, grid)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(part, range(THREADS)))
    return grid


def by_rows(them: Packed, order: NDArray[np.int64]) -> Iterator[tuple[int, Grid]]:
    """Each row in this order with its scores."""
    for begin in range(0, len(order), ROWS):
        some = order[begin : begin + ROWS]
        yield from zip(some.tolist(), rows_of(them, some), strict=True)


def random_pairs(case: Case, them: Packed) -> Pairs:
    """Everybody in a random order takes a random one of those who may be and are free."""
    rng = np.random.default_rng(0)
    left = case.places[them.order].copy()
    pairs = []
    for row, scores in by_rows(them, rng.permutation(len(case.mentees))):
        fine = np.flatnonzero((scores >= 0) & (left > 0))
        if len(fine):
            column = int(rng.choice(fine))
            left[column] -= 1
            pairs.append((row, int(scores[column])))
    return pairs


def greedy(case: Case, them: Packed) -> Pairs:
    """Everybody in turn takes the best of those who are free."""
    left = case.places[them.order].copy()
    pairs = []
    for row, scores in by_rows(them, np.arange(len(case.mentees))):
        column = int(np.where(left > 0, scores, -1).argmax())
        if left[column] > 0 and scores[column] >= 0:
            left[column] -= 1
            pairs.append((row, int(scores[column])))
    return pairs


def deferred_acceptance(case: Case, them: Packed) -> Pairs:
    """Gale and Shapley: mentees propose from the best down, mentors keep the best that they have room for."""
    grid = rows_of(them, np.arange(len(case.mentees)))
    wishes = np.argsort(-grid, axis=1, kind="stable").astype(np.int32)
    tried = np.zeros(len(grid), dtype=np.int64)
    held: list[list[tuple[int, int]]] = [[] for _ in range(them.shape[1])]
    places = case.places[them.order].tolist()
    free = list(range(len(grid)))
    while free:
        row = free.pop()
        if tried[row] == grid.shape[1]:
            continue
        column = int(wishes[row, tried[row]])
        tried[row] += 1
        score = int(grid[row, column])
        if score < 0:
            continue
        held[column].append((score, row))
        if len(held[column]) > places[column]:
            worst = min(held[column])
            held[column].remove(worst)
            free.append(worst[1])
    return [(row, score) for kept in held for score, row in kept]


def dense(case: Case, them: Packed) -> Pairs:
    """The optimum by scipy on all pairs, a column a seat: the largest number, then the highest sum."""
    from scipy.optimize import linear_sum_assignment

    owner = np.repeat(np.arange(them.shape[1]), case.places[them.order])
    grid = rows_of(them, np.arange(len(case.mentees)))[:, owner]
    value = np.where(grid >= 0, grid + np.float64(NUMBER), 0.0)
    rows, seats = linear_sum_assignment(value, maximize=True)
    return [(row, int(grid[row, seat])) for row, seat in zip(rows, seats, strict=True) if grid[row, seat] >= 0]


def random_peers(case: Case, them: Packed) -> Pairs:
    """Everybody in a random order takes a random one of those who may be and are free."""
    return _one_by_one(case, them, np.random.default_rng(0))


def greedy_peers(case: Case, them: Packed) -> Pairs:
    """Everybody in turn takes the best of those who are free."""
    return _one_by_one(case, them, None)


def _one_by_one(case: Case, them: Packed, rng: np.random.Generator | None) -> Pairs:
    order = np.arange(len(case.mentees)) if rng is None else rng.permutation(len(case.mentees))
    left = np.ones(them.shape[1], dtype=np.bool_)
    pairs = []
    for row, scores in by_rows(them, order):
        fine = np.flatnonzero((scores >= 0) & left)
        if left[them.place[row]] and len(fine):
            column = int(fine[scores[fine].argmax()] if rng is None else rng.choice(fine))
            left[[column, them.place[row]]] = False
            pairs.append((row, int(scores[column])))
    return pairs


def blossom(case: Case, _: Packed) -> Pairs:
    """Edmonds' algorithm by rustworkx, on the best twenty of each person."""
    import rustworkx

    task = task_of(case, Pace(Watch()))
    graph = start(task).graph
    within = np.arange(len(graph.keys)) - graph.at[graph.row] < NEAREST
    one, other = task.search.chosen[graph.row[within]], task.search.packed.order[graph.column[within]]
    score = graph.score[within]
    edges = {
        (min(pair), max(pair)): points
        for *pair, points in zip(one.tolist(), other.tolist(), score.tolist(), strict=True)
    }
    network = rustworkx.PyGraph()
    network.add_nodes_from(range(len(case.mentees)))
    network.add_edges_from([(*pair, points) for pair, points in edges.items()])
    found = rustworkx.max_weight_matching(network, max_cardinality=True, weight_fn=int)
    return [(min(pair), edges[min(pair), max(pair)]) for pair in found]


BASELINES: dict[str, Callable[[Case, Packed], Pairs]] = {
    "random allowed": random_pairs,
    "greedy": greedy,
    "deferred acceptance": deferred_acceptance,
    "scipy dense": dense,
    "random peers": random_peers,
    "greedy peers": greedy_peers,
    "rustworkx": blossom,
}


def solve(solver: str, case: Case) -> Figures:
    """Run one of them. Seconds are of the wall; scores are in hundredths of a point."""
    if solver == "inverso":
        return inverso(case)
    if solver == "again":
        return again(case)
    begun = time.perf_counter()
    pairs = BASELINES[solver](case, packed(case))
    scores = [score for _, score in pairs]
    return {
        "solving": time.perf_counter() - begun,
        "matched": len(pairs),
        "total": sum(scores),
        "worst pair": min(scores, default=0) / 100,
    }


def again(case: Case) -> Figures:
    """A full run; then one in a hundred pairs breaks and only those are matched again; then one in a hundred leaves and
    one in twenty scores otherwise, and all are matched again with what was there before as incumbents."""
    rng = np.random.default_rng(0)
    begun = time.perf_counter()
    first = choose(case, Watch())
    full = time.perf_counter() - begun
    row = {mentee: place for place, mentee in enumerate(case.mentees.tolist())}
    column = {mentor: place for place, mentor in enumerate(case.mentors.tolist())}
    pairs = Ties.of([(row[mentee], column[mentor]) for mentor, mentee in first.shares])
    broken = rng.random(len(pairs.row)) < 0.01
    begun = time.perf_counter()
    repaired = choose(_around(case, pairs, broken), Watch())
    repair = time.perf_counter() - begun
    changed = _changed(case, pairs, rng)
    loyal = choose(changed, Watch()).shares.keys()
    staying = set(case.keys(pairs.row, pairs.column))
    gone = set(changed.mentees[~changed.free].tolist())
    staying = {pair for pair in staying if pair[1] not in gone}
    return {
        "full run": full,
        "repair": repair,
        "broken": int(broken.sum()),
        "repaired": len(repaired.shares),
        "kept": 100 * len(staying & loyal) / len(staying),
    }


def _around(case: Case, pairs: Ties, broken: NDArray[np.bool_]) -> Case:
    """What is left to decide when all but the broken pairs are accepted, and those are declined."""
    load = np.bincount(pairs.column[~broken], minlength=len(case.mentors))
    free = case.free.copy()
    free[pairs.row[~broken]] = False
    ties = dict(case.company.ties)
    ties["declined"] = Ties.all(ties["declined"], Ties(pairs.row[broken], pairs.column[broken]))
    places = (case.places - load).astype(np.int32)
    return replace(case, free=free, places=places, company=replace(case.company, ties=ties))


def _changed(case: Case, pairs: Ties, rng: np.random.Generator) -> Case:
    """One in a hundred mentees has left, one in twenty has another department and preference; pairs are incumbents."""
    rows = case.company.rows
    some = np.flatnonzero(rng.random(len(rows)) < 0.05)
    department, first = rows.department.copy(), rows.preferred.copy()
    department[some], first[some] = department[rng.permutation(some)], first[rng.permutation(some)]
    company = replace(case.company, rows=replace(rows, department=department, preferred=first))
    return replace(case, free=case.free & (rng.random(len(rows)) >= 0.01), company=company, incumbents=pairs)


def peak() -> float:
    """The most memory that this process had, in MB. `getrusage` would count that of the process which started it."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def main() -> None:
    """Solve a small company first, so that no compiler and no first import is measured."""
    solver, file = sys.argv[1], Path(sys.argv[2])
    case: Case = pickle.loads(file.read_bytes())
    small = {"peer": 400} if case.settings.shape == "peers" else {"capacity": 3000, "scarce": 400}
    for scenario, people in small.items():
        warm = case_of(people, scenario, 1, aim=case.settings.aim, spread=case.settings.spread)
        if solver in ("inverso", "again", "rustworkx"):
            inverso(warm)
        else:
            rows_of(packed(warm), np.arange(1))
    figures = solve(solver, case)
    figures["peak"] = peak()
    print(json.dumps({name: float(value) for name, value in figures.items()}))


if __name__ == "__main__":
    main()
