"""Leaving without fault: a pair that ends, a person who steps out of the round, and what both may choose next."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlmodel import col

from bot.domain.programme import FEWEST_MENTEES
from bot.flows.matching.runs import promise_rematch
from bot.flows.pairing.answers import drop
from bot.flows.session.plan import meet_alone
from bot.flows.turns import Did, JobTurn, NotOwed, Outcome
from storage import groups
from storage import pairings as store
from storage.couples import GOING_ON, ROUND_IS_ON, Couple, Formed, Side
from storage.sessions import CALLED_OFF
from storage.tables import Enrolment, Pairing, Round, Session
from storage.uow import Uow

NOBODY = 0
REMATCH_WEEKS = timedelta(weeks=8)


def end_early(uow: Uow, pairing: Pairing, by_person_id: int, reason: str | None) -> None:
    """End the pair at once, by the wish of one of the two. ``reason``: a code, kept as a total without who gave it.

    Both leave the round until they choose otherwise: the other is asked in a neutral message (``ended_for_other``), the
    one who leaves by whatever card follows (``pairing.again`` and ``pairing.stop`` with the pairing's id serve both).
    Who asked for the end is kept nowhere. A pair that has ended already stays as it is. ``pairing`` is locked.
    """
    if pairing.state not in GOING_ON:
        return
    if reason:
        store.note_reason(uow, pairing.round_id, "exit", reason)
    _end(uow, pairing, pairing.mentee_id if by_person_id == pairing.mentor_id else pairing.mentor_id)


def end_by_rule(uow: Uow, pairing: Pairing) -> None:
    """End a pair that may not be any more. Whoever calls tells both why. ``pairing`` is locked."""
    _end(uow, pairing, NOBODY)


def _end(uow: Uow, pairing: Pairing, tell: int) -> None:
    pairing.state, pairing.ended_at = "ended_early", uow.now
    uow.promise("pairing.unwind", f"unwind:{pairing.pk}", uow.now, pairing=pairing.pk, person_id=tell)


async def unwind(turn: JobTurn) -> Outcome:
    """What follows from a pair's early end: meetings are called off, the two are not matched again, the other hears."""
    uow = turn.uow
    found = await store.formed(uow, turn.arg("pairing"), lock=True)
    if found is None or found.pairing.state != "ended_early":
        return NotOwed()
    couple, pairing_id, other = found.couple, found.pairing.pk, turn.arg("person_id")
    await _cancel_meetings(uow, col(Session.pairing_id) == pairing_id, f"pairing:{pairing_id}:")
    await store.bar(uow, couple, "ended")
    group_goes_on = await _group_goes_on(uow, found, other)
    for enrolment in (couple.mentor_side, couple.mentee_side):
        if enrolment.state in ("paired", "paused") and not await store.going_on(uow, enrolment.pk):
            enrolment.state = "withdrawn"
            enrolment.waited = other in (enrolment.person_id, NOBODY)
    if other == NOBODY:
        return Did()
    if couple.in_group and not group_goes_on:
        _tell_coordinator(uow, found, turn.now)
    job = "pairing.left_group" if group_goes_on else "pairing.ended_for_other"
    key = f"pairing:{pairing_id}:ended_for_other"
    uow.promise(job, key, uow.now, person=other, pairing=pairing_id, person_id=other)
    return Did()


async def _group_goes_on(uow: Uow, ended: Formed, other: int) -> bool:
    """Whether the pair's group, if it had one, goes on: not without its mentor, and not with a single mentee.

    Otherwise its other pairs end too, and each of their mentees hears of it. ``other``: who was left, or ``NOBODY``.
    """
    group_id = ended.pairing.group_id
    if group_id is None:
        return False
    if not ended.couple.in_group:
        await _leave_circle(uow, group_id)
        return False
    rest = [one.pairing for one in await groups.members(uow, group_id)]
    if other in (ended.pairing.mentor_id, NOBODY) and len(rest) >= FEWEST_MENTEES:
        return True
    await _cancel_meetings(uow, col(Session.group_id) == group_id, f"group:{group_id}:")
    for pairing in rest:
        end_early(uow, pairing, pairing.mentor_id, None)
    return False


def _tell_coordinator(uow: Uow, ended: Formed, now: datetime) -> None:
    """Owe the coordinator one word about a group that ended, while its people can still begin with another mentor."""
    round, group_id = ended.couple.round, ended.pairing.group_id
    if may_pair_again(round, 0, now):
        key, by = f"round:{round.pk}:group_ended:{group_id}", round.coordinator_id
        uow.promise("pairing.group_ended", key, uow.now, person=by, round=round.pk)


async def _leave_circle(uow: Uow, group_id: int) -> None:
    """A circle goes on without a pair; when one alone is left, that pair goes on by itself, and then too."""
    rest = await groups.members(uow, group_id)
    if len(rest) > 1:
        return
    await _cancel_meetings(uow, col(Session.group_id) == group_id, f"group:{group_id}:")
    held = await uow.all(uow.of(Session).where(Session.group_id == group_id, Session.state == "held"))
    for one in rest:
        await meet_alone(uow, one, [session.number for session in held])


async def _cancel_meetings(uow: Uow, theirs: Any, prefix: str) -> None:
    """Take back what was promised about the pair or the group and its meetings; meetings that were held stay."""
    uow.cancel(prefix)
    sessions = await uow.all(uow.of(Session).where(theirs))
    for session in sessions:
        uow.cancel(f"session:{session.pk}:")
    await uow.execute(
        update(Session)
        .where(col(Session.organisation_id) == uow.organisation_id, theirs, col(Session.state) != "held")
        .values(CALLED_OFF)
    )


async def step_aside(uow: Uow, enrolment_id: int) -> None:
    """Call off every open proposal with somebody who leaves the round; whoever was waiting for them is told."""
    for proposal in await store.answerable(uow, enrolment_id):
        asked = await store.asked(uow, proposal.pk)
        if asked is not None:
            drop(uow, asked, tell=_who_waits(asked.proposal.state, asked.couple, enrolment_id))


def _who_waits(state: str, couple: Couple, leaving: int) -> Side | None:
    """Only a mentee was asked before a mentor knew; a mentor who was asked hears it too."""
    if leaving == couple.mentor_side.pk:
        return "mentee" if state != "reviewed" else None
    return "mentor" if state == "proposed_to_mentor" else None


def may_pair_again(round: Round, ended: int, now: datetime) -> bool:
    """One new pairing a round comes by itself, while there are weeks enough for it to be worth beginning.

    ``ended``: how many pairings of the person ended early in this round.
    """
    if round.state not in ROUND_IS_ON or (round.ends_at is not None and round.ends_at - now < REMATCH_WEEKS):
        return False
    return ended <= 1


async def pair_again(uow: Uow, couple: Couple, enrolment: Enrolment) -> None:
    """Back among those who look for a partner, and first in line."""
    enrolment.state = "prepared" if enrolment.prepared_at else "enrolled"
    enrolment.waited, enrolment.proposals = True, 0
    promise_rematch(uow, couple.round.pk)
