"""Each criterion by itself, the weights, and the reasons that go with them."""

from dataclasses import replace
from random import Random

import pytest

from bot.domain.matching import (
    CRITERIA,
    WEIGHTS,
    Candidate,
    Objective,
    Reason,
    Settings,
    pair_reasons,
    score_pair,
)
from bot.domain.matching.grids import build
from bot.domain.matching.grids import company as arrays_of
from tests.domain.matching_company import EVENING, MENTEE, MENTOR, SETTINGS, company, mentee, mentor

WANTS = (("5.4", 1), ("2.4", 2), ("1.1", 0))


def test_a_pair_that_fits_in_every_way_scores_the_whole() -> None:
    assert score_pair(MENTOR, MENTEE, SETTINGS).total == 10_000


@pytest.mark.seed("000-9")
@pytest.mark.parametrize(
    ("criterion", "one", "other", "points"),
    [
        ("mentee_wants", mentor(offers={"5.4": 2}), mentee(wants=WANTS), 2000),
        ("mentee_wants", mentor(offers={"2.4": 3}), mentee(wants=WANTS), 1000),
        ("mentee_wants", mentor(offers={"2.4": 3, "1.1": 1}), mentee(wants=WANTS), 2000),
        ("mentee_wants", mentor(offers={"2.4": 2}), mentee(wants=WANTS), 0),
        ("mentee_wants", mentor(offers={"5.4": 4}), mentee(wants=(("5.4", 4),)), 0),
        ("mentee_wants", mentor(offers={"5.4": 4}), MENTEE, 2666),
        ("mentor_wants", MENTOR, mentee(offers={"S9": 1}), 0),
        ("mentor_wants", mentor(wants=(("S9", 1), ("S1", 0))), MENTEE, 1333),
        ("mentor_wants", mentor(wants=()), MENTEE, 0),
        ("distance", mentor(department="Sales"), MENTEE, 400),
        ("distance", mentor(site="Torino"), MENTEE, 600),
        ("distance", mentor(site="Torino", department="Sales"), MENTEE, 0),
        ("distance", mentor(site="", department=""), MENTEE, 0),
        ("availability", mentor(hours=0), MENTEE, 0),
        ("availability", mentor(hours=EVENING), MENTEE, 333),
        ("availability", mentor(hours=EVENING | EVENING << 96), MENTEE, 666),
        ("availability", mentor(hours=(1 << 336) - 1), mentee(hours=(1 << 336) - 1), 1000),
        ("format", mentor(formats=("in_person", "remote")), MENTEE, 0),
        ("format", MENTOR, mentee(formats=()), 0),
        ("format", mentor(formats=()), mentee(formats=()), 0),
        ("format", mentor(formats=("in_person",)), mentee(formats=("in_person",)), 0),
        ("format", mentor(formats=("in_person",), site="Torino"), mentee(formats=("in_person",)), 500),
        ("language", mentor(first_language="en"), MENTEE, 0),
        ("language", mentor(first_language=None), mentee(first_language=None), 0),
        ("language", mentor(first_language="en", comfortable_in=frozenset({"it"})), MENTEE, 500),
        ("objective", mentor(offers={"2.4": 4}), MENTEE, 0),
        ("objective", mentor(offers={}, wants=(("5.4", 0),)), mentee(offers={"5.4": 1}), 1000),
    ],
)
def test_criterion(criterion: str, one: Candidate, other: Candidate, points: int) -> None:
    assert score_pair(one, other, SETTINGS).parts[criterion] == points


def test_objectives_share_their_weight() -> None:
    aims = (
        *SETTINGS.objectives,
        Objective("retention", frozenset({"S1"})),
        Objective("innovation", frozenset({"S9"})),
        Objective("employer_branding", frozenset()),
    )
    assert score_pair(MENTOR, MENTEE, Settings(objectives=aims)).parts["objective"] == 666
    assert score_pair(MENTOR, MENTEE, Settings()).parts["objective"] == 0


@pytest.mark.parametrize("criterion", CRITERIA)
def test_a_round_may_put_all_the_weight_on_one_criterion(criterion: str) -> None:
    weights = {name: 100 * (name == criterion) for name in CRITERIA}
    assert score_pair(MENTOR, MENTEE, replace(SETTINGS, weights=weights)).parts == {
        name: 10_000 * (name == criterion) for name in CRITERIA
    }


def test_arrays_equal_the_plain_score_under_other_settings() -> None:
    rng = Random(5)
    people = company(rng, 20, 20)
    mentors = [person for person in people if person.role == "mentor"]
    mentees = [person for person in people if person.role == "mentee"]
    weights = dict(zip(CRITERIA, (13, 17, 19, 11, 7, 31, 2), strict=True))
    aims = tuple(Objective(name, frozenset({f"{name}.1", f"{name}.2", "S3"})) for name in "134")
    settings = Settings(weights=weights, formats=("blended", "in_person"), objectives=aims)
    grid = build(arrays_of(mentees, mentors, settings, {}), settings).score
    assert grid.tolist() == [[score_pair(one, other, settings).total for one in mentors] for other in mentees]


@pytest.mark.parametrize(
    "weights",
    [
        {**WEIGHTS, "distance": 11},
        {**WEIGHTS, "distance": -10, "format": 25},
        {name: weight for name, weight in WEIGHTS.items() if name != "distance"},
        {**WEIGHTS, "age": 0},
    ],
)
def test_weights_that_cannot_be(weights: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        Settings(weights=weights)


@pytest.mark.parametrize(
    "changes",
    [
        {"offers": {"5.4": 5}},
        {"offers": {"5.4": -1}},
        {"wants": (("5.4", 5),)},
        {"wants": (("5.4", 1), ("5.4", 2))},
        {"capacity": -1},
        {"capacity": 2},
    ],
)
def test_candidates_that_cannot_be(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="candidate 2"):
        mentee(**changes)


@pytest.mark.seed("001-6")
def test_reasons_say_both_directions() -> None:
    assert pair_reasons(MENTOR, MENTEE, SETTINGS) == (
        Reason("wants_covered", {"codes": ("5.4", "2.4")}),
        Reason("mentor_wants_covered", {"codes": ("S9",)}),
        Reason("objective", {"code": "digital_gap"}),
        Reason("different_department", {"mentor": "IT", "mentee": "Sales"}),
        Reason("different_site", {"mentor": "Milano", "mentee": "Torino"}),
        Reason("shared_slots", {"count": 3}),
        Reason("same_format", {"format": "remote"}),
        Reason("same_language", {"code": "it"}),
    )


def test_no_reason_where_no_point_is_given() -> None:
    stranger = mentor(offers={}, wants=(), hours=0, formats=(), first_language=None, department="Sales", site="Torino")
    assert pair_reasons(stranger, MENTEE, SETTINGS) == ()


def test_a_common_first_language_is_named_before_others() -> None:
    ease = frozenset({"de", "en"})
    reasons = pair_reasons(mentor(comfortable_in=ease), mentee(comfortable_in=ease), SETTINGS)
    assert reasons[-1] == Reason("same_language", {"code": "it"})
