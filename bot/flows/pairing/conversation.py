"""One optional question after "another name": why, from a list, kept as a total only. Pure."""

from bot.flows.engine import Flow, Place, Step
from bot.ui.cards import Paragraph
from bot.ui.forms import ChoiceField, Form, Option
from bot.ui.words import T

REASONS = ("topics", "know_each_other", "interest", "moment", "other")


def _form(_place: Place) -> Form:
    options = tuple(Option(code, T(f"pairing.reason_{code}")) for code in REASONS)
    return Form(
        title=T("pairing.why_title"),
        intro=(Paragraph(T("pairing.why_intro")),),
        fields=(ChoiceField("reason", T("pairing.why_label"), options),),
        submit=T("pairing.why_submit"),
    )


WHY = Flow("pairing.why", (Step("why", _form, lambda _place: None),))
