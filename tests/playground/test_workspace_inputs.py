"""Inputs keep, offer and refuse what Slack's client keeps, offers and refuses."""

from __future__ import annotations

from typing import Any

import pytest

from playground.client_words import words_of
from playground.workspace import inputs

Body = dict[str, Any]
OPTIONS = [{"text": {"type": "plain_text", "text": word}, "value": word} for word in ("a", "b", "c")]
GROUPS = [{"label": {"type": "plain_text", "text": "all"}, "options": OPTIONS}]


def test_the_client_speaks_the_language_of_the_person() -> None:
    element = {"type": "plain_text_input", "action_id": "act", "min_length": 3}
    blocks = [{"type": "input", "block_id": "b", "element": element}]
    given = [inputs.state(blocks, inputs.typed(blocks, {"act": typed})) for typed in ("", "ab")]
    assert [inputs.faults(blocks, one, words_of("it-IT"))["b"] for one in given] == [
        "Compila questo campo obbligatorio.",
        "Scrivi almeno 3 caratteri.",
    ]
    assert inputs.faults(blocks, given[0], words_of("de-DE")) == {"b": "Please complete this required field."}


def field(kind: str, *, optional: bool = False, **more: Any) -> list[Body]:
    label = {"type": "plain_text", "text": "Label"}
    element = {"type": kind, "action_id": "act", **more}
    return [{"type": "input", "block_id": "blk", "label": label, "element": element, "optional": optional}]


@pytest.mark.parametrize(
    ("blocks", "typed", "key", "expected"),
    [
        (field("plain_text_input"), "", "value", None),
        (field("plain_text_input", initial_value="x"), "  ", "value", "  "),
        (field("number_input", is_decimal_allowed=True), 1.5, "value", "1.5"),
        (field("static_select", option_groups=GROUPS), "b", "selected_option", OPTIONS[1]),
        (field("multi_static_select", options=OPTIONS), ["c", "a"], "selected_options", [OPTIONS[2], OPTIONS[0]]),
        (field("checkboxes", options=OPTIONS, initial_options=OPTIONS), None, "selected_options", []),
        (field("radio_buttons", options=OPTIONS), "a", "selected_option", OPTIONS[0]),
        (field("datepicker"), "2026-01-12", "selected_date", "2026-01-12"),
        (field("timepicker"), "09:30", "selected_time", "09:30"),
        (field("datetimepicker"), 1768208400, "selected_date_time", 1768208400),
        (field("users_select"), "U1", "selected_user", "U1"),
        (field("multi_users_select"), ["U1", "U2"], "selected_users", ["U1", "U2"]),
    ],
)
def test_typed_values_have_slacks_shape(blocks: list[Body], typed: Any, key: str, expected: Any) -> None:
    values = inputs.state(blocks, inputs.typed(blocks, {"act": typed}))
    assert values == {"blk": {"act": {"type": blocks[0]["element"]["type"], key: expected}}}
    assert inputs.typed(blocks, {"blk": typed}) == inputs.typed(blocks, {"act": typed})


@pytest.mark.parametrize(
    ("blocks", "key", "expected"),
    [
        (field("plain_text_input", initial_value="before"), "value", "before"),
        (field("plain_text_input"), "value", None),
        (field("checkboxes", options=OPTIONS), "selected_options", []),
        (field("static_select", options=OPTIONS, initial_option=OPTIONS[2]), "selected_option", OPTIONS[2]),
        (field("datepicker", initial_date="2026-01-12"), "selected_date", "2026-01-12"),
    ],
)
def test_what_nobody_touched_has_its_initial_value(blocks: list[Body], key: str, expected: Any) -> None:
    assert inputs.state(blocks, {})["blk"]["act"][key] == expected


@pytest.mark.parametrize(
    ("blocks", "typed", "fits"),
    [
        (field("plain_text_input"), None, False),
        (field("plain_text_input", optional=True, min_length=3), None, True),
        (field("plain_text_input", min_length=3), "ab", False),
        (field("plain_text_input"), "x" * 3001, False),
        (field("checkboxes", options=OPTIONS), [], False),
        (field("multi_static_select", options=OPTIONS, max_selected_items=2), ["a", "b", "c"], False),
        (field("multi_static_select", options=OPTIONS, max_selected_items=2), ["a", "b"], True),
        (field("number_input", is_decimal_allowed=False, min_value="1", max_value="10"), "10", True),
        (field("number_input", is_decimal_allowed=False, min_value="1"), "0", False),
        (field("number_input", is_decimal_allowed=False), "1.5", False),
        (field("number_input", is_decimal_allowed=True), "NaN", False),
        (field("email_text_input"), "anna@example", False),
        (field("email_text_input"), "anna@example.org", True),
        (field("url_text_input"), "example.org", False),
        (field("url_text_input"), "https://example.org/room", True),
        (field("datepicker"), "tomorrow", False),
        (field("timepicker"), "9", False),
    ],
)
def test_the_client_checks_before_it_sends(blocks: list[Body], typed: Any, fits: bool) -> None:
    found = inputs.faults(blocks, inputs.state(blocks, inputs.typed(blocks, {"act": typed})))
    assert (found == {}) is fits
    assert set(found) <= {"blk"}


def test_only_what_is_offered_can_be_chosen() -> None:
    with pytest.raises(ValueError, match="not offered"):
        inputs.typed(field("static_select", options=OPTIONS), {"act": "z"})
    with pytest.raises(LookupError, match="blk/act"):
        inputs.typed(field("plain_text_input"), {"other": "z"})


def test_what_was_typed_is_kept_only_where_both_ids_and_the_kind_stay() -> None:
    typed = inputs.typed(field("plain_text_input"), {"act": "x"})
    assert inputs.kept(field("plain_text_input", multiline=True), typed) == typed
    assert inputs.kept(field("datepicker"), typed) == {}
    renamed = [{**field("plain_text_input")[0], "block_id": "other"}]
    assert inputs.kept(renamed, typed) == {}
