from dataclasses import fields, replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.programme import (
    ALLOWED,
    CHECKLIST,
    SPRINT,
    STANDARD,
    RoundFacts,
    RoundRules,
    RoundState,
    can_move,
    check_rules,
    guide_split,
    hours_per_person,
    is_completed,
    midpoint_session,
    minutes_per_person,
    missing,
    preset,
    stage_rank,
    suggested_role,
)

WHOLE = RoundFacts(
    name="Spring",
    format="remote",
    objectives=("digital_gap",),
    sponsor="Anna Fischer",
    rules=STANDARD,
    invited=40,
    confirmed={code: "yes" for code in CHECKLIST if code not in {"objectives", "sponsor", "rules"}},
)


def test_the_presets_keep_their_own_rules():
    assert check_rules(preset("standard")) == check_rules(preset("sprint")) == []


@pytest.mark.seed("003-18")
def test_every_rule_has_a_range():
    assert set(ALLOWED) == {field.name for field in fields(RoundRules)}


@pytest.mark.parametrize(
    ("change", "problems"),
    [
        ({"duration_weeks": 53}, [("duration_weeks", "out_of_range", {"min": 8, "max": 52})]),
        ({"sessions_planned": 2}, [("sessions_planned", "out_of_range", {"min": 3, "max": 12})]),
        ({"session_minutes": 91}, [("session_minutes", "out_of_range", {"min": 30, "max": 90})]),
        ({"cadence_weeks": "4"}, [("cadence_weeks", "not_a_number", {})]),
        ({"cadence_weeks": True}, [("cadence_weeks", "not_a_number", {})]),
        ({"session_minutes": 45.5}, [("session_minutes", "not_a_number", {})]),
        ({"sessions_planned": 7}, [("sessions_planned", "too_long", {"needed": 28, "weeks": 24})]),
        ({"completion_min_share": 1}, []),
        ({"completion_min_share": float("nan")}, [("completion_min_share", "out_of_range", {"min": 0.5, "max": 1.0})]),
    ],
)
def test_rules_out_of_range_are_named(change, problems):
    assert check_rules(replace(STANDARD, **change)) == problems


@pytest.mark.seed("000-12")
def test_a_round_asks_about_eight_hours():
    assert minutes_per_person(STANDARD) == 60 + 6 * 45 + 6 * 15 + 7 * 3 + 30
    assert hours_per_person(STANDARD) == 8
    assert hours_per_person(SPRINT) == 8
    assert hours_per_person(replace(STANDARD, sessions_planned=12, session_minutes=90)) == 23


@pytest.mark.seed("003-6")
@pytest.mark.seed("003-25")
@pytest.mark.parametrize(
    ("minutes", "split"),
    [(45, (10, 25, 10)), (30, (5, 20, 5)), (60, (15, 30, 15)), (15, (3, 9, 3)), (90, (20, 50, 20))],
)
def test_the_three_parts_of_a_session(minutes, split):
    assert guide_split(minutes) == split


@given(st.integers(30, 90))
def test_the_three_parts_fill_the_session(minutes):
    follow_up, topic, questions = guide_split(minutes)
    assert follow_up + topic + questions == minutes
    assert topic >= minutes / 2 > follow_up == questions > 0


@pytest.mark.parametrize(
    ("change", "after"),
    [({}, 3), ({"sessions_planned": 4, "cadence_weeks": 6}, 2), ({"duration_weeks": 8, "cadence_weeks": 6}, 1)],
)
def test_the_midpoint(change, after):
    assert midpoint_session(replace(STANDARD, **change)) == after


def test_a_whole_round_may_open_and_an_empty_one_says_all_it_lacks():
    assert missing(WHOLE) == []
    assert missing(RoundFacts()) == ["name", "format", "invited", *CHECKLIST]


@pytest.mark.seed("000-13")
@pytest.mark.seed("003-14")
@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"name": "  "}, ["name"]),
        ({"objectives": ("a", "b", "c", "d")}, ["objectives"]),
        ({"rules": replace(STANDARD, cadence_weeks=9)}, ["rules"]),
        ({"invited": 0, "sponsor": ""}, ["invited", "sponsor"]),
        ({"confirmed": {**WHOLE.confirmed, "dpia": " "}}, ["dpia"]),
    ],
)
def test_what_is_missing(change, codes):
    assert missing(replace(WHOLE, **change)) == codes


def test_a_round_moves_forward_or_is_cancelled():
    line = ["draft", "enrolling", "matching", "running", "closing", "closed"]
    allowed = {(a, b) for a in RoundState for b in RoundState if can_move(a, b)}
    assert allowed == set(pairwise(line)) | {(state, "cancelled") for state in line[:4]}


@pytest.mark.parametrize(
    ("stage", "role"),
    [
        ("early", "mentor"),
        ("intermediate", "mentor"),
        ("senior", "mentee"),
        ("manager", "mentee"),
        ("executive", "mentee"),
    ],
)
def test_the_role_offered_first(stage, role):
    assert suggested_role(stage) == role


def test_an_unknown_stage_is_not_guessed():
    with pytest.raises(KeyError):
        stage_rank("boss")


@pytest.mark.parametrize(
    ("numbers", "closed", "completed"),
    [
        ((0, 1, 2, 3, 6), True, True),
        ((0, 1, 2, 3, 4, 5), False, False),
        ((0, 1, 2, 6), True, False),
        ((), False, False),
    ],
)
def test_completed_is_two_thirds_of_the_sessions_and_the_closing_one(
    numbers: tuple[int, ...], closed: bool, completed: bool
) -> None:
    held = [(number, "C1" if closed and number == 6 else "D01") for number in numbers]
    assert is_completed(STANDARD, held) is completed
