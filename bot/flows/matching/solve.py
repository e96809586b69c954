"""Solving a round's matching, and what is kept of the answer, as JSON values. Pure, and slow for large rounds."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from bot.domain.matching import PRIVATE_RULES, Candidate, Matching, Pair, PairRule, Reason, RuleBroken, match
from bot.domain.matching.rules import barred_pairs, broken_rules
from bot.flows.matching.candidates import Problem

BANDS = {"strong": 7500, "good": 6000, "fair": 0}
Json = dict[str, object]


@dataclass(frozen=True)
class Solved:
    """The new pairs, why the others have none (by enrolment), and the fixed pairs that are no longer possible."""

    pairs: tuple[Pair, ...]
    left_out: Json
    unfixed: tuple[tuple[int, int, str], ...]
    people: int


def solve(problem: Problem) -> Solved:
    """Match. A fixed pair that breaks a rule by now is let go and reported instead of stopping the rest."""
    rules, unfixed = list(problem.rules), list[tuple[int, int, str]]()
    while True:
        try:
            matching = match(problem.candidates, rules, problem.settings)
            break
        except RuleBroken as broken:
            unfixed.append((broken.mentor_id, broken.mentee_id, "private" if broken.private else broken.rule))
            rules.remove(PairRule(broken.mentor_id, broken.mentee_id, "fixed"))
    pairs = tuple(pair for pair in matching.pairs if pair.origin != "accepted")
    return Solved(pairs, _left_out(problem, matching), tuple(unfixed), len(problem.candidates))


def summary(solved: Solved) -> Json:
    """The figures of a run. Scores are hundredths of a point, of the pairs that were chosen by the rules."""
    chosen = [pair.score for pair in solved.pairs if pair.origin == "matched"]
    bands = Counter(_band(score) for score in chosen)
    return {
        "matched": len(solved.pairs),
        "left_out": len(solved.left_out),
        "people": solved.people,
        "worst": min(chosen, default=None),
        "median": round(median(chosen)) if chosen else None,
        "bands": {band: bands[band] for band in BANDS},
        "unfixed": [list(item) for item in solved.unfixed],
    }


def as_data(reasons: Iterable[Reason]) -> list[Json]:
    """Reasons as they are stored: codes and values, never words."""
    return [{"code": reason.code, "params": _plain(reason)} for reason in reasons]


def _plain(reason: Reason) -> Json:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in reason.params.items()}


def _band(score: int) -> str:
    return next(band for band, least in BANDS.items() if score >= least)


def _left_out(problem: Problem, matching: Matching) -> Json:
    """By enrolment: the reason, and how many partners each rule stops. Rules that rest on a confidence are not told."""
    by_id = {person.id: person for person in problem.candidates}
    barred = barred_pairs(problem.rules)
    found: Json = {}
    for someone in matching.left_out:
        person = by_id[someone.id]
        others = [other for other in problem.candidates if other.role != person.role]
        stopped = Counter(_first_rule(problem, person, other, barred) for other in others)
        found[str(someone.id)] = {
            "role": someone.role,
            "code": someone.reason.code,
            "params": _plain(someone.reason),
            "rules": {rule: count for rule, count in stopped.most_common() if rule},
        }
    return found


def _first_rule(problem: Problem, person: Candidate, other: Candidate, barred: object) -> str:
    mentor, mentee = (person, other) if person.role == "mentor" else (other, person)
    rule = next(broken_rules(mentor, mentee, problem.settings, barred), "")  # type: ignore[arg-type]  # Barred
    return "" if rule in PRIVATE_RULES else rule
