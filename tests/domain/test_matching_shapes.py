"""Peers and groups through the same door, held against every choice there is on small rounds."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.matching import Candidate, Matching, PairRule, RuleBroken, broken_rules, match, peers, score_pair
from bot.domain.matching.rules import barred_pairs
from tests.domain.matching_company import MENTEE, MENTOR, SETTINGS, decisions, mentee, mentor, willing_company

PEERS = replace(SETTINGS, shape="peers")
GROUPS = replace(SETTINGS, shape="groups", group=(2, 3))

Pair = tuple[int, int]
seeds = st.integers(0, 10_000)


def couples(matching: Matching) -> list[Pair]:
    return [(pair.mentor_id, pair.mentee_id) for pair in matching.pairs]


def open_pairs(people: list[Candidate], rules: list[PairRule]) -> dict[Pair, int]:
    barred = barred_pairs(replace(one, mentor_id=a, mentee_id=b) for one in rules for a, b in _both(one))
    ordered = sorted(people, key=lambda person: person.id)
    scores = {
        (one.id, other.id): score_pair(one, other, PEERS).total
        for one, other in combinations(ordered, 2)
        if not any(broken_rules(one, other, PEERS, barred))
    }
    return {pair: score for pair, score in scores.items() if score >= 4500}


def _both(rule: PairRule) -> Iterator[Pair]:
    yield rule.mentor_id, rule.mentee_id
    yield rule.mentee_id, rule.mentor_id


def matchings(pairs: list[Pair]) -> Iterator[list[Pair]]:
    if not pairs:
        yield []
        return
    (one, other), rest = pairs[0], pairs[1:]
    yield from matchings(rest)
    for more in matchings([pair for pair in rest if not {one, other} & set(pair)]):
        yield [(one, other), *more]


@settings(max_examples=40)
@given(seeds, st.integers(0, 6))
def test_a_small_pool_equals_the_best_of_all_matchings(seed: int, many: int) -> None:
    rng = Random(seed)
    people = willing_company(rng, many // 2, many - many // 2)
    rules = decisions(rng, people, 2)
    scores = open_pairs(people, rules)
    best = {
        person.id: max((score for pair, score in scores.items() if person.id in pair), default=1) for person in people
    }
    waited = {person.id: person.waited for person in people}

    def value(pairs: list[Pair]) -> tuple[int, int, int, int]:
        worst = min((scores[a, b] * 10_000 // max(best[a], best[b]) for a, b in pairs), default=0)
        return len(pairs), sum(waited[a] + waited[b] for a, b in pairs), worst, sum(scores[pair] for pair in pairs)

    found = couples(match(people, rules, PEERS))
    assert value(found) == max(value(pairs) for pairs in matchings(list(scores)))


@pytest.mark.parametrize("seed", range(4))
def test_a_large_pool_is_near_its_bound(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    people = willing_company(Random(seed), 70, 70)
    rules = decisions(Random(seed), people, 40)
    exact = match(people, rules, replace(PEERS, aim="total"))
    monkeypatch.setattr(peers, "EXACT", 0)
    near = match(people, rules, replace(PEERS, aim="total"))
    scores = open_pairs(people, rules)
    assert all(scores[pair] == found.score for pair, found in zip(couples(near), near.pairs, strict=True))
    assert max(Counter(person for pair in couples(near) for person in pair).values()) == 1
    assert len(exact.pairs) - len(near.pairs) <= 1
    assert near.proof.people <= 2 * len(exact.pairs) <= near.proof.most
    assert near.proof.total + 20_000 * len(near.pairs) >= 0.995 * (near.proof.bound + 20_000 * len(near.pairs))
    if len(exact.pairs) == len(near.pairs):
        assert near.proof.total <= exact.total <= near.proof.bound


def test_peers_need_no_stage_and_each_teaches_the_other() -> None:
    people = [mentor(stage=4), MENTEE]
    assert couples(match(people, [], SETTINGS)) == []
    assert couples(match(people, [], PEERS)) == [(1, 2)]
    assert couples(match([MENTOR, mentee(wants=())], [], PEERS)) == []
    assert couples(match([MENTOR, mentee(offers={})], [], PEERS)) == []
    assert couples(match([mentor(wants=()), mentee(wants=())], [], PEERS)) == []


def test_peers_stand_in_either_order_in_what_was_decided() -> None:
    third = mentor(id=3, person_id=103, offers={"5.4": 2})
    assert couples(match([MENTOR, MENTEE, third], [PairRule(2, 1, "excluded")], PEERS)) == [(2, 3)]
    assert couples(match([MENTOR, MENTEE, third], [PairRule(3, 2, "fixed")], PEERS)) == [(2, 3)]
    with pytest.raises(RuleBroken) as refusal:
        match([MENTOR, MENTEE, third], [PairRule(3, 2, "fixed"), PairRule(2, 1, "accepted")], PEERS)
    assert refusal.value.rule == "capacity"


def test_a_peer_alone_has_nobody_and_is_not_stopped_by_oneself() -> None:
    (alone,) = match([MENTOR], [], PEERS).left_out
    assert (alone.reason.code, alone.stopped) == ("nobody_on_other_side", {})
    stopped = match([MENTOR, mentee(languages=frozenset({"de"}))], [], PEERS).left_out
    assert [someone.stopped for someone in stopped] == [{"language": 1}] * 2


def group_sizes(matching: Matching) -> list[int]:
    return sorted(Counter(one for one, _ in couples(matching)).values())


def test_a_group_has_its_least_number_or_does_not_meet() -> None:
    mentors = [MENTOR, mentor(id=5, person_id=105)]
    mentees = [mentee(id=number, person_id=100 + number) for number in range(10, 14)]
    assert group_sizes(match([*mentors, *mentees[:1]], [], GROUPS)) == []
    assert group_sizes(match([*mentors, *mentees[:3]], [], GROUPS)) == [3]
    assert sum(group_sizes(match([*mentors, *mentees], [], GROUPS))) == 4
    assert match([*mentors, *mentees], [], GROUPS).proof.number_is_proved


@settings(max_examples=40)
@given(seeds, st.integers(1, 3), st.integers(0, 6), st.booleans(), st.booleans())
def test_small_groups_equal_the_best_of_all_choices(
    seed: int, mentors: int, mentees: int, fair: bool, begun: bool
) -> None:
    """Most people placed; then most who waited where that counts; then the sum. Whoever has a group keeps it."""
    people = willing_company(Random(seed), mentors, mentees)
    rules = replace(GROUPS, aim="fair" if fair else "total")
    teachers = [person for person in people if person.role == "mentor"]
    learners = [person for person in people if person.role == "mentee"]
    possible = {
        (one.id, other.id): score_pair(one, other, rules).total
        for one, other in product(teachers, learners)
        if not any(broken_rules(one, other, rules))
    }
    known = next((pair for pair, score in possible.items() if score >= 4500), None) if begun else None
    kept = [PairRule(*known, "accepted")] if known else []
    waited = {person.id: person.waited and fair for person in learners}
    found = match(people, kept, rules)

    def value(pairs: list[Pair]) -> tuple[int, int, int]:
        total = 0 if fair else sum(possible[pair] for pair in pairs if pair != known)
        return len(pairs), sum(waited[mentee] for mentor, mentee in pairs if (mentor, mentee) != known), total

    def meets(mentor: int, size: int) -> bool:
        return 2 <= size <= 3 or (known is not None and mentor == known[0] and size == 1)

    best = value([])
    for choice in product((None, *(person.id for person in teachers)), repeat=len(learners)):
        pairs = [(one, other.id) for one, other in zip(choice, learners, strict=True) if one is not None]
        sizes = Counter(one for one, _ in pairs)
        held = (known is None or known in pairs) and all(meets(*group) for group in sizes.items())
        if held and all(possible.get(pair, 0) >= 4500 for pair in pairs):
            best = max(best, value(pairs))
    assert value(couples(found)) == best
    assert all(meets(*group) for group in Counter(one for one, _ in couples(found)).items())
    assert found.proof.number_is_proved and found.proof.total <= found.proof.bound


def test_groups_are_larger_than_the_least_where_as_many_are_placed() -> None:
    """One no leaves such a group going."""
    mentors = [mentor(id=number, person_id=100 + number) for number in range(1, 5)]
    mentees = [mentee(id=number, person_id=100 + number) for number in range(11, 23)]
    sized = replace(GROUPS, group=(3, 5))
    assert group_sizes(match([*mentors, *mentees], [], sized)) == [4, 4, 4]
    assert group_sizes(match([*mentors, *mentees[:7]], [], sized)) == [3, 4]
