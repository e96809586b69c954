"""What drawn words have in common on every platform: what is bold, and that there are limits. Pure."""

import re
from typing import Any

Json = dict[str, Any]
BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)


class TooLong(ValueError):  # names the fact
    """Text or a card that the platform would refuse; the test that draws everything names it."""


def limited(text: str, most: int) -> str:
    """The text, if the platform takes it. Raises ``TooLong`` when it is longer than ``most`` or empty."""
    if not 0 < len(text) <= most:
        raise TooLong(f"{len(text)} characters where 1 to {most} are taken: {text[:80]!r}")
    return text
