"""The smallest change that would give a person a pair, as a code and values.

First what the person could change alone, tried against those who still have a place; then whom to look for.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from bot.domain.matching.features import Bools, Ints
from bot.domain.matching.model import RULES, TOP_LEVEL, Candidate, Reason, Settings
from bot.domain.matching.score import FULL_SLOTS
from bot.domain.matching.week import SLOT, shared_slots

_BIT = {rule: 1 << place for place, rule in enumerate(RULES)}
_SLOT_HOURS = SLOT // 2

Broken = NDArray[np.uint32]


def smallest_change(
    person: Candidate, free: Sequence[Candidate], line: tuple[Broken, Ints] | None, settings: Settings
) -> Reason | None:
    """One of

    - `manager_known`: the line above the person is not known, so nobody is paired automatically;
    - `more_hours` (hours), `language` (code), `format` (format): what the person could add;
    - `mentor_offers` (skill), `mentee_wants` (skill): whom one more of would do, for one who wants or offers something;
    - `more_wants`, `more_offers`: the person has named nothing to learn or nothing to teach.

    `line` holds the broken rules (bits by place in RULES) and scores with those of `free`, who still have a place.
    None for a person who cannot be paired for reasons of their own.
    """
    if person.managers is None:
        return Reason("manager_known")
    if not person.capacity or person.exclusive_programme:
        return None
    if line is not None and len(free):
        found = _own_change(person, free, line[0], line[1], settings)
        if found:
            return found
    return _to_recruit(person)


def _own_change(
    person: Candidate, free: Sequence[Candidate], broken: Broken, score: Ints, settings: Settings
) -> Reason | None:
    minimum = settings.minimum * 100
    one_more_slot = settings.full["availability"] // FULL_SLOTS
    enough = score >= minimum
    almost = score + one_more_slot >= minimum
    apart = almost & ((broken == _BIT["hours"]) | ((broken == 0) & ~enough))
    if any(_has_more_hours(person, other) for other in _where(free, apart)):
        return Reason("more_hours", {"hours": _SLOT_HOURS})
    spoken = (code for other in _where(free, enough & (broken == _BIT["language"])) for code in other.languages)
    if language := _most_common(spoken):
        return Reason("language", {"code": language})
    ways = (
        way
        for other in _where(free, enough & (broken == _BIT["format"]))
        for way in other.formats
        if way in settings.formats
    )
    if way := _most_common(ways):
        return Reason("format", {"format": way})
    return None


def _has_more_hours(person: Candidate, other: Candidate) -> bool:
    """Whether one more slot of the other's week would count."""
    shared = shared_slots(person.hours, other.hours)
    return shared < min(FULL_SLOTS, shared_slots(other.hours, other.hours))


def _to_recruit(person: Candidate) -> Reason:
    if person.role == "mentor":
        offers = sorted((-level, code) for code, level in person.offers.items() if level)
        return Reason("mentee_wants", {"skill": offers[0][1]}) if offers else Reason("more_offers")
    wants = [code for code, own in person.wants if own < TOP_LEVEL]
    return Reason("mentor_offers", {"skill": wants[0]}) if wants else Reason("more_wants")


def _where(people: Sequence[Candidate], marked: Bools) -> Iterable[Candidate]:
    return (people[place] for place in np.flatnonzero(marked).tolist())


def _most_common(words: Iterable[str]) -> str | None:
    counts = Counter(words)
    return min(counts, key=lambda word: (-counts[word], word), default=None)
