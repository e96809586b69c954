"""Words that are not yet in a language. A renderer turns them into text, in the reader's language, when it draws."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal


@dataclass(frozen=True)
class When:
    """A moment as the reader's clock shows it. ``at`` is aware; ``zone`` is the reader's IANA zone.

    ``style``: ``full`` weekday, day, month and time; ``day`` without the time; ``date`` day, month and year; ``time``
    alone. ``with_zone`` adds the zone's city, for pairs whose clocks differ.
    """

    at: datetime
    zone: str
    style: Literal["full", "day", "date", "time"] = "full"
    with_zone: bool = False


@dataclass(frozen=True)
class Content:
    """Words that live in the content files: one text a language (``{"it": …, "en": …}``)."""

    texts: Mapping[str, str]


@dataclass(frozen=True)
class Listing:
    """Several texts, joined as the reader's language joins them ("a, b and c")."""

    items: "tuple[Text, ...]"
    style: Literal["standard", "or"] = "standard"


@dataclass(frozen=True, init=False)
class T:
    """A message of the catalogs by its key (``feature.message``), with parameters; ``n`` chooses the plural form."""

    key: str
    params: "Mapping[str, Param]"

    def __init__(self, key: str, /, **params: "Param") -> None:
        object.__setattr__(self, "key", key)
        object.__setattr__(self, "params", params)


@dataclass(frozen=True)
class Joined:
    """Texts one after the other, each on its own line."""

    lines: "tuple[Text, ...]"


Text = T | Content | Listing | Joined | str
"""A plain ``str`` is something that a person or a roster typed: renderers escape it, catalogs never hold it."""

Param = Text | int | float | date | When
