"""When colleagues answer, what they press, and how they fill forms."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from playground.colleague_forms import answer, fill_form
from playground.colleague_habits import (
    Shares,
    Temperament,
    choose_button,
    in_working_hours,
    pressable,
    reaction_time,
)
from playground.reading import Button, Choice, Field
from playground.workspace import Person, reading
from playground.workspace.inputs import faults, merged, state, typed
from tests.playground.demo_bot import button, first_form, invitation, second_form, section

ROME, LONDON = ZoneInfo("Europe/Rome"), ZoneInfo("Europe/London")
MONDAY = datetime(2026, 1, 12, 10, 0, tzinfo=UTC)
ANNA = Person.of("anna@example.org", "Anna Neri")


def buttons_of(blocks: list[dict[str, Any]]) -> tuple[Button, ...]:
    return pressable(reading.buttons_of(blocks))


def row(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "block_id": f"row-{buttons[0]['action_id']}", "elements": list(buttons)}


def with_ids(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"block_id": f"b{i}", **block} for i, block in enumerate(blocks)]


def pressed(blocks: list[dict[str, Any]], who: Temperament, *before: int, seed: int = 1) -> str | None:
    """The words on the button that is pressed; `before` are the numbers of those pressed earlier."""
    buttons = buttons_of(blocks)
    chosen = choose_button(buttons, who, [buttons[i] for i in before], random.Random(seed))
    return chosen.words if chosen else None


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-01-12T10:00", "2026-01-12T10:00"),
        ("2026-01-12T17:30", "2026-01-13T08:20"),
        ("2026-01-13T03:00", "2026-01-13T08:20"),
        ("2026-01-16T18:00", "2026-01-19T08:20"),
        ("2026-01-17T11:00", "2026-01-19T08:20"),
    ],
    ids=["at work", "evening", "night", "Friday evening", "Saturday"],
)
def test_people_answer_in_their_own_working_hours(moment: str, expected: str) -> None:
    found = in_working_hours(datetime.fromisoformat(moment).replace(tzinfo=UTC), ROME, late_by=20)
    assert found == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_working_hours_follow_daylight_saving() -> None:
    found = in_working_hours(datetime(2026, 7, 1, 7, 30, tzinfo=UTC), LONDON)
    assert found == datetime(2026, 7, 1, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize("seed", range(20))
def test_keen_people_answer_within_the_hour_and_late_ones_days_later(seed: int) -> None:
    keen = reaction_time(Temperament.KEEN, MONDAY, ROME, random.Random(seed))
    late = reaction_time(Temperament.LATE, MONDAY, ROME, random.Random(seed))
    assert keen is not None
    assert late is not None
    assert 0 < (keen - MONDAY).total_seconds() < 3600
    assert 1 <= (late.date() - MONDAY.date()).days <= 3
    assert 9 <= late.astimezone(ROME).hour <= 18


def test_silent_people_never_answer() -> None:
    assert reaction_time(Temperament.SILENT, MONDAY, ROME, random.Random(1)) is None
    assert pressed(with_ids(invitation()), Temperament.SILENT) is None


def test_a_keen_person_presses_the_main_button_and_never_an_address() -> None:
    assert pressed(with_ids(invitation()), Temperament.KEEN) == "Show me"
    only_address = row({**button("Open", "open"), "url": "https://example.org"})
    assert pressed([only_address], Temperament.KEEN) is None


def test_a_person_who_declines_presses_the_last_side_button_about_half_the_time() -> None:
    found = [pressed(with_ids(invitation()), Temperament.DECLINING, seed=seed) for seed in range(200)]
    assert set(found) == {"Show me", "Not now"}
    assert 60 < found.count("Not now") < 140


def test_danger_is_for_those_who_decline_and_management_is_left_alone() -> None:
    manage = [row(button("Move", "move"), button("Cancel", "cancel", style="danger"))]
    assert pressed(manage, Temperament.KEEN) is None
    assert {pressed(manage, Temperament.DECLINING, seed=seed) for seed in range(20)} == {"Cancel", None}


def test_after_a_press_only_a_new_question_is_answered() -> None:
    change = [section("Noted"), row(button("Change", "change"))]
    blocks = with_ids(change)
    assert pressed(blocks, Temperament.KEEN) == "Change"
    earlier = buttons_of([row(button("Yes", "held", "yes"))])
    assert choose_button(buttons_of(blocks), Temperament.KEEN, earlier, random.Random(1)) is None
    question = [row(button("Yes", "parts", "yes"), button("No", "parts", "no"))]
    found = choose_button(buttons_of(question), Temperament.KEEN, earlier, random.Random(1))
    assert found is not None
    assert found.words == "Yes"
    assert pressed(question, Temperament.KEEN, 1) is None


def test_buttons_of_a_card_stand_in_a_row_by_their_places() -> None:
    two = tuple(Button(f"0/body/3/actions/{place}", "say", str(place), "", f"Answer {place}") for place in range(2))
    earlier = (Button("0/body/1/actions/0", "open", None, "", "Next"),)
    assert choose_button(two, Temperament.KEEN, earlier, random.Random(1)) == two[0]
    assert choose_button(two[:1], Temperament.KEEN, earlier, random.Random(1)) is None


def test_temperaments_come_in_the_shares_asked_for() -> None:
    chance = random.Random(7)
    drawn = [Shares().draw(chance) for _ in range(2000)]
    assert 0.58 < drawn.count(Temperament.KEEN) / 2000 < 0.66
    assert 0.05 < drawn.count(Temperament.SILENT) / 2000 < 0.11
    assert {Shares(1, 0, 0, 0).draw(chance) for _ in range(50)} == {Temperament.KEEN}


@pytest.mark.parametrize("form", [first_form, second_form])
@pytest.mark.parametrize("seed", range(15))
def test_what_people_fill_in_is_what_the_form_takes(form: Any, seed: int) -> None:
    blocks = with_ids(form()["blocks"])
    values = fill_form(reading.fields_of(blocks, state(blocks, {})), ANNA, MONDAY, random.Random(seed))
    given = {name: value for name, value in values.items() if value is not None}
    assert faults(blocks, merged(state(blocks, {}), typed(blocks, given))) == {}


def test_many_times_a_few_promises_and_no_needless_names() -> None:
    chance = random.Random(3)
    blocks = with_ids(second_form()["blocks"])
    values = fill_form(reading.fields_of(blocks, state(blocks, {})), ANNA, MONDAY, chance)
    assert 6 <= len(values["hours"]) <= 10
    assert values["not_with"] is None
    assert values["at"] == "10:00"
    assert datetime.fromisoformat(values["start"]).weekday() < 5
    assert answer(Field("sponsor", "Sponsor", "person"), ANNA, MONDAY, chance) == ANNA.name
    assert answer(Field("sponsor", "Sponsor", "person", optional=True), ANNA, MONDAY, chance) is None
    promises = Field("promise", "I promise", "ticks", [], (Choice("one", "One"), Choice("two", "Two")))
    assert answer(promises, ANNA, MONDAY, chance) == ["one", "two"]


@pytest.mark.parametrize(("least", "most"), [(0, 5), (0, 12), (0, 3000), (400, 500), (1, 1), (2900, 3000)])
def test_texts_keep_to_the_length_that_is_asked(least: int, most: int) -> None:
    asked = Field("x", "X", "text", least=Decimal(least), most=Decimal(most))
    for seed in range(20):
        text = answer(asked, ANNA, MONDAY, random.Random(seed))
        assert text.strip()
        assert least <= len(text) <= most


def test_a_choice_that_stands_there_is_mostly_kept() -> None:
    asked = Field("x", "X", "one", "4", tuple(Choice(str(i), str(i)) for i in range(10)))
    kept = [answer(asked, ANNA, MONDAY, random.Random(seed)) for seed in range(200)]
    assert 120 < kept.count("4") < 180
