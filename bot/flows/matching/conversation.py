"""The forms of the review: one person's pair, a pair chosen by hand, two that swap, departments, weights. Pure."""

from bot.domain.matching import CRITERIA
from bot.domain.programme import PEER
from bot.flows.engine import Errors, Flow, Place, Step
from bot.flows.programme.answers import short
from bot.ui.cards import Paragraph
from bot.ui.forms import Form, ManyField, NumberField, Option, PersonField
from bot.ui.words import T
from storage.couples import GROUP


def _search(_place: Place) -> Form:
    return Form(
        title=T("matching.search_title"),
        fields=(PersonField("person", T("matching.search_label")),),
        submit=T("matching.search_submit"),
    )


def _fix(place: Place) -> Form:
    """``context["format"]``: the round's. Of peers it does not matter who comes first."""
    first, second = ("fix_one", "fix_other") if place.context["format"] == PEER else ("fix_mentor", "fix_mentee")
    return Form(
        title=T("matching.fix_title"),
        intro=(Paragraph(T("matching.fix_intro")),),
        fields=(PersonField("mentor", T(f"matching.{first}")), PersonField("mentee", T(f"matching.{second}"))),
        submit=T("matching.fix_submit"),
    )


def _check_fix(place: Place) -> Errors:
    return {"mentee": T("matching.same_person")} if place.one("mentor") == place.one("mentee") else {}


def _swap(place: Place) -> Form:
    """``context["format"]``: the round's. In groups it is mentees who change places; it is the same exchange."""
    intro = "swap_intro_group" if place.context["format"] == GROUP else "swap_intro"
    return Form(
        title=T("matching.swap_title"),
        intro=(Paragraph(T(f"matching.{intro}")),),
        fields=(PersonField("one", T("matching.swap_one")), PersonField("other", T("matching.swap_other"))),
        submit=T("matching.swap_submit"),
    )


def _check_swap(place: Place) -> Errors:
    return {"other": T("matching.same_person")} if place.one("one") == place.one("other") else {}


def _departments(place: Place) -> Form:
    options = tuple(
        Option(str(number), short(name) or T("matching.no_department"), T("matching.pairs", n=pairs))
        for number, (name, pairs) in enumerate(place.context["departments"])
    )
    return Form(
        title=T("matching.approve_some_title"),
        intro=(Paragraph(T("matching.approve_some_intro")),),
        fields=(ManyField("departments", T("matching.departments"), options, menu=True),),
        submit=T("matching.approve_yes"),
    )


OF_PEERS = {"mentee_wants": "one_wants", "mentor_wants": "other_wants"}


def _weights(place: Place) -> Form:
    named = OF_PEERS if place.context["format"] == PEER else {}
    fields = tuple(NumberField(name, T(f"matching.weight_{named.get(name, name)}"), 0, 100) for name in CRITERIA)
    return Form(
        title=T("matching.weights_title"),
        intro=(Paragraph(T("matching.weights_intro", round=str(place.context["name"]))),),
        fields=fields,
        submit=T("matching.weights_submit"),
    )


def _check_weights(place: Place) -> Errors:
    total = sum(int(place.one(name)) for name in CRITERIA)
    return {} if total == 100 else {CRITERIA[0]: T("matching.weights_sum", total=total)}


SEARCH = Flow("matching.search", (Step("person", _search, lambda _place: None),))
FIX = Flow("matching.fix", (Step("pair", _fix, lambda _place: None, _check_fix),))
SWAP = Flow("matching.swap", (Step("two", _swap, lambda _place: None, _check_swap),))
APPROVE = Flow("matching.approve", (Step("departments", _departments, lambda _place: None),))
WEIGHTS = Flow("matching.weights", (Step("weights", _weights, lambda _place: None, _check_weights),))
