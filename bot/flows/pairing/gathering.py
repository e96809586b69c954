"""A group gathers: its mentees answer one by one, the mentor is asked once about those who said yes, and it begins.

With fewer than the round's least number other names are looked for once; then those who said yes are free again.
"""

from collections.abc import Sequence
from datetime import timedelta

from bot.flows.matching.runs import promise_rematch
from bot.flows.pairing.answers import drop, not_available, settle
from bot.flows.pairing.asking import ask_mentor, promise_gathering
from bot.flows.programme.rounds import begin_running
from bot.flows.session import timetable
from bot.flows.session.plan import begin
from bot.flows.turns import Did, JobTurn, NotOwed, Outcome
from storage import groups as store
from storage import runs as runs_store
from storage.couples import GATHERING, ROUND_IS_ON
from storage.pairings import Asked
from storage.sessions import meetings_of_pair
from storage.tables import MatchRun, MentoringGroup, Pairing, Round
from storage.uow import Uow

TOGETHER_AFTER = timedelta(minutes=1)


async def gather(turn: JobTurn) -> Outcome:
    """``pairing.gather``: when all have answered, ask the mentor; with too few, look for others, then let them go."""
    uow, mentor = turn.uow, turn.arg("mentor")
    named = await store.named_with(uow, mentor)
    if not named or named[0].couple.round.state not in ROUND_IS_ON:
        return NotOwed()
    if any(one.turn == "mentee" or one.proposal.state == "computed" for one in named):
        return NotOwed()
    round, willing = named[0].couple.round, [one for one in named if one.couple.available]
    enough = await store.going_on(uow, mentor) is not None or len(willing) >= named[0].couple.rules.group_least
    if enough:
        _ask(uow, willing)
    elif not turn.arg("last"):
        _wait(uow, willing)
        promise_rematch(uow, round.pk)
        promise_gathering(uow, named[-1], last=True)
    elif await runs_store.computing(uow, round.pk, "repair") is not None:
        promise_gathering(uow, named[-1], last=True)
    else:
        _let_go(uow, willing)
    return Did()


async def gather_all(uow: Uow, run: MatchRun) -> None:
    """Owe a look at every group of the round that gathers, now that all of a run is approved: nobody else may come."""
    for mentor in await store.gathering_mentors(uow, run.round_id):
        key = f"enrolment:{mentor}:gather:run:{run.pk}"
        uow.promise("pairing.gather", key, uow.now, mentor=mentor, last=0)


def _ask(uow: Uow, willing: Sequence[Asked]) -> None:
    """One question about all; the newest of their proposals carries it, so that whoever comes later is asked about."""
    for one in willing:
        one.proposal.state = "proposed_to_mentor"
    ask_mentor(uow, willing[-1])


def _wait(uow: Uow, willing: Sequence[Asked]) -> None:
    for one in willing:
        one.proposal.state = GATHERING
        uow.cancel(f"proposal:{one.proposal.pk}:ask_mentor")


def _let_go(uow: Uow, willing: Sequence[Asked]) -> None:
    """The group does not come about: nobody said no, so nobody's names are used up, and all come first next time."""
    for one in willing:
        one.couple.mentee_side.waited = True
        drop(uow, one, tell=None)
        person, proposal = one.couple.mentee.pk, one.proposal.pk
        key = f"proposal:{proposal}:no_group:{person}"
        uow.promise("pairing.no_group", key, uow.now, person=person, proposal=proposal)


async def form_group(uow: Uow, asked: Asked) -> bool:
    """The mentor said yes to the group: it begins, or they join the one that has begun. False: too few by now."""
    mentor = asked.couple.mentor_side.pk
    others = await store.waiting_for_mentor(uow, mentor, lock=True)
    willing = [one for one in (asked, *others) if one.couple.available]
    group = await store.going_on(uow, mentor)
    if group is None and len(willing) < asked.couple.rules.group_least:
        asked.proposal.state = GATHERING
        promise_gathering(uow, asked)
        return False
    for one in willing:
        one.proposal.state = "accepted"
        uow.cancel(f"proposal:{one.proposal.pk}:ask_")
        for side in (one.couple.mentor_side, one.couple.mentee_side):
            side.state, side.waited = "paired", False
    await begin_running(uow, asked.couple.round)
    await (_join(uow, group, willing) if group else _begin(uow, asked.couple.round, mentor, willing))
    return True


async def _begin(uow: Uow, round: Round, mentor: int, willing: Sequence[Asked]) -> None:
    group = uow.add(MentoringGroup(round_id=round.pk, mentor_enrolment_id=mentor, started_at=uow.now))
    await uow.flush()
    pairings = [_pairing(uow, one, group) for one in willing]
    await begin(uow, pairings, round, group)
    _announce(uow, pairings, [pairings[0].mentor_id])
    uow.promise("pairing.introduce", f"group:{group.pk}:introduce", uow.now + TOGETHER_AFTER, pairing=pairings[0].pk)


async def _join(uow: Uow, group: MentoringGroup, willing: Sequence[Asked]) -> None:
    """Those who come later read all, and the dates that are fixed; the mentor reads who they are."""
    pairings = [_pairing(uow, one, group) for one in willing]
    await uow.flush()
    _announce(uow, pairings, [])
    meetings = await meetings_of_pair(uow, pairings[0].pk)
    for newcomer in willing:
        timetable.welcome(uow, meetings, newcomer.couple.mentee)
    for one in pairings:
        key = f"pairing:{one.pk}:joined:{one.mentor_id}"
        uow.promise("pairing.joined", key, uow.now, person=one.mentor_id, pairing=one.pk)


def _pairing(uow: Uow, asked: Asked, group: MentoringGroup) -> Pairing:
    couple = asked.couple
    return uow.add(
        Pairing(
            round_id=couple.round.pk,
            mentor_enrolment_id=couple.mentor_side.pk,
            mentee_enrolment_id=couple.mentee_side.pk,
            mentor_id=couple.mentor.pk,
            mentee_id=couple.mentee.pk,
            group_id=group.pk,
            reasons=asked.proposal.reasons,
            started_at=uow.now,
        )
    )


def _announce(uow: Uow, pairings: Sequence[Pairing], mentors: Sequence[int]) -> None:
    readers = [(one, one.mentee_id) for one in pairings] + [(pairings[0], mentor) for mentor in mentors]
    for pairing, person in readers:
        key = f"pairing:{pairing.pk}:announce:{person}"
        uow.promise("pairing.announce", key, uow.now, person=person, pairing=pairing.pk, person_id=person)


async def settle_group(uow: Uow, asked: Asked, *, by_mentor: bool) -> None:
    """A name for a group came to nothing: a mentor's no, or silence, was to all; a mentee's leaves the others there."""
    mentor = asked.couple.mentor_side.pk
    for one in await store.waiting_for_mentor(uow, mentor, lock=True) if by_mentor else ():
        one.proposal.state, one.proposal.answered_at = asked.proposal.state, uow.now
        one.couple.mentee_side.proposals += 1
        not_available(uow, one, "mentee")
        await settle(uow, one)
    promise_gathering(uow, asked)
