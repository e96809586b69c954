"""Promising a matching, and writing down what it found."""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta

from bot.domain.matching import Pair
from bot.flows.matching.solve import Solved, as_data, summary
from storage import matching as store
from storage.matching import Key
from storage.tables import MatchRun, Proposal, Round
from storage.uow import Uow

MATCHABLE = ("matching", "running")
SPACING = timedelta(milliseconds=250)
TOGETHER = timedelta(minutes=2)
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


async def promise_run(uow: Uow, round_id: int) -> bool:
    """Owe a new run now. False when one is promised or computing already: the two would be the same."""
    promised = await store.promised_runs(uow, round_id)
    if any(state == "open" for _, state in promised):
        return False
    number = 1 + max((int(key.rsplit(":", 1)[1]) for key, _ in promised), default=0)
    uow.promise("matching.run", f"round:{round_id}:match:{number}", uow.now, round=round_id)
    return True


def promise_rematch(uow: Uow, round_id: int) -> None:
    """Owe new names to those who are free again. Whatever happens within the same two minutes is one computation."""
    number = (uow.now - _EPOCH) // TOGETHER + 1
    due_at = _EPOCH + number * TOGETHER + TOGETHER / 4
    uow.promise("matching.rematch", f"round:{round_id}:rematch:{number}", due_at, round=round_id)


def still_free(pairs: Iterable[Pair], kept: Collection[Key], capacities: dict[int, int]) -> list[Pair]:
    """The pairs whose people are still there and have room: the world may have moved while they were computed.

    ``kept``: the pairs under way now; ``capacities``: room by enrolment, of those who may be matched now.
    """
    load: dict[int, int] = {}
    for enrolment in (enrolment for both in kept for enrolment in both):
        load[enrolment] = load.get(enrolment, 0) + 1
    chosen = []
    for pair in pairs:
        both = (pair.mentor_id, pair.mentee_id)
        if all(load.get(one, 0) < capacities.get(one, 0) for one in both):
            chosen.append(pair)
            for one in both:
                load[one] = load.get(one, 0) + 1
    return chosen


async def record(uow: Uow, round: Round, solved: Solved, pairs: Iterable[Pair]) -> MatchRun:
    """Write a run for the coordinator to review; it takes the place of what was computed before."""
    await store.forget_computed(uow, round.pk)
    run = uow.add(
        MatchRun(round_id=round.pk, created_at=uow.now, summary=summary(solved), left_out=dict(solved.left_out))
    )
    await uow.flush()
    uow.add_all(proposal(run, pair, "computed") for pair in pairs)
    return run


def proposal(run: MatchRun, pair: Pair, state: str) -> Proposal:
    """A row for a pair that was chosen."""
    return Proposal(
        round_id=run.round_id,
        run_id=run.pk,
        mentor_enrolment_id=pair.mentor_id,
        mentee_enrolment_id=pair.mentee_id,
        score=pair.score,
        reasons=as_data(pair.reasons),
        state=state,
    )
