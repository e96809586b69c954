"""The pairs of a large round that are worth looking at, and the search for more of them among all pairs."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bot.domain.matching import kernels
from bot.domain.matching.features import Ints, Longs
from bot.domain.matching.packing import Packed

TOP = (1 << 14) - 1
_COLUMN_BITS, _SCORE_BITS = 24, 14


@dataclass(frozen=True)
class Graph:
    """Pairs by row, in each row the highest score first; `keys` sort so. `known` is, for each row, a score that no pair
    beside the listed ones exceeds, or -1 when all are listed."""

    rows: int
    keys: Longs
    known: Ints

    @classmethod
    def of(cls, rows: int, row: Longs, column: Longs, score: Ints, known: Ints) -> "Graph":
        """From lists of pairs, in any order."""
        return cls(rows, np.sort(_keys(row, column, score)), known)

    def joined(self, row: Longs, column: Longs, score: Ints) -> "Graph":
        """This graph with more pairs."""
        keys = np.sort(np.concatenate([self.keys, _keys(row, column, score)]))
        fresh = np.ones(len(keys), dtype=np.bool_)
        fresh[1:] = keys[1:] != keys[:-1]
        return Graph(self.rows, keys[fresh], self.known)

    def matching(self, edges: Longs) -> Longs:
        """The keys of edges, which stay what they are when pairs join; -1 for none."""
        keys: Longs = np.where(edges >= 0, self.keys[np.maximum(edges, 0)], -1) if len(self.keys) else edges
        return keys

    def edges(self, matching: Longs) -> Longs:
        """The edges of these keys, or -1."""
        return np.where(matching >= 0, np.searchsorted(self.keys, matching), -1).astype(np.int64)

    @cached_property
    def row(self) -> Longs:
        """The row of each edge."""
        return self.keys >> (_COLUMN_BITS + _SCORE_BITS)

    @cached_property
    def column(self) -> Ints:
        """The column of each edge."""
        return (self.keys & ((1 << _COLUMN_BITS) - 1)).astype(np.int32)

    @cached_property
    def score(self) -> Ints:
        """The score of each edge."""
        return (TOP - (self.keys >> _COLUMN_BITS & TOP)).astype(np.int32)

    @cached_property
    def at(self) -> Longs:
        """Where the edges of each row begin, and where the last one's end."""
        firsts = np.arange(self.rows + 1, dtype=np.int64) << (_COLUMN_BITS + _SCORE_BITS)
        return np.searchsorted(self.keys, firsts).astype(np.int64)

    def end(self, least: Ints) -> Longs:
        """Where the edges of each row that score at least `least` end."""
        rows = np.arange(self.rows, dtype=np.int64) << (_COLUMN_BITS + _SCORE_BITS)
        lasts = rows + ((TOP - np.clip(least, 0, TOP).astype(np.int64) + 1) << _COLUMN_BITS)
        return np.searchsorted(self.keys, lasts).astype(np.int64)


def _keys(row: Longs, column: Longs, score: Ints) -> Longs:
    keys = (row << _SCORE_BITS) + TOP
    keys -= score
    keys <<= _COLUMN_BITS
    keys |= column
    return keys


@dataclass(frozen=True)
class Found:
    """The best columns of some rows: entry k is the pair (`row[k]`, `column[k]`); `count` and `lowest` net by row."""

    row: Longs
    column: Longs
    score: Ints
    net: Ints
    count: Ints
    degree: Ints
    open_to: Ints


@dataclass(frozen=True)
class Search:
    """All pairs of the rows that are packed: row k of the graph is row `chosen[k]` of the company."""

    packed: Packed
    chosen: Longs
    threads: int
    tick: Callable[[float], None]

    def best(self, rows: Longs, most: int, floor: Ints, least: Ints, price: Longs) -> Found:
        """Of each row the `most` pairs with the highest score less price above `floor`, scoring at least `least`."""
        shape = (len(rows), most)
        found, value = np.empty(shape, dtype=np.int32), np.empty(shape, dtype=np.int32)
        count, degree = np.zeros(len(rows), dtype=np.int32), np.zeros(len(rows), dtype=np.int32)
        open_to = [np.zeros(self.packed.shape[1], dtype=np.int32) for _ in range(self.threads)]
        asked = price.astype(np.int32)
        low = np.clip(least, 0, TOP).astype(np.int16)

        def part(begin: int) -> None:
            own, some = open_to.pop(), slice(begin, begin + kernels.BATCH)
            kernels.best_columns(
                begin // kernels.BATCH, rows[some], floor[some], low[some], asked, self.packed.rows,
                self.packed.columns, self.packed.points, found[some], value[some], count[some], degree[some], own,
            )  # fmt: skip
            open_to.append(own)

        with ThreadPoolExecutor(self.threads) as pool:
            try:
                for _ in pool.map(part, range(0, len(rows), kernels.BATCH)):
                    self.tick(kernels.BATCH / (len(self.chosen) + kernels.BATCH))
            finally:
                pool.shutdown(cancel_futures=True)
        listed = np.arange(most) < count[:, None]
        column, net = found[listed].astype(np.int64), value[listed]
        return Found(
            row=np.repeat(rows, count),
            column=column,
            score=net + asked[column],
            net=net,
            count=count,
            degree=degree,
            open_to=np.sum(open_to, axis=0, dtype=np.int32),
        )
