"""The steps of enrolling, each by itself: what it asks for again, and that it can be drawn at its fullest."""

from dataclasses import replace

import pytest

from bot.content import objectives, skills
from bot.domain.slots import SLOTS
from bot.flows.engine import Place, Show, submit
from bot.flows.enrolment.conversation import FLOW, PROFILE
from bot.flows.goals.conversation import FLOW as GOALS
from bot.flows.turns import ShowForm
from bot.handlers.slack import render
from bot.locales import LANGUAGES, speaker
from bot.ui.forms import ManyField, Value
from bot.ui.words import T
from tests.stage import TUESDAY


def place(**answers: Value) -> Place:
    known = {
        "round_id": 1,
        "round": "Spring",
        "suggested": "mentor",
        "listed": "",
        "notice": "Notice 3",
        "format": "blended",
        "hours": 8,
        "weeks": 24,
        "sessions": 6,
        "minutes": 45,
        "kickoff": 60,
        "mentor_months": 6,
        "aims": list(objectives())[:3],
        "tool": "Meet and Miro",
        "role": "mentor",
        "capacity": 2,
        "group": [3, 5],
        "languages": ["it", "en", "de", "fr", "es", "pl"],
        "places": ["Milano", "London"],
    }
    return Place(TUESDAY, "en", "Europe/London", known, answers)


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ([], "form.required"),
        (list(skills())[:7], "form.at_most"),
        (["9.9"], "form.pick_listed"),
    ],
)
def test_offers_are_some_of_the_catalogue_and_six_at_most(given: list[str], key: str) -> None:
    outcome = submit(FLOW, "offers", place(role="mentor"), {"offers": given})
    assert isinstance(outcome, Show)
    assert outcome.step == "offers"
    assert isinstance(error := outcome.errors["offers"], T)
    assert error.key == key


@pytest.mark.parametrize(("field", "step"), [("slots", "week"), ("languages", "week"), ("promises", "confirm")])
def test_nothing_chosen_is_asked_for_again(field: str, step: str) -> None:
    full: dict[str, Value] = {"languages": ["it"], "slots": ["mon-09"], "promises": ["tenure", "time", "myself"]}
    known = place(role="mentor", offers=["1.1"], wants=["S1"], languages=["it"], slots=["mon-09"], formats=["remote"])
    outcome = submit(FLOW, step, known, {**full, field: []})
    assert isinstance(outcome, Show)
    assert outcome.step == step
    assert list(outcome.errors) == [field]


@pytest.mark.seed("001-2")
@pytest.mark.parametrize(
    ("role", "months", "asked"), [("mentor", 3, True), ("mentor", 0, False), ("mentee", 3, False), ("mentee", 0, False)]
)
def test_only_who_mentors_says_that_they_are_no_newcomer_and_only_where_the_round_asks(
    role: str, months: int, asked: bool
) -> None:
    known = place(role=role, offers=["1.1"], wants=["S1"], languages=["it"], slots=["mon-09"], formats=["remote"])
    known = replace(known, context={**known.context, "mentor_months": months})
    promises = FLOW.step("confirm").form(known).fields[0]
    assert isinstance(promises, ManyField)
    assert ("tenure" in [option.code for option in promises.options]) is asked


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", ["mentor", "mentee"])
def test_every_step_can_be_drawn_at_its_fullest(language: str, role: str) -> None:
    codes = sorted(skills(), key=lambda code: -max(map(len, skills()[code].statement.texts.values())))
    fullest = place(
        role=role,
        offers=codes[:6],
        wants=codes[6:10],
        languages=["it", "en", "de", "fr", "es", "pl"],
        slots=list(SLOTS),
        formats=["blended", "in_person", "remote"],
    )
    for flow in (FLOW, PROFILE, GOALS):
        for step in flow.steps:
            drawn = render.modal(ShowForm("t" * 16, step.name, step.form(fullest), fullest.answers), speaker(language))
            assert len(drawn["blocks"]) <= 100
            assert drawn["title"]["text"]


@pytest.mark.seed("000-3")
def test_a_mentee_finds_soft_skills_first_to_offer_and_digital_ones_first_to_want() -> None:
    for role, first in (("mentor", "1.1"), ("mentee", "S1")):
        offers = FLOW.step("offers").form(place(role=role)).fields[-1]
        wants = FLOW.step("wants").form(place(role=role, offers=["2.1"])).fields[-1]
        assert isinstance(offers, ManyField)
        assert isinstance(wants, ManyField)
        assert offers.options[0].code == first
        assert wants.options[0].code == {"1.1": "S1", "S1": "1.1"}[first]
