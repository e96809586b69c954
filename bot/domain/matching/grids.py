"""All pairs at once: which hard rule stops each, and what each scores. Rows are mentees, columns are mentors.

Equal to `rules.broken_rules` and `score.score_pair` to the integer, without a Python object for each pair.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.domain.matching.features import Bools, Floats, Ints, Side, Vocabulary, encode, skill_columns
from bot.domain.matching.model import FORMATS, RULES, Candidate, Settings
from bot.domain.matching.rules import Barred, direct_superiors, superiors
from bot.domain.matching.score import FULL_SLOTS, OTHER_DEPARTMENT, OTHER_SITE
from bot.domain.matching.week import SLOT

_IN_PERSON = FORMATS.index("in_person")


@dataclass(frozen=True)
class Grids:
    """`rule`: 0 where the pair may be, else 1 + the place in RULES of the first rule it breaks. `score`: 0..10000."""

    rule: NDArray[np.uint8]
    score: Ints


def build(mentees: Sequence[Candidate], mentors: Sequence[Candidate], settings: Settings, barred: Barred) -> Grids:
    """The grids of every mentee (rows) with every mentor (columns), in the order given."""
    words = Vocabulary.of([*mentees, *mentors])
    rows, columns = encode(mentees, words, settings), encode(mentors, words, settings)
    slots = _shared_slots(rows.starts, columns.starts)
    taught = _product(rows.wants, columns.offers)
    broken = {
        **_broken_by_people(mentees, mentors, barred),
        **_broken_by_place(mentees, mentors),
        **_broken_by_features(rows, columns, slots),
        "nothing_to_teach": taught == 0,
    }
    rule = np.zeros(slots.shape, dtype=np.uint8)
    for place in reversed(range(len(RULES))):
        rule[broken[RULES[place]]] = place + 1
    return Grids(rule, _score(rows, columns, slots, taught, words, settings))


def _score(rows: Side, columns: Side, slots: Ints, taught: Ints, words: Vocabulary, settings: Settings) -> Ints:
    full = {name: weight * 100 for name, weight in settings.weights.items()}
    returned = _product(columns.wants, rows.offers).T
    distance = OTHER_DEPARTMENT * _differs(rows.department, columns.department)
    distance = distance + OTHER_SITE * _differs(rows.site, columns.site)
    score = full["mentee_wants"] * taught // rows.unit_totals[:, None]
    score += full["mentor_wants"] * returned // columns.unit_totals[None, :]
    aims = sum(bool(objective.skills) for objective in settings.objectives)
    score += full["objective"] * _served(rows, columns, words, settings) // max(aims, 1)
    score += full["distance"] * distance // 100
    score += full["availability"] * np.minimum(slots, FULL_SLOTS) // FULL_SLOTS
    score += full["format"] * _same_preference(rows, columns)
    score += full["language"] * (_product(rows.ease, columns.ease) > 0)
    return score.astype(np.int32)


def _product(ours: Floats, theirs: Floats) -> Ints:
    """Small whole numbers, so that single precision is exact."""
    product: Ints = (ours @ theirs.T).astype(np.int32)
    return product


def _shared_slots(ours: Bools, theirs: Bools) -> Ints:
    """Earliest first, which fits the most slots that do not overlap."""
    count = np.zeros((len(ours), len(theirs)), dtype=np.int32)
    free_from = np.zeros(count.shape, dtype=np.int32)
    for begin in np.flatnonzero(ours.any(axis=0) & theirs.any(axis=0)):
        fits = ours[:, begin, None] & theirs[None, :, begin] & (free_from <= begin)
        count += fits
        np.putmask(free_from, fits, begin + SLOT)
    return count


def _served(rows: Side, columns: Side, words: Vocabulary, settings: Settings) -> Ints:
    """How many of the round's objectives a covered topic serves, in either direction."""
    count = np.zeros((len(rows.stage), len(columns.stage)), dtype=np.int32)
    for objective in settings.objectives:
        own = skill_columns(objective.skills, words)
        taught = _product(rows.wants[:, own], columns.offers[:, own])
        returned = _product(columns.wants[:, own], rows.offers[:, own]).T
        count += (taught > 0) | (returned > 0)
    return count


def _same_preference(rows: Side, columns: Side) -> Bools:
    preferred = rows.preferred[:, None]
    apart = (preferred == _IN_PERSON) & (rows.site[:, None] != columns.site[None, :])
    same: Bools = (preferred == columns.preferred[None, :]) & (preferred >= 0) & ~apart
    return same


def _differs(ours: Ints, theirs: Ints) -> Bools:
    known = (ours > 0)[:, None] & (theirs > 0)[None, :]
    differs: Bools = known & (ours[:, None] != theirs[None, :])
    return differs


def _broken_by_features(rows: Side, columns: Side, slots: Ints) -> dict[str, Bools]:
    here = (rows.site[:, None] == columns.site[None, :]) & (
        rows.formats[:, _IN_PERSON, None] & columns.formats[None, :, _IN_PERSON]
    )
    formats = rows.formats.astype(np.float32) @ columns.formats.astype(np.float32).T
    return {
        "stage": columns.stage[None, :] >= rows.stage[:, None],
        "language": _product(rows.languages, columns.languages) == 0,
        "format": formats == 0,
        "hours": (slots == 0) & ~here,
    }


def _broken_by_place(mentees: Sequence[Candidate], mentors: Sequence[Candidate]) -> dict[str, Bools]:
    """What follows from one person alone, or from the places of both in the organisation."""

    def either(stops: Callable[[Candidate], bool]) -> Bools:
        rows, columns = ([stops(person) for person in side] for side in (mentees, mentors))
        return np.array(rows, dtype=np.bool_)[:, None] | np.array(columns, dtype=np.bool_)[None, :]

    def named(people: Callable[[Candidate], Iterable[int]]) -> Bools:
        mentee_names = _meet(mentees, mentors, people, _self)
        mentor_names = _meet(mentees, mentors, _self, people)
        either_names: Bools = mentee_names | mentor_names
        return either_names

    return {
        "same_person": _meet(mentees, mentors, _self, _self),
        "capacity": either(lambda person: person.capacity == 0),
        "exclusive_programme": either(lambda person: person.exclusive_programme),
        "reporting_line": named(superiors),
        "same_manager": _meet(mentees, mentors, direct_superiors, direct_superiors),
        "same_team": named(lambda person: person.works_with),
        "unknown_manager": either(lambda person: person.managers is None),
        "avoided": named(lambda person: person.avoids),
    }


def _self(person: Candidate) -> tuple[int]:
    return (person.person_id,)


def _meet(
    mentees: Sequence[Candidate],
    mentors: Sequence[Candidate],
    of_mentee: Callable[[Candidate], Iterable[int]],
    of_mentor: Callable[[Candidate], Iterable[int]],
) -> Bools:
    """Where the two sets of person ids share one."""
    columns = defaultdict(list)
    for column, mentor in enumerate(mentors):
        for person_id in of_mentor(mentor):
            columns[person_id].append(column)
    meet = np.zeros((len(mentees), len(mentors)), dtype=np.bool_)
    for row, mentee in enumerate(mentees):
        for person_id in of_mentee(mentee):
            if person_id in columns:
                meet[row, columns[person_id]] = True
    return meet


def _broken_by_people(mentees: Sequence[Candidate], mentors: Sequence[Candidate], barred: Barred) -> dict[str, Bools]:
    rows = {mentee.id: row for row, mentee in enumerate(mentees)}
    columns = {mentor.id: column for column, mentor in enumerate(mentors)}
    grids = {
        rule: np.zeros((len(rows), len(columns)), dtype=np.bool_)
        for rule in ("excluded", "declared_conflict", "ended", "declined")
    }
    for (mentor_id, mentee_id), rules in barred.items():
        if mentor_id in columns and mentee_id in rows:
            for rule in rules:
                grids[rule][rows[mentee_id], columns[mentor_id]] = True
    return grids
