"""One mentor with a group of mentees: every group has at least the least number, or the mentor has none.

Places with a lower bound make the exact question hard (it is a facility location problem). So the least number of
places of each mentor is filled first; mentors whose group stays too small are closed, the emptiest half of them at a
time, until every group is large enough; then the rest is assigned to the places that are left. The plain assignment,
which knows no lower bound, says how far from the best this may be.
"""

from collections import Counter
from dataclasses import replace

import numpy as np

from bot.domain.matching.choice import Case, Choice, assigned
from bot.domain.matching.features import Bools, Longs
from bot.domain.matching.model import Proof, Watch
from bot.domain.matching.solve import FULL_SHARE


def choose(case: Case, watch: Watch) -> Choice:
    """The groups. A mentor who has mentees already keeps them and may end with a small group."""
    begun = ~case.alone
    case = replace(case, alone=np.zeros_like(case.alone))
    plain = assigned(case, watch)
    core, load = _core(case, begun, watch)
    placed = {mentee for _, mentee in core.shares}
    free = case.free & np.array([mentee not in placed for mentee in case.mentees.tolist()], dtype=np.bool_)
    places = np.where((load > 0) | begun, case.places - load, 0).astype(np.int32)
    rest = assigned(replace(case, free=free, places=places), watch)
    most = FULL_SHARE + 100 * case.settings.loyalty
    return replace(
        plain, shares={**core.shares, **rest.shares}, proof=_proof(plain.proof, core.proof, rest.proof, most)
    )


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
