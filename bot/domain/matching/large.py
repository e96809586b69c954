"""The assignment of a large round: solved on a few good pairs of each mentee, proved against all of them.

The prices of a solution say what each mentor is worth to the others. A scan of all pairs looks for one that would still
pay at these prices; such pairs join and it is solved again. What a row could gain by unlisted pairs, added to the value
of the prices, bounds every other choice from above (linear programming duality; see Bertsekas, Network Optimization,
chapters 4 and 7). When nothing is left the sum is the highest there is.
"""

import os
from dataclasses import dataclass, replace

import numpy as np

from bot.domain.matching import kernels
from bot.domain.matching.choice import Case, Choice
from bot.domain.matching.features import Ints, Longs
from bot.domain.matching.model import Proof, Stage, Watch
from bot.domain.matching.packing import Bonus, pack
from bot.domain.matching.seats import OUT_OF_REACH, kinds, rank, settle
from bot.domain.matching.solve import FULL_SHARE, Demand
from bot.domain.matching.sparse import Found, Graph, Search

PERSON = 20_000
WAITED = 4_000
IDLE = 200
EXACT = 8_000_000
TOLERANCE = 3e-4
ROUNDS = 12
FIRST_PAIRS = 40
MANY_COLUMNS, FIRST_OF_MANY = 30_000, 60
MORE_PAIRS = 60
STEP, LARGE_STEP = 6, 200
AHEAD = 2
PASSES = 2_000
SLACK = 1.15


@dataclass(frozen=True)
class Task:
    """What is to be assigned. `least` is the score from which a pair of a row counts, `first_bonus` what the first row
    of a column brings, `tolerance` the share of the sum that need not be proved, `person` what a row brings beyond its
    score: much, so that none is left out for points, or less where bids shall end soon (`settle` mends the number)."""

    search: Search
    demand: Demand
    least: Ints
    first_bonus: Longs
    pace: "Pace"
    tolerance: float = TOLERANCE
    person: int = PERSON

    @property
    def row_bonus(self) -> Longs:
        """What a row brings beyond its score."""
        return self.person + WAITED * self.demand.waited_rows.astype(np.int64)

    @property
    def scarce(self) -> bool:
        """Whether seats are so few for what a row brings that bids would climb without end."""
        return bool(self.person == PERSON and self.demand.places.sum() < SLACK * len(self.least))

    @property
    def tight(self) -> bool:
        """Whether bids are not the way: nothing may be left unproved, seats are scarce, or columns want one row."""
        return bool(self.tolerance == 0 or self.scarce or self.demand.alone.any())

    @property
    def seat_at(self) -> Longs:
        """Where the seats of each column begin, and where all end."""
        return np.append(0, np.cumsum(self.demand.places, dtype=np.int64))


@dataclass(frozen=True)
class Start:
    """The best pairs of each row, and by row and by column how many pairs may be; `best` is the best score of a row."""

    graph: Graph
    best: Ints
    degree: Ints
    open_to: Ints


@dataclass(frozen=True)
class Chosen:
    """A matching in its graph. `bound` is a sum of scores that no other with as many people exceeds, `numbers` the
    proved sizes of the matchings that `kinds` names, `worst` and `worst_bound` shares of the rows' best."""

    graph: Graph
    edges: Longs
    bound: int
    numbers: tuple[int, ...] = ()
    worst_bound: int = FULL_SHARE

    @property
    def rows(self) -> Longs:
        """The rows that are matched."""
        return np.flatnonzero(self.edges >= 0)

    @property
    def columns(self) -> Longs:
        """Their columns."""
        return self.graph.column[self.edges[self.rows]].astype(np.int64)

    @property
    def scores(self) -> Longs:
        """Their scores."""
        return self.graph.score[self.edges[self.rows]].astype(np.int64)

    @property
    def gap(self) -> int:
        """By how much the sum may lie under the best one."""
        return self.bound - int(self.scores.sum())


@dataclass
class Pace:
    """Tells the watch how far the run may be: nobody knows how many rounds it will take, so each step is smaller."""

    watch: Watch
    stage: Stage = "scoring"
    share: float = 0.05

    def enter(self, stage: Stage) -> None:
        """The next stage."""
        self.stage = stage
        self.tick(0.01)

    def tick(self, part: float) -> None:
        """A little further: this part of all rows was looked at. Raises Cancelled."""
        self.share += (0.9 - self.share) * part
        self.watch.at(self.stage, self.share)


def choose(case: Case, watch: Watch) -> Choice:
    """The best pairs of a large round for the places that are free, on every core."""
    pace = Pace(watch)
    task = task_of(case, pace)
    begun = start(task, FIRST_PAIRS if len(task.demand.places) < MANY_COLUMNS else FIRST_OF_MANY)
    pace.enter("pairing")
    return _told(case, task, begun, solve(task, begun, fair=case.fair))


def task_of(case: Case, pace: Pace) -> Task:
    """What is to be assigned in a round."""
    pace.enter("scoring")
    columns = np.flatnonzero(~case.company.columns.barred)
    rows = np.flatnonzero(case.free & ~case.company.rows.barred)
    packed = pack(case.company, case.settings, rows, columns, Bonus(case.incumbents, case.settings.loyalty * 100))
    search = Search(packed, rows, os.cpu_count() or 1, pace.tick)
    least = np.full(len(rows), case.settings.minimum * 100, dtype=np.int32)
    demand = case.demand(rows, packed.order)
    exact = len(case.mentees) * len(columns) <= EXACT
    worth = (PERSON if exact else IDLE) + WAITED * demand.waited_columns.astype(np.int64)
    first_bonus = np.where(demand.alone, worth, 0)
    if not exact:
        nobody = np.zeros_like(demand.alone)
        demand = replace(demand, alone=nobody, waited_columns=nobody)
    return Task(search, demand, least, first_bonus, pace, 0 if exact else TOLERANCE)


def _told(case: Case, task: Task, begun: Start, chosen: Chosen) -> Choice:
    """What was found, in the ids and places of the round."""
    rows, order = task.search.chosen, task.search.packed.order
    share = np.minimum(chosen.scores * FULL_SHARE // begun.best[chosen.rows], FULL_SHARE)
    shares = dict(zip(case.keys(rows[chosen.rows], order[chosen.columns]), share.tolist(), strict=True))
    people = len(chosen.rows) + int(task.demand.alone[np.unique(chosen.columns)].sum())
    worst = int(share.min(initial=FULL_SHARE))
    proof = Proof(
        people=people,
        most=sum(chosen.numbers[:2]),
        total=int(chosen.scores.sum()),
        bound=chosen.bound,
        worst=worst,
        worst_bound=chosen.worst_bound if case.fair else FULL_SHARE,
        idle=IDLE if task.first_bonus.any() and not task.demand.alone.any() else 0,
    )
    degree, open_to = np.zeros(len(case.mentees), dtype=np.int32), np.zeros(len(case.mentors), dtype=np.int32)
    degree[rows], open_to[order] = begun.degree, begun.open_to
    return Choice(shares, proof, (degree, open_to))


def start(task: Task, most: int = FIRST_PAIRS) -> Start:
    """Score all pairs and list the best of each row, exactly: up to `most`."""
    rows = len(task.least)
    price = np.where(task.demand.places == 0, OUT_OF_REACH, 0)
    floor = np.full(rows, -1, dtype=np.int32)
    found = task.search.best(np.arange(rows), most, floor, task.least, price)
    graph = Graph.of(rows, found.row, found.column, found.score, np.full(rows, -1, dtype=np.int32))
    some = np.flatnonzero(found.count)
    full = np.flatnonzero(found.count == most)
    best = np.zeros(rows, dtype=np.int32)
    best[some] = graph.score[graph.at[some]]
    graph.known[full] = graph.score[graph.at[full + 1] - 1]
    return Start(graph, best, found.degree, found.open_to)


def solve(task: Task, begun: Start, *, fair: bool) -> Chosen:
    """The best matching: largest, then (if `fair`) the worst-off row as well off as can be, then the best sum."""
    chosen = best_sum(task, _with_what_scarcity_moves(task, begun.graph) if task.scarce else begun.graph)
    task.pace.enter("proving")
    graph, numbers, matchings = chosen.graph, [], []
    for wanted, places in kinds(task.demand):
        found = rank(task.search, graph, task.least, chosen.graph.matching(chosen.edges), wanted, places)
        graph = found.graph
        numbers.append(found.number)
        matchings.append(found.matching)
    worst = FULL_SHARE
    if fair:
        graph, worst = _fairest(task, replace(begun, graph=graph), numbers, matchings)
        task = replace(task, least=_floors(task, begun, worst))
    if fair or numbers[0] > len(chosen.rows):
        chosen = best_sum(task, graph)
    return replace(chosen, numbers=tuple(numbers), worst_bound=worst)


def _floors(task: Task, begun: Start, share: int) -> Ints:
    """The score from which each row has this share of its best."""
    return np.maximum(task.least, -(-share * begun.best.astype(np.int64) // FULL_SHARE)).astype(np.int32)


def _fairest(task: Task, begun: Start, numbers: list[int], matchings: list[Longs]) -> tuple[Graph, int]:
    """The highest share of their best that all matched rows can have while the matchings stay as large, by halving."""
    graph = begun.graph
    low, high = 0, FULL_SHARE
    while low < high:
        middle = (low + high + 1) // 2
        least = _floors(task, begun, middle)
        for place, (wanted, places) in enumerate(kinds(task.demand)):
            found = rank(task.search, graph, least, matchings[place], wanted, places, numbers[place])
            graph = found.graph
            if found.number < numbers[place]:
                high = middle - 1
                break
            matchings[place] = found.matching
        else:
            low = middle
    return graph, low


def _with_what_scarcity_moves(task: Task, graph: Graph) -> Graph:
    """With the pairs that pay at the prices of bids in large steps, where a row left out costs no more than its score:
    such bids end soon, and spare a flow that would find out that many rows must look beyond their best."""
    nothing, no_first = np.zeros(graph.rows, dtype=np.int64), np.zeros_like(task.first_bonus)
    for _ in range(AHEAD):
        end = graph.end(task.least)
        lists = graph.at, end, graph.column, graph.score
        _, price, _ = kernels.auction(*lists, nothing, no_first, task.seat_at, LARGE_STEP, _most_bids(graph))
        price = np.where(task.demand.places == 0, OUT_OF_REACH, price)
        found = _unlisted(task, graph, kernels.nets(*lists, nothing, price).astype(np.int32), price)
        graph = graph.joined(found.row, found.column, found.score)
    return graph


def best_sum(task: Task, graph: Graph) -> Chosen:
    """The highest sum among the largest matchings of the pairs that are listed, and those that turn out to pay."""
    step = STEP
    chosen, found = _round(task, graph, step)
    for _ in range(ROUNDS):
        nothing = not len(found.row)
        if chosen.gap <= task.tolerance * chosen.bound or (nothing and (task.tight or step == 1)):
            break
        if nothing:
            step //= 2
        else:
            graph = graph.joined(found.row, found.column, found.score)
        now, found = _round(task, graph, step)
        chosen = min(chosen, now, key=lambda one: one.gap)
    return chosen


def _round(task: Task, graph: Graph, step: int) -> tuple[Chosen, Found]:
    """A matching on the listed pairs with its bound, and the other pairs that would still pay."""
    row_bonus, first_bonus, places = task.row_bonus, task.first_bonus, task.demand.places
    end = graph.end(task.least)
    edges, price = _assign(task, graph, end, step)
    edges = settle(graph, end, edges, task.demand)
    net = kernels.nets(graph.at, end, graph.column, graph.score, row_bonus, price)
    floor = (net - row_bonus).astype(np.int32)
    found = _unlisted(task, graph, floor, price)
    over = np.zeros(graph.rows, dtype=np.int64)
    np.maximum.at(over, found.row, found.net - floor[found.row])
    value = int(net.sum() + over.sum()) + _column_value(places, price, first_bonus)
    return Chosen(graph, edges, value - _bonuses(graph, edges, row_bonus, first_bonus)), found


def _unlisted(task: Task, graph: Graph, floor: Ints, price: Longs) -> Found:
    """The pairs beside the graph that leave a row more than `floor` after their price, up to `MORE_PAIRS` of each."""
    rows = np.flatnonzero((graph.known - price.min(initial=0) > floor) & (graph.known >= task.least))
    return task.search.best(rows, MORE_PAIRS, floor[rows], task.least[rows], price)


def _assign(task: Task, graph: Graph, end: Longs, step: int) -> tuple[Longs, Longs]:
    """A matching on the listed pairs, and the prices of the columns."""
    row_bonus, first_bonus, places = task.row_bonus, task.first_bonus, task.demand.places
    lists = graph.at, end, graph.column, graph.score
    if not task.tight:
        edges, price, bids = kernels.auction(*lists, row_bonus, first_bonus, task.seat_at, step, _most_bids(graph))
        if bids > 0:
            return edges, np.where(places == 0, OUT_OF_REACH, price)
    edges = _flow(task, graph, end)
    price, _ = kernels.prices(*lists, row_bonus, places, first_bonus, edges, PASSES)
    return edges, np.where(places == 0, OUT_OF_REACH, price)


def _most_bids(graph: Graph) -> int:
    return 200 * graph.rows + 10**6


def _flow(task: Task, graph: Graph, end: Longs) -> Longs:
    from bot.domain.matching import flow  # loads OR-tools

    listed = np.flatnonzero(np.arange(len(graph.keys)) < end[graph.row])
    row, column, score = graph.row[listed], graph.column[listed], graph.score[listed]
    taken = flow.assign(row, column, score, task.row_bonus, task.demand.places, task.first_bonus)
    return np.where(taken >= 0, listed[taken] if len(listed) else -1, -1)


def _column_value(places: Ints, price: Longs, first_bonus: Longs) -> int:
    """The most that the columns can earn by these prices."""
    first = np.where(places > 0, np.maximum(price + first_bonus, 0), 0)
    return int(first.sum() + (np.maximum(places - 1, 0) * np.maximum(price, 0)).sum())


def _bonuses(graph: Graph, edges: Longs, row_bonus: Longs, first_bonus: Longs) -> int:
    rows = np.flatnonzero(edges >= 0)
    columns = np.unique(graph.column[edges[rows]])
    return int(row_bonus[rows].sum() + first_bonus[columns].sum())
