"""Circles: a few pairs of a round that meet together now and then, near in topic, place and clock. Pure.

Nobody is in a circle with somebody whom they asked not to meet or who is above or below them, and everybody of a circle
shares a language.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

LOOKED_AT = 200
"""How many of the pairs that stand next are compared for a place: in the largest rounds not all with all."""


@dataclass(frozen=True, slots=True)
class Couple:
    """A pair to find a circle for. ``hours``: its clock's distance from UTC; ``topics``: what its people want."""

    key: int
    people: tuple[int, int]
    languages: frozenset[str]
    site: str = ""
    hours: float = 0.0
    topics: frozenset[str] = frozenset()


def circles(
    pairs: Sequence[Couple], least: int, most: int, apart: Mapping[int, Collection[int]]
) -> tuple[tuple[Couple, ...], ...]:
    """Circles of ``least`` to ``most`` pairs; pairs for which there is none are in none. ``apart``: people by person.

    The same pairs in any order give the same circles.
    """
    waiting = sorted(pairs, key=lambda pair: (pair.hours, pair.site, pair.key))
    found: list[tuple[Couple, ...]] = []
    while len(waiting) >= least:
        size = _size(len(waiting), least, most)
        circle = _around(waiting, size, apart)
        if len(circle) >= least:
            found.append(circle)
            waiting = [pair for pair in waiting if pair not in circle]
        else:
            waiting = waiting[1:]
    return tuple(found)


def fits(pair: Couple, circle: Sequence[Couple], apart: Mapping[int, Collection[int]]) -> bool:
    """Whether the pair may join these: a language in common with all, and nobody who should not meet."""
    shared = pair.languages.intersection(*(one.languages for one in circle))
    others = {person for one in circle for person in one.people}
    return bool(shared) and not any(others & set(apart.get(person, ())) for person in pair.people)


def nearness(pair: Couple, circle: Sequence[Couple]) -> tuple[float, int, int]:
    """How well the pair would stand among these: close clocks first, then the same place, then topics in common."""
    return (
        -sum(abs(pair.hours - one.hours) for one in circle),
        sum(bool(pair.site) and pair.site == one.site for one in circle),
        sum(len(pair.topics & one.topics) for one in circle),
    )


def _size(pairs: int, least: int, most: int) -> int:
    """Of how many pairs the next circle is: all circles about as large, none too small."""
    count = ceil(pairs / most)
    return max(ceil(pairs / count), least) if pairs // count >= least else min(most, pairs)


def _around(waiting: Sequence[Couple], size: int, apart: Mapping[int, Collection[int]]) -> tuple[Couple, ...]:
    """The circle of the first who waits: those who stand nearest, one by one."""
    circle = [waiting[0]]
    near = list(waiting[1:LOOKED_AT])
    while len(circle) < size:
        fitting = [pair for pair in near if fits(pair, circle, apart)]
        if not fitting:
            break
        best = max(fitting, key=lambda pair: (nearness(pair, circle), -pair.key))
        circle.append(best)
        near.remove(best)
    return tuple(circle)
