"""What a round is made of: presets and their allowed ranges, the opening checklist, its states, roles by stage."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

CAREER_STAGES = ("early", "intermediate", "senior", "manager", "executive")
MAX_OBJECTIVES = 3
CLOSING_TOPIC = "C1"
FEWEST_MENTEES = 2
"""Mentees without whom a group does not meet."""

PREPARATION_MINUTES = 15
LESSONS, LESSON_MINUTES = 7, 3
SURVEY_MINUTES = 30


@dataclass(frozen=True, slots=True)
class RoundRules:
    """The rules that everybody reads before saying yes. Lengths are in the unit that the name ends with."""

    duration_weeks: int
    sessions_planned: int
    cadence_weeks: int
    session_minutes: int
    kickoff_minutes: int
    enrolment_working_days: int
    proposal_answer_working_days: int
    proposal_extra_days: int
    max_proposals: int
    first_meeting_target_working_days: int
    closing_survey_working_days: int
    max_pairings_mentor: int
    pause_weeks_max: int
    completion_min_share: float
    group_least: int = 3
    group_most: int = 5
    followup_weeks: int = 13  # after the end; 0: nobody is asked again
    mentor_months: int = 6  # in the company before one mentors, by one's own word; 0: that is not asked


STANDARD = RoundRules(
    duration_weeks=24,
    sessions_planned=6,
    cadence_weeks=4,
    session_minutes=45,
    kickoff_minutes=60,
    enrolment_working_days=10,
    proposal_answer_working_days=3,
    proposal_extra_days=2,
    max_proposals=3,
    first_meeting_target_working_days=10,
    closing_survey_working_days=10,
    max_pairings_mentor=2,
    pause_weeks_max=4,
    completion_min_share=0.67,
)
SPRINT = RoundRules(
    duration_weeks=12,
    sessions_planned=6,
    cadence_weeks=2,
    session_minutes=45,
    kickoff_minutes=45,
    enrolment_working_days=5,
    proposal_answer_working_days=3,
    proposal_extra_days=2,
    max_proposals=2,
    first_meeting_target_working_days=5,
    closing_survey_working_days=5,
    max_pairings_mentor=2,
    pause_weeks_max=2,
    completion_min_share=0.67,
)

ALLOWED: Mapping[str, tuple[float, float]] = {
    "duration_weeks": (8, 52),
    "sessions_planned": (3, 12),
    "cadence_weeks": (1, 6),
    "session_minutes": (30, 90),
    "kickoff_minutes": (30, 90),
    "enrolment_working_days": (5, 20),
    "proposal_answer_working_days": (1, 10),
    "proposal_extra_days": (0, 5),
    "max_proposals": (1, 5),
    "first_meeting_target_working_days": (3, 20),
    "closing_survey_working_days": (3, 20),
    "max_pairings_mentor": (1, 3),
    "pause_weeks_max": (0, 8),
    "completion_min_share": (0.5, 1.0),
    "group_least": (2, 8),
    "group_most": (2, 8),
    "followup_weeks": (0, 26),
    "mentor_months": (0, 24),
}

RuleProblem = tuple[str, str, dict[str, float]]


def preset(name: Literal["standard", "sprint"]) -> RoundRules:
    """The rules of a preset: half a year, or a quarter."""
    return {"standard": STANDARD, "sprint": SPRINT}[name]


def check_rules(rules: RoundRules) -> list[RuleProblem]:
    """What is wrong, as (field, code, parameters); empty when the round can be run.

    Codes: `not_a_number`; `out_of_range` with min and max; `too_long` on `sessions_planned` when the sessions at this
    cadence do not fit in the weeks, with the weeks needed and the weeks there are. The least group may not be larger
    than the largest.
    """
    problems: list[RuleProblem] = []
    for name, (low, high) in ALLOWED.items():
        value = getattr(rules, name)
        whole = name != "completion_min_share"
        if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
            problems.append((name, "not_a_number", {}))
        elif not low <= value <= high:
            problems.append((name, "out_of_range", {"min": low, "max": high}))
    if not problems and rules.group_least > rules.group_most:
        problems.append(("group_least", "out_of_range", {"min": 2, "max": rules.group_most}))
    if not problems and (needed := rules.sessions_planned * rules.cadence_weeks) > rules.duration_weeks:
        problems.append(("sessions_planned", "too_long", {"needed": needed, "weeks": rules.duration_weeks}))
    return problems


def minutes_per_person(rules: RoundRules) -> int:
    """The whole time that a round asks of one person: kick-off, sessions, preparation, lessons, surveys."""
    a_session = rules.session_minutes + PREPARATION_MINUTES
    return rules.kickoff_minutes + rules.sessions_planned * a_session + LESSONS * LESSON_MINUTES + SURVEY_MINUTES


def hours_per_person(rules: RoundRules) -> int:
    """The same in hours, to the nearest one: what people read before they say yes."""
    return (minutes_per_person(rules) + 30) // 60


def guide_split(minutes: int) -> tuple[int, int, int]:
    """Minutes of follow-up, topic and questions: about 22 %, 56 % and 22 %, which add up to the whole session.

    From half an hour up the outer parts are whole steps of five minutes; the topic always has half of the time.
    """
    step = 5 if minutes >= 30 else 1
    side = step * min(round(minutes * 0.22 / step), minutes // 4 // step)
    return side, minutes - 2 * side, side


def midpoint_session(rules: RoundRules) -> int:
    """After which session the midpoint falls: the third, or the last one in the first half of the weeks."""
    in_first_half = max(rules.duration_weeks // 2 // rules.cadence_weeks, 1)
    return min(3, in_first_half, rules.sessions_planned)


def is_completed(rules: RoundRules, held: Iterable[tuple[int, str]]) -> bool:
    """Whether a pair has completed its round: enough of the planned sessions, and the closing conversation.

    ``held``: number and topic of each session that was held; the kick-off (0) is not one of the planned ones.
    """
    met = tuple(held)
    enough = math.floor(rules.completion_min_share * rules.sessions_planned + 0.5)
    return sum(number > 0 for number, _ in met) >= enough and any(topic == CLOSING_TOPIC for _, topic in met)


# ── Opening checklist ────────────────────────────────────────────────────────────────────────────────────────────────

SHORTEST_ANSWER = 3
"""Letters or digits."""

BASICS = ("name", "format", "invited")
CHECKLIST = (
    "objectives",
    "sponsor",
    "coordinator_independent",
    "rules",
    "notice",
    "lawful_basis",
    "dpia",
    "union",
    "retention",
    "exclusions",
    "serious_problem_channels",
    "hosting",
    "accessibility",
)


@dataclass(frozen=True, slots=True)
class RoundFacts:
    """What is known of a draft. `confirmed` holds, by checklist code, the coordinator's reference or reason."""

    name: str = ""
    format: str = ""
    objectives: tuple[str, ...] = ()
    sponsor: str = ""
    rules: RoundRules | None = None
    invited: int = 0
    confirmed: Mapping[str, str] = field(default_factory=dict)


def missing(facts: RoundFacts) -> list[str]:
    """The codes of `BASICS` and `CHECKLIST` that keep a draft from opening, in the order in which they are asked."""
    known = {
        "name": bool(facts.name.strip()),
        "format": bool(facts.format),
        "invited": facts.invited > 0,
        "objectives": 1 <= len(set(facts.objectives)) <= MAX_OBJECTIVES,
        "sponsor": bool(facts.sponsor.strip()),
        "rules": facts.rules is not None and not check_rules(facts.rules),
    }
    return [code for code in BASICS + CHECKLIST if not known.get(code, is_answer(facts.confirmed.get(code, "")))]


def is_answer(text: str) -> bool:
    """Whether a point of the checklist says something: a full stop, or a letter or two, is no reference."""
    return sum(map(str.isalnum, text)) >= SHORTEST_ANSWER


# ── States ───────────────────────────────────────────────────────────────────────────────────────────────────────────


class RoundState(StrEnum):
    """Where a round stands."""

    DRAFT = "draft"
    ENROLLING = "enrolling"
    MATCHING = "matching"
    RUNNING = "running"
    CLOSING = "closing"
    CLOSED = "closed"
    CANCELLED = "cancelled"


# A round that has been lived (closing) is closed, not cancelled: its totals are owed to those who answered.
MOVES: Mapping[RoundState, frozenset[RoundState]] = {
    RoundState.DRAFT: frozenset({RoundState.ENROLLING, RoundState.CANCELLED}),
    RoundState.ENROLLING: frozenset({RoundState.MATCHING, RoundState.CANCELLED}),
    RoundState.MATCHING: frozenset({RoundState.RUNNING, RoundState.CANCELLED}),
    RoundState.RUNNING: frozenset({RoundState.CLOSING, RoundState.CANCELLED}),
    RoundState.CLOSING: frozenset({RoundState.CLOSED}),
    RoundState.CLOSED: frozenset(),
    RoundState.CANCELLED: frozenset(),
}


def can_move(a: RoundState, b: RoundState) -> bool:
    """Whether a round in state `a` may go straight to state `b`."""
    return b in MOVES[a]


# ── Roles ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def stage_rank(stage: str) -> int:
    """The place of a career stage from 0 (early) upwards; KeyError for a word that is not one."""
    try:
        return CAREER_STAGES.index(stage)
    except ValueError:
        raise KeyError(stage) from None


PEER = "peer"
"""The format of one pool, and the role of everybody in it: mentor and mentee of each other by turns."""


MIXED = "mixed"
"""The format in which a pair meets twice alone, and every third time in a circle of pairs."""
CIRCLE_EVERY = 3


def alone(format: str, sessions: int) -> tuple[int, ...]:
    """The numbers, from 1, of the meetings of a pair by itself; the others are those of its circle."""
    return tuple(number for number in range(1, sessions + 1) if format != MIXED or number % CIRCLE_EVERY)


def concerns(audience: str, role: str) -> bool:
    """Whether what is for ``audience`` (mentor, mentee, both or all) is for this role too. A peer has both."""
    return audience in ("both", "all", role) or role == PEER


def suggested_role(stage: str) -> Literal["mentor", "mentee"]:
    """The role offered first to a person of this career stage; everybody may choose the other."""
    return "mentor" if stage_rank(stage) < stage_rank("senior") else "mentee"
