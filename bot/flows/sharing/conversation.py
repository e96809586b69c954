"""The forms of sharing: what somebody proposes to share, the others' answer, and what the coordinator reads. Pure."""

from bot.flows.engine import Flow, Place, Step
from bot.ui.cards import Note, Paragraph
from bot.ui.forms import ChoiceField, Form, Option, TextField
from bot.ui.words import Listing, T, Text

KINDS = ("lesson", "improvement", "testimonial")
NAMED, UNNAMED = "named", "unnamed"
TEXT_MOST = 1000


def _end(_place: Place) -> None:
    return None


def _share(place: Place) -> Form:
    kinds = tuple(Option(kind, T(f"sharing.kind_{kind}"), T(f"sharing.kind_{kind}_hint")) for kind in KINDS)
    text = TextField("text", T("sharing.text"), T("sharing.text_hint"), multiline=True, max_length=TEXT_MOST)
    names = (Option(UNNAMED, T("sharing.unnamed")), Option(NAMED, T("sharing.named")))
    fields = (ChoiceField("kind", T("sharing.kind"), kinds), text, ChoiceField("names", T("sharing.names"), names))
    partner = Listing(tuple(place.context["partner"]))
    return Form(T("sharing.title"), fields, T("sharing.submit"), (Note(T("sharing.note", partner=partner)),))


def _agree(place: Place) -> Form:
    intro = (Paragraph(_about(place)), Paragraph(place.one("text")), Note(T("sharing.agree_note")))
    options = (Option("yes", T("sharing.agree_yes")), Option("no", T("sharing.agree_no")))
    return Form(T("sharing.title"), (ChoiceField("agree", T("sharing.agree"), options),), T("sharing.answer"), intro)


def _read(place: Place) -> Form:
    intro = (Paragraph(_about(place)), Paragraph(place.one("text")), Note(T("sharing.read_note")))
    return Form(T("sharing.read_title"), (), T("sharing.close"), intro)


def _about(place: Place) -> Text:
    """What it is, and whose it is as others would read it."""
    what, names = T(f"sharing.kind_{place.context['kind']}"), tuple(place.context["names"])
    return T("sharing.of", what=what, names=Listing(names)) if names else T("sharing.of_a_pair", what=what)


SHARE = Flow("sharing.share", (Step("share", _share, _end),))
AGREE = Flow("sharing.agree", (Step("agree", _agree, _end),), days=14)
READ = Flow("sharing.read", (Step("read", _read, _end),), days=1)
