"""Whose pair it is about: one form with one name. Pure."""

from bot.flows.engine import Flow, Place, Step
from bot.ui.forms import Form, PersonField
from bot.ui.words import T


def _whom(_place: Place) -> Form:
    field = PersonField("person", T("board.whom"), hint=T("board.whom_hint"))
    return Form(T("board.pair_title"), (field,), T("board.find"))


PAIR = Flow("board.pair", (Step("person", _whom, lambda _place: None),), days=1)
