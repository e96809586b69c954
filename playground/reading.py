"""What a person can do with a message or a form, whatever the platform: its buttons and its fields."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

Kind = Literal[
    "text", "number", "email", "url", "date", "time", "moment", "one", "several", "ticks", "person", "people"
]
MANY: frozenset[Kind] = frozenset({"several", "ticks", "people"})


@dataclass(frozen=True, slots=True)
class Button:
    """A button that a person sees: `block` is where it stands, `style` is "", "primary" or "danger".

    Two are the same when they look and do the same, wherever they stand. `url` is the address of one that only opens
    it; `menu` marks an entry of a folded menu; `opens` one that does nothing but open a form.
    """

    block: str = field(compare=False)
    action: str
    value: str | None
    style: str
    words: str
    url: str = ""
    menu: bool = False
    opens: bool = False

    @property
    def row(self) -> str:
        """Where the buttons beside it stand too: the block, or on a card all of the place but its last number."""
        return self.block.rpartition("/")[0] or self.block


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of a field: what is sent, and what is read."""

    value: str
    words: str


@dataclass(frozen=True, slots=True)
class Field:
    """An input by `name`, the word that `fill` and `submit` take; `kept` is the plain value that stands there now.

    A plain value is a text, a choice's value, a list of those for many, "YYYY-MM-DD", "HH:MM", epoch seconds or ids of
    people; None where nothing stands. `least` and `most` limit a text's length or a number. `tells` marks a field whose
    choice reaches the bot at once, by the action of that name.
    """

    name: str
    label: str
    kind: Kind
    kept: Any = None
    choices: tuple[Choice, ...] = ()
    optional: bool = False
    least: Decimal | None = None
    most: Decimal | None = None
    most_chosen: int | None = None
    action: str = ""
    tells: bool = False
    in_form: bool = True
