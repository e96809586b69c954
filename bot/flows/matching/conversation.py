"""Two small forms of the review: looking for one person's pair, and fixing a pair of two people. Pure."""

from bot.flows.engine import Errors, Flow, Place, Step
from bot.ui.cards import Paragraph
from bot.ui.forms import Form, PersonField
from bot.ui.words import T


def _search(_place: Place) -> Form:
    return Form(
        title=T("matching.search_title"),
        fields=(PersonField("person", T("matching.search_label")),),
        submit=T("matching.search_submit"),
    )


def _fix(_place: Place) -> Form:
    return Form(
        title=T("matching.fix_title"),
        intro=(Paragraph(T("matching.fix_intro")),),
        fields=(PersonField("mentor", T("matching.fix_mentor")), PersonField("mentee", T("matching.fix_mentee"))),
        submit=T("matching.fix_submit"),
    )


def _check_fix(place: Place) -> Errors:
    return {"mentee": T("matching.same_person")} if place.one("mentor") == place.one("mentee") else {}


SEARCH = Flow("matching.search", (Step("person", _search, lambda _place: None),))
FIX = Flow("matching.fix", (Step("pair", _fix, lambda _place: None, _check_fix),))
