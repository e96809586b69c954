"""Whose pair it is about, who is added to a round, and where somebody is seen in it: forms with one name. Pure."""

from bot.flows.engine import Flow, Place, Step
from bot.ui.cards import Note
from bot.ui.forms import ChoiceField, Form, Option, PersonField
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


ACCEPT, WAIT, NEXT = "accept", "wait", "next"


def _place(place: Place) -> Form:
    person = PersonField("person", T("board.place_who"))
    options = tuple(
        Option(what, T(f"board.place_{what}"), T(f"board.place_{what}_hint")) for what in (ACCEPT, WAIT, NEXT)
    )
    intro = (Note(T("board.place_note", round=str(place.context["name"]))),)
    fields = (person, ChoiceField("what", T("board.place_what"), options))
    return Form(T("board.place_title"), fields, T("board.place_submit"), intro)


PLACE = Flow("board.place", (Step("person", _place, lambda _place: None),), days=1)
