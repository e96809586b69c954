"""Shares, means and differences with the intervals that small groups need. All intervals are at 95 %.

Wilson 1927 for a share, Newcombe 1998 (method 10) for a difference of shares, adjusted Wald (Rocks 2016) for promoters
minus detractors, Student's t for means, and g with the average standard deviation (Cumming 2012; interval after
Borenstein et al. 2009) for paired change.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import fmean, median, quantiles, stdev, variance

Z = 1.96
FAVOURABLE = (4, 5)


@dataclass(frozen=True, slots=True)
class Interval:
    """Both ends included, in the unit of the figure that it belongs to."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure, its interval (None where none can be told), and how many answers are behind it."""

    value: float
    interval: Interval | None
    n: int


@dataclass(frozen=True, slots=True)
class Quartiles:
    """Lower quartile, median, upper quartile and the number of values."""

    low: float
    median: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class SkillChange:
    """Mean change per person in steps of the scale, and the same in average standard deviations (None: no spread)."""

    raw: Estimate
    g_av: Estimate | None


def wilson(x: int, n: int) -> Interval:
    """The interval of a share of x among n, between 0 and 1. Raises ValueError unless 0 <= x <= n and n > 0."""
    _check_count(x, n)
    p, z2 = x / n, Z * Z
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    # At the ends the formula gives exactly 0 and 1, which floating point misses by a hair.
    return Interval(0.0 if x == 0 else max(centre - half, 0.0), 1.0 if x == n else min(centre + half, 1.0))


def share(x: int, n: int) -> Estimate:
    """The share of x among n with its Wilson interval."""
    interval = wilson(x, n)
    return Estimate(x / n, interval, n)


def newcombe(x1: int, n1: int, x2: int, n2: int) -> Estimate:
    """The difference of two independent shares, x1/n1 - x2/n2; n is that of the smaller group."""
    first, second = wilson(x1, n1), wilson(x2, n2)
    p1, p2 = x1 / n1, x2 / n2
    difference = p1 - p2
    low = difference - math.hypot(p1 - first.low, second.high - p2)
    high = difference + math.hypot(first.high - p1, p2 - second.low)
    return Estimate(difference, Interval(max(low, -1.0), min(high, 1.0)), min(n1, n2))


def enps(promoters: int, passives: int, detractors: int) -> Estimate:
    """Promoters minus detractors per hundred, -100 to 100: the plain score with its adjusted Wald interval."""
    n = promoters + passives + detractors
    _check_count(max(promoters, passives, detractors), n)
    adjusted = n + 3
    p, d = (promoters + 0.75) / adjusted, (detractors + 0.75) / adjusted
    half = Z * math.sqrt((p + d - (p - d) ** 2) / adjusted)
    interval = Interval(max(100 * (p - d - half), -100.0), min(100 * (p - d + half), 100.0))
    return Estimate(100 * (promoters - detractors) / n, interval, n)


def enps_groups(answers: Sequence[int]) -> tuple[int, int, int]:
    """Promoters (9-10), passives (7-8) and detractors (0-6) among answers from 0 to 10."""
    promoters = sum(answer >= 9 for answer in answers)
    detractors = sum(answer <= 6 for answer in answers)
    return promoters, len(answers) - promoters - detractors, detractors


def mean(values: Sequence[float]) -> Estimate:
    """The mean with its t interval; without one for a single value. Raises ValueError for no value."""
    n = len(values)
    if n == 0:
        raise ValueError("no values")
    centre = fmean(values)
    if n == 1:
        return Estimate(centre, None, 1)
    half = t_multiplier(n - 1) * stdev(values) / math.sqrt(n)
    return Estimate(centre, Interval(centre - half, centre + half), n)


def skill_change(pre: Sequence[float], post: Sequence[float]) -> SkillChange:
    """Change between two ratings of the same people, in the same order (a person's value: the mean of what they chose).

    Raises ValueError for lists of different length or without people.
    """
    changes = [after - before for before, after in zip(pre, post, strict=True)]
    raw, n = mean(changes), len(changes)
    if n < 3:
        return SkillChange(raw, None)
    spread = math.sqrt((variance(pre) + variance(post)) / 2)
    if math.isclose(spread, 0, abs_tol=1e-12):
        return SkillChange(raw, None)
    d = raw.value / spread
    small_sample = 1 - 3 / (4 * (n - 1) - 1)
    error = small_sample * math.sqrt((1 / n + d * d / (2 * n)) * 2 * (1 - _correlation(pre, post)))
    g, half = small_sample * d, t_multiplier(n - 1) * error
    return SkillChange(raw, Estimate(g, Interval(g - half, g + half), n))


def quartiles(values: Sequence[float]) -> Quartiles:
    """Median and quartiles by linear interpolation (both ends count). Raises ValueError for no value."""
    if not values:
        raise ValueError("no values")
    if len(values) == 1:
        return Quartiles(values[0], values[0], values[0], 1)
    low, _, high = quantiles(values, n=4, method="inclusive")
    return Quartiles(low, median(values), high, len(values))


def difference_in_differences(programme: tuple[float, float], comparison: tuple[float, float]) -> float:
    """(after - before) of the programme less (after - before) of the comparison group, in the unit given."""
    return (programme[1] - programme[0]) - (comparison[1] - comparison[0])


def favourable(answers: Sequence[int]) -> int:
    """How many of the answers from 1 to 5 agree (4 or 5)."""
    return sum(answer in FAVOURABLE for answer in answers)


@lru_cache(maxsize=512)
def t_multiplier(df: int) -> float:
    """Student's t at 97.5 % for that many degrees of freedom."""
    from scipy.stats import t  # loads for half a second, and only reports need it

    return float(t.ppf(0.975, df))


def _correlation(a: Sequence[float], b: Sequence[float]) -> float:
    """Pearson's r; 0 when one side does not vary, as nothing is known of it then."""
    mean_a, mean_b = fmean(a), fmean(b)
    together = sum((x - mean_a) * (y - mean_b) for x, y in zip(a, b, strict=True))
    apart = math.sqrt(sum((x - mean_a) ** 2 for x in a) * sum((y - mean_b) ** 2 for y in b))
    return max(-1.0, min(1.0, together / apart)) if apart else 0.0


def _check_count(x: int, n: int) -> None:
    if not 0 <= x <= n or n == 0:
        raise ValueError(f"not a share: {x} of {n}")
