"""What the hard rules say of pairs that people choose by hand; what is private is never named. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.matching import PRIVATE_RULES, Candidate, broken_rules, pair_reasons, score_pair
from bot.domain.matching.rules import Barred, barred_pairs
from bot.flows.matching.candidates import Problem, kept_pairs, problem
from bot.flows.matching.solve import Json, as_data
from bot.ui.words import T
from storage.matching import Key, World

BY_HAND = frozenset({"unknown_manager", "excluded", "met_before"})


@dataclass(frozen=True)
class Bench:
    """A round's people and rules, ready to judge pairs. ``load``: places that pairs under way and fixed ones take."""

    task: Problem
    people: dict[int, Candidate]
    barred: Barred
    load: Counter[int]

    @classmethod
    def of(cls, world: World, now: datetime, *, without: Iterable[Key] = ()) -> "Bench":
        """``without``: pairs whose marks no longer count."""
        gone = set(without)
        task = problem(world, now, keep_computed=False)
        taken = kept_pairs(world, keep_computed=False) | {key for key, kind in world.rules if kind == "fixed"}
        load = Counter(enrolment for pair in taken - gone for enrolment in pair)
        return cls(task, {one.id: one for one in task.candidates}, barred_pairs(task.rules), load)

    def not_here(self, enrolment: int, role: str) -> T | None:
        """Why that enrolment cannot stand on that side of a pair; None when it can."""
        person = self.people.get(enrolment)
        if person is None:
            return T("matching.broken_not_enrolled")
        fine = person.role == role or self.task.settings.shape == "peers"
        return None if fine else T(f"matching.not_a_{role}")

    def broken(self, pair: Key) -> T | None:
        """The rule that the two break; None when they may be a pair.

        An unknown manager does not stop it: choosing the pair is the confirmation by hand. Nor do an earlier
        exclusion by the coordinator, which it takes back, and an earlier round.
        """
        mentor, mentee = self.people[pair[0]], self.people[pair[1]]
        for rule in broken_rules(mentor, mentee, self.task.settings, self.barred):
            if rule == "nothing_to_teach" and self.task.settings.shape == "peers":
                return T("matching.broken_nothing_to_teach_peer")
            if rule not in BY_HAND:
                return T("matching.broken_private") if rule in PRIVATE_RULES else T(f"matching.broken_{rule}")
        return None

    def full(self, pair: Key) -> str | None:
        """The side that has no room for this pair: ``mentor`` or ``mentee``."""
        if self.load[pair[0]] >= self.people[pair[0]].capacity:
            return "mentor"
        return "mentee" if self.load[pair[1]] else None

    def scored(self, pair: Key) -> tuple[int, list[Json]]:
        """What the pair scores, in hundredths of a point, and its reasons as they are stored."""
        mentor, mentee = self.people[pair[0]], self.people[pair[1]]
        reasons = pair_reasons(mentor, mentee, self.task.settings)
        return score_pair(mentor, mentee, self.task.settings).total, as_data(reasons)
