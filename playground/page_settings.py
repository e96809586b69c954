"""What whoever starts the playground gives the page to offer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from playground.model import Json

Words = str | dict[str, str]
"""In one language, or in several by their codes ("en", "it")."""


@dataclass(frozen=True, slots=True)
class Quick:
    """Somebody whom the page offers to play and who never answers by themselves."""

    label: Words
    user_id: str

    def payload(self) -> Json:
        """The pick as the page reads it."""
        return {"label": self.label, "id": self.user_id}


@dataclass(frozen=True, slots=True)
class PageSettings:
    """Quick picks, commands to complete, and a word about people by their id.

    `completions` are whole lines ("/mentoring help") by the language of the page, those to offer first at the front.
    """

    quick: Sequence[Quick] = ()
    completions: Mapping[str, Sequence[str]] = field(default_factory=dict)
    hints: Mapping[str, Words] = field(default_factory=dict)
