"""Who can have a seat at all: largest matchings on the listed pairs, and the proof that no pair beside them helps.

A matching is the edge of the graph that each row has, or -1. That the numbers of matched rows, of columns with a row,
and of the favoured among both can all be largest at once is the theorem of Mendelsohn and Dulmage; that a set of rows
which together reach too few columns stops the rest is Hall's.
"""

from dataclasses import dataclass

import numpy as np

from bot.domain.matching import kernels
from bot.domain.matching.features import Bools, Ints, Longs
from bot.domain.matching.solve import Demand
from bot.domain.matching.sparse import Graph, Search

OUT_OF_REACH = 1 << 28
_MORE = 8


def kinds(demand: Demand) -> tuple[tuple[Bools, Ints], ...]:
    """(rows, seats) of the matchings whose sizes make one choice as good as another: for all, for columns that have
    nobody, for rows that waited, for columns that waited."""
    everyone, one = np.ones_like(demand.waited_rows), np.minimum(demand.places, 1)
    first = np.where(demand.alone, one, 0)
    return (
        (everyone, demand.places),
        (everyone, first),
        (demand.waited_rows, demand.places),
        (everyone, np.where(demand.waited_columns, first, 0)),
    )


def seated(graph: Graph, edges: Longs, places: Ints) -> tuple[Longs, Ints]:
    """Where the seats of each column begin, and the row on each or -1. Rows for whom a column has no seat lose their
    edge in `edges`."""
    seat_at = np.append(0, np.cumsum(places, dtype=np.int64))
    owner = np.full(seat_at[-1], -1, dtype=np.int32)
    rows = np.flatnonzero(edges >= 0)
    columns = graph.column[edges[rows]]
    order = np.argsort(columns, kind="stable")
    rows, columns = rows[order], columns[order]
    place = np.arange(len(columns)) - np.searchsorted(columns, columns, side="left")
    fits = place < places[columns]
    owner[seat_at[columns[fits]] + place[fits]] = rows[fits]
    edges[rows[~fits]] = -1
    return seat_at, owner


def settle(graph: Graph, end: Longs, edges: Longs, demand: Demand) -> Longs:
    """The matching with as many rows as the listed pairs allow, of them as many who waited; the same for columns."""
    edges = edges.copy()
    seat_at, owner = seated(graph, edges, demand.places)
    nobody = np.zeros(graph.rows, dtype=np.bool_)
    for wanted, droppable in ((~nobody, nobody), (demand.waited_rows, ~demand.waited_rows)):
        if wanted.any():
            dead = np.zeros(len(demand.places), dtype=np.bool_)
            kernels.grow(graph.at, end, graph.column, wanted, droppable, seat_at, owner, edges, dead)
    if (demand.alone.any() and demand.places.max(initial=0) > 1) or (demand.alone & demand.waited_columns).any():
        _spread(graph, end, edges, demand, seat_at, owner)
    return edges


def _spread(graph: Graph, end: Longs, edges: Longs, demand: Demand, seat_at: Longs, owner: Ints) -> None:
    listed = np.flatnonzero(np.arange(len(graph.keys)) < end[graph.row])
    by_column = listed[np.argsort(graph.column[listed], kind="stable")]
    edge_at = np.searchsorted(graph.column[by_column], np.arange(len(demand.places) + 1)).astype(np.int64)
    for favoured in (demand.alone, demand.alone & demand.waited_columns):
        if favoured.any():
            kernels.spread(edge_at, by_column, graph.row, graph.column, favoured, favoured, seat_at, owner, edges)


@dataclass(frozen=True)
class Rank:
    """How many of the wanted rows can be seated, with the graph and the matching (keys of its edges) that show it."""

    graph: Graph
    matching: Longs
    number: int


def rank(
    search: Search, graph: Graph, least: Ints, matching: Longs, wanted: Bools, places: Ints, enough: int | None = None
) -> Rank:
    """Seat as many of the wanted rows as can be among all pairs that score `least` of their row; `enough` is enough.

    `matching` is where to begin: keys of edges, or -1. Pairs that are not listed yet are looked for among the rows that
    find no seat and those in their way; when there are none, the number is proved.
    """
    nobody = np.zeros(graph.rows, dtype=np.bool_)
    if not (wanted.any() and places.any()):
        return Rank(graph, np.full(graph.rows, -1, dtype=np.int64), 0)
    while True:
        end, edges = graph.end(least), graph.edges(matching)
        edges = np.where(wanted & (edges < end), edges, -1)
        seat_at, owner = seated(graph, edges, places)
        dead = np.zeros(len(places), dtype=np.bool_)
        kernels.grow(graph.at, end, graph.column, wanted, nobody, seat_at, owner, edges, dead)
        matching, number = graph.matching(edges), int((edges >= 0).sum())
        if enough is not None and number >= enough:
            return Rank(graph, matching, number)
        stuck = wanted & (edges < 0)
        sitting = owner[np.flatnonzero(np.repeat(dead, places))]
        stuck[sitting[sitting >= 0]] = True
        rows = np.flatnonzero(stuck & (graph.known >= least))
        price = np.where(dead | (places == 0), OUT_OF_REACH, 0)
        found = search.best(rows, _MORE, np.full(len(rows), -1, dtype=np.int32), least[rows], price)
        if not len(found.row):
            return Rank(graph, matching, number)
        graph = graph.joined(found.row, found.column, found.score)
