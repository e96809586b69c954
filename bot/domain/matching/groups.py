"""One mentor with a group of mentees: every group has at least the least number, or the mentor has none.

Places with a lower bound make the exact question hard (it is a facility location problem): which mentors have a group.
In a small round a solver of such questions finds it, and proves how many people can be placed at most. With the mentors
known the rest is an assignment: the least number of places of each weighs as much as a person, so all of them are
filled (Mendelsohn and Dulmage), and of those ways the fairest is chosen.

In a large round the least number of places of each mentor is filled first; mentors whose group stays too small are
closed, the emptiest half of them at a time, until every group is large enough; then the rest is assigned to the places
that are left. The plain assignment, which knows no lower bound, says how far from the best this may be.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from ortools.sat.python import cp_model

from bot.domain.matching import solve
from bot.domain.matching.choice import Case, Choice, assigned, decisive
from bot.domain.matching.features import Bools, Ints, Longs
from bot.domain.matching.model import Proof, Watch
from bot.domain.matching.solve import FULL_SHARE

MOST_OPEN = 6000
"""Open pairs of a round whose groups are solved as a whole."""
NUMBER, SUM = 2.0, 0.1
"""How long the solver may look for the largest number and for the highest sum: in its own measure of work, which is the
same on every machine, so that the same round gives the same groups."""


def choose(case: Case, watch: Watch) -> Choice:
    """The groups. A mentor who has mentees already keeps them and may end with a small group."""
    begun = ~case.alone
    case = replace(case, alone=np.zeros_like(case.alone))
    plain = assigned(case, watch)
    if plain.grid is not None:
        decides, allowed = decisive(case, plain.grid)
        if int(allowed.sum()) <= MOST_OPEN:
            found = _as_a_whole(case, plain, begun, decides, allowed)
            if found is not None:
                return found
    return _by_halves(case, plain, begun, watch)


# ── Small rounds ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class _Open:
    """The mentors who have a group, or go on with one, and the least number of each new one.

    `worth`: how many mentees are placed, and then how many who waited; `most`: how many can be at most.
    """

    mentors: Bools
    least: int
    worth: int
    most: int


def _as_a_whole(case: Case, plain: Choice, begun: Bools, decides: Ints, allowed: Bools) -> Choice | None:
    demand = case.demand(np.arange(len(case.mentees)), np.arange(len(case.mentors)))
    found = _sturdy(case, begun, decides, allowed, demand.waited_rows)
    if found is None:
        return None
    core = np.where(found.mentors & ~begun, found.least, 0)
    spare = np.where(found.mentors, case.places - core, 0)
    owner = np.append(np.repeat(np.arange(len(core)), core), np.arange(len(core)))
    seats = solve.Demand(
        places=np.append(np.ones(core.sum(), dtype=np.int32), spare.astype(np.int32)),
        alone=np.arange(len(owner)) < core.sum(),
        waited_rows=demand.waited_rows,
        waited_columns=np.zeros(len(owner), dtype=np.bool_),
    )
    share = solve.shares(decides, allowed)
    chosen = [
        (row, int(owner[seat]))
        for row, seat in solve.assign(
            decides[:, owner], allowed[:, owner], seats, share[:, owner] if case.fair else None
        )
    ]
    rows, columns = (np.array(side, dtype=np.int64) for side in (zip(*chosen, strict=True) if chosen else ((), ())))
    shares = dict(zip(case.keys(rows, columns), share[rows, columns].tolist(), strict=True))
    total, people = int(decides[rows, columns].sum()), len(chosen)
    bound = plain.proof.bound if people == plain.proof.most else max(plain.proof.bound, people * _highest(case))
    proof = Proof(people, found.most, total, bound, min(shares.values(), default=FULL_SHARE), FULL_SHARE)
    return replace(plain, shares=shares, proof=proof)


def _sturdy(case: Case, begun: Bools, decides: Ints, allowed: Bools, waited: Bools) -> _Open | None:
    """Groups that one no does not end, with one more than the least number, where they place as many people.

    Where the sum alone decides, of the least number.
    """
    least, largest = case.settings.group
    usual = _open(case, begun, decides, allowed, waited, least)
    if usual is None or least == largest or not case.fair:
        return usual
    larger = _open(case, begun, decides, allowed, waited, least + 1)
    return replace(larger, most=usual.most) if larger is not None and larger.worth == usual.worth else usual


def _open(case: Case, begun: Bools, decides: Ints, allowed: Bools, waited: Bools, least: int) -> _Open | None:
    """Which mentors to open: most mentees with a place; of those ways most who waited; of those the highest sum.

    None when that is too hard.
    """
    model = cp_model.CpModel()
    opened = [model.new_bool_var("") for _ in range(len(case.mentors))]
    pairs = [(row, column, model.new_bool_var("")) for row, column in np.argwhere(allowed).tolist()]
    for row in range(len(case.mentees)):
        model.add_at_most_one(pair for at, _, pair in pairs if at == row)
    for column, is_open in enumerate(opened):
        seats = sum(pair for _, at, pair in pairs if at == column)
        model.add(seats <= int(case.places[column]) * is_open)
        if not begun[column]:
            model.add(seats >= least * is_open)
    placed = sum((1 + len(waited)) * pair + (pair if waited[row] else 0) for row, _, pair in pairs)
    model.maximize(placed)
    solver = _solved(model, NUMBER)
    if solver is None:
        return None
    most, chosen = int(solver.best_objective_bound) // (1 + len(waited)), _values(solver, opened)
    for variable in (*opened, *(pair for _, _, pair in pairs)):
        model.add_hint(variable, solver.value(variable))
    worth = round(solver.objective_value)
    model.add(placed >= worth)
    model.maximize(sum(int(decides[row, column]) * pair for row, column, pair in pairs))
    better = _solved(model, SUM)
    return _Open((_values(better, opened) if better else chosen) | begun, least, worth, most)


def _values(solver: cp_model.CpSolver, variables: Sequence[cp_model.IntVar]) -> Bools:
    return np.array([solver.boolean_value(one) for one in variables], dtype=np.bool_)


def _solved(model: cp_model.CpModel, effort: float) -> cp_model.CpSolver | None:
    """None when so much work finds no solution."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.max_deterministic_time = effort
    return solver if solver.solve(model) in (cp_model.OPTIMAL, cp_model.FEASIBLE) else None


def _highest(case: Case) -> int:
    return FULL_SHARE + 100 * case.settings.loyalty


# ── Large rounds ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _by_halves(case: Case, plain: Choice, begun: Bools, watch: Watch) -> Choice:
    core, load = _core(case, begun, watch)
    placed = {mentee for _, mentee in core.shares}
    free = case.free & np.array([mentee not in placed for mentee in case.mentees.tolist()], dtype=np.bool_)
    places = np.where((load > 0) | begun, case.places - load, 0).astype(np.int32)
    rest = assigned(replace(case, free=free, places=places), watch)
    proof = _proof(plain.proof, core.proof, rest.proof, _highest(case))
    return replace(plain, shares={**core.shares, **rest.shares}, proof=proof)


def _core(case: Case, begun: Bools, watch: Watch) -> tuple[Choice, Longs]:
    """The least number of mentees of each group that meets, and how many each mentor has of them."""
    while True:
        choice = assigned(replace(case, places=np.minimum(case.places, case.settings.group[0])), watch)
        counts = Counter(mentor_id for mentor_id, _ in choice.shares)
        load = np.array([counts[mentor] for mentor in case.mentors.tolist()], dtype=np.int64)
        small = (load > 0) & (load < case.settings.group[0]) & ~begun
        if not small.any():
            return choice, load
        case = replace(case, places=np.where(_emptier_half(load, small), 0, case.places))


def _emptier_half(load: Longs, small: Bools) -> Bools:
    """Half of the mentors whose groups are too small: those with the fewest mentees, the newest of them first."""
    places = np.flatnonzero(small)
    order = places[np.lexsort((-places, load[places]))]
    half = np.zeros_like(small)
    half[order[: (len(order) + 1) // 2]] = True
    return half


def _proof(plain: Proof, core: Proof, rest: Proof, most: int) -> Proof:
    """With fewer people than the plain assignment only the highest score of each, `most`, bounds the sum."""
    people = core.people + rest.people
    bound = plain.bound if people == plain.most else max(plain.bound, people * most)
    worst = min(core.worst, rest.worst)
    return Proof(people, plain.most, core.total + rest.total, bound, worst, FULL_SHARE)
