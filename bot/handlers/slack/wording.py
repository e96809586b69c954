"""Words as Slack takes them: escaped, within its limits, as mrkdwn or plain text. Pure.

Limits: docs.slack.dev/reference/block-kit.
"""

import re
from typing import Any

from bot.locales import Say
from bot.ui.words import Text

Json = dict[str, Any]
BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
_MARKUP = str.maketrans({mark: f"\u2060{mark}" for mark in "*_~`"})


class TooLong(ValueError):  # names the fact
    """Text that Slack would refuse; the test that draws everything names it."""


def limited(text: str, most: int) -> str:
    """The text, if Slack takes it. Raises ``TooLong`` when it is longer than ``most`` or empty."""
    if not 0 < len(text) <= most:
        raise TooLong(f"{len(text)} characters where Slack takes 1 to {most}: {text[:80]!r}")
    return text


def escape(text: str) -> str:
    """What people typed, harmless in mrkdwn: no mention, link or emphasis survives.

    The three characters are those of docs.slack.dev/messaging/formatting-message-text; a word joiner before a
    markup character keeps it from being markup.
    """
    harmless = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return harmless.translate(_MARKUP)


def mrkdwn(say: Say, text: Text, most: int = 3000) -> Json:
    return {"type": "mrkdwn", "text": limited(BOLD.sub(r"*\1*", say(text, escape)), most)}


def plain(say: Say, text: Text, most: int) -> Json:
    return {"type": "plain_text", "text": limited(say(text).replace("**", ""), most)}
