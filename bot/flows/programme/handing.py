"""A round whose coordinator is one no longer goes to somebody who is; all who coordinate hear so, and may take it."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from bot.flows.programme import cards
from bot.flows.programme.rounds import promise_digest, round_of
from bot.flows.turns import Did, JobTurn, NotOwed, Outcome, Outdated, Refused, Replace, Reply, Say, Turn
from bot.ui.words import T
from storage import coordinating as store
from storage.accounts import reached
from storage.rounds import OVER
from storage.tables import Person, Round
from storage.uow import Uow


async def hand_over(turn: JobTurn) -> Outcome:
    """``programme.hand_over``: to who is best for it; with nobody there, it stays as it is.

    All who coordinate hear so; and who did before, once of all rounds that go to the same person, if messages still
    come to them.
    """
    present = await store.coordinators(turn.uow)
    ids = [person.pk for person in present]
    gone = defaultdict[tuple[int, int], list[str]](list)
    left = await store.left_alone(turn.uow, ids) if ids else []
    heard = await reached(turn.uow, {*ids, *(round.coordinator_id for round in left)}) if left else {}
    for round in left:
        before = round.coordinator_id
        await _give(turn.uow, round, await _best(turn.uow, round, present, heard))
        for person_id in ids:
            _tell(turn.uow, round, person_id, before)
        if before in heard:
            gone[before, round.coordinator_id].append(str(round.pk))
    for (before, to), rounds in gone.items():
        key, now = f"handed_on:{before}:{to}:{turn.now.isoformat()}", turn.now
        turn.uow.promise("programme.handed_on", key, now, person=before, to=to, rounds=":".join(rounds))
    return Did()


async def _best(uow: Uow, round: Round, present: Sequence[Person], heard: Collection[int]) -> Person:
    """Rather somebody who does not take part, then who manages nobody of the round, then who stands above nobody of
    it, then whom messages come to (``heard``).
    """
    ids = [person.pk for person in present]
    taking_part, managing = await store.taking_part(uow, round.pk, ids), await store.managing(uow, round, ids)
    rather_not = (taking_part, managing, await store.above(uow, round))
    return min(present, key=lambda one: (*(one.pk in them for them in rather_not), one.pk not in heard, one.pk))


async def _give(uow: Uow, round: Round, person: Person) -> None:
    await store.give(uow, round, person.pk)
    if round.state not in OVER:
        promise_digest(uow, person.pk, uow.now, person.timezone)


def _tell(uow: Uow, round: Round, person_id: int, before: int) -> None:
    key = f"round:{round.pk}:handed_over:{person_id}:{uow.now.isoformat()}"
    to = round.coordinator_id
    uow.promise("programme.handed_over", key, uow.now, person=person_id, round=round.pk, to=to, before=before)


async def handed_over(turn: JobTurn) -> Outcome:
    """``programme.handed_over``: to one of those who coordinate, or from whom it was taken, while it is so."""
    round, reader = await turn.uow.get(Round, turn.arg("round")), await turn.uow.get(Person, turn.job.person_id)
    if round is None or reader is None or round.coordinator_id != turn.arg("to"):
        return NotOwed()
    people = await turn.uow.by_id(Person, (round.coordinator_id, turn.arg("before")))
    coordinator, before = people[round.coordinator_id], people[turn.arg("before")]
    if not reader.coordinator:
        return Say((reader.pk,), cards.handed_on([round], coordinator)) if reader.pk == before.pk else NotOwed()
    takers = await store.may_take(turn.uow, round)
    return Say((reader.pk,), cards.handed_over(round, coordinator, before, reader.pk, takers))


async def handed_on(turn: JobTurn) -> Outcome:
    """``programme.handed_on``: to who coordinated these rounds before, of those that are still with who got them."""
    coordinator, reader = await turn.uow.need(Person, turn.arg("to")), turn.job.person_id
    ids = [int(id) for id in str(turn.job.args["rounds"]).split(":")]
    rounds = await turn.uow.by_id(Round, ids)
    there = [one for id in ids if (one := rounds.get(id)) is not None and _is_of(one, coordinator)]
    return Say((reader,), cards.handed_on(there, coordinator)) if reader is not None and there else NotOwed()


def _is_of(round: Round, coordinator: Person) -> bool:
    return round.coordinator_id == coordinator.pk and round.state != "cancelled"


async def take(turn: Turn) -> Reply:
    """``programme.take``, ids of a round and of who had it then: of several who press, the first has it."""
    round = await round_of(turn, lock=True)
    if round.coordinator_id != turn.number(1):
        coordinator = await turn.uow.need(Person, round.coordinator_id)
        raise Outdated(T("programme.taken", round=round.name, who=coordinator.name))
    if turn.person.pk not in await store.may_take(turn.uow, round):
        raise Refused(T("programme.take_takes_part", round=round.name))
    before = round.coordinator_id
    await _give(turn.uow, round, turn.person)
    _tell(turn.uow, round, before, before)
    return Replace(cards.yours_to_coordinate(round))
