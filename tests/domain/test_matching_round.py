"""Matching a whole round: what people decided, optimality end to end, everybody left out with a reason, bad input."""

import subprocess
import sys
from collections import Counter
from dataclasses import replace
from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.matching import (
    Candidate,
    Matching,
    PairRule,
    Reason,
    RuleBroken,
    Settings,
    broken_rules,
    match,
    score_pair,
)
from bot.domain.matching.rules import barred_pairs
from tests.domain.matching_company import MENTEE, MENTOR, SETTINGS, company, decisions, mentee, mentor, willing_company

seeds = st.integers(0, 10_000)


def couples(matching: Matching) -> list[tuple[int, int]]:
    return [(pair.mentor_id, pair.mentee_id) for pair in matching.pairs]


def reason_of(matching: Matching, candidate_id: int) -> Reason:
    return next(someone.reason for someone in matching.left_out if someone.id == candidate_id)


def people_paired(matching: Matching) -> set[int]:
    return {person for pair in couples(matching) for person in pair}


Scores = dict[tuple[int, int], int]


def value(pairs: list[tuple[int, int]], by_id: dict[int, Candidate], possible: Scores) -> tuple[int, int, int, int]:
    """People, of them those who waited, the worst share of a mentee's best, the sum."""
    paired = {person for pair in pairs for person in pair}
    best = {mentee_id: max(score for pair, score in possible.items() if pair[1] == mentee_id) for _, mentee_id in pairs}
    worst = min((possible[pair] * 10_000 // best[pair[1]] for pair in pairs), default=0)
    waited = sum(by_id[person].waited for person in paired)
    return len(paired), waited, worst, sum(possible[pair] for pair in pairs)


def test_two_who_fit_are_paired_with_score_parts_and_reasons() -> None:
    (pair,) = match([MENTEE, MENTOR], [], SETTINGS).pairs
    assert (pair.mentor_id, pair.mentee_id, pair.origin) == (1, 2, "matched")
    assert pair.score == sum(pair.parts.values()) == 10_000
    assert pair.reasons[0] == Reason("wants_covered", {"codes": ("5.4", "2.4")})


@settings(max_examples=60)
@given(seeds, st.integers(0, 4), st.integers(0, 4))
def test_small_rounds_equal_the_best_of_all_assignments(seed: int, mentors: int, mentees: int) -> None:
    rng = Random(seed)
    people = willing_company(rng, mentors, mentees)
    rules = decisions(rng, people, 2)
    by_id = {person.id: person for person in people}
    barred = barred_pairs(rules)
    teachers = [person for person in people if person.role == "mentor"]
    learners = [person for person in people if person.role == "mentee"]
    possible = {
        (one.id, other.id): score_pair(one, other, SETTINGS).total
        for one, other in product(teachers, learners)
        if not any(broken_rules(one, other, SETTINGS, barred)) and score_pair(one, other, SETTINGS).total >= 4500
    }
    best = (0, 0, 0, 0)
    for choice in product((None, *(person.id for person in teachers)), repeat=len(learners)):
        pairs = [(one, other.id) for one, other in zip(choice, learners, strict=True) if one is not None]
        load = Counter(one for one, _ in pairs)
        if possible.keys() >= set(pairs) and all(load[person.id] <= person.capacity for person in teachers):
            best = max(best, value(pairs, by_id, possible))
    assert value(couples(match(people, rules, SETTINGS)), by_id, possible) == best


@settings(max_examples=25)
@given(seeds)
def test_the_order_of_rows_does_not_matter(seed: int) -> None:
    rng = Random(seed)
    people = willing_company(rng, 12, 12)
    rules = decisions(rng, people, 10)
    expected = match(people, rules, SETTINGS)
    rng.shuffle(people)
    rng.shuffle(rules)
    assert match(people, rules, SETTINGS) == expected


@settings(max_examples=25)
@given(seeds)
def test_one_more_person_never_lowers_the_number_paired(seed: int) -> None:
    *people, newcomer = willing_company(Random(seed), 8, 8)
    before, after = match(people, [], SETTINGS), match([*people, newcomer], [], SETTINGS)
    assert len(people_paired(after)) >= len(people_paired(before))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("draw", [company, willing_company])
def test_a_company_of_240_keeps_every_rule(draw: object, seed: int) -> None:
    rng = Random(seed)
    people = (company if draw is company else willing_company)(rng, 130, 110)
    rules = decisions(rng, people, 300)
    matching = match(people, rules, SETTINGS)
    by_id, barred = {person.id: person for person in people}, barred_pairs(rules)
    for pair in matching.pairs:
        one, other = by_id[pair.mentor_id], by_id[pair.mentee_id]
        assert list(broken_rules(one, other, SETTINGS, barred)) == []
        assert pair.score == score_pair(one, other, SETTINGS).total >= 4500
    load = Counter(person for pair in couples(matching) for person in pair)
    assert all(count <= by_id[person].capacity for person, count in load.items())
    assert {someone.id for someone in matching.left_out} == by_id.keys() - load.keys()
    assert matching.total == sum(pair.score for pair in matching.pairs)


def test_the_willing_company_is_mostly_paired() -> None:
    matching = match(willing_company(Random(1), 130, 110), [], SETTINGS)
    assert len(matching.pairs) > 80
    assert matching.worst is not None
    assert matching.worst >= 4500


def test_who_waited_comes_first() -> None:
    better = mentee(id=3, person_id=103)
    weaker = mentee(id=4, person_id=104, site="Milano", waited=True)
    assert couples(match([MENTOR, better, weaker], [], SETTINGS)) == [(1, 4)]
    assert couples(match([MENTOR, better, replace(weaker, waited=False)], [], SETTINGS)) == [(1, 3)]


def test_a_fixed_pair_stays_though_another_would_be_better() -> None:
    weaker = mentee(id=4, person_id=104, wants=(("2.4", 1), ("1.1", 0), ("1.2", 0)), offers={}, hours=0)
    weaker = replace(weaker, formats=("in_person",), site="Milano")
    assert score_pair(MENTOR, weaker, SETTINGS).total < 4500
    matching = match([MENTOR, MENTEE, weaker], [PairRule(1, 4, "fixed")], SETTINGS)
    assert couples(matching) == [(1, 4)]
    assert matching.pairs[0].origin == "fixed"
    assert matching.worst is None


def test_capacity_left_by_a_fixed_pair_is_used_after_mentors_who_have_nobody() -> None:
    pair_of_places, other = mentor(capacity=2), mentor(id=5, person_id=105, offers={"5.4": 2})
    people = [pair_of_places, other, MENTEE, mentee(id=3, person_id=103)]
    fixed = [PairRule(1, 2, "fixed")]
    assert couples(match(people, fixed, SETTINGS)) == [(1, 2), (5, 3)]
    assert couples(match([*people[:1], *people[2:]], fixed, SETTINGS)) == [(1, 2), (1, 3)]


def test_the_same_pair_may_be_fixed_twice() -> None:
    assert couples(match([MENTOR, MENTEE], [PairRule(1, 2, "fixed")] * 2, SETTINGS)) == [(1, 2)]


@pytest.mark.parametrize(
    ("rule", "people", "rules"),
    [
        ("stage", [mentor(stage=4), MENTEE], [PairRule(1, 2, "fixed")]),
        ("reporting_line", [mentor(managers=(102,)), mentee(managers=None)], [PairRule(1, 2, "fixed")]),
        ("excluded", [MENTOR, MENTEE], [PairRule(1, 2, "fixed"), PairRule(1, 2, "excluded")]),
        ("declined", [MENTOR, MENTEE], [PairRule(1, 2, "declined"), PairRule(1, 2, "fixed")]),
        ("not_enrolled", [MENTOR], [PairRule(1, 2, "fixed")]),
        ("not_enrolled", [MENTOR, MENTEE], [PairRule(2, 1, "fixed")]),
        ("capacity", [mentor(capacity=0), MENTEE], [PairRule(1, 2, "fixed")]),
    ],
)
def test_a_fixed_pair_that_cannot_be_is_refused_by_name(
    rule: str, people: list[Candidate], rules: list[PairRule]
) -> None:
    with pytest.raises(RuleBroken) as refusal:
        match(people, rules, SETTINGS)
    assert refusal.value.rule == rule
    assert refusal.value.private == (rule == "declined")


@pytest.mark.parametrize("pairs", [[(1, 2), (1, 3)], [(1, 2), (5, 2)]], ids=["one mentor", "one mentee"])
@pytest.mark.parametrize("first", ["fixed", "accepted"])
def test_fixed_pairs_that_contradict_each_other_are_refused(pairs: list[tuple[int, int]], first: str) -> None:
    people = [MENTOR, MENTEE, mentee(id=3, person_id=103), mentor(id=5, person_id=105)]
    rules = [PairRule(*pairs[0], first), PairRule(*pairs[1], "fixed")]  # type: ignore[arg-type]  # kinds of the table
    with pytest.raises(RuleBroken) as refusal:
        match(people, rules, SETTINGS)
    assert (refusal.value.rule, refusal.value.mentor_id, refusal.value.mentee_id) == ("capacity", *pairs[1])


def test_fixing_a_pair_confirms_by_hand_that_no_line_joins_them() -> None:
    people = [mentor(managers=None), MENTEE]
    assert match(people, [], SETTINGS).pairs == ()
    assert couples(match(people, [PairRule(1, 2, "fixed")], SETTINGS)) == [(1, 2)]


def test_an_accepted_pair_is_not_judged_again_and_takes_the_place() -> None:
    people = [mentor(hours=0), MENTEE, mentee(id=3, person_id=103)]
    matching = match(people, [PairRule(1, 2, "accepted")], SETTINGS)
    assert [(pair.mentor_id, pair.mentee_id, pair.origin) for pair in matching.pairs] == [(1, 2, "accepted")]


def test_an_accepted_pair_holds_while_one_of_the_two_is_no_candidate() -> None:
    matching = match([MENTOR, mentee(id=3, person_id=103)], [PairRule(1, 2, "accepted")], SETTINGS)
    assert matching.pairs == ()
    assert [(someone.id, someone.reason) for someone in matching.left_out] == [(3, Reason("taken", {"possible": 1}))]


def test_what_was_declined_is_not_proposed_again() -> None:
    people = [MENTOR, mentor(id=5, person_id=105, site="Torino"), MENTEE]
    assert couples(match(people, [], SETTINGS)) == [(1, 2)]
    assert couples(match(people, [PairRule(1, 2, "declined")], SETTINGS)) == [(5, 2)]
    assert match(people, [PairRule(1, 2, "declined"), PairRule(5, 2, "ended")], SETTINGS).pairs == ()


def test_below_the_minimum_waiting_is_better() -> None:
    just = score_pair(MENTOR, weak := mentee(offers={}, first_language="fr"), SETTINGS).total
    assert just == 7500
    assert couples(match([MENTOR, weak], [], replace(SETTINGS, minimum=75))) == [(1, 2)]
    matching = match([MENTOR, weak], [], replace(SETTINGS, minimum=76))
    assert matching.pairs == ()
    assert reason_of(matching, 2) == Reason("below_threshold", {"best": 7500})


@pytest.mark.parametrize(
    ("people", "reason"),
    [
        ([], Reason("nobody_on_other_side")),
        ([mentor(managers=(102,))], Reason("rule", {"rule": "reporting_line", "stopped": 1, "of": 1})),
        ([mentor(capacity=0)], Reason("rule", {"rule": "capacity", "stopped": 1, "of": 1})),
        ([mentor(offers={})], Reason("rule", {"rule": "nothing_to_teach", "stopped": 1, "of": 1})),
        ([mentor(hours=0)], Reason("rule", {"rule": "hours", "stopped": 1, "of": 1})),
        ([mentor(avoids=frozenset({102}))], Reason("rule", {"rule": "private", "stopped": 1, "of": 1})),
        (
            [
                mentor(stage=4),
                mentor(id=5, person_id=105, languages=frozenset({"de"})),
                mentor(id=6, person_id=106, languages=frozenset({"fr"}), hours=0),
            ],
            Reason("rule", {"rule": "language", "stopped": 2, "of": 3}),
        ),
    ],
)
def test_everybody_left_out_has_the_reason(people: list[Candidate], reason: Reason) -> None:
    matching = match([*people, MENTEE], [], SETTINGS)
    assert matching.pairs == ()
    assert reason_of(matching, 2) == reason
    stopped = next(someone.stopped for someone in matching.left_out if someone.id == 2)
    assert sum(stopped.values()) == len(people)
    if people:
        assert next(iter(stopped.items())) == (reason.params["rule"], reason.params["stopped"])
    assert [someone.id for someone in matching.left_out] == sorted(person.id for person in [*people, MENTEE])


def test_left_out_by_competition() -> None:
    matching = match([MENTOR, MENTEE, mentee(id=3, person_id=103)], [], SETTINGS)
    assert len(matching.pairs) == 1
    assert matching.left_out[0].reason == Reason("taken", {"possible": 1})


def test_everyone_in_one_line() -> None:
    line = [
        (mentor if number < 3 else mentee)(
            id=number, person_id=number, stage=number, managers=tuple(range(number + 1, 6)), capacity=1
        )
        for number in range(6)
    ]
    matching = match(line, [], SETTINGS)
    assert matching.pairs == ()
    assert {someone.reason.params["rule"] for someone in matching.left_out} == {"reporting_line"}


def test_nobody_at_all() -> None:
    assert match([], [], Settings()) == Matching((), ())


@pytest.mark.parametrize(
    ("people", "words"),
    [
        ([MENTOR, mentor(id=3)], "enrolled twice as mentor"),
        ([MENTOR, mentee(id=1)], "same id"),
    ],
)
def test_candidates_that_contradict_each_other(people: list[Candidate], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        match(people, [], SETTINGS)


def test_importing_the_types_loads_no_numerical_library() -> None:
    code = "import sys, bot.domain.matching; sys.exit(bool({'numpy', 'scipy'} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_small_round_compiles_nothing() -> None:
    code = (
        "import sys, bot.app; from tests.domain.test_matching_round import *;"
        "assert match([MENTEE, MENTOR], [], SETTINGS).pairs;"
        "sys.exit(bool({'numba', 'ortools', 'rustworkx'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_pair_at_the_minimum_is_good_enough_to_be_missed() -> None:
    rivals = [mentee(id=number, person_id=100 + number, offers={}, first_language="fr") for number in (2, 3)]
    matching = match([MENTOR, *rivals], [], replace(SETTINGS, minimum=75))
    assert len(matching.pairs) == 1
    assert matching.left_out[0].reason == Reason("taken", {"possible": 1})
