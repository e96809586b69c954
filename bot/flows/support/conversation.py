"""The forms of a pause and of leaving."""

from bot import content
from bot.flows.engine import Flow, Place, Step
from bot.ui.cards import Bullets, Paragraph
from bot.ui.forms import ChoiceField, Form, Option
from bot.ui.words import Listing, T


def _pause_form(place: Place) -> Form:
    weeks = range(1, int(place.context["most"]) + 1)
    options = tuple(Option(str(number), T("support.weeks", n=number)) for number in weeks)
    return Form(
        T("support.pause_title"),
        (ChoiceField("weeks", T("support.pause_weeks"), options),),
        T("support.pause_submit"),
        (Paragraph(T("support.pause_intro")),),
    )


PAUSE = Flow("support.pause", (Step("weeks", _pause_form, lambda _place: None),), days=1)


PAIR, GROUP, CLOSES, MANY = "pair", "group", "closes", "many"


def _leave_form(place: Place) -> Form:
    """Each of ``context["pairs"]`` is a pair, or a group: it goes on without a mentee and ``CLOSES`` with its mentor.

    Where there is a choice, the words fit them all.
    """
    pairs = place.context["pairs"]
    _, names, only = pairs[0]
    what = MANY if len(pairs) > 1 else str(only)
    kind = GROUP if what == CLOSES else what
    which = tuple(Option(str(id), Listing(tuple(names))) for id, names, _ in pairs)
    fields = [ChoiceField("pairing", T("support.leave_which"), which)] if what == MANY else []
    intro = T(f"support.leave_intro_{kind}", **({} if what == MANY else {"partner": Listing(tuple(names))}))
    reasons = tuple(Option(code, words) for code, words in content.exit_reasons().items())
    hint = T("support.leave_reason_hint")
    fields.append(ChoiceField("reason", T("support.leave_reason"), reasons, hint=hint, optional=True))
    effects = (T(f"support.leave_at_once_{what}"), T(f"support.leave_neutral_{kind}"), T("support.leave_no_trace"))
    return Form(
        T(f"support.leave_{kind}_title"),
        tuple(fields),
        T(f"support.leave_{kind}_submit"),
        (Paragraph(intro), Bullets(effects)),
    )


LEAVE = Flow("support.leave", (Step("leave", _leave_form, lambda _place: None),), days=1)


def _withdraw_form(place: Place) -> Form:
    return Form(
        T("support.leave_title"),
        (),
        T("support.leave_submit"),
        (
            Paragraph(T("support.leave_round", round=str(place.context["round"]))),
            Paragraph(T("support.leave_no_trace")),
        ),
    )


WITHDRAW = Flow("support.withdraw", (Step("leave", _withdraw_form, lambda _place: None),), days=1)
