"""All pairs at once: which hard rules stop each, and what each scores. Rows are mentees, columns are mentors.

Equal to `rules.broken_rules` and `score.score_pair` to the integer, without a Python object for each pair.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.domain.matching.features import NOBODY, Bools, Bytes, Ints, Links, Longs, Side, Vocabulary, encode, skill_sets
from bot.domain.matching.model import FORMATS, RULES, TOP_LEVEL, Candidate, Settings
from bot.domain.matching.rules import Barred
from bot.domain.matching.score import FULL_SLOTS, OTHER_DEPARTMENT, OTHER_SITE
from bot.domain.matching.ties import Pairs, Ties, barred_ties, ties
from bot.domain.matching.week import SLOT

Floats = NDArray[np.float32]
IN_PERSON = FORMATS.index("in_person")


@dataclass(frozen=True)
class Company:
    """Both sides as arrays, what stands between two of them, and `served`, the bits of the objectives by skill."""

    rows: Side
    columns: Side
    ties: Ties
    served: Bytes

    def part(self, rows: Longs, columns: Longs) -> "Company":
        """Some of the rows and some of the columns, in the order given."""
        row, column = (np.full(len(side), -1, dtype=np.int64) for side in (self.rows, self.columns))
        row[rows], column[columns] = np.arange(len(rows)), np.arange(len(columns))
        found = {}
        for rule, pairs in self.ties.items():
            kept = (row[pairs.row] >= 0) & (column[pairs.column] >= 0)
            found[rule] = Pairs(row[pairs.row[kept]], column[pairs.column[kept]])
        return Company(self.rows.part(rows), self.columns.part(columns), found, self.served)


@dataclass(frozen=True)
class Grids:
    """`broken`: a bit for each rule that stops the pair, by its place in RULES. `score`: 0..10000."""

    broken: NDArray[np.uint32]
    score: Ints

    @property
    def first_rule(self) -> Bytes:
        """0 where the pair may be, else 1 + the place in RULES of the first rule that it breaks."""
        lowest = self.broken & (~self.broken + np.uint32(1))
        return np.frexp(lowest.astype(np.float32))[1].astype(np.uint8)


def company(mentees: Sequence[Candidate], mentors: Sequence[Candidate], settings: Settings, barred: Barred) -> Company:
    """Mentees (rows) and mentors (columns), in the order given, as arrays."""
    words = Vocabulary.of([*mentees, *mentors])
    rows, columns = encode(mentees, words, settings), encode(mentors, words, settings)
    found = {
        **ties(rows, columns, Links.of(mentees), Links.of(mentors)),
        **barred_ties(mentees, mentors, barred),
    }
    return Company(rows, columns, found, skill_sets(settings, words))


def build(them: Company, settings: Settings) -> Grids:
    """The grids of every row with every column."""
    rows, columns = them.rows, them.columns
    slots = _shared_slots(rows, columns)
    taught = _product(_wants(rows), _offers(columns))
    returned = _product(_wants(columns), _offers(rows)).T
    broken = {**_broken_by_features(rows, columns, slots), "nothing_to_teach": taught == 0}
    if settings.shape == "peers":
        broken |= {"stage": np.zeros_like(taught, dtype=np.bool_), "nothing_to_teach": (taught == 0) | (returned == 0)}
    grid = np.zeros(slots.shape, dtype=np.uint32)
    for place, rule in enumerate(RULES):
        bit = np.uint32(1 << place)
        if rule in broken:
            grid |= np.where(broken[rule], bit, np.uint32(0))
        if rule in them.ties:
            pairs = them.ties[rule]
            grid[pairs.row, pairs.column] |= bit
    return Grids(grid, _score(them, slots, taught, returned, settings))


def _score(them: Company, slots: Ints, taught: Ints, returned: Ints, settings: Settings) -> Ints:
    rows, columns = them.rows, them.columns
    full = settings.full
    distance = OTHER_DEPARTMENT * _differs(rows.department, columns.department)
    distance = distance + OTHER_SITE * _differs(rows.site, columns.site)
    score = full["mentee_wants"] * taught // rows.units[:, None]
    score += full["mentor_wants"] * returned // columns.units[None, :]
    score += full["objective"] * _served(them, settings) // max(len(settings.aims), 1)
    score += full["distance"] * distance // 100
    score += full["availability"] * np.minimum(slots, FULL_SLOTS) // FULL_SLOTS
    score += full["format"] * _same_preference(rows, columns)
    score += full["language"] * _meet(rows.ease, columns.ease)
    return score.astype(np.int32)


def _wants(side: Side, skills: Bools | slice = slice(None)) -> Floats:
    """Four columns a skill, one for each level from which a learner may start: 1 there, 2 for the first want."""
    own = side.own[skills].T[:, :, None]
    weight = 1 + (side.first[:, None] == np.arange(len(side.own))[skills])
    return _flat((own == np.arange(TOP_LEVEL, dtype=np.uint8)) * weight[:, :, None])


def _offers(side: Side, skills: Bools | slice = slice(None)) -> Floats:
    """The same columns: 1 at every level below the teacher's, so that the product counts what is covered."""
    return _flat(side.offers[skills].T[:, :, None] > np.arange(TOP_LEVEL, dtype=np.uint8))


def _flat(marks: NDArray[np.generic]) -> Floats:
    people, skills, levels = marks.shape
    return marks.reshape(people, skills * levels).astype(np.float32)


def _product(ours: Floats, theirs: Floats) -> Ints:
    """Small whole numbers, so that single precision is exact."""
    product: Ints = (ours @ theirs.T).astype(np.int32)
    return product


def _shared_slots(rows: Side, columns: Side) -> Ints:
    """Earliest first, which fits the most slots that do not overlap."""
    ours, theirs = (np.unpackbits(side.starts, axis=1, bitorder="little").astype(np.bool_) for side in (rows, columns))
    count = np.zeros((len(ours), len(theirs)), dtype=np.int32)
    free_from = np.zeros(count.shape, dtype=np.int32)
    for begin in np.flatnonzero(ours.any(axis=0) & theirs.any(axis=0)):
        fits = ours[:, begin, None] & theirs[None, :, begin] & (free_from <= begin)
        count += fits
        np.putmask(free_from, fits, begin + SLOT)
    return count


def _served(them: Company, settings: Settings) -> Ints:
    """How many of the round's objectives a covered topic serves, in either direction."""
    rows, columns = them.rows, them.columns
    count = np.zeros((len(rows), len(columns)), dtype=np.int32)
    for place in range(len(settings.aims)):
        skills = (them.served >> place & 1).astype(np.bool_)
        taught = _product(_wants(rows, skills), _offers(columns, skills))
        returned = _product(_wants(columns, skills), _offers(rows, skills)).T
        count += (taught > 0) | (returned > 0)
    return count


def _same_preference(rows: Side, columns: Side) -> Bools:
    preferred = rows.preferred[:, None]
    apart = (preferred == IN_PERSON) & (rows.site[:, None] != columns.site[None, :])
    same: Bools = (preferred == columns.preferred[None, :]) & (preferred >= 0) & ~apart
    return same


def _differs(ours: Ints, theirs: Ints) -> Bools:
    known = (ours > 0)[:, None] & (theirs > 0)[None, :]
    differs: Bools = known & (ours[:, None] != theirs[None, :])
    return differs


def _meet(ours: NDArray[np.unsignedinteger], theirs: NDArray[np.unsignedinteger]) -> Bools:
    meet: Bools = (ours[:, None] & theirs[None, :]) != 0
    return meet


def _broken_by_features(rows: Side, columns: Side, slots: Ints) -> dict[str, Bools]:
    in_person = np.uint8(1 << IN_PERSON)
    here = (rows.site[:, None] == columns.site[None, :]) & _meet(rows.formats & in_person, columns.formats)
    managed = (rows.manager != NOBODY)[:, None]
    return {
        "capacity": rows.no_capacity[:, None] | columns.no_capacity[None, :],
        "exclusive_programme": rows.exclusive[:, None] | columns.exclusive[None, :],
        "same_manager": managed & (rows.manager[:, None] == columns.manager[None, :]),
        "unknown_manager": rows.unknown_manager[:, None] | columns.unknown_manager[None, :],
        "stage": columns.stage[None, :] >= rows.stage[:, None],
        "language": ~_meet(rows.languages, columns.languages),
        "format": ~_meet(rows.formats, columns.formats),
        "hours": (slots == 0) & ~here,
    }
