"""Who should meet whom: hard rules, visible weights, an optimal assignment, and its reasons as data.

`match` pairs the candidates of a round. The array path (`features`, `grids`, `solve`) decides; the plain path
(`rules`, `score`) says the same about one pair to the integer, and `explain` words its reasons as codes and values.
Importing this package loads neither numpy nor scipy: they come with the first call of `match`.
"""

from bot.domain.matching.explain import pair_reasons
from bot.domain.matching.forecast import what_if
from bot.domain.matching.model import (
    CRITERIA,
    FORMATS,
    PRIVATE_RULES,
    RULES,
    WEIGHTS,
    Aim,
    Cancelled,
    Candidate,
    Forecast,
    LeftOut,
    Matching,
    Objective,
    Pair,
    PairRule,
    Proof,
    Reason,
    RuleBroken,
    Settings,
    Shape,
    Shortage,
    Stage,
    Watch,
)
from bot.domain.matching.rules import broken_rules
from bot.domain.matching.run import match
from bot.domain.matching.score import Scored, score_pair
from bot.domain.matching.week import shared_slots, week_mask

__all__ = [
    "CRITERIA",
    "FORMATS",
    "PRIVATE_RULES",
    "RULES",
    "WEIGHTS",
    "Aim",
    "Cancelled",
    "Candidate",
    "Forecast",
    "LeftOut",
    "Matching",
    "Objective",
    "Pair",
    "PairRule",
    "Proof",
    "Reason",
    "RuleBroken",
    "Scored",
    "Settings",
    "Shape",
    "Shortage",
    "Stage",
    "Watch",
    "broken_rules",
    "match",
    "pair_reasons",
    "score_pair",
    "shared_slots",
    "week_mask",
    "what_if",
]
