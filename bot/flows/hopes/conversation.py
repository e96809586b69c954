"""The form of hopes and worries, and the page on which the coordinator reads them. Pure."""

from bot.flows.engine import Errors, Flow, Place, Step
from bot.flows.reports.conversation import chunks
from bot.ui.cards import Block, Bullets, Note, Paragraph
from bot.ui.forms import Form, TextField
from bot.ui.words import T

KINDS = ("hope", "worry")
MOST = 300
SHOWN = 30
"""Words of each kind on one page: so many fit everywhere."""


def _tell(_place: Place) -> Form:
    fields = tuple(
        TextField(kind, T(f"hopes.{kind}"), optional=True, multiline=True, max_length=MOST) for kind in KINDS
    )
    return Form(T("hopes.title"), fields, T("hopes.send"), (Paragraph(T("hopes.intro")), Note(T("hopes.note"))))


def _check(place: Place) -> Errors:
    return {} if any(place.one(kind).strip() for kind in KINDS) else {KINDS[0]: T("hopes.nothing")}


def _read(place: Place) -> Form:
    blocks: list[Block] = [Note(T("hopes.read_note"))]
    for kind in KINDS:
        said = place.many(kind)
        blocks.append(Paragraph(T(f"hopes.read_{kind}" if said else f"hopes.too_few_{kind}")))
        blocks += [Bullets(some) for some in chunks(said[:SHOWN])]
    if any(len(place.many(kind)) > SHOWN for kind in KINDS):
        blocks.append(Note(T("hopes.more", n=SHOWN)))
    return Form(T("hopes.title"), (), T("hopes.close"), tuple(blocks))


TELL = Flow("hopes.tell", (Step("tell", _tell, lambda _place: None, _check),))
READ = Flow("hopes.read", (Step("read", _read, lambda _place: None),), days=1)
