"""The forms around a report: reading what people allowed to be shown, and answering it. Pure."""

from collections.abc import Iterable

from bot.content import items
from bot.flows.engine import Flow, Place, Step
from bot.ui.cards import Block, Bullets, Note, Paragraph
from bot.ui.forms import Form, TextField
from bot.ui.words import T

HEARD_LENGTH = 1500
BLOCK_LENGTH = 2500


def _heard_form(_place: Place) -> Form:
    hint = T("reports.hear_hint")
    field = TextField("heard", T("reports.hear_label"), hint, multiline=True, min_length=10, max_length=HEARD_LENGTH)
    return Form(T("reports.hear_title"), (field,), T("reports.hear_send"), (Paragraph(T("reports.hear_intro")),))


def _texts_form(place: Place) -> Form:
    return Form(T("reports.texts_title"), (), T("reports.texts_close"), tuple(_texts(place)))


def _texts(place: Place) -> Iterable[Block]:
    yield Note(T("reports.texts_intro"))
    for code in place.answers:
        yield Paragraph(items()[code].text)
        for block in chunks(place.many(code)):
            yield Bullets(block)


def chunks(texts: list[str]) -> Iterable[tuple[str, ...]]:
    """The texts in groups that fit one block."""
    group: list[str] = []
    for text in texts:
        if group and sum(map(len, group)) + len(text) > BLOCK_LENGTH:
            yield tuple(group)
            group = []
        group.append(text)
    if group:
        yield tuple(group)


HEARD = Flow("reports.heard", (Step("words", _heard_form, lambda _place: None),))
TEXTS = Flow("reports.texts", (Step("texts", _texts_form, lambda _place: None),), days=1)
