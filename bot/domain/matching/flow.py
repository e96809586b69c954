"""An assignment by min-cost flow (OR-tools), for sides that are scarce: there an auction would bid without end."""

import numpy as np
from ortools.graph.python import min_cost_flow

from bot.domain.matching.features import Ints, Longs


def assign(row: Longs, column: Ints, score: Ints, row_bonus: Longs, places: Ints, first_bonus: Longs) -> Longs:
    """For each row the place of its edge in the lists, or -1: the assignment of the highest sum of scores and bonuses.

    A row has one seat; the first row of a column brings `first_bonus`. Raises ArithmeticError when no optimum is found.
    """
    rows, columns = len(row_bonus), len(places)
    sink = rows + columns
    everyone, seats = np.arange(rows, dtype=np.int64), np.arange(rows, sink, dtype=np.int64)
    flow = min_cost_flow.SimpleMinCostFlow()
    edges = flow.add_arcs_with_capacity_and_unit_cost(
        row, column + np.int64(rows), np.ones(len(row), dtype=np.int64), -(score + row_bonus[row])
    )
    for tails, capacity, cost in (
        (everyone, np.ones(rows, dtype=np.int64), np.zeros(rows, dtype=np.int64)),
        (seats, np.minimum(places, 1).astype(np.int64), -first_bonus),
        (seats, np.maximum(places - 1, 0).astype(np.int64), np.zeros(columns, dtype=np.int64)),
    ):
        flow.add_arcs_with_capacity_and_unit_cost(tails, np.full(len(tails), sink), capacity, cost)
    supply = np.append(np.ones(rows, dtype=np.int64), np.zeros(columns + 1, dtype=np.int64))
    supply[sink] = -rows
    flow.set_nodes_supplies(np.arange(sink + 1), supply)
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise ArithmeticError(f"min-cost flow ended with {status}")
    used = np.flatnonzero(flow.flows(edges))
    taken = np.full(rows, -1, dtype=np.int64)
    taken[row[used]] = used
    return taken
