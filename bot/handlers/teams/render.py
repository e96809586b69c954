"""Cards as Adaptive Cards 1.5, of elements that phones draw too. Pure; refuses what Teams would refuse, cuts nothing.

Facts: learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-reference and cards-format.
"""

import json
from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import assert_never

from bot.handlers.teams.calendar import calendar_link
from bot.handlers.teams.wording import MOST_BYTES, marked, plain
from bot.handlers.wording import Json, TooLong, limited
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

ADAPTIVE = "application/vnd.microsoft.card.adaptive"
OURS = "inverso"
"""The key under which a button's data are ours; inputs stand beside it."""
BESIDE_EACH_OTHER = 6
STYLES = {"primary": "positive", "danger": "destructive"}


@dataclass(frozen=True)
class Pen:
    """How buttons are drawn. ``forms``: the verbs that open a dialog, which Teams must know when it draws the button.

    ``nudge``: the id that the buttons answer. ``dialog``: the card stands in a dialog, where every button submits it.
    """

    forms: Container[str] = ()
    nudge: int | None = None
    dialog: bool = False


def message(card: Card, say: Say, pen: Pen, *, alert: bool = False) -> Json:
    """The activity of a message. ``alert``: it comes unasked, and rings. Raises ``TooLong``."""
    words = summarised(card, say)
    activity: Json = {
        "type": "message",
        "summary": words,
        "attachments": [attached(adaptive([*body(card.blocks, say, pen), *_dates(card, say)], words, say))],
    }
    if alert:
        activity["channelData"] = {"notification": {"alert": True}}
    return sized(activity)


def _dates(card: Card, say: Say) -> list[Json]:
    """The events that go with a card, as buttons that put them into the calendar."""
    links = [link for item in card.attachments if (link := calendar_link(item)) is not None]
    title = plain(say, T("scheduling.add_to_calendar"), 75)
    actions = [{"type": "Action.OpenUrl", "title": title, "url": link} for link in links]
    return [{"type": "ActionSet", "actions": actions}] if actions else []


def attached(content: Json) -> Json:
    """A card as the attachment that a message or a dialog carries."""
    return {"contentType": ADAPTIVE, "content": content}


def adaptive(elements: list[Json], fallback: str, say: Say) -> Json:
    """An Adaptive Card of these elements; ``fallback`` says all of it where no card is drawn."""
    return {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.5",
        "lang": say.language,
        "fallbackText": limited(fallback, 8000),
        "body": elements,
    }


def present(card: Card, say: Say, pen: Pen) -> Json:
    """A card alone, as the answer to a press takes it."""
    return sized(adaptive(body(card.blocks, say, pen), summarised(card, say), say))


def sized(drawn: Json) -> Json:
    """The same, if Teams takes so much. Raises ``TooLong``."""
    size = len(json.dumps(drawn, ensure_ascii=False).encode())
    if size > MOST_BYTES:
        raise TooLong(f"{size} bytes where Teams takes {MOST_BYTES}")
    return drawn


def summarised(card: Card, say: Say) -> str:
    """The message as plain text, for notifications and screen readers: all of its words."""
    if card.summary is not None:
        return plain(say, card.summary)
    return limited("\n".join(line for item in card.blocks for line in _lines(item, say)), 4000)


def _lines(item: Block, say: Say) -> list[str]:
    match item:
        case Heading(text) | Paragraph(text) | Note(text) | Row(text, _):
            return [plain(say, text)]
        case Bullets(items):
            return [f"• {plain(say, text)}" for text in items]
        case Facts(rows):
            return [f"{plain(say, label)}: {plain(say, value)}" for label, value in rows]
        case Picture(_, alt, _):
            return [plain(say, alt)]
        case Divider() | Buttons():
            return []
        case _:
            assert_never(item)


def body(blocks: Sequence[Block], say: Say, pen: Pen) -> list[Json]:
    """The elements of these blocks; a divider is a line above what follows it."""
    drawn: list[Json] = []
    line = False
    for item in blocks:
        if isinstance(item, Divider):
            line = True
            continue
        elements = _elements(item, say, pen)
        drawn += [{**elements[0], "separator": True, "spacing": "medium"}, *elements[1:]] if line else elements
        line = False
    return drawn


def _elements(item: Block, say: Say, pen: Pen) -> list[Json]:
    match item:
        case Heading(text):
            return [{**_text(marked(say, text)), "size": "large", "weight": "bolder", "style": "heading"}]
        case Paragraph(text):
            return paragraphs(marked(say, text))
        case Note(text):
            return [{**drawn, "isSubtle": True, "size": "small"} for drawn in paragraphs(marked(say, text))]
        case Bullets(items):
            return [_bullet(marked(say, text), first=not number) for number, text in enumerate(items)]
        case Facts(rows):
            facts = [{"title": plain(say, label), "value": marked(say, value)} for label, value in rows]
            return [{"type": "FactSet", "facts": facts}]
        case Row(text, button):
            return _row(paragraphs(marked(say, text)), _buttons((button,), say, pen))
        case Picture(url, alt, title):
            image = {"type": "Image", "url": url, "altText": plain(say, alt), "size": "stretch"}
            return [image] if title is None else [*paragraphs(marked(say, title)), image]
        case Buttons(buttons):
            return _buttons(buttons, say, pen)
        case Divider():
            return []
        case _:
            assert_never(item)


def _text(words: str) -> Json:
    return {"type": "TextBlock", "text": limited(words, 5000), "wrap": True}


def paragraphs(words: str) -> list[Json]:
    """A text block a line: a line break within one is drawn on some clients only."""
    drawn: list[Json] = []
    for line in words.split("\n"):
        if line.strip():
            drawn.append(_text(line) if not drawn else {**_text(line), "spacing": "small"})
    return drawn


def _bullet(words: str, *, first: bool) -> Json:
    return {**_text(f"• {words.replace(chr(10), ' ')}"), "spacing": "default" if first else "small"}


def _row(words: list[Json], buttons: list[Json]) -> list[Json]:
    """Words with a button beside them; the question of a button that asks first opens below, across the card."""
    columns = [
        {"type": "Column", "width": "stretch", "items": words, "verticalContentAlignment": "center"},
        {"type": "Column", "width": "auto", "items": buttons[:1], "verticalContentAlignment": "center"},
    ]
    return [{"type": "ColumnSet", "columns": columns}, *buttons[1:]]


def _buttons(buttons: Sequence[Button | LinkButton], say: Say, pen: Pen) -> list[Json]:
    """Rows of buttons (Teams hides those beyond six), then the questions that some of them ask first, hidden."""
    rows: list[Json] = []
    for start in range(0, len(buttons), BESIDE_EACH_OTHER):
        actions = [_action(one, say, pen) for one in buttons[start : start + BESIDE_EACH_OTHER]]
        rows.append({"type": "ActionSet", "actions": actions})
    return rows + [_question(one, say, pen) for one in buttons if isinstance(one, Button) and one.confirm is not None]


def _action(item: Button | LinkButton, say: Say, pen: Pen) -> Json:
    if isinstance(item, LinkButton):
        return {"type": "Action.OpenUrl", "title": plain(say, item.label, 75), "url": item.url}
    if item.confirm is not None:
        title = {"title": plain(say, item.label, 75)} | _style(item)
        return {"type": "Action.ToggleVisibility", **title, "targetElements": [_question_id(item)]}
    return pressed(item, plain(say, item.label, 75), pen)


def pressed(item: Button, title: str, pen: Pen) -> Json:
    """A button that acts: ``Action.Execute``, with a fallback for clients that know none; in a dialog, and to open
    one, ``Action.Submit``.
    """
    data: Json = {OURS: {"do": "press", "verb": item.verb, "id": limited(item.id or "-", 2000)}}
    if pen.nudge is not None:
        data[OURS]["nudge"] = str(pen.nudge)
    drawn = {"title": title} | _style(item)
    if pen.dialog:
        return {"type": "Action.Submit", **drawn, "data": data, "associatedInputs": "none"}
    if item.verb in pen.forms:
        return {"type": "Action.Submit", **drawn, "data": {"msteams": {"type": "task/fetch"}, **data}}
    fallback = {"type": "Action.Submit", **drawn, "data": data}
    return {"type": "Action.Execute", **drawn, "verb": item.verb, "data": data, "fallback": fallback}


def _style(item: Button) -> Json:
    return {"style": STYLES[item.style]} if item.style in STYLES else {}


def _question_id(item: Button) -> str:
    return f"confirm:{item.verb}:{item.id}"


def _question(item: Button, say: Say, pen: Pen) -> Json:
    """What a button asks before it acts, shown when it is pressed: Teams has no question of its own."""
    asked = item.confirm
    assert asked is not None  # noqa: S101  # the caller chose those that ask
    no = {"type": "Action.ToggleVisibility", "title": plain(say, asked.no, 75), "targetElements": [_question_id(item)]}
    heading = {**_text(marked(say, asked.title)), "weight": "bolder"}
    actions = [pressed(item, plain(say, asked.yes, 75), pen), no]
    items = [heading, *paragraphs(marked(say, asked.text)), {"type": "ActionSet", "actions": actions}]
    return {"type": "Container", "id": _question_id(item), "isVisible": False, "style": "emphasis", "items": items}
