"""Cards and forms as Block Kit. Pure. Refuses what Slack would refuse; never cuts text.

Limits: docs.slack.dev/reference/block-kit and docs.slack.dev/reference/views.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import assert_never

from bot.flows.turns import ShowForm
from bot.handlers.slack.inputs import field_block
from bot.handlers.slack.wording import MOST_IN_SECTION, escape, marked, mrkdwn, pieces, plain
from bot.handlers.wording import BOLD, Json, TooLong, limited
from bot.locales import Say
from bot.ui.cards import (
    Block,
    Bullets,
    Button,
    Buttons,
    Card,
    Divider,
    Facts,
    Heading,
    LinkButton,
    Note,
    Paragraph,
    Picture,
    Row,
)
from bot.ui.words import T

SEPARATOR = "|"
MOST_IN_MESSAGE, MOST_IN_VIEW = 50, 100


def message(card: Card, say: Say, nudge: int | None = None) -> Json:
    """``text`` and ``blocks`` of a message. Raises ``TooLong`` for what Slack would refuse."""
    return message_to_all(card, [say], nudge)


def message_to_all(card: Card, says: Sequence[Say], nudge: int | None = None) -> Json:
    """The same in the language of every reader, one below the other."""
    items: list[tuple[Block, Say]] = []
    for say in says:
        parting: list[Block] = [Divider()] if items else []
        items.extend((item, say) for item in (*parting, *card.blocks))
    blocks = blocks_of(items, lambda number: f"{number}{SEPARATOR}{nudge or ''}", MOST_IN_MESSAGE)
    return {"text": limited("\n\n".join(summary(card, say) for say in says), 4000), "blocks": blocks}


def summary(card: Card, say: Say) -> str:
    """The message as plain text, for notifications and screen readers: all of its words."""
    if card.summary is not None:
        return limited(_unmarked(say(card.summary, escape)), 3000)
    return limited("\n".join(line for item in card.blocks for line in _lines(item, say)), 4000)


def _unmarked(text: str) -> str:
    return BOLD.sub(r"\1", text)


def _lines(item: Block, say: Say) -> list[str]:
    match item:
        case Heading(text) | Paragraph(text) | Note(text) | Row(text, _):
            return [_unmarked(say(text, escape))]
        case Bullets(items):
            return [f"• {_unmarked(say(text, escape))}" for text in items]
        case Facts(rows):
            return [f"{_unmarked(say(label, escape))}: {_unmarked(say(value, escape))}" for label, value in rows]
        case Picture(_, alt, _):
            return [say(alt, escape)]
        case Divider() | Buttons():
            return []
        case _:
            assert_never(item)


def blocks_of(items: Sequence[tuple[Block, Say]], block_id: Callable[[int], str], most: int) -> list[Json]:
    """The blocks of a message, a form's introduction or the Home tab; a text that one cannot take stands in several.

    Raises ``TooLong`` when there are more than ``most``.
    """
    blocks = [
        {**one, "block_id": f"{block_id(number)}{f'{SEPARATOR}{part}' if part else ''}"}
        for number, (item, say) in enumerate(items)
        for part, one in enumerate(_blocks(item, say))
    ]
    if len(blocks) > most:
        raise TooLong(f"{len(blocks)} blocks where Slack takes {most}")
    return blocks


def _blocks(item: Block, say: Say) -> list[Json]:
    match item:
        case Heading(text):
            return [{"type": "header", "text": plain(say, text, 150)}]
        case Paragraph(text):
            return _sections([marked(say, text)])
        case Note(text):
            return [{"type": "context", "elements": [mrkdwn(say, text, 2000)]}]
        case Bullets(items):
            return _sections(f"• {marked(say, text)}" for text in items)
        case Facts(rows):
            return _sections(f"*{escape(say(label))}*: {marked(say, value)}" for label, value in rows)
        case Row(text, button):
            return [{"type": "section", "text": mrkdwn(say, text), "accessory": _button(button, say, 0)}]
        case Divider():
            return [{"type": "divider"}]
        case Picture():
            return [_picture(item, say)]
        case Buttons(buttons):
            return [{"type": "actions", "elements": [_button(button, say, n) for n, button in enumerate(buttons)]}]
        case _:
            assert_never(item)


def _sections(lines: Iterable[str]) -> list[Json]:
    texts = [limited(text, MOST_IN_SECTION) for text in pieces(lines)]
    return [{"type": "section", "text": {"type": "mrkdwn", "text": text}} for text in texts]


def _picture(item: Picture, say: Say) -> Json:
    drawn: Json = {"type": "image", "image_url": limited(item.url, 3000), "alt_text": limited(say(item.alt), 2000)}
    if item.title is not None:
        drawn["title"] = plain(say, item.title, 2000)
    return drawn


def _button(item: Button | LinkButton, say: Say, number: int) -> Json:
    if isinstance(item, LinkButton):
        text = plain(say, item.label, 75)
        return {"type": "button", "action_id": f"link{SEPARATOR}{number}", "text": text, "url": limited(item.url, 3000)}
    drawn: Json = {
        "type": "button",
        "action_id": f"{item.verb}{SEPARATOR}{number}",
        "text": plain(say, item.label, 75),
    }
    if item.id:
        drawn["value"] = limited(item.id, 2000)
    if item.style != "plain":
        drawn["style"] = item.style
    if item.confirm is not None:
        asked = item.confirm
        drawn["confirm"] = {
            "title": plain(say, asked.title, 100),
            "text": plain(say, asked.text, 300),
            "confirm": plain(say, asked.yes, 30),
            "deny": plain(say, asked.no, 30),
        }
    return drawn


def modal(shown: ShowForm, say: Say) -> Json:
    """A step of a conversation as a modal view; its block ids carry token and step, so that no answer leaks over."""
    form = shown.form
    name = f"{shown.token}{SEPARATOR}{shown.step}"
    fields = [field_block(item, say, field_id(shown, item.name), shown.answers.get(item.name)) for item in form.fields]
    back = Buttons((Button(T("form.back"), "flow.back", f"{shown.token}:{shown.step}"),))
    after = [] if shown.first else blocks_of([(back, say)], lambda _: f"{name}{SEPARATOR}back", 1)
    room = MOST_IN_VIEW - len(fields) - len(after)
    intro = blocks_of([(item, say) for item in form.intro], lambda number: f"{name}{SEPARATOR}{number}", room)
    return {
        "type": "modal",
        "callback_id": "flow",
        "private_metadata": json.dumps({"token": shown.token, "step": shown.step}),
        "title": plain(say, form.title, 24),
        "submit": plain(say, form.submit, 24),
        "close": plain(say, T("form.not_now"), 24),
        "blocks": [*intro, *fields, *after],
    }


def field_id(shown: ShowForm, name: str) -> str:
    return f"{shown.token}{SEPARATOR}{shown.step}{SEPARATOR}{name}"


def errors(shown: ShowForm, say: Say) -> Json:
    """The errors of a step, by the block of their field."""
    return {field_id(shown, name): limited(say(text), 2000) for name, text in shown.errors.items()}


def notice(card: Card, say: Say) -> Json:
    """A card as a modal that has nothing to submit."""
    items = [(item, say) for item in card.blocks]
    blocks = blocks_of(items, lambda number: f"notice{SEPARATOR}{number}", MOST_IN_VIEW)
    title, close = plain(say, T("form.notice"), 24), plain(say, T("form.close"), 24)
    return {"type": "modal", "callback_id": "notice", "title": title, "close": close, "blocks": blocks}


def following(view: Json, *, home: bool) -> Json:
    """The modal, marked when it follows from the Home tab: what it changes shows there too."""
    if not home:
        return view
    kept = json.loads(view.get("private_metadata", "{}"))
    return {**view, "private_metadata": json.dumps({**kept, "home": True})}


def home(card: Card, say: Say) -> Json:
    """A card as the Home tab."""
    items = [(item, say) for item in card.blocks]
    blocks = blocks_of(items, lambda number: f"home{SEPARATOR}{number}", MOST_IN_VIEW)
    return {"type": "home", "callback_id": "home", "blocks": blocks}
