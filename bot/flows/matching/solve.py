"""Solving a round's matching, and what is kept of the answer, as JSON values. Pure, and slow for large rounds."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from statistics import median

from bot.domain.matching import (
    LeftOut,
    Matching,
    Pair,
    PairRule,
    Proof,
    Reason,
    RuleBroken,
    Watch,
    match,
    what_if,
)
from bot.domain.programme import PEER
from bot.flows.matching.candidates import Problem

BANDS = {"strong": 7500, "good": 6000, "fair": 0}
BIN = 500  # hundredths of a point in one bar of the distribution
Json = dict[str, object]
Tell = Callable[[str, int], None]


@dataclass(frozen=True)
class Solved:
    """The new pairs, why the others have none (by enrolment), and the fixed pairs that are no longer possible."""

    pairs: tuple[Pair, ...]
    left_out: dict[int, Json]
    unfixed: tuple[tuple[int, int, str], ...]
    people: int
    proof: Proof = field(default_factory=Proof)


def solve(problem: Problem, tell: Tell) -> Solved:
    """Match, telling stage and share (0–100). A fixed pair that breaks a rule by now is let go and reported."""
    rules, unfixed = list(problem.rules), list[tuple[int, int, str]]()
    watch = Watch(lambda stage, share: tell(stage, round(100 * share)))
    while True:
        try:
            matching = match(problem.candidates, rules, problem.settings, watch=watch)
            break
        except RuleBroken as broken:
            unfixed.append((broken.mentor_id, broken.mentee_id, "private" if broken.private else broken.rule))
            rules.remove(PairRule(broken.mentor_id, broken.mentee_id, "fixed"))
    pairs = tuple(pair for pair in matching.pairs if pair.origin != "accepted")
    people = len(problem.candidates) + len(problem.unreadable)
    return Solved(pairs, _left_out(problem, matching), tuple(unfixed), people, matching.proof)


def forecast(problem: Problem, tell: Tell) -> Json:
    """How the round would be matched now, and the skills for which mentors lack, the scarcest first."""
    rules = [rule for rule in problem.rules if rule.kind != "fixed"]
    watch = Watch(lambda stage, share: tell(stage, round(100 * share)))
    found = what_if(problem.candidates, rules, problem.settings, watch=watch)
    return {
        "mentors": found.mentors,
        "mentees": found.mentees,
        "mentors_matched": found.mentors_matched,
        "mentees_matched": found.mentees_matched,
        "shortages": [[one.skill, one.waiting, one.wanted, one.places] for one in found.shortages],
    }


def summary(solved: Solved) -> Json:
    """The figures of a run. Scores are hundredths of a point, of the pairs that were chosen by the rules."""
    chosen = [pair.score for pair in solved.pairs if pair.origin == "matched"]
    bands = Counter(_band(score) for score in chosen)
    bars = Counter(score // BIN for score in chosen)
    return {
        "matched": len(solved.pairs),
        "left_out": len(solved.left_out),
        "people": solved.people,
        "worst": min(chosen, default=None),
        "median": round(median(chosen)) if chosen else None,
        "bands": {band: bands[band] for band in BANDS},
        "bars": [[bar, bars[bar]] for bar in sorted(bars)],
        "unfixed": [list(item) for item in solved.unfixed],
        "most": solved.proof.number_is_proved,
        "gap": round(10_000 * solved.proof.gap),
        "idle": solved.proof.idle,
    }


def as_data(reasons: Iterable[Reason]) -> list[Json]:
    """Reasons as they are stored: codes and values, never words."""
    return [_plain(reason) for reason in reasons]


def _plain(reason: Reason) -> Json:
    values = {name: list(value) if isinstance(value, tuple) else value for name, value in reason.params.items()}
    return {"code": reason.code, "params": values}


def _band(score: int) -> str:
    return next(band for band, least in BANDS.items() if score >= least)


def _left_out(problem: Problem, matching: Matching) -> dict[int, Json]:
    """By enrolment: the reason, how many partners each rule stops, and the smallest change that would give a pair.

    Rules that rest on a confidence are not told.
    """
    peers = problem.settings.shape == "peers"
    found = {one.id: {**_alone(one), **({"role": PEER} if peers else {})} for one in matching.left_out}
    for person in problem.unreadable:
        found[person.id] = {"role": person.role, "code": "unreadable", "params": {}, "rules": {}, "change": None}
    return found


def _alone(one: LeftOut) -> Json:
    return {
        "role": one.role,
        **_plain(one.reason),
        "rules": {rule: count for rule, count in one.stopped.items() if rule != "private"},
        "change": _plain(one.change) if one.change else None,
    }
