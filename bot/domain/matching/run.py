"""Matching a round: what people decided comes first, the rest is assigned, everybody left out gets the reason."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot.domain.matching.explain import pair_reasons
from bot.domain.matching.model import (
    QUIET,
    Candidate,
    Matching,
    Origin,
    Pair,
    PairRule,
    RuleBroken,
    Settings,
    Watch,
)
from bot.domain.matching.rules import Barred, barred_pairs, broken_rules
from bot.domain.matching.score import score_pair

Kept = Mapping[tuple[int, int], Origin]


def match(
    candidates: Iterable[Candidate],
    rules: Iterable[PairRule],
    settings: Settings,
    *,
    watch: Watch = QUIET,
) -> Matching:
    """The best pairs under `settings.aim`, with their reasons, everybody left out with theirs, and what is proved.

    Small rounds are solved exactly on all pairs. Large ones load compiled code and take every core, so they belong into
    a process of their own. No pair breaks a hard rule or scores under the minimum, except what people fixed
    or accepted. The same candidates and rules give the same result in whatever order they come. Numpy and scipy are
    loaded by the first call.

    Raises Cancelled when `watch` says so; RuleBroken for a fixed pair that breaks a hard rule, exceeds a capacity or
    names somebody not enrolled (a missing chain of managers does not stop it: fixing the pair is the confirmation by
    hand); ValueError for two candidates of one id or for one person twice in one role.
    """
    from bot.domain.matching.alone import left_out
    from bot.domain.matching.choice import Case, choose  # loads numpy

    watch.at("reading", 0.0)
    candidates, rules = shaped(candidates, rules, settings)
    mentors, mentees = _sides(candidates, settings)
    barred = barred_pairs(rules)
    kept = _kept(mentors, mentees, rules, barred, settings)
    incumbents = frozenset((rule.mentor_id, rule.mentee_id) for rule in rules if rule.kind == "incumbent")
    case = Case.of(mentors, mentees, settings, barred, kept, incumbents)
    choice = choose(case, watch)
    watch.at("explaining", 0.9)
    by_id = {person.id: person for person in candidates}
    origins: dict[tuple[int, int], Origin] = {**dict.fromkeys(choice.shares, "matched"), **kept}
    pairs = tuple(
        _pair(by_id[mentor_id], by_id[mentee_id], origin, choice.shares.get((mentor_id, mentee_id), 10_000), settings)
        for (mentor_id, mentee_id), origin in sorted(origins.items())
        if mentor_id in by_id and mentee_id in by_id
    )
    paired = {person for pair in origins for person in pair}
    return Matching(pairs, left_out(case, choice, mentors, mentees, paired), choice.proof)


def shaped(
    candidates: Iterable[Candidate], rules: Iterable[PairRule], settings: Settings
) -> tuple[list[Candidate], list[PairRule]]:
    """Capacities and pairs as the shape of the round has them: a group has `group[1]` places, a peer has one; of two
    peers the lower id stands first."""
    people, decided = list(candidates), list(rules)
    if settings.shape == "groups":
        most = settings.group[1]
        people = [replace(one, capacity=most) if one.role == "mentor" and one.capacity else one for one in people]
    if settings.shape == "peers":
        people = [replace(one, capacity=min(one.capacity, 1)) for one in people]
        decided = [
            replace(rule, mentor_id=min(rule.mentor_id, rule.mentee_id), mentee_id=max(rule.mentor_id, rule.mentee_id))
            for rule in decided
        ]
    return people, decided


def _sides(candidates: Sequence[Candidate], settings: Settings) -> tuple[list[Candidate], list[Candidate]]:
    if len({person.id for person in candidates}) < len(candidates):
        raise ValueError("two candidates have the same id")
    everyone = sorted(candidates, key=lambda person: person.id)
    if settings.shape == "peers":
        return _once(everyone, "peer"), everyone
    mentors, mentees = ([person for person in everyone if person.role == role] for role in ("mentor", "mentee"))
    return _once(mentors, "mentor"), _once(mentees, "mentee")


def _once(side: list[Candidate], role: str) -> list[Candidate]:
    if len({person.person_id for person in side}) < len(side):
        raise ValueError(f"one person is enrolled twice as {role}")
    return side


def _kept(
    mentors: Sequence[Candidate],
    mentees: Sequence[Candidate],
    rules: Sequence[PairRule],
    barred: Barred,
    settings: Settings,
) -> Kept:
    """Accepted and fixed pairs by (mentor id, mentee id). An accepted pair may name somebody who is no candidate."""
    kept: dict[tuple[int, int], Origin] = {
        (rule.mentor_id, rule.mentee_id): "accepted" for rule in rules if rule.kind == "accepted"
    }
    teachers, learners = ({person.id: person for person in side} for side in (mentors, mentees))
    load = Counter(person_id for pair in kept for person_id in pair)
    for key in sorted({(rule.mentor_id, rule.mentee_id) for rule in rules if rule.kind == "fixed"} - kept.keys()):
        mentor, mentee = teachers.get(key[0]), learners.get(key[1])
        if mentor is None or mentee is None:
            raise RuleBroken("not_enrolled", *key)
        for rule in broken_rules(mentor, mentee, settings, barred):
            if rule != "unknown_manager":
                raise RuleBroken(rule, *key)
        load.update(key)
        if load[mentor.id] > mentor.capacity or load[mentee.id] > mentee.capacity:
            raise RuleBroken("capacity", *key)
        kept[key] = "fixed"
    return kept


def _pair(mentor: Candidate, mentee: Candidate, origin: Origin, share: int, settings: Settings) -> Pair:
    scored = score_pair(mentor, mentee, settings)
    reasons = pair_reasons(mentor, mentee, settings)
    return Pair(mentor.id, mentee.id, scored.total, scored.parts, reasons, origin, share)
