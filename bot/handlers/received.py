"""What arrives from outside, made harmless: text that a database keeps, numbers that a key compares with. Pure."""

import re

from bot.flows.turns import MOST_DIGITS

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def clean_text(given: object) -> str:
    """As text, without the characters that no keyboard types and no database keeps: NUL and halves of surrogates."""
    return _UNSTORABLE.sub("", str(given))


def number_of(given: str) -> int | None:
    """The id that the digits name; None for anything else."""
    return int(given) if given.isdecimal() and len(given) <= MOST_DIGITS else None
