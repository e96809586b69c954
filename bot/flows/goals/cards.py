"""What is said about goals: how many there are, and never what they say."""

from bot.ui.cards import Button, Buttons, Card, Note, Row, card
from bot.ui.words import T


def saved(enrolment_id: int, count: int, *, prepared: bool, lost_kind: bool) -> Card:
    """The goals are kept; the lessons follow while they are not done. ``lost_kind``: of one, its kind alone."""
    buttons = [Button(T("goals.change"), "goals.open", str(enrolment_id))]
    if not prepared:
        buttons.insert(0, Button(T("enrolment.start_lessons"), "preparation.open", str(enrolment_id), style="primary"))
    lost = (T("goals.lost_kind"),) if lost_kind else ()
    return card(T("goals.saved", n=count), *lost, Note(T("goals.who_sees")), Buttons(tuple(buttons)))


def on_home(enrolment_id: int, count: int) -> Card:
    """How many goals there are, with the way to the form."""
    words, label = ("goals.home", "goals.change") if count else ("goals.home_none", "goals.write")
    return card(Row(T(words, n=count), Button(T(label), "goals.open", str(enrolment_id))))
