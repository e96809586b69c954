"""The form in which a mentee names an assistant, and the one in which an assistant types a date."""

from bot.flows.engine import Flow, Place, Step
from bot.flows.scheduling.conversation import TYPE as AS_THE_MENTEE
from bot.ui.cards import Bullets, Paragraph
from bot.ui.forms import Form, PersonField
from bot.ui.words import T


def _form(_place: Place) -> Form:
    may = Bullets((T("assistant.may_see"), T("assistant.may_move"), T("assistant.never_sees"), T("assistant.ends")))
    who = PersonField("assistant", T("assistant.who"), hint=T("assistant.who_hint"))
    return Form(T("assistant.title"), (who,), T("assistant.submit"), (Paragraph(T("assistant.what_it_is")), may))


NAME = Flow("assistant.name", (Step("assistant", _form, lambda _place: None),), days=1)


TYPE = Flow("assistant.type", AS_THE_MENTEE.steps, days=AS_THE_MENTEE.days)
"""A date is typed and read back as the mentee types it."""
