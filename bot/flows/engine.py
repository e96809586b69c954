"""A conversation as a value: named steps, each a form made of the answers so far. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.ui.forms import (
    ChoiceField,
    DateField,
    Field,
    Form,
    ManyField,
    NumberField,
    TextField,
    TimeField,
    Value,
    Values,
    texts_of,
)
from bot.ui.words import T, Text

Errors = Mapping[str, Text]


LOOKED_UP = "looked_up"
"""Among the facts of a conversation: what was looked up on the way."""


@dataclass(frozen=True)
class Place:
    """Where a person is in a conversation.

    ``context``: ids and small facts that were true at the start (JSON values); ``answers``: what was given so far, by
    field; ``now``, ``zone`` and ``language`` belong to the person who answers.
    """

    now: datetime
    language: str
    zone: str
    context: Mapping[str, Any] = field(default_factory=dict)
    answers: Values = field(default_factory=dict)

    def one(self, name: str) -> str:
        """The single answer to ``name``; empty when there is none."""
        value = self.answers.get(name)
        return value if isinstance(value, str) else ""

    def looked_up(self, name: str) -> str:
        """What the store knew about an answer when it was given; empty when nothing was looked up."""
        return str(self.context.get(LOOKED_UP, {}).get(name, ""))

    def many(self, name: str) -> list[str]:
        """The answers to ``name`` as a list; empty when there are none."""
        return texts_of(self.answers.get(name))


@dataclass(frozen=True)
class Step:
    """One form. ``check`` returns errors by field; ``then`` the next step's name, or None at the end."""

    name: str
    form: Callable[[Place], Form]
    then: Callable[[Place], str | None]
    check: Callable[[Place], Errors] = lambda _place: {}


@dataclass(frozen=True)
class Flow:
    """A conversation. Its first step is where it starts; ``days`` is how long an unfinished one is kept."""

    name: str
    steps: tuple[Step, ...]
    days: int = 14

    def step(self, name: str) -> Step:
        """The step of that name; raises KeyError when a deploy took it away."""
        for step in self.steps:
            if step.name == name:
                return step
        raise KeyError(name)

    @property
    def first(self) -> str:
        return self.steps[0].name


@dataclass(frozen=True)
class Show:
    """Show this step. ``path`` holds the names of the steps before it, for the way back."""

    step: str
    answers: Values
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True)
class Done:
    """All steps are answered."""

    answers: Values


def submit(flow: Flow, step_name: str, place: Place, given: Values) -> Show | Done:
    """What follows when ``given`` answers the step: the same step with errors, the next one, or the end."""
    step = flow.step(step_name)
    given = {name: _meant(value) for name, value in given.items()}
    answers = {**place.answers, **_of_step(step, place, given)}
    here = Place(place.now, place.language, place.zone, place.context, answers)
    errors = check_fields(step.form(place).fields, given) or dict(step.check(here))
    if errors:
        return Show(step_name, answers, errors)
    following = step.then(here)
    return Show(following, answers) if following else Done(answers)


def path(flow: Flow, step_name: str, place: Place) -> list[str]:
    """The steps that come before, walking the answers from the start; none where they do not lead there."""
    walked, current = list[str](), flow.first
    while current != step_name:
        walked.append(current)
        following = flow.step(current).then(place)
        if following is None:
            return []
        current = following
    return walked


def _meant(value: Value) -> Value:
    """The answer; a text of which nothing can be seen is none."""
    return None if isinstance(value, str) and not any(sign.isprintable() and sign != " " for sign in value) else value


def _of_step(step: Step, place: Place, given: Values) -> dict[str, Value]:
    return {item.name: given.get(item.name) for item in step.form(place).fields}


def check_fields(fields: tuple[Field, ...], given: Values) -> dict[str, Text]:
    """The rules that every field of a kind shares, checked here because a client's own checks are a courtesy."""
    return {item.name: error for item in fields if (error := _check(item, given.get(item.name)))}


def _check(item: Field, value: Value) -> Text | None:
    if value in (None, "", []):
        return None if item.optional else T("form.required")
    match item:
        case TextField():
            return _check_text(item, value)
        case NumberField():
            return _check_number(item, value)
        case ChoiceField():
            listed = isinstance(value, str) and value in {option.code for option in item.options}
            return None if listed else T("form.pick_listed")
        case ManyField():
            return _check_many(item, texts_of(value))
        case DateField():
            return None if _is_written("%Y-%m-%d", value) else T("form.date")
        case TimeField():
            return None if _is_written("%H:%M", value) else T("form.time")
        case _:
            return None


def _check_text(item: TextField, value: Value) -> Text | None:
    if not isinstance(value, str):
        return T("form.required")
    if len(value) > item.max_length:
        return T("form.too_long", most=item.max_length, given=len(value))
    if len(value.strip()) < item.min_length:
        return T("form.too_short", least=item.min_length)
    return None


def _check_number(item: NumberField, value: Value) -> Text | None:
    text = value if isinstance(value, str) else ""
    try:
        number = int(text)
    except ValueError:
        return T("form.whole_number", least=item.least, most=item.most)
    inside = item.least <= number <= item.most
    return None if inside else T("form.whole_number", least=item.least, most=item.most)


def _check_many(item: ManyField, values: list[str]) -> Text | None:
    if not set(values) <= {option.code for option in item.options}:
        return T("form.pick_listed")
    if item.most is not None and len(values) > item.most:
        return T("form.at_most", n=item.most)
    return None


def _is_written(pattern: str, value: Value) -> bool:
    """Whether it is a day or a time, written just so: 2027-1-5 and 9:5 are not."""
    try:
        return datetime.strptime(str(value), pattern).strftime(pattern) == value  # noqa: DTZ007  # it has no zone
    except ValueError:
        return False
