"""Why these two, and why nobody for this one: reasons as codes and values, to be worded where they are read."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.domain.matching.model import PRIVATE_RULES, RULES, Candidate, Reason, Settings
from bot.domain.matching.score import covered, differs, easy_language, served_objectives, shared_preference
from bot.domain.matching.week import shared_slots


def pair_reasons(mentor: Candidate, mentee: Candidate, settings: Settings) -> tuple[Reason, ...]:
    """Everything that speaks for the pair, in the order of the criteria."""
    return tuple(_pair_reasons(mentor, mentee, settings))


def _pair_reasons(mentor: Candidate, mentee: Candidate, settings: Settings) -> Iterator[Reason]:
    if codes := covered(mentee, mentor):
        yield Reason("wants_covered", {"codes": codes})
    if codes := covered(mentor, mentee):
        yield Reason("mentor_wants_covered", {"codes": codes})
    for objective in served_objectives(mentor, mentee, settings):
        yield Reason("objective", {"code": objective.code})
    if differs(mentor.department, mentee.department):
        yield Reason("different_department", {"mentor": mentor.department, "mentee": mentee.department})
    if differs(mentor.site, mentee.site):
        yield Reason("different_site", {"mentor": mentor.site, "mentee": mentee.site})
    if count := shared_slots(mentor.hours, mentee.hours):
        yield Reason("shared_slots", {"count": count})
    if choice := shared_preference(mentor, mentee, settings):
        yield Reason("same_format", {"format": choice})
    if language := easy_language(mentor, mentee):
        yield Reason("same_language", {"code": language})


def stopped_by(first_rules: Iterable[int]) -> Mapping[str, int]:
    """How many of the others each rule stops, the most first; `first_rules` as for `left_out_reason`."""
    counts: Counter[str] = Counter()
    for place, count in sorted(Counter(first_rules).items()):
        if place:
            rule = RULES[place - 1]
            counts["private" if rule in PRIVATE_RULES else rule] += count
    return dict(counts.most_common())


def left_out_reason(first_rules: Sequence[int], scores: Sequence[int], minimum: int) -> Reason:
    """Why a person has no pair, from that person's line of the grids: one entry for each person of the other role.

    `first_rules` holds 0 for a pair that may be, else 1 + the place in RULES of the first rule it breaks; `scores` and
    `minimum` are hundredths of a point. Gives one of

    - `nobody_on_other_side`;
    - `rule` (rule, stopped, of): the rule that stops most of the others, when rules stop all of them. A rule that
      rests on what somebody said in confidence is called `private`;
    - `below_threshold` (best): nobody who may be paired reaches the minimum;
    - `taken` (possible): good partners exist and went to others.
    """
    if not first_rules:
        return Reason("nobody_on_other_side")
    open_scores = [score for rule, score in zip(first_rules, scores, strict=True) if not rule]
    if not open_scores:
        rule, stopped = next(iter(stopped_by(first_rules).items()))
        return Reason("rule", {"rule": rule, "stopped": stopped, "of": len(first_rules)})
    if max(open_scores) < minimum:
        return Reason("below_threshold", {"best": max(open_scores)})
    return Reason("taken", {"possible": sum(score >= minimum for score in open_scores)})
