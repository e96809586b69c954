"""Each hard rule by name: alone, in both directions, and the order in which several are reported."""

from dataclasses import replace
from random import Random

import pytest

from bot.domain.matching import PRIVATE_RULES, RULES, Candidate, PairRule, broken_rules, score_pair
from bot.domain.matching.grids import build
from bot.domain.matching.grids import company as arrays_of
from bot.domain.matching.rules import barred_pairs
from tests.domain.matching_company import MENTEE, MENTOR, SETTINGS, company, decisions, mentee, mentor


def broken(one: Candidate, other: Candidate, *kinds: str) -> list[str]:
    rules = [PairRule(one.id, other.id, kind) for kind in kinds]  # type: ignore[arg-type]  # kinds of the table below
    return list(broken_rules(one, other, SETTINGS, barred_pairs(rules)))


def test_the_two_fit() -> None:
    assert broken(MENTOR, MENTEE) == []


@pytest.mark.seed("000-3")
@pytest.mark.seed("003-4")
@pytest.mark.seed("002-11")
@pytest.mark.parametrize(
    ("rule", "one", "other"),
    [
        ("reporting_line", mentor(managers=(190, 102, 199)), MENTEE),
        ("reporting_line", MENTOR, mentee(managers=(101,))),
        ("reporting_line", mentor(dotted_managers=frozenset({102})), MENTEE),
        ("reporting_line", MENTOR, mentee(dotted_managers=frozenset({101}))),
        ("same_manager", mentor(managers=(191, 199)), MENTEE),
        ("same_manager", mentor(dotted_managers=frozenset({191})), MENTEE),
        ("same_manager", MENTOR, mentee(dotted_managers=frozenset({190}))),
        ("same_team", mentor(works_with=frozenset({102})), MENTEE),
        ("same_team", MENTOR, mentee(works_with=frozenset({101}))),
        ("unknown_manager", mentor(managers=None), MENTEE),
        ("unknown_manager", MENTOR, mentee(managers=None)),
        ("stage", mentor(stage=3), MENTEE),
        ("stage", mentor(stage=4), MENTEE),
        ("language", mentor(languages=frozenset({"en"})), MENTEE),
        ("language", MENTOR, mentee(languages=frozenset())),
        ("format", mentor(formats=("in_person",)), MENTEE),
        ("format", MENTOR, mentee(formats=())),
        ("hours", mentor(hours=0), MENTEE),
        ("hours", MENTOR, mentee(hours=0b111 << 40)),
        ("nothing_to_teach", mentor(offers={"1.1": 4}), MENTEE),
        ("nothing_to_teach", mentor(offers={"5.4": 1, "2.4": 2}), MENTEE),
        ("nothing_to_teach", MENTOR, mentee(wants=())),
        ("capacity", mentor(capacity=0), MENTEE),
        ("capacity", MENTOR, mentee(capacity=0)),
        ("exclusive_programme", mentor(exclusive_programme=True), MENTEE),
        ("exclusive_programme", MENTOR, mentee(exclusive_programme=True)),
        ("avoided", mentor(avoids=frozenset({102})), MENTEE),
        ("avoided", MENTOR, mentee(avoids=frozenset({101}))),
        ("same_person", mentor(person_id=102), MENTEE),
    ],
)
def test_rule_of_the_two_people(rule: str, one: Candidate, other: Candidate) -> None:
    assert broken(one, other) == [rule]


@pytest.mark.parametrize(
    ("kind", "rule"),
    [("excluded", "excluded"), ("declined", "declined"), ("ended", "ended"), ("conflict", "declared_conflict")],
)
def test_rule_that_people_set(kind: str, rule: str) -> None:
    assert broken(MENTOR, MENTEE, kind) == [rule]


def test_a_pair_may_be_barred_twice() -> None:
    assert broken(MENTOR, MENTEE, "declined", "excluded") == ["excluded", "declined"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (mentor(managers=(190, 199)), mentee(managers=(191, 190, 199))),
        (mentor(managers=()), mentee(managers=())),
        (mentor(stage=2), MENTEE),
        (mentor(site="Torino", hours=0), mentee(formats=("in_person",))),
        (mentor(offers={"2.4": 3}), MENTEE),
        (mentor(hours=0b11111 << 40), mentee(hours=0b11110 << 40)),
    ],
    ids=["managers further up", "two at the top", "one stage apart", "one site", "second want", "one slot"],
)
def test_what_no_rule_forbids(one: Candidate, other: Candidate) -> None:
    assert broken(one, other) == []


def test_only_formats_of_the_round_count() -> None:
    in_person = replace(SETTINGS, formats=("in_person",))
    assert list(broken_rules(MENTOR, MENTEE, in_person)) == ["format"]
    assert list(broken_rules(MENTOR, mentee(formats=("in_person",)), in_person)) == []


def test_private_rules_come_last() -> None:
    public = [rule for rule in RULES if rule not in PRIVATE_RULES]
    assert [*RULES[: len(public)]] == public
    assert broken(mentor(stage=4, avoids=frozenset({102})), MENTEE) == ["stage", "avoided"]


@pytest.mark.parametrize("seed", range(8))
def test_arrays_equal_the_plain_rules_and_scores_of_every_pair(seed: int) -> None:
    rng = Random(seed)
    people = company(rng, 30, 25)
    mentors = [person for person in people if person.role == "mentor"]
    mentees = [person for person in people if person.role == "mentee"]
    barred = barred_pairs(decisions(rng, people, 40))
    grids = build(arrays_of(mentees, mentors, SETTINGS, barred), SETTINGS)
    first_rule = grids.first_rule
    seen = set()
    for row, learner in enumerate(mentees):
        for column, teacher in enumerate(mentors):
            first = next(broken_rules(teacher, learner, SETTINGS, barred), None)
            place = int(first_rule[row, column])
            assert (RULES[place - 1] if place else None) == first
            assert grids.score[row, column] == score_pair(teacher, learner, SETTINGS).total
            seen.add(first)
    assert len(seen) > 6
