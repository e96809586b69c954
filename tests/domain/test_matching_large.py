"""Large rounds: the compiled kernels say what plain Python says, and their choice is what the exact one would be."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from bot.domain.matching import (
    Cancelled,
    Candidate,
    Matching,
    PairRule,
    Settings,
    Watch,
    broken_rules,
    choice,
    flow,
    kernels,
    match,
    packing,
    score_pair,
)
from bot.domain.matching import large as large_rounds
from bot.domain.matching.grids import company as arrays_of
from bot.domain.matching.rules import Barred, barred_pairs
from bot.domain.matching.sparse import Search
from tests.domain.matching_company import SETTINGS, company, decisions, willing_company

TOTAL = replace(SETTINGS, aim="total", spread=False)
OF_MENTEES = replace(SETTINGS, spread=False)
WEIGHTS = dict(zip(SETTINGS.weights, (13, 17, 19, 11, 7, 31, 2), strict=True))
OTHERS = replace(SETTINGS, weights=WEIGHTS, formats=("blended", "in_person"), minimum=20)


@pytest.fixture
def always_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "DENSE", -1)


def sides(people: list[Candidate]) -> tuple[list[Candidate], list[Candidate]]:
    return [one for one in people if one.role == "mentor"], [one for one in people if one.role == "mentee"]


@pytest.mark.parametrize("draw", [company, willing_company])
@pytest.mark.parametrize("rules_of_round", [SETTINGS, OTHERS, Settings(minimum=0)], ids=["standard", "other", "open"])
@pytest.mark.parametrize("tile", [packing.TILE, 16], ids=["one tile", "many"])
def test_kernels_equal_the_plain_rules_and_scores_of_every_pair(
    draw: object, rules_of_round: Settings, tile: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "TILE", tile)
    rng = Random(7)
    people = (company if draw is company else willing_company)(rng, 60, 50)
    mentors, mentees = sides(people)
    barred = barred_pairs(decisions(rng, people, 60))
    them = arrays_of(mentees, mentors, rules_of_round, barred)
    rows = np.arange(len(mentees))
    packed = packing.pack(them, rules_of_round, rows, np.flatnonzero(~them.columns.barred))
    least = np.full(len(mentees), rules_of_round.minimum * 100, dtype=np.int32)
    search = Search(packed, rows, 2, lambda part: None)
    found = search.best(rows, len(mentors), np.full(len(rows), -1, dtype=np.int32), least, np.zeros(len(packed.order)))
    scored = {
        (row, int(packed.order[column])): score
        for row, column, score in zip(found.row, found.column, found.score, strict=True)
    }
    for row in np.flatnonzero(~them.rows.barred).tolist():
        for column in packed.order.tolist():
            pair = mentors[column], mentees[row]
            score = score_pair(*pair, rules_of_round).total
            fine = score >= rules_of_round.minimum * 100 and not any(broken_rules(*pair, rules_of_round, barred))
            assert scored.get((row, column), -1) == (score if fine else -1)


@pytest.mark.parametrize("tile", [packing.TILE, 16], ids=["one tile", "many"])
def test_the_search_finds_the_pairs_that_leave_most_after_their_prices(
    tile: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "TILE", tile)
    people = willing_company(Random(5), 90, 60)
    mentors, mentees = sides(people)
    them, rows = arrays_of(mentees, mentors, OTHERS, {}), np.arange(len(mentees))
    packed = packing.pack(them, OTHERS, rows, np.arange(len(mentors)))
    search = Search(packed, rows, 2, lambda part: None)
    price = np.random.default_rng(5).integers(-50, 3000, len(mentors))
    least, none = np.full(len(rows), 4000, dtype=np.int32), np.full(len(rows), -30_000, dtype=np.int32)
    everyone = search.best(rows, len(mentors), none, least, price)
    floor = np.quantile(everyone.net, 0.2)
    few = search.best(rows, 4, np.full(len(rows), floor, dtype=np.int32), least, price)
    assert few.degree.tolist() == everyone.degree.tolist() and max(everyone.count) > 2 * 4
    for row in rows:
        expected = sorted((net for net in everyone.net[everyone.row == row].tolist() if net > floor), reverse=True)[:4]
        assert sorted(few.net[few.row == row].tolist(), reverse=True) == expected


def people_in(matching: Matching) -> set[int]:
    return {person for pair in matching.pairs for person in (pair.mentor_id, pair.mentee_id)}


def decided(matching: Matching) -> tuple[int, int, int]:
    return len(people_in(matching)), len(matching.pairs), matching.proof.worst


@pytest.mark.parametrize("seed", range(9))
@pytest.mark.parametrize("exact_to", [large_rounds.EXACT, 0], ids=["exact", "near"])
@pytest.mark.parametrize("aims", [SETTINGS, OF_MENTEES, TOTAL], ids=["fair", "of mentees", "total"])
def test_a_large_round_is_decided_as_a_small_one(
    seed: int, exact_to: int, aims: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = Random(seed)
    mentors, mentees = ((60, 50), (40, 70), (25, 80))[seed % 3]
    people = willing_company(rng, mentors, mentees)
    rules = decisions(rng, people, 40)
    exact = match(people, rules, aims)
    monkeypatch.setattr(choice, "DENSE", -1)
    monkeypatch.setattr(large_rounds, "EXACT", exact_to)
    large = match(people, rules, aims)
    by_id, barred = {person.id: person for person in people}, barred_pairs(rules)
    for pair in large.pairs:
        assert not any(broken_rules(by_id[pair.mentor_id], by_id[pair.mentee_id], aims, barred))
    load = Counter(person for pair in large.pairs for person in (pair.mentor_id, pair.mentee_id))
    assert all(count <= by_id[person].capacity for person, count in load.items())
    assert {someone.id for someone in large.left_out} == by_id.keys() - load.keys()
    assert len(large.pairs) == len(exact.pairs)
    if aims is SETTINGS and exact_to:
        assert decided(large) == decided(exact)
        waited = [sum(by_id[person].waited for person in people_in(found)) for found in (large, exact)]
        assert waited[0] == waited[1]
    if aims is OF_MENTEES or (aims is SETTINGS and exact_to):
        assert large.proof.worst == exact.proof.worst
    assert large.proof.number_is_proved
    assert large.proof.total <= large.proof.bound
    assert exact.total <= large.proof.bound + large.proof.idle * len(people)
    assert large.proof.gap <= (0 if exact_to else 5e-4)


@given(seed=st.integers(0, 2**32), mentors=st.integers(1, 16), mentees=st.integers(1, 16))
@settings(max_examples=25)
def test_under_total_every_seed_gives_the_number_and_the_sum_of_scipy(seed: int, mentors: int, mentees: int) -> None:
    rng = Random(seed)
    people = (company if seed % 4 == 0 else willing_company)(rng, mentors, mentees)
    rules = decisions(rng, people, 10)
    expected = by_scipy(people, rules)
    for exact_to in (choice.DENSE, -1):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(choice, "DENSE", exact_to)
            found = match(people, rules, TOTAL)
        assert (len(found.pairs), found.total) == expected


def by_scipy(people: list[Candidate], rules: list[PairRule]) -> tuple[int, int]:
    """How many mentees can have somebody, and the highest sum of such pairs, over every pair and every seat."""
    mentors, mentees = sides(people)
    barred = barred_pairs(rules)
    seats = [one for one in mentors for _ in range(one.capacity)]
    score = np.array([[score_of(mentor, mentee, barred) for mentor in seats] for mentee in mentees])
    if not seats:
        return 0, 0
    chosen = score[linear_sum_assignment(np.where(score >= 0, score + 1_000_000, 0), maximize=True)]
    return int((chosen >= 0).sum()), int(chosen[chosen >= 0].sum())


def score_of(mentor: Candidate, mentee: Candidate, barred: Barred) -> int:
    """The score of a pair that may be, or -1."""
    score = score_pair(mentor, mentee, TOTAL).total
    return score if score >= 4500 and not any(broken_rules(mentor, mentee, TOTAL, barred)) else -1


def test_in_the_largest_rounds_an_idle_mentor_weighs_points_instead_of_a_person(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    people = [replace(one, waited=False) for one in willing_company(Random(2), 60, 50)]
    monkeypatch.setattr(choice, "DENSE", -1)
    counted = match(people, [], SETTINGS)
    monkeypatch.setattr(large_rounds, "EXACT", 0)
    weighed, ignored = (match(people, [], aims) for aims in (SETTINGS, OF_MENTEES))
    assert (counted.proof.idle, weighed.proof.idle, ignored.proof.idle) == (0, large_rounds.IDLE, 0)
    busy = [len({pair.mentor_id for pair in found.pairs}) for found in (ignored, weighed, counted)]
    assert busy == sorted(busy)
    assert busy[0] < busy[1]
    assert len(weighed.pairs) == len(ignored.pairs)
    assert ignored.total - weighed.total <= large_rounds.IDLE * (busy[1] - busy[0]) + ignored.proof.bound * 5e-4


@pytest.mark.usefixtures("always_large")
def test_the_order_of_rows_does_not_matter() -> None:
    rng = Random(3)
    people = willing_company(rng, 60, 60)
    rules = decisions(rng, people, 30)
    expected = match(people, rules, SETTINGS)
    rng.shuffle(people)
    rng.shuffle(rules)
    assert match(people, rules, SETTINGS) == expected


@given(
    st.lists(st.tuples(*[st.integers(0, 30)] * 3), min_size=1, max_size=6),
    st.tuples(*[st.integers(0, 3)] * 3),
    st.integers(0, 9),
)
def test_prices_prove_an_assignment_and_none_of_them_could_be_higher(
    grid: list[tuple[int, ...]], places: tuple[int, ...], first: int
) -> None:
    listed = [sorted(((score, j) for j, score in enumerate(row)), reverse=True) for row in grid]
    score, column = (np.array([edge[part] for row in listed for edge in row], dtype=np.int32) for part in (0, 1))
    at = np.arange(0, 3 * len(grid) + 1, 3)
    bonus, firsts = np.full(len(grid), 50), np.full(3, first)
    seats = np.array(places, dtype=np.int32)
    edges = flow.assign(np.repeat(np.arange(len(grid)), 3), column, score, bonus, seats, firsts)
    price, passes = kernels.prices(at, at[1:], column, score, bonus, seats, firsts, edges, 1000)
    assert passes > 0
    reached = sum(int(score[edge]) + 50 for edge in edges if edge >= 0)
    reached += first * len({int(column[edge]) for edge in edges if edge >= 0})
    assert bound_of(grid, places, first, price.tolist()) == reached
    for j in np.flatnonzero(seats):
        assert bound_of(grid, places, first, [one + (at == j) for at, one in enumerate(price.tolist())]) > reached


def bound_of(grid: list[tuple[int, ...]], places: tuple[int, ...], first: int, price: list[int]) -> int:
    """What no assignment exceeds by these prices: what rows keep, and what columns earn. A row brings 50."""
    seats = [j for j in range(3) if places[j]]
    kept = sum(max([0, *(row[j] + 50 - price[j] for j in seats)]) for row in grid)
    return kept + sum(max(price[j] + first, 0) + (places[j] - 1) * max(price[j], 0) for j in seats)


@pytest.mark.usefixtures("always_large")
@pytest.mark.parametrize("seed", range(5))
def test_one_more_person_never_lowers_the_number_and_no_swap_of_two_pairs_helps(seed: int) -> None:
    rng = Random(seed)
    *people, newcomer = willing_company(rng, 40, 40)
    before, after = match(people, [], SETTINGS), match([*people, newcomer], [], SETTINGS)
    assert len(people_in(after)) >= len(people_in(before))
    by_id = {person.id: person for person in people}
    for one, other in combinations(before.pairs, 2):
        swapped = [(by_id[one.mentor_id], by_id[other.mentee_id]), (by_id[other.mentor_id], by_id[one.mentee_id])]
        if not any(rule for pair in swapped for rule in broken_rules(*pair, SETTINGS)):
            scores = [score_pair(*pair, SETTINGS).total for pair in swapped]
            best = [kept.score * 10_000 / kept.share for kept in (other, one)]
            worst = min(score * 10_000 / top for score, top in zip(scores, best, strict=True))
            if min(scores) >= 4500 and worst > before.proof.worst + 2:
                assert sum(scores) <= one.score + other.score


@pytest.mark.usefixtures("always_large")
def test_what_is_fixed_stays_and_the_rest_is_matched_around_it() -> None:
    people = willing_company(Random(5), 60, 60)
    before = match(people, [], SETTINGS)
    kept = before.pairs[::2]
    broken = [pair for pair in before.pairs if pair not in kept]
    rules = [PairRule(pair.mentor_id, pair.mentee_id, "accepted") for pair in kept]
    rules += [PairRule(pair.mentor_id, pair.mentee_id, "declined") for pair in broken]
    after = match(people, rules, SETTINGS)
    assert {(pair.mentor_id, pair.mentee_id) for pair in kept} <= {(p.mentor_id, p.mentee_id) for p in after.pairs}
    assert not {(p.mentor_id, p.mentee_id) for p in broken} & {(p.mentor_id, p.mentee_id) for p in after.pairs}


@pytest.mark.parametrize("limit", [choice.DENSE, -1], ids=["small", "large"])
def test_incumbents_stay_unless_it_costs_too_much(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "DENSE", limit)
    people = willing_company(Random(11), 60, 60)
    before = match(people, [], TOTAL)
    changed = [replace(one, site="London") if one.id % 15 == 0 else one for one in people]
    rules = [PairRule(pair.mentor_id, pair.mentee_id, "incumbent") for pair in before.pairs]
    pairs = {(pair.mentor_id, pair.mentee_id) for pair in before.pairs}
    plain, loyal = (
        len(pairs & {(pair.mentor_id, pair.mentee_id) for pair in match(changed, some, TOTAL).pairs})
        for some in ([], rules)
    )
    assert loyal > plain


@pytest.mark.usefixtures("always_large")
def test_progress_only_grows_and_a_wish_to_stop_is_heard() -> None:
    people = willing_company(Random(1), 40, 40)
    told: list[float] = []
    match(people, [], SETTINGS, watch=Watch(progress=lambda stage, share: told.append(share)))
    assert told == sorted(told)
    assert told[-1] <= 1
    for stop in range(len(told)):
        asked = iter([False] * stop)
        with pytest.raises(Cancelled):
            match(people, [], SETTINGS, watch=Watch(cancelled=lambda asked=asked: next(asked, True)))  # type: ignore[misc]  # the loop's own


@pytest.mark.parametrize(
    "spoil",
    [
        lambda one: replace(one, managers=None),
        lambda one: replace(one, capacity=0),
        lambda one: replace(one, offers={}),
        lambda one: replace(one, wants=()),
        lambda one: replace(one, hours=0, formats=("remote",)),
        lambda one: replace(one, stage=0),
        lambda one: replace(one, managers=tuple(range(501, 514)), person_id=500 + one.id),
    ],
    ids=["no managers", "no room", "no offers", "no wants", "no hours", "one stage", "one line"],
)
def test_where_nobody_can_be_paired_a_large_round_says_why_as_a_small_one(
    spoil: Callable[[Candidate], Candidate], monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [spoil(one) for one in willing_company(Random(2), 6, 6)]
    for some in (people, *sides(people)):
        monkeypatch.undo()
        expected = match(some, [], SETTINGS)
        monkeypatch.setattr(choice, "DENSE", -1)
        assert match(some, [], SETTINGS).left_out == expected.left_out
        assert not expected.pairs and len(expected.left_out) == len(some)


def test_more_languages_than_bits_are_refused() -> None:
    people = willing_company(Random(1), 3, 3)
    babel = replace(people[0], languages=frozenset(f"l{number}" for number in range(65)))
    with pytest.raises(ValueError, match="languages"):
        match([babel, *people[1:]], [], SETTINGS)
