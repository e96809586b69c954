"""Whose pair it is about, and who is added to a round: forms with one name. Pure."""

from bot.flows.engine import Flow, Place, Step
from bot.ui.cards import Note
from bot.ui.forms import Form, PersonField
from bot.ui.words import T


def _whom(_place: Place) -> Form:
    field = PersonField("person", T("board.whom"), hint=T("board.whom_hint"))
    return Form(T("board.pair_title"), (field,), T("board.find"))


PAIR = Flow("board.pair", (Step("person", _whom, lambda _place: None),), days=1)


def _who(place: Place) -> Form:
    field = PersonField("person", T("board.add_who"))
    intro = (Note(T("board.add_note", round=str(place.context["name"]))),)
    return Form(T("board.add_title"), (field,), T("board.add_submit"), intro)


ADD = Flow("board.add", (Step("person", _who, lambda _place: None),), days=1)
