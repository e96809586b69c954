"""The values that matching takes and gives, and the names of its rules and criteria."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

Role = Literal["mentor", "mentee"]
RuleKind = Literal["fixed", "accepted", "excluded", "declined", "ended", "conflict"]
Origin = Literal["matched", "fixed", "accepted"]
ReasonValue = str | int | tuple[str, ...]

TOP_LEVEL = 4
FORMATS = ("in_person", "remote", "blended")

WEIGHTS: Mapping[str, int] = MappingProxyType(
    {
        "mentee_wants": 40,
        "mentor_wants": 20,
        "objective": 10,
        "distance": 10,
        "availability": 10,
        "format": 5,
        "language": 5,
    }
)
CRITERIA = tuple(WEIGHTS)

# In the order in which they are reported: what is private is named only when nothing else stands in the way.
RULES = (
    "same_person",
    "capacity",
    "exclusive_programme",
    "reporting_line",
    "same_manager",
    "same_team",
    "unknown_manager",
    "stage",
    "language",
    "format",
    "hours",
    "nothing_to_teach",
    "excluded",
    "declared_conflict",
    "ended",
    "declined",
    "avoided",
)
PRIVATE_RULES = frozenset({"declared_conflict", "ended", "declined", "avoided"})


@dataclass(frozen=True)
class Candidate:
    """One enrolled person in one role, of their own will and not paused.

    `stage` is the rung of the career ladder (early 0, intermediate 1, senior 2, manager 3, executive 4). `managers`
    are the person ids of the chain to the top, nearest first: `()` is the top of the company, `None` is not known, and
    then nobody is paired automatically. `offers` gives the level 1..4 of each skill offered; `wants` the person's own
    level 0..4 in each skill wanted, the most wanted first. `hours` is a `week_mask`. `formats` has the preferred first.
    `avoids` and `works_with` are person ids and count in both directions. A mentee has one mentor: capacity 0 or 1.
    """

    id: int
    person_id: int
    role: Role
    stage: int
    department: str = ""
    site: str = ""
    country: str = ""
    managers: tuple[int, ...] | None = None
    dotted_managers: frozenset[int] = frozenset()
    works_with: frozenset[int] = frozenset()
    offers: Mapping[str, int] = field(default_factory=dict)
    wants: tuple[tuple[str, int], ...] = ()
    languages: frozenset[str] = frozenset()
    first_language: str | None = None
    comfortable_in: frozenset[str] = frozenset()
    hours: int = 0
    formats: tuple[str, ...] = ()
    capacity: int = 1
    avoids: frozenset[int] = frozenset()
    exclusive_programme: bool = False
    waited: bool = False

    def __post_init__(self) -> None:
        """Raise ValueError for a level, a capacity or a list of wants that cannot be."""
        levels = [*self.offers.values(), *(own for _, own in self.wants)]
        if any(not 0 <= level <= TOP_LEVEL for level in levels):
            raise ValueError(f"candidate {self.id}: a level lies outside 0..{TOP_LEVEL}")
        if len({code for code, _ in self.wants}) < len(self.wants):
            raise ValueError(f"candidate {self.id}: the same skill is wanted twice")
        if self.capacity < 0 or (self.role == "mentee" and self.capacity > 1):
            raise ValueError(f"candidate {self.id}: capacity {self.capacity} is impossible for a {self.role}")


@dataclass(frozen=True)
class PairRule:
    """What was decided about two enrolments by people, before any arithmetic.

    `fixed` is the coordinator's wish and must keep the hard rules; `accepted` was agreed by the two and is not judged
    again; `excluded`, `declined`, `ended` and `conflict` (declared tie, dispute or say in the other's career) bar it.
    """

    mentor_id: int
    mentee_id: int
    kind: RuleKind


@dataclass(frozen=True)
class Objective:
    """An objective of the round and the skill codes of the topics that serve it."""

    code: str
    skills: frozenset[str]


@dataclass(frozen=True)
class Settings:
    """What a round may set. `weights` are whole numbers that sum to 100; `minimum` is out of 100 as well.

    `formats` are those that the round offers.
    """

    weights: Mapping[str, int] = field(default_factory=lambda: WEIGHTS)
    minimum: int = 45
    formats: tuple[str, ...] = FORMATS
    objectives: tuple[Objective, ...] = ()

    def __post_init__(self) -> None:
        """Raise ValueError for weights that are not the seven criteria, are negative or do not sum to 100."""
        if set(self.weights) != set(CRITERIA):
            raise ValueError(f"weights are given for {sorted(self.weights)}, not for {sorted(CRITERIA)}")
        if min(self.weights.values()) < 0 or sum(self.weights.values()) != 100:
            raise ValueError("weights must be whole numbers of 0 or more that sum to 100")


@dataclass(frozen=True)
class Reason:
    """A reason as data: a code and the values that a sentence about it needs."""

    code: str
    params: Mapping[str, ReasonValue] = field(default_factory=dict)


@dataclass(frozen=True)
class Pair:
    """Two enrolments that go together. `score` and `parts` are hundredths of a point, 0..10000 in all."""

    mentor_id: int
    mentee_id: int
    score: int
    parts: Mapping[str, int]
    reasons: tuple[Reason, ...]
    origin: Origin = "matched"


@dataclass(frozen=True)
class LeftOut:
    """An enrolment without a pair, and why."""

    id: int
    role: Role
    reason: Reason


@dataclass(frozen=True)
class Matching:
    """The proposal for a round: pairs by mentor and mentee id, people left out by id."""

    pairs: tuple[Pair, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def total(self) -> int:
        """Sum of the scores of all pairs, in hundredths of a point."""
        return sum(pair.score for pair in self.pairs)

    @property
    def worst(self) -> int | None:
        """Lowest score among the pairs that were chosen here; None when none was."""
        return min((pair.score for pair in self.pairs if pair.origin == "matched"), default=None)


class RuleBroken(Exception):  # the product speaks of a broken rule; it is a refusal, not a fault
    """A fixed pair cannot be: it breaks `rule` (one of RULES, or `not_enrolled`)."""

    def __init__(self, rule: str, mentor_id: int, mentee_id: int) -> None:
        """Keep the rule and the two enrolments, so that the refusal can be worded."""
        super().__init__(f"{rule}: mentor {mentor_id}, mentee {mentee_id}")
        self.rule = rule
        self.mentor_id = mentor_id
        self.mentee_id = mentee_id

    @property
    def private(self) -> bool:
        """Whether the rule may not be named to anybody: what one person said about another in confidence."""
        return self.rule in PRIVATE_RULES
