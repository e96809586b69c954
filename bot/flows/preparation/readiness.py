"""A private look in the mirror before one begins: nothing of it is kept, and nobody is turned away by it."""

from bot import content
from bot.flows import talk
from bot.flows.engine import Flow, Place, Step
from bot.flows.turns import Refused, Reply, Tell, Turn
from bot.ui.cards import Button, Buttons, Note, Paragraph, card
from bot.ui.forms import Form, ManyField, Option
from bot.ui.words import Content, T
from storage.enrolments import TAKING_PART, participation


async def ask(turn: Turn) -> Reply:
    """The statements of the person's role."""
    mine = await participation(turn.uow, turn.person.pk, states=TAKING_PART)
    if mine is None:
        raise Refused(T("preparation.not_enrolled"))
    return await talk.start(turn, READINESS, context={"role": mine.enrolment.role, "enrolment": mine.enrolment.pk})


async def mirror(_turn: Turn, place: Place) -> Reply:
    """What the answers suggest. They were on the screen, and are gone."""
    ticked, asked = len(place.many("true")), len(_statements(place))
    enrolment = str(place.context["enrolment"])
    if ticked == asked:
        return Tell(card(T("preparation.check_all"), Note(T("preparation.check_gone"))))
    lessons = Buttons((Button(T("preparation.go_on"), "preparation.open", enrolment),))
    return Tell(card(T("preparation.check_some", n=asked - ticked), lessons, Note(T("preparation.check_gone"))))


def _statements(place: Place) -> list[tuple[str, Content]]:
    """Those of the person's role; of both roles for somebody who has both."""
    mine = str(place.context["role"])
    other = {"mentor": "mentee", "mentee": "mentor"}.get(mine)
    return [(str(n), text) for n, (role, text) in enumerate(content.readiness()) if role != other]


def _form(place: Place) -> Form:
    options = tuple(Option(code, text) for code, text in _statements(place))
    field = ManyField("true", T("preparation.check_label"), options, optional=True)
    intro = (Paragraph(T("preparation.check_intro")),)
    return Form(T("preparation.check_title"), (field,), T("preparation.check_submit"), intro)


READINESS = Flow("preparation.readiness", (Step("true", _form, lambda _place: None),), days=1)
