"""What may be shown of people's answers, so that nobody can be recognised and small numbers fool nobody.

Everything here works on one item of a wave that is closed. A hidden figure says nothing of why it is hidden.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.domain.statistics import (
    FAVOURABLE,
    Estimate,
    Interval,
    SkillChange,
    enps,
    enps_groups,
    newcombe,
    skill_change,
    wilson,
)

MIN_GROUP_SIZE = 5
COUNTS_BELOW = 20
RECOMMENDING = frozenset({7, 8, 9, 10})

Figure = Literal[
    "share", "interval", "distribution", "skill_change", "single_competences", "retention", "enps", "alpha"
]
Level = Literal["very_high", "very_low"]

# How many answers each kind of figure needs.
LADDER: Mapping[Figure, int] = {
    "share": MIN_GROUP_SIZE,
    "interval": 10,
    "distribution": 10,
    "skill_change": 10,
    "single_competences": 20,
    "retention": 20,
    "enps": 30,
    "alpha": 30,
}


@dataclass(frozen=True, slots=True)
class Hidden:
    """Too few answers, or a figure that would give another one away."""


@dataclass(frozen=True, slots=True)
class Shown:
    """How many of n are favourable; interval and distribution only from as many answers as they need.

    When all are favourable, or none is, there is a `level` and no count, so that nobody reads a person's answer in it.
    """

    n: int
    favourable: int | None
    interval: Interval | None = None
    distribution: tuple[tuple[int, int], ...] | None = None
    level: Level | None = None


@dataclass(frozen=True, slots=True)
class Release:
    """An item as everybody may see it: the total, and each role by itself where that gives nobody away."""

    total: Shown | Hidden
    by_role: Mapping[str, Shown | Hidden]


@dataclass(frozen=True, slots=True)
class Recommendation:
    """Answers from 0 to 10: the share that recommends (7 to 10), then three counts, then the score, as n grows."""

    recommending: Shown
    groups: tuple[int, int, int] | None = None
    score: Estimate | None = None


def threshold(setting: int = MIN_GROUP_SIZE) -> int:
    """The smallest group that is shown: a setting may raise the floor, never lower it."""
    return max(setting, MIN_GROUP_SIZE)


def may_show(figure: Figure, n: int, minimum: int = MIN_GROUP_SIZE) -> bool:
    """Whether a figure of this kind may be shown of n answers (or of n people behind a total)."""
    return n >= max(LADDER[figure], threshold(minimum))


def release(
    answers: Mapping[str, Sequence[int]],
    minimum: int = MIN_GROUP_SIZE,
    good: Collection[int] = FAVOURABLE,
    options: Iterable[int] = range(1, 6),
) -> Release:
    """What may be shown of one item. `answers` are values by role, without those who preferred not to answer.

    Roles are shown all or none: with one of them hidden, the total less the others would be that one. So they are
    when one of them is of a single mind, which the total would give away just so.
    """
    total = describe([value for values in answers.values() for value in values], minimum, good, options)
    roles = {role: describe(values, minimum, good, options) for role, values in answers.items()}
    given_away = isinstance(total, Shown) and total.level is None
    if any(isinstance(shown, Hidden) or (given_away and shown.level) for shown in roles.values()):
        roles = {role: Hidden() for role in roles}
    return Release(total, roles)


def describe(
    values: Sequence[int],
    minimum: int = MIN_GROUP_SIZE,
    good: Collection[int] = FAVOURABLE,
    options: Iterable[int] = range(1, 6),
) -> Shown | Hidden:
    """What may be shown of one group by itself; `release` minds what groups say of each other."""
    n, favourable = len(values), sum(value in good for value in values)
    if not may_show("share", n, minimum):
        return Hidden()
    if favourable in (0, n):
        return Shown(n, None, level="very_high" if favourable else "very_low")
    counts = Counter(values)
    return Shown(
        n,
        favourable,
        interval=wilson(favourable, n) if may_show("interval", n, minimum) else None,
        distribution=tuple((o, counts[o]) for o in options) if may_show("distribution", n, minimum) else None,
    )


def recommendation(values: Sequence[int], minimum: int = MIN_GROUP_SIZE) -> Recommendation | Hidden:
    """What may be shown of the item that asks whether people would recommend the programme."""
    shown = describe(values, minimum, RECOMMENDING, range(11))
    if isinstance(shown, Hidden):
        return shown
    groups = enps_groups(values)
    plain = Shown(shown.n, shown.favourable, shown.interval, level=shown.level)
    if shown.level or not may_show("distribution", shown.n, minimum):
        return Recommendation(plain)
    return Recommendation(plain, groups, enps(*groups) if may_show("enps", shown.n, minimum) else None)


def skills(pre: Sequence[float], post: Sequence[float], minimum: int = MIN_GROUP_SIZE) -> SkillChange | Hidden:
    """What may be shown of the change in skills: one value a person before and after, in the same order."""
    return skill_change(pre, post) if may_show("skill_change", len(pre), minimum) else Hidden()


def retention(
    programme: tuple[int, int], comparison: tuple[int, int], minimum: int = MIN_GROUP_SIZE
) -> Estimate | Hidden:
    """The difference of two groups given as (still here, at the start); each must be large enough by itself."""
    if not all(may_show("retention", at_start, minimum) for _, at_start in (programme, comparison)):
        return Hidden()
    return newcombe(*programme, *comparison)


def free_texts(
    answers: Sequence[tuple[str, bool]], chances: Sequence[float], minimum: int = MIN_GROUP_SIZE
) -> tuple[str, ...] | Hidden:
    """The texts whose authors allow it (text, allowed), in the order of as many chances; hidden for too few authors."""
    if not may_show("share", len(answers), minimum):
        return Hidden()
    drawn = sorted(zip(chances, answers, strict=True), key=lambda pair: pair[0])
    return tuple(text for _, (text, allowed) in drawn if allowed)
