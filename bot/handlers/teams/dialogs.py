"""Forms and notices as dialogs, and what an invoke is answered with. Pure.

Facts: learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/task-modules/task-modules-bots and
…/cards/universal-actions-for-adaptive-cards/work-with-universal-actions-for-adaptive-cards.
"""

from dataclasses import replace
from typing import Any

from bot.flows.turns import ShowForm
from bot.handlers.teams.inputs import field_elements
from bot.handlers.teams.render import (
    ADAPTIVE,
    OURS,
    Pen,
    adaptive,
    attached,
    body,
    paragraphs,
    present,
    sized,
    summarised,
)
from bot.handlers.teams.wording import marked, plain
from bot.handlers.wording import Json, limited
from bot.locales import Say
from bot.ui.cards import Card
from bot.ui.forms import Field
from bot.ui.words import T

TALL = 4
"""Fields from which a dialog is drawn at its full height."""


def dialog(shown: ShowForm, say: Say, pen: Pen) -> Json:
    """A step of a conversation. An error stands right below its field; what was typed is in it."""
    form = shown.form
    elements = body(form.intro, say, replace(pen, dialog=True))
    for item in form.fields:
        elements += _field(shown, item, say)
    elements.append({"type": "ActionSet", "actions": _actions(shown, say)})
    title = plain(say, form.title, 24)
    height = "large" if len(form.fields) >= TALL else "medium"
    return _task(title, adaptive(elements, title, say), height)


def _field(shown: ShowForm, item: Field, say: Say) -> list[Json]:
    """``isRequired`` would hold "go back" too, and what was typed with it: so from the second step on only we ask."""
    drawn = field_elements(item, say, shown.answers.get(item.name), required=shown.first)
    if item.name not in shown.errors:
        return drawn
    wrong = [
        {**one, "color": "attention", "weight": "bolder"} for one in paragraphs(marked(say, shown.errors[item.name]))
    ]
    return [drawn[0], *wrong, *drawn[1:]]


def _actions(shown: ShowForm, say: Say) -> list[Json]:
    place = {"token": shown.token, "step": shown.step}
    submit = {
        "type": "Action.Submit",
        "title": plain(say, shown.form.submit, 24),
        "style": "positive",
        "data": {OURS: {"do": "submit", **place}},
    }
    if shown.first:
        return [submit]
    back = {"type": "Action.Submit", "title": plain(say, T("form.back"), 24), "data": {OURS: {"do": "back", **place}}}
    return [submit, back]


def notice(card: Card, say: Say, pen: Pen) -> Json:
    """A card as a dialog that has nothing to submit."""
    words = summarised(card, say)
    elements = body(card.blocks, say, replace(pen, dialog=True))
    return _task(plain(say, T("form.notice"), 24), adaptive(elements, words, say), "medium")


def _task(title: str, card: Json, height: str) -> Json:
    value = {"title": limited(title, 24), "height": height, "width": "medium", "card": attached(card)}
    return sized({"task": {"type": "continue", "value": value}})


def reopening(shown: ShowForm, say: Say) -> Json:
    """The message with the button that opens the form where it was left."""
    words = plain(say, T("form.ready", title=shown.form.title))
    data = {"msteams": {"type": "task/fetch"}, OURS: {"do": "open", "token": shown.token, "step": shown.step}}
    button = {
        "type": "Action.Submit",
        "title": plain(say, T("form.open"), 75),
        "style": "positive",
        "data": data,
    }
    elements = [
        *paragraphs(marked(say, T("form.ready", title=shown.form.title))),
        {"type": "ActionSet", "actions": [button]},
    ]
    return {"type": "message", "summary": words, "attachments": [attached(adaptive(elements, words, say))]}


def card_answer(card: Card, say: Say, pen: Pen) -> Json:
    """To a press: this card takes the place of the one pressed."""
    return {"statusCode": 200, "type": ADAPTIVE, "value": present(card, say, pen)}


def words_answer(words: str) -> Json:
    """To a press: words for the person who pressed."""
    return {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": words}


def found(results: list[tuple[str, str]]) -> dict[str, Any]:
    """To a search: titles and values."""
    listed = [{"title": title, "value": value} for title, value in results]
    return {
        "statusCode": 200,
        "type": "application/vnd.microsoft.search.searchResponse",
        "value": {"results": listed},
    }
