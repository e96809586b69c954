"""What the buttons and commands of enrolment do."""

from collections.abc import Sequence
from typing import Any

from bot.flows import talk
from bot.flows.enrolment import cards
from bot.flows.enrolment.conversation import CHANGE, FLOW, PROFILE
from bot.flows.enrolment.facts import earlier_answers, facts, is_open, not_ones_own, open_until, state_of, too_late
from bot.flows.pairing.ending import step_aside
from bot.flows.turns import Outdated, Refused, Replace, Reply, Turn, outdated_button
from bot.ui.cards import Card
from bot.ui.forms import Value
from bot.ui.words import T
from storage.choices import Choices, choices
from storage.couples import rules_of
from storage.enrolments import (
    ENROLLED,
    TAKING_PART,
    Participation,
    joinable,
    participation,
    place_and_choices,
    take_back,
)
from storage.rounds import fits
from storage.tables import Person

PROMISES = ("enrolment.invite", "enrolment.reminder", "preparation.reminder")


async def pressed_on(turn: Turn, *, lock: bool = False) -> Participation:
    """The person's own place in the round that the button names. Raises ``Outdated`` for anybody else's button."""
    mine = await participation(turn.uow, turn.person.pk, round_id=turn.number(), lock=lock)
    if mine is None:
        raise outdated_button()
    return mine


async def _pressed_with_choices(turn: Turn) -> tuple[Participation, Choices]:
    found = await place_and_choices(turn.uow, turn.person.pk, turn.naming, round_id=turn.number())
    if found is None:
        raise outdated_button()
    return found


async def show(turn: Turn) -> Reply:
    """“Show me”: begin to enrol, or go on where it was left."""
    return await _begin(turn, *await _pressed_with_choices(turn))


async def join(turn: Turn) -> Reply:
    """``join``: the same, by a command; also for somebody who fits the round and came too late to be invited."""
    rounds = await joinable(turn.uow, turn.person.pk)
    mine = _open_to(turn, rounds)
    if mine is not None:
        return await _begin(turn, mine, await choices(turn.uow, turn.person.pk, turn.naming))
    if await participation(turn.uow, turn.person.pk, states=TAKING_PART) is not None:
        raise Refused(T("enrolment.in_already"))
    others = any(mine.round.coordinator_id != turn.person.pk for mine in rounds)
    raise Refused(T("enrolment.for_others" if others else "enrolment.no_round"))


def _open_to(turn: Turn, rounds: Sequence[Participation]) -> Participation | None:
    """The person's place in a round that is enrolling; a new one where they fit and have none yet."""
    for mine in rounds:
        if mine.enrolment.id is not None and not mine.coordinating:
            return mine
    for mine in rounds:
        if fits(mine.round, turn.person) and is_open(mine, turn.now):
            return Participation(turn.uow.add(mine.enrolment), mine.round, mine.goals, mine.talk)
    return None


async def ask(turn: Turn) -> Reply:
    """``ask``: for a mentor. Now, where a round is open to them; else they are among the first of the next one."""
    mine = _open_to(turn, await joinable(turn.uow, turn.person.pk))
    if mine is not None:
        return await _begin(turn, mine, await choices(turn.uow, turn.person.pk, turn.naming))
    if await participation(turn.uow, turn.person.pk, states=TAKING_PART) is not None:
        raise Refused(T("enrolment.in_already"))
    person = await turn.uow.need(Person, turn.person.pk, lock=True)
    person.asks_since = person.asks_since or turn.now
    return Replace(cards.asked())


async def take_back_asking(turn: Turn) -> Reply:
    """The person no longer asks."""
    person = await turn.uow.need(Person, turn.person.pk, lock=True)
    person.asks_since = None
    return Replace(cards.asks_no_more())


async def _begin(turn: Turn, mine: Participation, offered: Choices) -> Reply:
    _refuse_unless_asked(turn, mine)
    known, answers = _known(turn, mine, offered)
    return await talk.start(turn, FLOW, f"round:{mine.round.pk}", known, answers, unfinished=mine.talk)


def _refuse_unless_asked(turn: Turn, mine: Participation) -> None:
    """Whoever has enrolled, may not, or comes too late is told so."""
    if mine.enrolment.state in TAKING_PART:
        raise Outdated(T("enrolment.in_already"), present(turn, mine))
    not_ones_own(mine)
    if not is_open(mine, turn.now):
        raise too_late(mine.round.name)


def _known(
    turn: Turn, mine: Participation, offered: Choices, *, needs: bool = True
) -> tuple[dict[str, Any], dict[str, Value]]:
    """What the forms need to know, and what was answered before; what one needs only where a form asks for it."""
    known = facts(mine.round, rules_of(mine.round), turn.person, offered.places)
    opened = turn.uow.box.open(mine.enrolment.sealed_needs) if needs else ""
    return known, earlier_answers(mine.round, mine.enrolment, turn.person, offered.avoided, opened)


async def not_now(turn: Turn) -> Reply:
    """“Not now”: private, without a question why."""
    mine = await pressed_on(turn, lock=True)
    _refuse_unless_asked(turn, mine)
    if mine.enrolment.state == "invited":
        mine.enrolment.state = "declined_invitation"
    return Replace(cards.not_now(mine.round.pk, mine.round.name, open_until(mine), turn.zone))


async def profile(turn: Turn) -> Reply:
    """``profile``: look at the answers and change them."""
    found = await place_and_choices(turn.uow, turn.person.pk, turn.naming, states=TAKING_PART)
    if found is None:
        raise Refused(T("enrolment.no_profile"))
    return await _change(turn, *found)


async def change(turn: Turn) -> Reply:
    """“Change my answers”."""
    mine, offered = await _pressed_with_choices(turn)
    if mine.enrolment.state not in TAKING_PART or mine.round.state in ("closed", "cancelled"):
        raise Refused(T("enrolment.no_profile"))
    return await _change(turn, mine, offered)


async def _change(turn: Turn, mine: Participation, offered: Choices) -> Reply:
    if is_open(mine, turn.now) and mine.enrolment.state in ENROLLED:
        known, answers = _known(turn, mine, offered)
        return await talk.start(turn, CHANGE, f"round:{mine.round.pk}", known, answers, fresh=True)
    known, answers = _known(turn, mine, offered, needs=False)
    return await talk.start(turn, PROFILE, f"enrolment:{mine.enrolment.pk}", known, answers, fresh=True)


async def ask_withdraw(turn: Turn) -> Reply:
    """``withdraw``: ask first; people who have a partner are shown the no-fault exit."""
    mine = await participation(turn.uow, turn.person.pk, states=TAKING_PART)
    if mine is None:
        raise Refused(T("enrolment.nothing_to_withdraw"))
    _refuse_if_paired(mine)
    return Replace(cards.ask_withdraw(mine.round.pk))


async def withdraw(turn: Turn) -> Reply:
    """“Yes, withdraw”."""
    mine = await pressed_on(turn, lock=True)
    if mine.enrolment.state == "withdrawn":
        return Replace(_left(turn, mine))
    if mine.enrolment.state not in TAKING_PART or mine.round.state in ("closed", "cancelled"):
        raise Refused(T("enrolment.nothing_to_withdraw"))
    _refuse_if_paired(mine)
    mine.enrolment.state = "withdrawn"
    await step_aside(turn.uow, mine.enrolment.pk)
    await take_back(turn.uow, turn.person.pk, PROMISES)
    return Replace(_left(turn, mine))


def _left(turn: Turn, mine: Participation) -> Card:
    ends, enrolling = open_until(mine), is_open(mine, turn.now)
    return cards.withdrawn(mine.round.pk, mine.round.name, ends, turn.zone, enrolling=enrolling)


def _refuse_if_paired(mine: Participation) -> None:
    if "paired" in (mine.enrolment.state, mine.enrolment.before_pause):
        raise Refused(T("enrolment.withdraw.paired"))


def present(turn: Turn, mine: Participation) -> Card:
    """How things stand for somebody who takes part."""
    enrolment, round = mine.enrolment, mine.round
    if is_open(mine, turn.now):
        return cards.enrolled(
            round.pk,
            enrolment.pk,
            enrolment.role,
            round.enrolment_ends_at,
            turn.zone,
            prepared=enrolment.prepared_at is not None,
        )
    return cards.taking_part(round.pk, round.name, enrolment.role, state_of(round, enrolment), enrolling=False)
