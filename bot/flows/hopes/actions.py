"""Saying a hope or a worry, once and without a name; and reading them."""

from bot.domain.suppression import may_show
from bot.flows import talk
from bot.flows.engine import Place
from bot.flows.enrolment.actions import pressed_on
from bot.flows.enrolment.facts import is_open
from bot.flows.hopes.conversation import KINDS, READ, SHOWN, TELL
from bot.flows.turns import Close, Outdated, Refused, Reply, Tell, Turn, outdated_button
from bot.ui.cards import card
from bot.ui.words import T
from storage import hopes
from storage.enrolments import Participation, participation
from storage.tables import Round

ENROLMENT_IS_OVER = ("matching", "running", "closing")


async def ask(turn: Turn) -> Reply:
    """``hopes.tell``, id of a round: from its invitation."""
    mine = await pressed_on(turn)
    _check(turn, mine)
    return await talk.start(turn, TELL, f"round:{mine.round.pk}:hopes", {"round": mine.round.pk})


def _check(turn: Turn, mine: Participation) -> None:
    if mine.enrolment.hoped:
        raise Outdated(T("hopes.said_already"))
    if mine.round.state in ENROLMENT_IS_OVER or not is_open(mine, turn.now):  # who came late would be known by it
        raise Outdated(T("hopes.too_late"))


async def keep(turn: Turn, place: Place) -> Reply:
    """The words are kept by themselves; of the person, only that they have spoken."""
    mine = await participation(turn.uow, turn.person.pk, round_id=int(place.context["round"]), lock=True)
    if mine is None:
        raise outdated_button()
    _check(turn, mine)
    mine.enrolment.hoped = True
    hopes.keep(turn.uow, mine.round.pk, {kind: said for kind in KINDS if (said := place.one(kind).strip())})
    return Tell(card(T("hopes.thanks")))


async def read(turn: Turn) -> Reply:
    """``hopes.read``, id of a round: to its coordinator, when nobody can add to them any more."""
    round = await turn.uow.get(Round, turn.number())
    if round is None or round.coordinator_id != turn.person.pk:
        raise outdated_button()
    if round.state not in ENROLMENT_IS_OVER:
        raise Refused(T("hopes.not_yet"))
    found = await hopes.some_of(turn.uow, round.pk, KINDS, SHOWN + 1)
    shown = {kind: said if may_show("share", len(said)) else [] for kind, said in found.items()}
    return await talk.start(turn, READ, f"round:{round.pk}:hopes", answers=shown, fresh=True)


async def close(_turn: Turn, _place: Place) -> Reply:
    """They are read."""
    return Close()
