"""Opening the goals form, and keeping what was typed: sealed."""

from bot.flows import talk
from bot.flows.engine import Place
from bot.flows.goals import cards
from bot.flows.goals.conversation import FLOW, lost_kind, written
from bot.flows.turns import FormErrors, Outdated, Refused, Replace, Reply, Turn, outdated_button
from bot.ui.forms import Value
from bot.ui.words import T
from storage.enrolments import TAKING_PART, goals_of, participation, replace_goals
from storage.tables import Enrolment


async def goals(turn: Turn) -> Reply:
    """``goals``: write them, or look at them again."""
    mine = await participation(turn.uow, turn.person.pk, states=TAKING_PART)
    if mine is None:
        raise Refused(T("goals.not_enrolled"))
    return await _form(turn, mine.enrolment)


async def open_form(turn: Turn) -> Reply:
    """“My goals”."""
    enrolment = await turn.uow.get(Enrolment, turn.number())
    if enrolment is None or enrolment.person_id != turn.person.pk:
        raise outdated_button()
    if enrolment.state not in TAKING_PART:
        raise Outdated(T("goals.not_enrolled"))
    return await _form(turn, enrolment)


async def _form(turn: Turn, enrolment: Enrolment) -> Reply:
    answers: dict[str, Value] = {}
    kept = await goals_of(turn.uow, enrolment.pk)
    for goal in kept:
        answers |= {f"kind_{goal.number}": goal.kind, f"text_{goal.number}": turn.uow.box.open(goal.sealed_text)}
    context = {"enrolment_id": enrolment.pk, "role": enrolment.role, "kept": [goal.number for goal in kept]}
    return await talk.start(turn, FLOW, f"enrolment:{enrolment.pk}", context, answers)


async def finish(turn: Turn, place: Place) -> Reply:
    """Keep the goals instead of the earlier ones."""
    enrolment = await turn.uow.get(Enrolment, int(place.context["enrolment_id"]), lock=True)
    if enrolment is None or enrolment.person_id != turn.person.pk or enrolment.state not in TAKING_PART:
        raise FormErrors({"text_1": T("goals.not_enrolled")})
    kept = written(place)
    await replace_goals(turn.uow, enrolment.pk, kept)
    prepared = enrolment.prepared_at is not None
    return Replace(cards.saved(enrolment.pk, len(kept), prepared=prepared, lost_kind=lost_kind(place)))
