"""Computing the matching of a round, and later the next names for those who are free again; and what is told of it."""

from bot.flows.matching import runs, telling
from bot.flows.matching.previewing import foresee
from bot.flows.matching.sheets import give, take
from bot.flows.matching.swapping import swap
from bot.flows.turns import Desk, Did, JobRun, JobTurn, Long, NotOwed, Outcome, Say
from storage import reviewing
from storage import runs as store
from storage.tables import MatchRun, Round

MOST_NAMES = 5


async def run(turn: JobTurn) -> Outcome:
    """``matching.run``: propose pairs for the coordinator to review."""
    return await _computed(turn, "whole", _found)


async def rematch(turn: JobTurn) -> Outcome:
    """``matching.rematch``: new names for those who are free, around everything proposed and formed.

    The rules and weights are those that the coordinator approved, so the people are asked at once. Pairs that wait for
    the coordinator stay as they are.
    """
    if await store.approved_run(turn.uow, turn.arg("round")) is None:
        return NotOwed()
    return await _computed(turn, "repair", _ask_at_once)


async def _computed(turn: JobTurn, kind: str, shown: runs.Shown) -> Outcome:
    round_id = turn.arg("round")
    round = await turn.uow.get(Round, round_id)
    if round is None or round.state not in runs.MATCHABLE:
        return NotOwed()

    async def work(desk: Desk) -> JobRun:
        return await runs.work(desk, round_id, kind, shown)

    return Long(work)


async def _found(turn: JobTurn, _round: Round, found: MatchRun) -> Outcome:
    turn.uow.promise("matching.found", f"run:{found.pk}:found", turn.now, run=found.pk)
    return Did()


async def _ask_at_once(turn: JobTurn, _round: Round, found: MatchRun) -> Outcome:
    found.begun_at = found.approved_at = turn.now
    runs.promise_asking(turn.uow, found)
    return Did()


async def progress(turn: JobTurn) -> Outcome:
    """``matching.progress``: how far it is, or how it ended, always on the same message."""
    found = await _round_of(turn)
    if found is None:
        return NotOwed()
    round, run = found
    number, first = turn.arg("number"), runs.progress_key(run.pk, 0)
    overtaken = run.state == "computing" and run.progress.get("number") != number
    begun = await store.was_said(turn.uow, first) if number else run.state == "computing"
    if overtaken or not begun:
        return NotOwed()
    return Say((round.coordinator_id,), telling.progress(round, run), edit=first if number else None)


async def found(turn: JobTurn) -> Outcome:
    """``matching.found``: the pairs are there."""
    found = await _round_of(turn)
    if found is None or found[1].state != "ready":
        return NotOwed()
    round, run = found
    names, total = await reviewing.none_instead(turn.uow, run, MOST_NAMES)
    return Say((round.coordinator_id,), telling.found(round, run, names, total - len(names)))


async def failed(turn: JobTurn) -> Outcome:
    """``matching.failed``: it could not be computed."""
    found = await _round_of(turn)
    return Say((found[0].coordinator_id,), telling.failed(found[0])) if found else NotOwed()


async def _round_of(turn: JobTurn) -> tuple[Round, MatchRun] | None:
    run = await turn.uow.get(MatchRun, turn.arg("run"))
    round = await turn.uow.get(Round, run.round_id) if run else None
    return (round, run) if round is not None and run is not None and round.state in runs.MATCHABLE else None


JOBS = {
    "matching.run": run,
    "matching.rematch": rematch,
    "matching.progress": progress,
    "matching.found": found,
    "matching.failed": failed,
    "matching.preview": foresee,
    "matching.sheet": give,
    "matching.take_sheet": take,
    "matching.swap": swap,
    "matching.stopped": runs.stopped,
    "matching.tidy": runs.tidy,
}
