"""Words as Slack takes them: escaped, within its limits, as mrkdwn or plain text. Pure.

Limits: docs.slack.dev/reference/block-kit.
"""

import re
from collections.abc import Iterable, Iterator

from bot.handlers.wording import BOLD, Json, limited
from bot.locales import Say
from bot.ui.words import Text

_MARKUP = str.maketrans({mark: f"\u2060{mark}" for mark in "*_~`"})
_BROKEN = re.compile(r"(?:&[a-z]{0,3}|\u2060)$")
MOST_IN_SECTION = 3000


def escape(text: str) -> str:
    """What people typed, harmless in mrkdwn: no mention, link or emphasis survives.

    The three characters are those of docs.slack.dev/messaging/formatting-message-text; a word joiner before a
    markup character keeps it from being markup.
    """
    harmless = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return harmless.translate(_MARKUP)


def mrkdwn(say: Say, text: Text, most: int = MOST_IN_SECTION) -> Json:
    return {"type": "mrkdwn", "text": limited(marked(say, text), most)}


def marked(say: Say, text: Text) -> str:
    return BOLD.sub(r"*\1*", say(text, escape))


def pieces(lines: Iterable[str]) -> Iterator[str]:
    """Lines below each other, in as few texts as take them all: what was typed may be five times as long escaped."""
    piece = ""
    for part in (part for line in lines for part in _parts(line)):
        if piece and len(piece) + len(part) >= MOST_IN_SECTION:
            yield piece
            piece = ""
        piece = f"{piece}\n{part}" if piece else part
    yield piece


def _parts(line: str) -> Iterator[str]:
    """A line that is too long, parted between words where it has any, and never within a sign that was escaped."""
    if len(line) > MOST_IN_SECTION:
        line = line.rstrip()  # no part is empty
    while len(line) > MOST_IN_SECTION:
        start = line[:MOST_IN_SECTION]
        words = max(start.rfind(" "), start.rfind("\n"))
        cut = words if words > 0 else len(_BROKEN.sub("", start))
        yield line[:cut]
        line = line[cut:].lstrip()
    yield line


def plain(say: Say, text: Text, most: int) -> Json:
    return {"type": "plain_text", "text": limited(say(text).replace("**", ""), most)}
