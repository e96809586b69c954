"""The smallest change that would give somebody a pair: each kind by name, and that it does give one."""

from dataclasses import replace
from random import Random

import pytest

from bot.domain.matching import Candidate, LeftOut, PairRule, Reason, match, what_if
from bot.domain.matching.model import Forecast, Shortage
from tests.domain.matching_company import MENTEE, MENTOR, SETTINGS, company, decisions, mentee, mentor

HOURS = (1 << 336) - 1


def changes(people: list[Candidate]) -> dict[int, Reason | None]:
    return {someone.id: someone.change for someone in match(people, [], SETTINGS).left_out}


@pytest.mark.parametrize(
    ("people", "change"),
    [
        ([MENTOR, mentee(hours=0)], Reason("more_hours", {"hours": 2})),
        ([mentor(languages=frozenset({"de"})), MENTEE], Reason("language", {"code": "de"})),
        ([mentor(formats=("in_person",)), MENTEE], Reason("format", {"format": "in_person"})),
        ([MENTEE], Reason("mentor_offers", {"skill": "5.4"})),
        ([MENTOR, MENTEE, mentee(id=3, person_id=103, waited=True)], Reason("mentor_offers", {"skill": "5.4"})),
        ([mentor(hours=0, languages=frozenset({"de"})), MENTEE], Reason("mentor_offers", {"skill": "5.4"})),
        ([MENTOR, mentee(wants=(("5.4", 4),))], Reason("more_wants")),
        ([MENTOR, mentee(managers=None)], Reason("manager_known")),
        ([MENTOR, mentee(exclusive_programme=True)], None),
    ],
)
def test_change_of_a_mentee(people: list[Candidate], change: Reason | None) -> None:
    assert changes(people)[2] == change


def test_hours_are_only_asked_for_where_the_other_has_some() -> None:
    nobody_has_time = changes([mentor(hours=0), mentee(hours=0)])
    assert {change.code for change in nobody_has_time.values() if change} == {"mentor_offers", "mentee_wants"}


def test_change_of_a_mentor() -> None:
    assert changes([MENTOR]) == {1: Reason("mentee_wants", {"skill": "2.4"})}
    assert changes([mentor(offers={})]) == {1: Reason("more_offers")}
    assert changes([mentor(capacity=0)]) == {1: None}


def changed(person: Candidate, change: Reason, others: list[Candidate]) -> Candidate:
    match change.code:
        case "more_hours":
            return replace(person, hours=HOURS)
        case "language":
            return replace(person, languages=person.languages | {str(change.params["code"])})
        case _:
            return replace(person, formats=(*person.formats, str(change.params["format"])))


@pytest.mark.parametrize("seed", range(6))
def test_the_change_of_one_person_does_give_one_more_pair(seed: int) -> None:
    rng = Random(seed)
    people = [replace(one, managers=one.managers or (3000,)) for one in company(rng, 30, 30)]
    rules: list[PairRule] = decisions(rng, people, 10)
    plain = replace(SETTINGS, minimum=25)
    before = match(people, rules, plain)
    own: list[LeftOut] = [
        someone
        for someone in before.left_out
        if someone.change and someone.change.code in ("more_hours", "language", "format")
    ]
    assert own
    for someone in own[:6]:
        assert someone.change
        after = [changed(one, someone.change, people) if one.id == someone.id else one for one in people]
        assert match(after, rules, plain).proof.people > before.proof.people


def test_a_forecast_counts_and_names_what_lacks() -> None:
    people = [MENTOR, MENTEE, mentee(id=3, person_id=103, wants=(("5.4", 1), ("1.1", 0)))]
    assert what_if(people, [], SETTINGS) == Forecast(
        mentors=1,
        mentees=2,
        mentors_matched=1,
        mentees_matched=1,
        shortages=(Shortage("1.1", 1, 1, 0), Shortage("5.4", 1, 2, 1)),
    )
    assert what_if([], [], SETTINGS) == Forecast(0, 0, 0, 0, ())
