"""Writing down two pairs whose mentors changed places, and telling the coordinator."""

from bot.flows.matching import cards, telling
from bot.flows.matching.fixing import exchanged
from bot.flows.turns import FormErrors, JobTurn, NotOwed, Outcome, Say
from storage import reviewing
from storage.matching import Key
from storage.reviewing import Proposed
from storage.tables import Person, Proposal, Round
from storage.uow import Uow


async def swap(turn: JobTurn) -> Outcome:
    """``matching.swap``: the two pairs are judged again, exchanged and fixed; runs keep them from now on."""
    uow = turn.uow
    proposals = [await uow.get(Proposal, turn.arg(name), lock=True) for name in ("one", "other")]
    first = proposals[0]
    if first is None or any(one is None or one.state != "computed" for one in proposals):
        return NotOwed()
    round = await uow.need(Round, first.round_id)
    two = await _two(uow, first.run_id, proposals)
    coordinator = (await uow.need(Person, turn.arg("by"))).pk
    if two is None:
        return NotOwed()
    try:
        judged = await exchanged(uow, round, two)
    except FormErrors as problem:
        return Say((coordinator,), telling.not_swapped(round, next(iter(problem.errors.values()))))
    await _clear(uow, round, two)
    for one, (pair, bench) in zip(two, judged, strict=True):
        one.proposal.mentee_enrolment_id = pair[1]
        one.proposal.score, one.proposal.reasons = bench.scored(pair)
        await reviewing.set_mark(uow, round.pk, pair, "fixed", None)
    uow.audit(await uow.need(Person, coordinator), "matching.swapped", f"{two[0].proposal.pk}:{two[1].proposal.pk}")
    shown = await reviewing.pairs_of(uow, first.run_id, [pair[0] for pair, _ in judged])
    return Say((coordinator,), cards.swapped(round, shown))


async def _two(uow: Uow, run_id: int, proposals: list[Proposal | None]) -> tuple[Proposed, Proposed] | None:
    keys = [one.pk for one in proposals if one is not None]
    enrolments = [one.mentee_enrolment_id for one in proposals if one is not None]
    found = {one.proposal.pk: one for one in await reviewing.pairs_of(uow, run_id, enrolments)}
    return (found[keys[0]], found[keys[1]]) if all(key in found for key in keys) else None


async def _clear(uow: Uow, round: Round, two: tuple[Proposed, Proposed]) -> None:
    """The marks on the pairs that were, and on those that will be."""
    (mentor, mentee), (other_mentor, other_mentee) = two[0].pair, two[1].pair
    pairs: list[Key] = [one.pair for one in two] + [(mentor, other_mentee), (other_mentor, mentee)]
    for pair in pairs:
        await reviewing.set_mark(uow, round.pk, pair, None, None)
