"""The closed vocabulary of forms: labelled fields, asked one step at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.ui.cards import Block
from bot.ui.words import Text

Value = str | list[str] | None
"""What one field gives: text, an option's code, a day (``2026-11-21``), a time (``14:30``), a number as typed, a
person's account id — or a list of codes or account ids."""

Values = Mapping[str, Value]


@dataclass(frozen=True)
class Option:
    code: str
    label: Text
    hint: Text | None = None
    group: Text | None = None


@dataclass(frozen=True)
class TextField:
    """``optional``, of every field: it may stay empty. ``later`` as well: for now alone, it is needed in the end."""

    name: str
    label: Text
    hint: Text | None = None
    optional: bool = False
    later: bool = False
    multiline: bool = False
    min_length: int = 0
    max_length: int = 3000
    placeholder: Text | None = None


@dataclass(frozen=True)
class ChoiceField:
    """One of ``options``; ``menu`` folds them into a drop-down (needed above ten)."""

    name: str
    label: Text
    options: tuple[Option, ...]
    hint: Text | None = None
    optional: bool = False
    later: bool = False
    menu: bool = False


@dataclass(frozen=True)
class ManyField:
    """Some of ``options``; ``menu`` folds them into a drop-down (needed above ten)."""

    name: str
    label: Text
    options: tuple[Option, ...]
    hint: Text | None = None
    optional: bool = False
    later: bool = False
    menu: bool = False
    most: int | None = None


@dataclass(frozen=True)
class DateField:
    name: str
    label: Text
    hint: Text | None = None
    optional: bool = False
    later: bool = False


@dataclass(frozen=True)
class TimeField:
    name: str
    label: Text
    hint: Text | None = None
    optional: bool = False
    later: bool = False


@dataclass(frozen=True)
class NumberField:
    name: str
    label: Text
    least: int
    most: int
    hint: Text | None = None
    optional: bool = False
    later: bool = False


@dataclass(frozen=True)
class PersonField:
    """A colleague (or several, when ``many``); the value is the account id on the person's own platform."""

    name: str
    label: Text
    hint: Text | None = None
    optional: bool = False
    later: bool = False
    many: bool = False


Field = TextField | ChoiceField | ManyField | DateField | TimeField | NumberField | PersonField


@dataclass(frozen=True)
class Form:
    """One step as it is shown. ``title`` and ``submit`` hold at most 24 characters in every language.

    ``intro`` blocks come before the fields. A form without fields is a page to read and to confirm.
    """

    title: Text
    fields: tuple[Field, ...]
    submit: Text
    intro: tuple[Block, ...] = ()


def texts_of(value: Value) -> list[str]:
    """A many-valued answer as a list, whatever the platform sent."""
    if value is None:
        return []
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [str(value)]
