"""Pairs that may not be because of who the two are to each other: few, so lists of (row, column) and no grids."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.domain.matching.features import NOBODY, Links, Longs, Names, Side
from bot.domain.matching.model import Candidate
from bot.domain.matching.rules import Barred


@dataclass(frozen=True)
class Pairs:
    """Entry k is the pair of `row[k]` and `column[k]`; one may stand twice."""

    row: Longs
    column: Longs

    @classmethod
    def of(cls, pairs: Sequence[tuple[int, int]]) -> "Pairs":
        """From (row, column)."""
        both = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        return cls(both[:, 0].copy(), both[:, 1].copy())

    @classmethod
    def all(cls, *parts: "Pairs") -> "Pairs":
        """One after the other."""
        return cls(np.concatenate([part.row for part in parts]), np.concatenate([part.column for part in parts]))


Ties = Mapping[str, Pairs]


def ties(rows: Side, columns: Side, of_rows: Links, of_columns: Links) -> Ties:
    """By rule, what follows from the places of both in the organisation and from what they said of each other.

    Two who share the direct manager are not listed: their `manager` says so.
    """

    def either(named_by_rows: Names, named_by_columns: Names) -> Pairs:
        return Pairs.all(_join(named_by_rows, _themselves(columns)), _join(_themselves(rows), named_by_columns))

    return {
        "same_person": _join(_themselves(rows), _themselves(columns)),
        "reporting_line": either(of_rows.superiors, of_columns.superiors),
        "same_manager": Pairs.all(
            _join(of_rows.project_managers, of_columns.project_managers),
            _join(of_rows.project_managers, _managers(columns)),
            _join(_managers(rows), of_columns.project_managers),
        ),
        "same_team": either(of_rows.colleagues, of_columns.colleagues),
        "avoided": either(of_rows.avoided, of_columns.avoided),
    }


def barred_ties(mentees: Sequence[Candidate], mentors: Sequence[Candidate], barred: Barred) -> Ties:
    """By rule, what people decided about a pair. Rows are mentees, columns are mentors; peers stand on both sides."""
    rows = {mentee.id: row for row, mentee in enumerate(mentees)}
    columns = {mentor.id: column for column, mentor in enumerate(mentors)}
    set_by_people = ("excluded", "met_before", "declared_conflict", "ended", "declined")
    found: dict[str, list[tuple[int, int]]] = {rule: [] for rule in set_by_people}
    for (mentor_id, mentee_id), rules in sorted(barred.items()):
        for one, other in {(mentor_id, mentee_id), (mentee_id, mentor_id)}:
            if one in columns and other in rows:
                for rule in rules:
                    found[rule].append((rows[other], columns[one]))
    return {rule: Pairs.of(pairs) for rule, pairs in found.items()}


def _themselves(side: Side) -> Names:
    return Names(np.arange(len(side)), side.person)


def _managers(side: Side) -> Names:
    row = np.flatnonzero(side.manager != NOBODY)
    return Names(row, side.manager[row])


def _join(ours: Names, theirs: Names) -> Pairs:
    """Every (row, column) that names one person."""
    order = np.argsort(theirs.person, kind="stable")
    people = theirs.person[order]
    first = np.searchsorted(people, ours.person, side="left")
    count = np.searchsorted(people, ours.person, side="right") - first
    ends = np.cumsum(count)
    within = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - count, count)
    return Pairs(np.repeat(ours.row, count), theirs.row[order[np.repeat(first, count) + within]])
