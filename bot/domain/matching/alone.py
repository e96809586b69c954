"""Everybody without a pair: what stops them, and the smallest change that would give them one."""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from bot.domain.matching import grids
from bot.domain.matching.changes import smallest_change
from bot.domain.matching.choice import Case, Choice
from bot.domain.matching.features import Bools, Bytes, Ints
from bot.domain.matching.model import PRIVATE_RULES, RULES, Candidate, LeftOut, Reason, Settings

_CELLS = 1_000_000
Line = tuple[Bytes, NDArray[np.uint32], Ints]


def left_out(
    case: Case, choice: Choice, mentors: Sequence[Candidate], mentees: Sequence[Candidate], paired: set[int]
) -> tuple[LeftOut, ...]:
    """Those who are not in `paired`, by id."""
    load = Counter(mentor_id for mentor_id, _ in choice.shares)
    spare = case.places > np.array([load[mentor.id] for mentor in mentors], dtype=np.int32)
    waiting = np.array([person.id not in paired for person in mentees], dtype=np.bool_)
    if case.settings.shape == "peers":
        spare &= waiting
        return tuple(_side(case, choice, mentees, mentors, choice.possible[0], spare, paired, mentees=True))
    alone = [
        *_side(case, choice, mentees, mentors, choice.possible[0], spare, paired, mentees=True),
        *_side(case, choice, mentors, mentees, choice.possible[1], waiting, paired, mentees=False),
    ]
    return tuple(sorted(alone, key=lambda someone: someone.id))


def stopped_by(first_rules: Bytes) -> dict[str, int]:
    """How many of the others each rule stops, the most first: `first_rules` has 0 for a pair that may be, else 1 + the
    place of the rule. A rule that rests on what somebody said in confidence is called `private`."""
    counts: dict[str, int] = {}
    for place, count in enumerate(np.bincount(first_rules, minlength=len(RULES) + 1).tolist()):
        if place and count:
            name = "private" if RULES[place - 1] in PRIVATE_RULES else RULES[place - 1]
            counts[name] = counts.get(name, 0) + count
    return dict(sorted(counts.items(), key=lambda item: -item[1]))


def reason(line: Line, stopped: dict[str, int], settings: Settings) -> Reason:
    """Why a person has no pair, from the line of that person with everybody of the other role. One of

    - `nobody_on_other_side`;
    - `rule` (rule, stopped, of): the rule that stops most of the others, when rules stop all of them;
    - `below_threshold` (best): nobody who may be paired reaches the minimum;
    - `taken` (possible): good partners exist and went to others.
    """
    first_rules, _, scores = line
    if not len(first_rules):
        return Reason("nobody_on_other_side")
    fine = scores[first_rules == 0]
    if not len(fine):
        rule, count = next(iter(stopped.items()))
        return Reason("rule", {"rule": rule, "stopped": count, "of": len(first_rules)})
    if fine.max() < settings.minimum * 100:
        return Reason("below_threshold", {"best": int(fine.max())})
    return Reason("taken", {"possible": int((fine >= settings.minimum * 100).sum())})


def _side(
    case: Case,
    choice: Choice,
    people: Sequence[Candidate],
    others: Sequence[Candidate],
    possible: Ints,
    spare: Bools,
    paired: set[int],
    *,
    mentees: bool,
) -> Iterator[LeftOut]:
    """Those of one role. Whoever has open pairs in a large round is told how many, without a line of all the others."""
    places = [place for place, person in enumerate(people) if person.id not in paired]
    brief = [place for place in places if choice.grid is None and possible[place]]
    rest = [place for place in places if choice.grid is not None or not possible[place]]
    for place in brief:
        person = people[place]
        change = smallest_change(person, [], None, case.settings)
        yield LeftOut(person.id, person.role, Reason("taken", {"possible": int(possible[place])}), {}, change)
    free = [others[place] for place in np.flatnonzero(spare).tolist()]
    for place, line in zip(rest, _lines(case, choice, rest, mentees=mentees), strict=True):
        person, with_free = people[place], (line[1][spare], line[2][spare])
        if case.settings.shape == "peers":  # nobody stands in their own way
            line = np.delete(line[0], place), np.delete(line[1], place), np.delete(line[2], place)
        stopped = stopped_by(line[0])
        change = smallest_change(person, free, with_free, case.settings)
        yield LeftOut(person.id, person.role, reason(line, stopped, case.settings), stopped, change)


def _lines(case: Case, choice: Choice, places: Sequence[int], *, mentees: bool) -> Iterator[Line]:
    """For each place: first broken rule, all broken rules as bits, score, with everybody of the other role."""
    if choice.grid is not None:
        yield from _of_grid(choice.grid, places, mentees=mentees)
        return
    rows, columns = np.arange(len(case.mentees)), np.arange(len(case.mentors))
    chunk = max(_CELLS // max(len(columns if mentees else rows), 1), 1)
    for begin in range(0, len(places), chunk):
        some = np.array(places[begin : begin + chunk], dtype=np.int64)
        part = case.company.part(some, columns) if mentees else case.company.part(rows, some)
        yield from _of_grid(grids.build(part, case.settings), range(len(some)), mentees=mentees)


def _of_grid(grid: grids.Grids, places: Sequence[int], *, mentees: bool) -> Iterator[Line]:
    rules = grid.first_rule
    for place in places:
        at = (place, slice(None)) if mentees else (slice(None), place)
        yield rules[at], grid.broken[at], grid.score[at]
