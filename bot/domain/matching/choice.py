"""What is to be decided in a round, as arrays, and what was decided: exactly on all pairs of a small round."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.domain.matching import grids, solve
from bot.domain.matching.features import Bools, Ints, Longs
from bot.domain.matching.model import Candidate, Proof, Settings, Watch
from bot.domain.matching.rules import Barred
from bot.domain.matching.ties import Pairs

DENSE = 1_200_000

Key = tuple[int, int]


@dataclass(frozen=True)
class Case:
    """A round as arrays. Mentees are rows, mentors are columns. `places` is each mentor's free capacity, `free` marks
    mentees who have no pair yet, `alone` mentors who have none; `incumbents` are pairs that were proposed before."""

    settings: Settings
    company: grids.Company
    mentors: Longs
    mentees: Longs
    places: Ints
    free: Bools
    alone: Bools
    waited_mentors: Bools
    waited_mentees: Bools
    incumbents: Pairs

    @classmethod
    def of(
        cls,
        mentors: Sequence[Candidate],
        mentees: Sequence[Candidate],
        settings: Settings,
        barred: Barred,
        kept: Collection[Key] = (),
        incumbents: Collection[Key] = (),
    ) -> "Case":
        """Of the people in the order given. `kept` and `incumbents` are pairs of a mentor's and a mentee's id."""
        load = Counter(person_id for pair in kept for person_id in pair)
        rows = {person.id: row for row, person in enumerate(mentees)}
        columns = {person.id: column for column, person in enumerate(mentors)}
        stay = [(rows[two], columns[one]) for one, two in sorted(incumbents) if two in rows and one in columns]
        return cls(
            settings,
            grids.company(mentees, mentors, settings, barred),
            mentors=np.array([person.id for person in mentors], dtype=np.int64),
            mentees=np.array([person.id for person in mentees], dtype=np.int64),
            places=np.array([max(mentor.capacity - load[mentor.id], 0) for mentor in mentors], dtype=np.int32),
            free=np.array([load[mentee.id] == 0 for mentee in mentees], dtype=np.bool_),
            alone=np.array([load[mentor.id] == 0 for mentor in mentors], dtype=np.bool_),
            waited_mentors=np.array([person.waited for person in mentors], dtype=np.bool_),
            waited_mentees=np.array([person.waited for person in mentees], dtype=np.bool_),
            incumbents=Pairs.of(stay),
        )

    @property
    def fair(self) -> bool:
        """Whether people who waited and the worst-off count before the sum."""
        return self.settings.aim == "fair"

    def demand(self, rows: Longs, columns: Longs) -> solve.Demand:
        """Who of these is to be assigned."""
        return solve.Demand(
            places=self.places[columns],
            alone=self.alone[columns] & self.settings.spread,
            waited_rows=self.waited_mentees[rows] & self.fair,
            waited_columns=self.waited_mentors[columns] & self.fair & self.settings.spread,
        )

    def keys(self, rows: Longs, columns: Longs) -> list[Key]:
        """(mentor id, mentee id) of each pair of a row and a column."""
        return list(zip(self.mentors[columns].tolist(), self.mentees[rows].tolist(), strict=True))


@dataclass(frozen=True)
class Choice:
    """The pairs (mentor id, mentee id) with their share of the mentee's best, and what is proved. `possible` counts the
    open pairs of each row and of each column; `grid` is there for small rounds."""

    shares: Mapping[Key, int]
    proof: Proof
    possible: tuple[Ints, Ints]
    grid: grids.Grids | None = None


def choose(case: Case, watch: Watch) -> Choice:
    """The best pairs for the places that are free."""
    if case.settings.shape == "peers":
        from bot.domain.matching.peers import choose as choose_peers  # loads rustworkx

        return choose_peers(case, watch)
    if case.settings.shape == "groups":
        from bot.domain.matching.groups import choose as choose_groups

        return choose_groups(case, watch)
    return assigned(case, watch)


def assigned(case: Case, watch: Watch) -> Choice:
    """The best pairs of mentees and mentors, whatever the shape."""
    if len(case.mentees) * int(np.maximum(case.places, 1).sum()) > DENSE:
        from bot.domain.matching.large import choose as choose_large  # compiles

        return choose_large(case, watch)
    watch.at("scoring", 0.1)
    grid = grids.build(case.company, case.settings)
    watch.at("pairing", 0.4)
    return _exactly(case, grid)


def _exactly(case: Case, grid: grids.Grids) -> Choice:
    everyone, mentors = np.arange(len(case.mentees)), np.arange(len(case.mentors))
    demand = case.demand(everyone, mentors)
    decides, allowed = decisive(case, grid)
    share = solve.shares(decides, allowed)
    chosen = solve.assign(decides, allowed, demand, share if case.fair else None)
    rows, columns = (np.array(side, dtype=np.int64) for side in (zip(*chosen, strict=True) if chosen else ((), ())))
    shares = dict(zip(case.keys(rows, columns), share[rows, columns].tolist(), strict=True))
    people = len(chosen) + len({column for _, column in chosen if demand.alone[column]})
    total, worst = sum(int(decides[pair]) for pair in chosen), min(shares.values(), default=solve.FULL_SHARE)
    proof = Proof(people, people, total, total, worst, worst)
    fine = _fine(case, grid)
    return Choice(shares, proof, (fine.sum(axis=1, dtype=np.int32), fine.sum(axis=0, dtype=np.int32)), grid)


def decisive(case: Case, grid: grids.Grids) -> tuple[Ints, Bools]:
    """What decides of each pair, in hundredths of a point, and whether it is open."""
    decides = grid.score.copy()
    decides[case.incumbents.row, case.incumbents.column] += case.settings.loyalty * 100
    allowed: Bools = _fine(case, grid) & case.free[:, None] & (case.places > 0)
    return decides, allowed


def _fine(case: Case, grid: grids.Grids) -> Bools:
    fine: Bools = (grid.broken == 0) & (grid.score >= case.settings.minimum * 100)
    return fine
