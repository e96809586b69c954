"""What no report may tell: texts, people, and anything that subtraction could bring back."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import select

from bot.flows.reports.figures import item_figures, pulses, recommending, share, share_of_acts, spread, weeks
from bot.flows.reports.release import freeze
from bot.flows.reports.totals import totals
from storage.reports import Answer, Facts
from storage.tables import Person, Release, Round, SurveyKey, SurveyResponse
from storage.uow import Uow
from tests.stage import Stage
from tests.stories.surveyed import SECRETS, a_round

COMMANDS = (
    "round report",
    "ciclo rapporto",
    "round status",
    "ciclo stato",
    "round review",
    "rounds",
    "",
)
NOW = datetime(2027, 1, 12, 9, 0, tzinfo=UTC)


async def _organisation(uow: Uow) -> int:
    return int((await uow.all(select(Person)))[0].organisation_id)


async def _freeze(stage: Stage, round_id: int) -> Release:
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        uow.organisation_id = await _organisation(uow)
        round = await uow.need(Round, round_id)
        round.state, round.closed_at = "closed", uow.now
        release = await freeze(uow, round)
        await uow.commit()
        return release


async def test_no_output_of_the_coordinator_holds_what_people_wrote(stage: Stage) -> None:
    round_id = await a_round(stage, 8)
    ada = stage.hand("Valentina Vitale")
    for frozen in (False, True):
        if frozen:
            await _freeze(stage, round_id)
            await stage.move(days=1)
        for words in COMMANDS:
            await ada.types(f"/mentoring {words}".strip())
            for secret in SECRETS.values():
                assert secret not in str(ada.messages()) and secret not in ada.last.raw
        await ada.opens_home()
        assert not [secret for secret in SECRETS.values() if secret in ada.home_text]


async def test_stored_answers_and_totals_hold_no_readable_text_and_no_person(stage: Stage) -> None:
    round_id = await a_round(stage, 8)
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        uow.organisation_id = await _organisation(uow)
        rows = await uow.all(uow.of(SurveyResponse))
        keys = await uow.all(uow.of(SurveyKey))
        assert not {"person_id", "enrolment_id"} & set(SurveyResponse.model_fields)
        assert len({key.respondent for key in keys}) == len(keys) == 16
        assert not [row for row in rows if any(secret in row.sealed_text for secret in SECRETS.values())]
        names = {person.name for person in await uow.all(uow.of(Person))}
    frozen = json.dumps((await _freeze(stage, round_id)).totals, ensure_ascii=False)
    assert not [secret for secret in SECRETS.values() if secret in frozen]
    assert not [name for name in names if name in frozen]


@pytest.mark.parametrize("answering", [0, 1, 2, 3, 4])
async def test_four_answers_look_like_none(stage: Stage, answering: int) -> None:
    people = [number < answering for number in range(16)]
    release = await _freeze(stage, await a_round(stage, 8, people))
    found: dict[str, Any] = release.totals
    figures = [item["total"] for part in ("items", "base") for item in found[part].values()]
    assert all(figure is None for figure in figures)
    assert found["answered"] is None and found["weeks"] is None and found["recommendation"] is None
    assert found["meetings"]["three_parts"] is None and found["meetings"]["exchange"] is None
    assert found["texts"] == {}
    ada = stage.hand("Valentina Vitale")
    await ada.types("/mentoring round report")
    said = ada.said[ada.said.index("Come leggere") :]
    assert "Risposte al questionario: troppo poche risposte" in said
    assert "Ha risposto meno di sei persone su dieci" in said


async def test_of_nine_mentors_of_whom_five_answered_only_what_gives_nobody_away(stage: Stage) -> None:
    mentors_only_five = [number % 2 == 0 and number < 10 for number in range(18)]
    three_mentees = [answers or (number % 2 == 1 and number < 6) for number, answers in enumerate(mentors_only_five)]
    release = await _freeze(stage, await a_round(stage, 9, three_mentees))
    found: dict[str, Any] = release.totals
    assert all(item["roles"] == {} for item in found["items"].values())
    assert found["items"]["USE3"]["total"] is None
    assert found["items"]["SAT1"]["total"]["n"] == 8
    acts = [found["meetings"][name] for name in ("first_meeting", "regularity", "completion")]
    assert not [act for act in acts if act is not None and "x" in act]  # of nine pairs one side is always under five


# ── Subtraction: from all that is shown of an item, no group of one to four can be computed ─────────────────────────


def _answers(given: Mapping[str, list[int]], item: str = "SAT1", wave: str = "close") -> list[Answer]:
    return [
        Answer(f"{role}{number}", role, wave, item, value, "")
        for role, values in given.items()
        for number, value in enumerate(values)
    ]


values = st.lists(st.integers(1, 5), max_size=14)


@given(mentors=values, mentees=values)
@settings(max_examples=300)
def test_no_group_under_five_can_be_subtracted(mentors: list[int], mentees: list[int]) -> None:
    found = item_figures(_answers({"mentor": mentors, "mentee": mentees}), "close").get("SAT1")
    if found is None:
        assert not mentors and not mentees
        return
    for role in found["roles"].values():
        assert role["n"] >= 5 and found["total"]["n"] - role["n"] >= 5
    if len(mentors) + len(mentees) < 5:
        assert found == {"total": None, "roles": {}}


@given(mentors=values, mentees=values)
@settings(max_examples=300)
def test_nobody_of_a_group_of_one_mind_is_given_away(mentors: list[int], mentees: list[int]) -> None:
    found = item_figures(_answers({"mentor": mentors, "mentee": mentees}), "close").get("SAT1")
    if found is None or found["total"] is None or "level" in found["total"]:
        return
    assert 0 < found["total"]["x"] < found["total"]["n"]
    for values in (mentors, mentees) if found["roles"] else ():
        assert 0 < sum(value >= 4 for value in values) < len(values)


@given(st.lists(st.integers(0, 10), max_size=4), st.lists(st.integers(0, 10), max_size=4))
def test_too_few_are_all_alike(some: list[int], others: list[int]) -> None:
    def of(given: list[int]) -> str:
        asked = [one for item in ("REC", "DIG1") for one in _answers({"mentee": given}, item)]
        taps = [one for item in ("PUL2", "PUL3") for one in _answers({"mentee": given}, item, "session:1")]
        return json.dumps([recommending(asked, "close"), weeks(asked, "close"), pulses(taps)])

    assert of(some) == of(others)


@given(st.lists(st.booleans(), max_size=40), st.lists(st.integers(0, 30), max_size=40))
def test_ladder_of_what_is_shown(yes: list[bool], days: list[int]) -> None:
    figure, median = share(yes), spread(days)
    assert (figure is None) == (len(yes) < 5)
    if figure is not None:
        assert ("low" in figure) == (len(yes) >= 10 and "x" in figure)
    assert median is None or len(days) >= 5
    assert median is None or ("low" in median) == (len(days) >= 10)


@given(st.integers(0, 60), st.integers(0, 60))
def test_of_what_people_did_no_count_leaves_fewer_than_five(so: int, otherwise: int) -> None:
    figure = share_of_acts([True] * so + [False] * otherwise)
    if min(so, otherwise) >= 5:
        assert figure is not None and (figure["x"], figure["n"]) == (so, so + otherwise)
        return
    told = so + otherwise >= 20 or (min(so, otherwise) == 0 and so + otherwise >= 5)
    level = "very_high" if so > otherwise else "very_low"
    assert figure == ({"n": so + otherwise, "level": level} if told else None)


@given(st.integers(1, 4), st.integers(1, 12))
def test_taps_of_few_people_stay_hidden_however_many_they_are(people: int, sessions: int) -> None:
    given = [
        Answer(f"r{person}", "mentor", f"session:{session}", "PUL2", session % 2, "")
        for person in range(people)
        for session in range(sessions)
    ]
    assert pulses(given)["three_parts"] is None


def test_midpoint_says_nothing_of_what_the_pairs_did() -> None:
    round = Round(id=1, name="Spring", coordinator_id=1, created_at=NOW)
    found = totals(Facts(round, None, [], [], [], [], {}, [], []), "mid", NOW)
    assert not {"meetings", "skills", "base"} & set(found)
