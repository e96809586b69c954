"""From people who are half with one and half with another to pairs."""

from collections.abc import Iterator, Sequence

import numpy as np

from bot.domain.matching.features import Longs
from bot.domain.matching.sparse import Graph

EXCHANGES = 6
NOBODY = -1


def rounded(graph: Graph, edges: Longs, person: Longs, bonus: Longs) -> tuple[Longs, Longs]:
    """The partner of each row or -1, and the score with that partner.

    `edges` gives each row its edge in the assignment of the pool to itself, or -1; `person` is the row that a column
    is, or -1; `bonus` is what a matched row brings beyond its score.
    """
    after = np.where(edges >= 0, person[graph.column[np.maximum(edges, 0)]], NOBODY)
    score = np.where(edges >= 0, graph.score[np.maximum(edges, 0)], 0).astype(np.int64)
    mate = np.full(graph.rows, NOBODY, dtype=np.int64)
    points = np.zeros(graph.rows, dtype=np.int64)
    for chain, closed in _chains(after.tolist()):
        weights = [int(score[one]) for one in chain]
        kept = _of_cycle(weights) if closed else _of_path(weights[:-1], [int(bonus[one]) for one in chain])
        for at in kept:
            one, other = chain[at], chain[(at + 1) % len(chain)]
            mate[one], mate[other] = other, one
            points[one] = points[other] = weights[at]
    _bring_in(graph, person, mate, points)
    return mate, points


def _chains(after: list[int]) -> Iterator[tuple[list[int], bool]]:
    """The paths and cycles of `after`, each as its rows in order and whether it is closed."""
    before = [NOBODY] * len(after)
    for one, other in enumerate(after):
        if other != NOBODY:
            before[other] = one
    seen = [False] * len(after)
    starts = [one for one, previous in enumerate(before) if previous == NOBODY]
    for closed, firsts in ((False, starts), (True, range(len(after)))):
        for first in firsts:
            chain = []
            one = first
            while one != NOBODY and not seen[one]:
                seen[one] = True
                chain.append(one)
                one = after[one]
            if len(chain) > 1:
                yield chain, closed


def _of_cycle(weights: Sequence[int]) -> list[int]:
    """Of a cycle whose edge k joins rows k and k + 1: every other edge, the better way; of an odd one, who is left out
    is chosen so that the rest is worth most."""
    length = len(weights)
    if length == 2:
        return [0]
    if length % 2 == 0:
        return max((list(range(begin, length, 2)) for begin in (0, 1)), key=lambda kept: sum(weights[k] for k in kept))
    out, worth = 0, sum(weights[1::2])
    best, least = worth, 0
    for _ in range(length):
        worth += weights[out] - weights[(out + 1) % length]
        out = (out + 2) % length
        if worth > best:
            best, least = worth, out
    return [(least + 1 + step) % length for step in range(0, length - 1, 2)]


def _of_path(weights: Sequence[int], bonus: Sequence[int]) -> list[int]:
    """Of a path whose edge k joins rows k and k + 1, the edges worth most of which no two meet."""
    worth = [weight + bonus[k] + bonus[k + 1] for k, weight in enumerate(weights)]
    best = [0, 0]
    for value in worth:
        best.append(max(best[-1], best[-2] + value))
    kept = []
    at = len(worth) - 1
    while at >= 0:
        if best[at + 2] > best[at + 1]:
            kept.append(at)
            at -= 1
        at -= 1
    return kept


def _bring_in(graph: Graph, person: Longs, mate: Longs, points: Longs) -> None:
    """Pair those left over with each other, or by taking a partner from a pair whose other half finds another."""
    partners = person[graph.column]
    for _ in range(EXCHANGES):
        left = np.flatnonzero(mate == NOBODY)
        found = False
        for one in left.tolist():
            if mate[one] == NOBODY:
                found |= _take(graph, partners, mate, points, one)
        if not found:
            return


def _take(graph: Graph, partners: Longs, mate: Longs, points: Longs, one: int) -> bool:
    """The best exchange that gives `one` a partner, if there is any."""
    best: tuple[int, int, int, int, int] | None = None
    for edge in range(graph.at[one], graph.at[one + 1]):
        near, score = int(partners[edge]), int(graph.score[edge])
        if near < 0 or near == one:
            continue
        theirs = int(mate[near])
        if theirs == NOBODY:
            _join(mate, points, one, near, score)
            return True
        begin, end = graph.at[theirs], graph.at[theirs + 1]
        others = partners[begin:end]
        free = (others >= 0) & (mate[np.maximum(others, 0)] == NOBODY) & (others != one)
        if free.any():
            at = int(begin) + int(free.argmax())
            gain = score + int(graph.score[at]) - int(points[near])
            if best is None or gain > best[0]:
                best = (gain, near, score, int(partners[at]), at)
    if best is None:
        return False
    _, near, score, far, at = best
    theirs = int(mate[near])
    _join(mate, points, one, near, score)
    _join(mate, points, theirs, far, int(graph.score[at]))
    return True


def _join(mate: Longs, points: Longs, one: int, other: int, score: int) -> None:
    mate[one], mate[other] = other, one
    points[one] = points[other] = score
