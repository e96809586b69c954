"""Naming an assistant, taking the task back, stepping down."""

from collections.abc import Sequence

from bot.flows import talk
from bot.flows.assistant import cards
from bot.flows.assistant.conversation import NAME
from bot.flows.engine import Place
from bot.flows.turns import FormErrors, Refused, Replace, Reply, Turn, outdated_button
from bot.ui.words import T, Text
from storage.assistants import candidate, mentee_places
from storage.tables import Enrolment, Person


async def command(turn: Turn) -> Reply:
    """``assistant``: the form, or who it is."""
    places = await _places(turn)
    current = next((place.assistant_id for place in places if place.assistant_id), None)
    if current is None:
        return await talk.start(turn, NAME, fresh=True)
    return Replace(cards.yours((await turn.uow.need(Person, current)).name))


async def ask(turn: Turn) -> Reply:
    """The form."""
    await _places(turn)
    return await talk.start(turn, NAME, fresh=True)


async def _places(turn: Turn, *, lock: bool = False) -> Sequence[Enrolment]:
    """Where the person is a mentee. Refuses kindly for all others."""
    places = await mentee_places(turn.uow, turn.person.pk, lock=lock)
    if not places:
        raise Refused(T("assistant.for_mentees"))
    return places


async def name(turn: Turn, place: Place) -> Reply:
    """The colleague is chosen: they may see and move dates from now on, and hear of it."""
    places = await _places(turn, lock=True)
    found = await candidate(turn.uow, turn.actor.workspace.pk, place.one("assistant"), turn.person.pk)
    if found is None:
        raise FormErrors({"assistant": T("assistant.not_in_roster")})
    person, they_meet = found
    if problem := _problem(turn, person, they_meet):
        raise FormErrors({"assistant": problem})
    for one in places:
        if one.assistant_id not in (None, person.pk):
            _tell_ended(turn, one.assistant_id)
        one.assistant_id = person.pk
    key = f"assistant:{person.pk}:named:{turn.person.pk}:{turn.now.timestamp()}"
    turn.uow.promise("assistant.named", key, turn.now, person=person.pk, mentee=turn.person.pk)
    return Replace(cards.named(person.name))


def _problem(turn: Turn, person: Person, they_meet: bool) -> Text | None:
    """Why the colleague cannot be the assistant; None when they can."""
    if person.left_at is not None:
        return T("assistant.not_in_roster")
    if person.pk == turn.person.pk:
        return T("assistant.not_yourself")
    if person.coordinator:
        return T("assistant.not_coordinator")
    if they_meet:
        return T("assistant.not_partner", who=person.name)
    return None


async def remove(turn: Turn) -> Reply:
    """The mentee keeps the own dates again."""
    gone = [one for one in await _places(turn, lock=True) if one.assistant_id is not None]
    if not gone:
        return await talk.start(turn, NAME, fresh=True)
    person = await turn.uow.need(Person, gone[0].assistant_id)
    for one in gone:
        _tell_ended(turn, one.assistant_id)
        one.assistant_id = None
    return Replace(cards.removed(person.name))


def _tell_ended(turn: Turn, assistant_id: int | None) -> None:
    turn.uow.cancel(f"assistant:{assistant_id}:named:{turn.person.pk}:")
    key = f"assistant:{assistant_id}:ended:{turn.person.pk}:{turn.now.timestamp()}"
    turn.uow.promise("assistant.ended", key, turn.now, person=assistant_id, mentee=turn.person.pk)


async def step_down(turn: Turn) -> Reply:
    """The assistant does not want the task: the mentee hears of it."""
    mentee_id = turn.number()
    mine = [one for one in await mentee_places(turn.uow, mentee_id, lock=True) if one.assistant_id == turn.person.pk]
    mentee = await turn.uow.get(Person, mentee_id)
    if not mine or mentee is None:
        raise outdated_button()
    for one in mine:
        one.assistant_id = None
    key = f"assistant:{mentee_id}:stepped_down:{turn.now.timestamp()}"
    turn.uow.promise("assistant.stepped_down", key, turn.now, person=mentee_id, assistant=turn.person.pk)
    return Replace(cards.ended(mentee.name))
