"""Words as Slack takes them: escaped, within its limits, as mrkdwn or plain text. Pure.

Limits: docs.slack.dev/reference/block-kit.
"""

from bot.handlers.wording import BOLD, Json, limited
from bot.locales import Say
from bot.ui.words import Text

_MARKUP = str.maketrans({mark: f"\u2060{mark}" for mark in "*_~`"})


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
