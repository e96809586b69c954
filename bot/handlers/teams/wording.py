"""Words as Teams takes them: escaped for its Markdown, without the slash that commands have elsewhere. Pure."""

import re

from bot.handlers.wording import BOLD, limited
from bot.locales import Say
from bot.ui.words import Text

MOST_BYTES = 28 * 1024
_INLINE = re.compile(r"([\\`*_\[\]~<])")
_COMMAND = re.compile(r"(?<![\w./:-])/mentoring\b")  # and no part of an address
_LINE_START = re.compile(r"^(\s*)([#>+-]|\d+(?=[.)]))", re.MULTILINE)


def escape(text: str) -> str:
    """What people typed, harmless in the Markdown of a text block: no emphasis, link, list or heading comes of it."""
    return _LINE_START.sub(_quoted, _INLINE.sub(r"\\\1", text))


def _quoted(found: re.Match[str]) -> str:
    space, mark = found.groups()
    return f"{space}{mark}\\" if mark.isdecimal() else f"{space}\\{mark}"


def marked(say: Say, text: Text) -> str:
    """Words with ``**bold**``, as a text block takes them."""
    return _unslashed(say(text, escape))


def plain(say: Say, text: Text, most: int = 4000) -> str:
    """Words without markup, where Teams knows none: buttons, labels, options, notifications."""
    return limited(BOLD.sub(r"\1", _unslashed(say(text))), most)


def _unslashed(words: str) -> str:
    """In a private chat commands are plain words: a slash opens a menu of Teams' own."""
    return _COMMAND.sub("mentoring", words)
