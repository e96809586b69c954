"""The confirmations: one before a copy is sent, two before things are removed."""

from bot.flows.engine import Flow, Place, Step
from bot.ui.cards import Bullets, Paragraph
from bot.ui.forms import ChoiceField, Form, Option
from bot.ui.words import T

YES = "yes"


def _export_form(_place: Place) -> Form:
    intro = (Paragraph(T("privacy.export_what")), Paragraph(T("privacy.export_where")))
    return Form(T("privacy.export_title"), (), T("privacy.export_submit"), intro)


EXPORT = Flow("privacy.export", (Step("confirm", _export_form, lambda _place: None),), days=1)


def _effects_form(_place: Place) -> Form:
    effects = (T("privacy.delete_texts"), T("privacy.delete_exits"), T("privacy.delete_at_once"))
    stays = (T("privacy.stays_roster"), T("privacy.stays_totals"), T("privacy.stays_files"))
    return Form(
        T("privacy.delete_title"),
        (),
        T("privacy.delete_go_on"),
        (
            Paragraph(T("privacy.delete_effects")),
            Bullets(effects),
            Paragraph(T("privacy.delete_stays")),
            Bullets(stays),
        ),
    )


def _sure_form(_place: Place) -> Form:
    sure = ChoiceField("sure", T("privacy.delete_sure"), (Option(YES, T("privacy.delete_yes")),))
    return Form(T("privacy.delete_title"), (sure,), T("privacy.delete_submit"), (Paragraph(T("privacy.delete_last")),))


DELETE = Flow(
    "privacy.delete",
    (Step("effects", _effects_form, lambda _place: "sure"), Step("sure", _sure_form, lambda _place: None)),
    days=1,
)
