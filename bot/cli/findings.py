"""What an examination finds."""

from dataclasses import dataclass
from typing import Literal

from bot.ui.words import T

Grade = Literal["good", "warn", "bad"]
BAD: Grade = "bad"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; ``words`` say what to do unless it is good."""

    grade: Grade
    words: T


def good(words: T) -> Finding:
    """As it should be."""
    return Finding("good", words)


def warn(words: T) -> Finding:
    """Works, but somebody should know."""
    return Finding("warn", words)


def bad(words: T) -> Finding:
    """Has to be mended."""
    return Finding("bad", words)
