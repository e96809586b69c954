import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.statistics import enps, newcombe, wilson
from bot.domain.suppression import (
    MIN_GROUP_SIZE,
    Hidden,
    Recommendation,
    Shown,
    describe,
    free_texts,
    may_show,
    recommendation,
    release,
    retention,
    skills,
    threshold,
)

MIXED = [4, 2, 5, 3, 4]


def test_the_floor_may_be_raised_and_never_lowered():
    assert (threshold(), threshold(1), threshold(8)) == (5, 5, 8)


@pytest.mark.parametrize("n", range(5))
def test_too_few_answers_say_nothing_whatever_their_number(n):
    assert describe(MIXED[:n]) == Hidden()
    assert describe(MIXED[:n], minimum=0) == Hidden()


def test_a_raised_floor_counts_everywhere():
    assert describe(MIXED * 2, minimum=11) == Hidden()
    assert recommendation([9, 3] * 5, minimum=11) == Hidden()
    assert not may_show("enps", 35, minimum=40)


def test_the_ladder_of_one_group():
    assert describe(MIXED) == Shown(5, 3)
    assert describe(MIXED * 2) == Shown(10, 6, wilson(6, 10), ((1, 0), (2, 2), (3, 2), (4, 4), (5, 2)))


@pytest.mark.parametrize(
    ("values", "level"),
    [([5] * 5, "very_high"), ([4, 5] * 10, "very_high"), ([1] * 12, "very_low"), ([3] * 6, "very_low")],
)
def test_all_or_nothing_is_said_without_a_number(values, level):
    assert describe(values) == Shown(len(values), None, level=level)


def test_a_yes_or_no_item():
    assert describe([1, 0, 1, 1, 0], good={1}, options=(0, 1)) == Shown(5, 3)


@pytest.mark.parametrize(
    ("mentors", "mentees", "total_shown", "roles_shown"),
    [
        (5, 5, True, True),
        (4, 5, True, False),  # the total less the mentees would be the four mentors
        (30, 1, True, False),
        (9, 0, True, False),
        (2, 3, True, False),
        (2, 2, False, False),
    ],
)
def test_roles_are_shown_all_or_none(mentors, mentees, total_shown, roles_shown):
    found = release({"mentor": (MIXED * 6)[:mentors], "mentee": (MIXED * 6)[:mentees]})
    assert isinstance(found.total, Shown) is total_shown
    assert {isinstance(shown, Shown) for shown in found.by_role.values()} == {roles_shown}


def test_a_role_of_a_single_mind_is_not_given_away_by_the_total():
    found = release({"mentor": [5] * 6, "mentee": MIXED})
    assert isinstance(found.total, Shown)
    assert found.by_role == {"mentor": Hidden(), "mentee": Hidden()}


def test_when_everybody_is_of_one_mind_each_role_may_say_so():
    found = release({"mentor": [5] * 6, "mentee": [4] * 6})
    assert found.total == Shown(12, None, level="very_high")
    assert found.by_role["mentee"] == Shown(6, None, level="very_high")


def test_recommendation_grows_with_the_answers():
    answers = [10, 9, 8, 7, 6, 0]
    assert recommendation(answers[:4]) == Hidden()
    assert recommendation(answers) == Recommendation(Shown(6, 4))
    assert recommendation(answers * 2) == Recommendation(Shown(12, 8, wilson(8, 12)), (4, 4, 4))
    assert recommendation(answers * 5) == Recommendation(Shown(30, 20, wilson(20, 30)), (10, 10, 10), enps(10, 10, 10))
    assert recommendation([10] * 40) == Recommendation(Shown(40, None, level="very_high"))


def test_change_in_skills_needs_ten_people():
    pre, post = [0, 1, 2, 1, 0] * 2, [1, 2, 2, 2, 1] * 2
    assert skills(pre[:9], post[:9]) == Hidden()
    assert skills(pre, post).raw.n == 10


def test_retention_needs_twenty_in_each_group():
    assert retention((22, 24), (40, 48)) == newcombe(22, 24, 40, 48)
    assert retention((19, 19), (40, 48)) == retention((22, 24), (10, 19)) == Hidden()


def test_free_texts_are_shuffled_and_only_those_that_may_be_shown():
    answers = [("a", True), ("b", False), ("c", True), ("d", True), ("e", True)]
    assert free_texts(answers, [0.9, 0.1, 0.5, 0.7, 0.2]) == ("e", "c", "d", "a")
    assert free_texts(answers[:4], [0.1, 0.2, 0.3, 0.4]) == Hidden()


groups = st.dictionaries(st.sampled_from(["mentor", "mentee", "peer"]), st.lists(st.integers(1, 5), max_size=14))


@given(groups, st.integers(0, 9))
def test_no_small_group_can_be_computed(answers, minimum):
    """Whatever is shown, the people outside any set of shown roles are none or enough."""
    found = release(answers, minimum)
    floor = max(minimum, MIN_GROUP_SIZE)
    shown = [role for role, result in found.by_role.items() if isinstance(result, Shown)]
    rest = sum(map(len, answers.values())) - sum(len(answers[role]) for role in shown)
    assert all(len(answers[role]) >= floor for role in shown)
    if isinstance(found.total, Shown):
        assert found.total.n >= floor
        assert not shown or rest == 0


@given(groups)
def test_no_count_is_all_or_none(answers):
    found = release(answers)
    for result in (found.total, *found.by_role.values()):
        if isinstance(result, Shown) and result.level is None:
            assert 0 < result.favourable < result.n
