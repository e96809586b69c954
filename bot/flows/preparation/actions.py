"""Opening a lesson, and answering its question: any answer counts, and none is kept."""

from bot.content import Lesson, lessons
from bot.flows.preparation import cards
from bot.flows.preparation.path import following, is_ready, path
from bot.flows.turns import Outdated, Refused, Replace, Reply, Turn, outdated_button
from bot.ui.words import T
from storage.enrolments import TAKING_PART, goals_of, participation
from storage.tables import Enrolment


async def prepare(turn: Turn) -> Reply:
    """``prepare``: the next lesson."""
    mine = await participation(turn.uow, turn.person.pk, states=TAKING_PART)
    if mine is None:
        raise Refused(T("preparation.not_enrolled"))
    return await _next(turn, mine.enrolment)


async def open_next(turn: Turn) -> Reply:
    """“Next lesson”."""
    return await _next(turn, await _mine(turn, lock=False))


async def _next(turn: Turn, enrolment: Enrolment) -> Reply:
    upcoming = following(enrolment.role, enrolment.lessons)
    if upcoming is None:
        return Replace(cards.finished(enrolment.pk, has_goals=await _has_goals(turn, enrolment)))
    return Replace(cards.lesson(enrolment.pk, enrolment.role, upcoming))


async def answer(turn: Turn) -> Reply:
    """An answer to a check question: the lesson is done, and the person prepared when it was the last one needed."""
    enrolment = await _mine(turn, lock=True)
    answered, option = _answered(turn, enrolment.role)
    if answered.code not in enrolment.lessons:
        enrolment.lessons = [*enrolment.lessons, answered.code]
    if enrolment.prepared_at is None and is_ready(enrolment.role, enrolment.lessons):
        enrolment.prepared_at = turn.now
        enrolment.state = "prepared" if enrolment.state == "enrolled" else enrolment.state
        turn.uow.cancel(f"enrolment:{enrolment.pk}:lessons:")
        if enrolment.state == "paired":
            key = f"enrolment:{enrolment.pk}:prepared"
            turn.uow.promise("session.prepared", key, turn.now, enrolment=enrolment.pk)
    has_goals = await _has_goals(turn, enrolment)
    card = cards.feedback(enrolment.pk, enrolment.role, answered, option, enrolment.lessons, has_goals=has_goals)
    return Replace(card)


async def _has_goals(turn: Turn, enrolment: Enrolment) -> bool:
    return bool(await goals_of(turn.uow, enrolment.pk))


def _answered(turn: Turn, role: str) -> tuple[Lesson, int]:
    parts = turn.id.split(":")
    option = turn.number(2)
    found = lessons().get(parts[1])
    if found is None or option >= len(found.options):
        raise outdated_button()
    if found not in path(role):
        raise Outdated(T("preparation.other_role"))
    return found, option


async def _mine(turn: Turn, *, lock: bool) -> Enrolment:
    """The enrolment that the button names, if it is this person's and still takes part."""
    enrolment = await turn.uow.get(Enrolment, turn.number(), lock=lock)
    if enrolment is None or enrolment.person_id != turn.person.pk:
        raise outdated_button()
    if enrolment.state not in TAKING_PART:
        raise Outdated(T("preparation.not_enrolled"))
    return enrolment
