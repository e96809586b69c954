"""A step is answered as it was meant, whatever a client sends."""

from datetime import UTC, datetime

import pytest

from bot.flows.engine import Done, Flow, Place, Show, Step, submit
from bot.ui.forms import DateField, Field, Form, TextField, TimeField, Value
from bot.ui.words import T

PLACE = Place(datetime(2027, 1, 12, 9, tzinfo=UTC), "en", "Europe/Rome")


def answered(field: Field, value: Value) -> Show | Done:
    """What follows when a form of this one field is sent."""
    form = Form(T("form.later_hint"), (field,), T("form.later_hint"))
    return submit(Flow("f", (Step("s", lambda _place: form, lambda _place: None),)), "s", PLACE, {field.name: value})


@pytest.mark.parametrize("blank", ["", " \n ", "\u200b\u2060", "\u00a0"])
def test_a_text_of_which_nothing_is_seen_is_no_answer_and_may_be_left_where_none_is_needed(blank: str) -> None:
    assert answered(TextField("a", T("form.required"), optional=True), blank) == Done({"a": None})
    needed = answered(TextField("a", T("form.required")), blank)
    assert isinstance(needed, Show)
    assert needed.errors == {"a": T("form.required")}


@pytest.mark.parametrize("text", ["😀", "שלום", " a "])
def test_any_sign_that_is_seen_is_an_answer(text: str) -> None:
    assert answered(TextField("a", T("form.required")), text) == Done({"a": text})


@pytest.mark.parametrize("day", ["2027-1-5", "2027-02-30", "20270105", "2027-W01-2", "٢٠٢٧-01-05", "0001-01-01"])
def test_a_day_is_one_of_the_calendar(day: str) -> None:
    found = answered(DateField("a", T("form.required")), day)
    assert isinstance(found, Show)
    assert found.errors == {"a": T("form.date")}


@pytest.mark.parametrize("time", ["9:5", "09:05:00", "24:00", "0905"])
def test_a_time_is_one_of_the_day(time: str) -> None:
    found = answered(TimeField("a", T("form.required")), time)
    assert isinstance(found, Show)
    assert found.errors == {"a": T("form.time")}


def test_a_day_and_a_time_are_taken_as_they_are() -> None:
    assert answered(DateField("a", T("form.required")), "2027-01-05") == Done({"a": "2027-01-05"})
    assert answered(TimeField("a", T("form.required")), "09:05") == Done({"a": "09:05"})
