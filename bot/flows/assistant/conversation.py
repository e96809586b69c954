"""The form in which a mentee names an assistant."""

from bot.flows.engine import Flow, Place, Step
from bot.ui.cards import Bullets, Paragraph
from bot.ui.forms import Form, PersonField
from bot.ui.words import T


def _form(_place: Place) -> Form:
    may = Bullets((T("assistant.may_see"), T("assistant.may_move"), T("assistant.never_sees"), T("assistant.ends")))
    who = PersonField("assistant", T("assistant.who"), hint=T("assistant.who_hint"))
    return Form(T("assistant.title"), (who,), T("assistant.submit"), (Paragraph(T("assistant.what_it_is")), may))


NAME = Flow("assistant.name", (Step("assistant", _form, lambda _place: None),), days=1)
