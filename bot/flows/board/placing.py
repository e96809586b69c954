"""Where a coordinator sees somebody who has enrolled: in the round, on its waiting list, or better in the next one.

No score decides it, and whoever is thought to fit the next round better decides for themselves.
"""

from bot.flows import talk
from bot.flows.board import cards
from bot.flows.board.conversation import NEXT, PLACE, WAIT
from bot.flows.engine import Place
from bot.flows.enrolment.actions import PROMISES
from bot.flows.matching.runs import promise_rematch
from bot.flows.pairing.asking import WAITING
from bot.flows.pairing.ending import step_aside
from bot.flows.programme.rounds import find_round
from bot.flows.turns import (
    FormErrors,
    JobTurn,
    NotOwed,
    Outcome,
    Outdated,
    Refused,
    Replace,
    Reply,
    Say,
    Turn,
    outdated_button,
)
from bot.ui.words import T
from storage.between import behind
from storage.enrolments import BEFORE_CLOSING, WITHOUT_A_PARTNER, take_back
from storage.tables import Enrolment, Person, Round
from storage.uow import Uow


async def ask_whom(turn: Turn) -> Reply:
    """``round place``: a person is named, and what the coordinator thinks."""
    round = await find_round(turn, *BEFORE_CLOSING)
    if round.state not in BEFORE_CLOSING:
        raise Refused(T("board.place_not_now", round=round.name))
    return await talk.start(turn, PLACE, f"round:{round.pk}", {"round": round.pk, "name": round.name}, fresh=True)


async def place(turn: Turn, given: Place) -> Reply:
    """It is so at once; the person hears it kindly."""
    account, what = given.one("person"), given.one("what")
    found = await behind(turn.uow, int(str(given.context["round"])), turn.actor.workspace.pk, [account])
    person, enrolment = found.people[account] if found and account in found.people else (None, None)
    if found is None or person is None or enrolment is None or enrolment.state not in WITHOUT_A_PARTNER:
        raise FormErrors({"person": T("board.place_not_theirs", round=str(given.context["name"]))})
    if found.round.state not in BEFORE_CLOSING:
        raise Outdated(T("board.place_not_now", round=found.round.name))
    if what == NEXT:
        _tell(turn.uow, enrolment, person, what)
    elif enrolment.held_back != (what == WAIT):
        await _move(turn, found.round, enrolment, what)
        _tell(turn.uow, enrolment, person, what)
    return Replace(cards.placed(person.name, found.round.name, what))


async def _move(turn: Turn, round: Round, enrolment: Enrolment, what: str) -> None:
    """Onto the waiting list, or off it; who comes off it late is matched as whoever enrols late."""
    enrolment.held_back = what == WAIT
    if enrolment.held_back:
        enrolment.waited = True
        await step_aside(turn.uow, enrolment.pk)
    elif round.state != "enrolling":
        promise_rematch(turn.uow, round.pk)


def _tell(uow: Uow, enrolment: Enrolment, person: Person, what: str) -> None:
    key = f"enrolment:{enrolment.pk}:place:{uow.now:%Y%m%dT%H%M%S%f}"
    uow.promise("board.placed", key, uow.now, person=person.pk, enrolment=enrolment.pk, what=what)


async def told(turn: JobTurn) -> Outcome:
    """``board.placed``: to the person, while it is so."""
    what, enrolment = str(turn.job.args["what"]), await turn.uow.get(Enrolment, turn.arg("enrolment"))
    if enrolment is None or enrolment.state not in WITHOUT_A_PARTNER:
        return NotOwed()
    round = await turn.uow.need(Round, enrolment.round_id)
    if round.state not in BEFORE_CLOSING or (what != NEXT and enrolment.held_back != (what == WAIT)):
        return NotOwed()
    return Say((enrolment.person_id,), cards.told_place(round.name, enrolment.pk, what), nudge=WAITING)


async def next_round(turn: Turn) -> Reply:
    """``board.next_round``, id of an enrolment: the person rather takes part in the next one."""
    enrolment = await _mine(turn)
    enrolment.state, enrolment.waited = "withdrawn", True
    await step_aside(turn.uow, enrolment.pk)
    await take_back(turn.uow, turn.person.pk, PROMISES)
    return Replace(cards.goes_next())


async def stay(turn: Turn) -> Reply:
    """``board.stay``: the person rather stays in this one."""
    await _mine(turn)
    return Replace(cards.stays())


async def _mine(turn: Turn) -> Enrolment:
    """The person's own enrolment, held. Raises ``Outdated`` for anybody else's, and when they have a partner."""
    enrolment = await turn.uow.get(Enrolment, turn.number(), lock=True)
    if enrolment is None or enrolment.person_id != turn.person.pk or enrolment.state not in WITHOUT_A_PARTNER:
        raise outdated_button()
    return enrolment
