"""Computing the matching of a round, and later the next names for those who are free again."""

import asyncio

from bot.domain.matching import Pair
from bot.flows.matching import cards, runs
from bot.flows.matching.candidates import kept_pairs, problem
from bot.flows.matching.solve import Solved, solve
from bot.flows.pairing.asking import ask, waitlist
from bot.flows.turns import Did, JobTurn, NotOwed, Outcome, Say
from storage import matching as store
from storage.tables import Round
from storage.uow import Uow


async def run(turn: JobTurn) -> Outcome:
    """``matching.run``: propose pairs for the coordinator to review, and say that they are there."""
    found = await _computed(turn, keep_computed=False)
    if found is None:
        return NotOwed()
    round, solved, pairs = found
    written = await runs.record(turn.uow, round, solved, pairs)
    return Say((round.coordinator_id,), cards.found(round, written))


async def rematch(turn: JobTurn) -> Outcome:
    """``matching.rematch``: new names for those who are free, around everything proposed and formed.

    The rules and weights are those that the coordinator approved, so the people are asked at once. Pairs that wait for
    the coordinator stay as they are.
    """
    uow, round_id = turn.uow, turn.arg("round")
    if await store.approved_run(uow, round_id) is None:
        return NotOwed()
    found = await _computed(turn, keep_computed=True)
    approved = await store.approved_run(uow, round_id)
    if found is None or approved is None:
        return NotOwed()
    round, solved, pairs = found
    proposals = [runs.proposal(approved, pair, "reviewed") for pair in pairs]
    uow.add_all(proposals)
    await uow.flush()
    await ask(uow, round, [(one.pk, one.mentor_enrolment_id, one.mentee_enrolment_id) for one in proposals])
    await waitlist(uow, round, await _disappointed(uow, solved))
    return Did()


async def _computed(turn: JobTurn, *, keep_computed: bool) -> tuple[Round, Solved, list[Pair]] | None:
    """The round, held, what was solved, and the pairs that are still possible; None when the round has moved on.

    No transaction is open while the computing goes on, so the world is read again after it.
    """
    uow, round_id = turn.uow, turn.arg("round")
    round = await uow.get(Round, round_id)
    if round is None or round.state not in runs.MATCHABLE:
        return None
    task = problem(await store.world(uow, round), turn.now, keep_computed=keep_computed)
    await uow.rollback()
    solved = await asyncio.to_thread(solve, task)
    round = await uow.get(Round, round_id, lock=True)
    if round is None or round.state not in runs.MATCHABLE:
        return None
    world = await store.world(uow, round)
    now_possible = problem(world, turn.now, keep_computed=keep_computed)
    room = {person.id: person.capacity for person in now_possible.candidates}
    kept = kept_pairs(world, keep_computed=keep_computed)
    return round, solved, runs.still_free(solved.pairs, kept, room)


async def _disappointed(uow: Uow, solved: Solved) -> list[int]:
    """Those without a name this time who wait for one: asked before, or left by a partner."""
    alone = await store.waiting_for_a_name(uow, [int(enrolment) for enrolment in solved.left_out])
    return [enrolment.pk for enrolment in alone]
