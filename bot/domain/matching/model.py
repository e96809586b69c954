"""The values that matching takes and gives, and the names of its rules and criteria."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

Role = Literal["mentor", "mentee"]
RuleKind = Literal["fixed", "accepted", "excluded", "declined", "ended", "conflict", "met", "incumbent"]
Origin = Literal["matched", "fixed", "accepted"]
Aim = Literal["fair", "total"]
Shape = Literal["pairs", "groups", "peers"]
Stage = Literal["reading", "scoring", "pairing", "proving", "explaining"]
ReasonValue = str | int | tuple[str, ...]

TOP_LEVEL = 4
MOST_AIMS = 8
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
    "met_before",
    "declared_conflict",
    "ended",
    "declined",
    "avoided",
)
PRIVATE_RULES = frozenset({"declared_conflict", "ended", "declined", "avoided"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """One enrolled person in one role, of their own will and not paused.

    `stage` is the rung of the career ladder (early 0, intermediate 1, senior 2, manager 3, executive 4). `managers`
    are the person ids of the chain to the top, nearest first: `()` is the top of the company, `None` is not known, and
    then nobody is paired automatically. `offers` gives the level 1..4 of each skill offered; `wants` the person's own
    level 0..4 in each skill wanted, the most wanted first. `hours` is a `week_mask`. `formats` has the preferred first.
    `avoids` and `works_with` are person ids and count in both directions. A mentee has one mentor: capacity 0 or 1.
    Among peers roles and capacities above 1 mean nothing; in groups a mentor of any capacity above 0 takes one group.
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
    again; `excluded`, `declined`, `ended`, `met` (in an earlier round) and `conflict` (declared tie, dispute or say in
    the other's career) bar it.
    `incumbent` was proposed before and may stay: it decides like a score higher by `Settings.loyalty`, and shows its
    own. Among peers the two ids stand in either order.
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
    """What a round may set. `weights` are whole numbers that sum to 100; `minimum` and `loyalty` are out of 100 too.

    `formats` are those that the round offers. `shape` says who meets: one mentor and one mentee, one mentor and a group
    of `group` (least, most) mentees, or two peers of one pool, where roles and stages do not count and each wants as
    much as the other. `aim` orders what is sought:

    - `fair`: most people, most of those who had waited, then the worst-off mentee as well off as can be (the score as a
      share of the best that this mentee could have), then the sum;
    - `total`: most people, then the sum. It is there to be held against other solvers.

    With `spread` a mentor who would have nobody is one more of these people, and comes before the second mentee of
    another; in the largest rounds this mentor's first mentee counts for some points more instead (`Proof.idle`).
    Without it only mentees are counted.
    """

    weights: Mapping[str, int] = field(default_factory=lambda: dict(WEIGHTS))
    minimum: int = 45
    formats: tuple[str, ...] = FORMATS
    objectives: tuple[Objective, ...] = ()
    aim: Aim = "fair"
    spread: bool = True
    shape: Shape = "pairs"
    group: tuple[int, int] = (3, 5)
    loyalty: int = 3

    def __post_init__(self) -> None:
        """Raise ValueError for weights that are not the seven criteria, are negative or do not sum to 100."""
        if set(self.weights) != set(CRITERIA):
            raise ValueError(f"weights are given for {sorted(self.weights)}, not for {sorted(CRITERIA)}")
        if min(self.weights.values()) < 0 or sum(self.weights.values()) != 100:
            raise ValueError("weights must be whole numbers of 0 or more that sum to 100")
        if not 1 <= self.group[0] <= self.group[1]:
            raise ValueError(f"a group of {self.group[0]} to {self.group[1]} is impossible")
        if len(self.aims) > MOST_AIMS:
            raise ValueError(f"{len(self.aims)} objectives: a round has at most {MOST_AIMS}")

    @property
    def aims(self) -> tuple[Objective, ...]:
        """The objectives that some skill serves."""
        return tuple(objective for objective in self.objectives if objective.skills)

    @property
    def full(self) -> Mapping[str, int]:
        """What a share of one is worth by criterion, in hundredths of a point. Peers want as much of each other."""
        full = {name: weight * 100 for name, weight in self.weights.items()}
        if self.shape == "peers":
            full["mentee_wants"] = full["mentor_wants"] = (full["mentee_wants"] + full["mentor_wants"]) // 2
        return full


@dataclass(frozen=True)
class Reason:
    """A reason as data: a code and the values that a sentence about it needs."""

    code: str
    params: Mapping[str, ReasonValue] = field(default_factory=dict)


@dataclass(frozen=True)
class Pair:
    """Two enrolments that go together. `score` and `parts` are hundredths of a point, 0..10000 in all.

    `share` is the score as a share of the best that the mentee (of peers, the worse-off) could have, in hundredths of a
    per cent; 10000 for what people fixed or accepted.
    """

    mentor_id: int
    mentee_id: int
    score: int
    parts: Mapping[str, int]
    reasons: tuple[Reason, ...]
    origin: Origin = "matched"
    share: int = 10_000


@dataclass(frozen=True)
class LeftOut:
    """An enrolment without a pair, and why.

    `stopped` counts, by rule, those of the other role whom it stops (a private rule as `private`), the most first.
    `change` is the smallest change that would give a pair; None when none is known.
    """

    id: int
    role: Role
    reason: Reason
    stopped: Mapping[str, int] = field(default_factory=dict)
    change: Reason | None = None


@dataclass(frozen=True)
class Proof:
    """What is known about the pairs that were chosen, against every other choice under the same rules.

    `people` were matched and `most` is a number that no choice exceeds; `total` and `bound` are the same for the sum of
    the scores that decided, in hundredths of a point; `worst` and `worst_bound` for the share of their best that the
    worst-off has (10000 is all of it). `idle` is 0, or in the largest rounds what a mentor's first mentee counted for
    beyond the score: there mentors are not among the people that were counted.
    """

    people: int = 0
    most: int = 0
    total: int = 0
    bound: int = 0
    worst: int = 10_000
    worst_bound: int = 10_000
    idle: int = 0

    @property
    def number_is_proved(self) -> bool:
        """Whether nobody more can be matched."""
        return self.people == self.most

    @property
    def worst_is_proved(self) -> bool:
        """Whether the worst-off person cannot be better off."""
        return self.worst == self.worst_bound

    @property
    def gap(self) -> float:
        """By what share of the bound the sum may lie under the best one: 0.0 is proved to be the best."""
        return (self.bound - self.total) / self.bound if self.bound else 0.0


@dataclass(frozen=True)
class Matching:
    """The proposal for a round: pairs by mentor and mentee id, people left out by id, and what was proved."""

    pairs: tuple[Pair, ...]
    left_out: tuple[LeftOut, ...]
    proof: Proof = Proof()

    @property
    def total(self) -> int:
        """Sum of the scores of all pairs, in hundredths of a point."""
        return sum(pair.score for pair in self.pairs)

    @property
    def worst(self) -> int | None:
        """Lowest score among the pairs that were chosen here; None when none was."""
        return min((pair.score for pair in self.pairs if pair.origin == "matched"), default=None)


@dataclass(frozen=True)
class Shortage:
    """A skill for which mentors lack: `waiting` mentees who want it found nobody; `places` its mentors have in all."""

    skill: str
    waiting: int
    wanted: int
    places: int


@dataclass(frozen=True)
class Forecast:
    """How a round would be matched now: people by role, how many of them with a pair, and what lacks, worst first."""

    mentors: int
    mentees: int
    mentors_matched: int
    mentees_matched: int
    shortages: tuple[Shortage, ...]


@dataclass(frozen=True)
class Watch:
    """How a long run is followed. `progress` is told the stage and the share done of all, 0.0 to 1.0, now and then.

    `cancelled` is asked as often; once it says yes, `Cancelled` is raised. Both are called in the thread of `match`.
    """

    progress: Callable[[Stage, float], None] = lambda stage, share: None
    cancelled: Callable[[], bool] = lambda: False

    def at(self, stage: Stage, share: float) -> None:
        """Tell where the run is. Raises Cancelled when it is to stop."""
        if self.cancelled():
            raise Cancelled
        self.progress(stage, share)


QUIET = Watch()


class Cancelled(Exception):  # somebody's wish, not a fault
    """The run was cancelled; nothing was decided."""


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
