"""A run of the matching from its promise to the moment in which it shows: owed, computed, shown, stopped."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Literal

import structlog

from bot.flows.matching.apart import compute_apart
from bot.flows.matching.computing import Order, compute
from bot.flows.matching.solve import Json
from bot.flows.turns import Desk, Did, JobRun, JobTurn, NotOwed, Outcome
from storage import runs as store
from storage.couples import GROUP
from storage.tables import MatchRun, Round
from storage.uow import Uow

MATCHABLE = ("matching", "running")
TOGETHER = timedelta(minutes=2)
TOLD_EACH_SECONDS = 3.0
MOST_TRIES = 3
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)

log = structlog.get_logger()
Shown = Callable[[JobTurn, Round, MatchRun], Awaitable[Outcome]]


# ── Owing ────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def promise_run(uow: Uow, round_id: int) -> bool:
    """Owe a new run now. False when one is promised or computing already: the two would be the same."""
    promised = await store.promised(uow, f"round:{round_id}:match:")
    if any(state == "open" for _, state in promised):
        return False
    number = 1 + max((int(key.rsplit(":", 1)[1]) for key, _ in promised), default=0)
    uow.promise("matching.run", f"round:{round_id}:match:{number}", uow.now, round=round_id)
    return True


async def still_asking(uow: Uow, round_id: int) -> bool:
    """Whether people of an approved run are still to be asked: a new run would not know of them."""
    return any(state == "open" for _, state in await store.promised(uow, f"round:{round_id}:propose:"))


def promise_asking(uow: Uow, run: MatchRun, part: int = 0, due_at: datetime | None = None) -> None:
    """Owe the questions to the people of what was approved of a run, a part at a time."""
    approved = "all" if run.approved_at else len(run.departments)
    key = f"round:{run.round_id}:propose:{run.pk}:{approved}:{part}"
    uow.promise("pairing.propose", key, due_at or uow.now, run=run.pk, part=part)


def promise_rematch(uow: Uow, round_id: int) -> None:
    """Owe new names to those who are free again. Whatever happens within the same two minutes is one computation."""
    number = (uow.now - _EPOCH) // TOGETHER + 1
    due_at = _EPOCH + number * TOGETHER + TOGETHER / 4
    uow.promise("matching.rematch", f"round:{round_id}:rematch:{number}", due_at, round=round_id)


# ── Computing ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def work(desk: Desk, round_id: int, kind: str, shown: Shown) -> JobRun:
    """Compute a run of the round, telling on the way; what it gives shows all of it at once, or nothing."""
    run_id = await _begin(desk, round_id, kind)
    try:
        await _told(desk, run_id)
    except ExceptionGroup as trouble:
        if desk.job.attempts < MOST_TRIES:
            raise
        log.error("matching_failed", run=run_id, exc_info=trouble)
        return lambda turn: _fail(turn, run_id)
    return lambda turn: _show(turn, run_id, shown)


async def _told(desk: Desk, run_id: int) -> None:
    heard = Heard()
    async with asyncio.TaskGroup() as group:
        teller = group.create_task(_keep_telling(desk, run_id, heard))
        await _compute(desk, Order("fill", desk.job.organisation_id, run_id, desk.clock()), heard)
        teller.cancel()


class Heard:
    """How far the computing is, as it was last heard of, from whatever thread."""

    def __init__(self) -> None:
        self.latest = ("reading", 0)

    def __call__(self, stage: str, share: int) -> None:
        self.latest = (stage, share)


async def _begin(desk: Desk, round_id: int, kind: str) -> int:
    """The row of the run. One that a dead process left half-done is emptied and begun anew."""
    async with desk.uow() as uow:
        run = await store.computing(uow, round_id, kind)
        if run is None:
            run = uow.add(MatchRun(round_id=round_id, kind=kind, state="computing", created_at=uow.now))
            await uow.flush()
    while True:
        async with desk.uow() as uow:
            if not await store.forget(uow, [run.pk]):
                return run.pk


async def foresee(desk: Desk, round_id: int) -> Json:
    """How the round would be matched now; nothing is written."""
    return await _compute(desk, Order("foresee", desk.job.organisation_id, round_id, desk.clock()), Heard())


async def about_sheet(desk: Desk, what: Literal["write", "take"], id: int, language: str) -> Json:
    """Write the sheet of a run, or take one that came back."""
    return await _compute(desk, Order(what, desk.job.organisation_id, id, desk.clock(), language), Heard())


async def _compute(desk: Desk, order: Order, heard: Heard) -> Json:
    """In a process of its own; a store in this process's memory is reached from here alone."""
    address = desk.database.address
    if address is None:
        return await compute(desk.database, desk.database, order, heard)
    return await compute_apart(address, order, heard)


async def _keep_telling(desk: Desk, run_id: int, heard: Heard) -> None:
    told, number = heard.latest, 0
    while True:
        await asyncio.sleep(TOLD_EACH_SECONDS)
        if heard.latest != told:
            told = heard.latest
            await asyncio.shield(_tell(desk, run_id, told, number))  # a connection that is cut in use is lost
            number += 1


async def _tell(desk: Desk, run_id: int, told: tuple[str, int], number: int) -> None:
    async with desk.uow() as uow:
        run = await uow.get(MatchRun, run_id, lock=True)
        if run is not None and run.state == "computing":
            run.progress = {"stage": told[0], "share": told[1], "number": number}
            promise_progress(uow, run, number)


def promise_progress(uow: Uow, run: MatchRun, number: int) -> None:
    """Owe the coordinator of a whole run the news of how far it is, on the message that told it first."""
    if run.kind == "whole":
        uow.promise("matching.progress", progress_key(run.pk, number), uow.now, run=run.pk, number=number)


def _promise_last_news(uow: Uow, run: MatchRun) -> None:
    """Where the coordinator has read how far it is, they read how it ended too."""
    number = run.progress.get("number")
    if isinstance(number, int):
        promise_progress(uow, run, number + 1)


def progress_key(run_id: int, number: int) -> str:
    """The key of the ``number``-th news of a run."""
    return f"run:{run_id}:progress:{number}"


# ── Ending ───────────────────────────────────────────────────────────────────────────────────────────────────────────


async def _show(turn: JobTurn, run_id: int, shown: Shown) -> Outcome:
    """What was computed takes the place of what was there, in one unit of work; people who are not free drop out."""
    uow = turn.uow
    run = await uow.get(MatchRun, run_id, lock=True)
    round = await uow.get(Round, run.round_id, lock=True) if run else None
    if run is None or round is None or run.state != "computing":
        return NotOwed()
    if round.state not in MATCHABLE:
        run.state = "stopped"
        return NotOwed()
    counts = dict(run.summary)
    dropped = await store.drop_unfree(uow, run, int(str(counts.pop("newest", 0))))
    counts["matched"] = int(str(counts["matched"])) - dropped
    if round.format == GROUP:
        counts["groups"] = await store.mentors_in(uow, run)
    run.state, run.summary = "ready", counts
    _promise_last_news(uow, run)
    promise_tidying(uow, round.pk, run.pk)
    return await shown(turn, round, run)


async def _fail(turn: JobTurn, run_id: int) -> Outcome:
    """It could not be computed, and trying again did not help: the pairs that were there stay, and this is said."""
    run = await turn.uow.get(MatchRun, run_id, lock=True)
    if run is None or run.state != "computing":
        return NotOwed()
    run.state = "failed"
    _promise_last_news(turn.uow, run)
    if run.kind == "whole":
        turn.uow.promise("matching.failed", f"run:{run_id}:failed", turn.now, run=run_id)
    return Did()


def promise_tidying(uow: Uow, round_id: int, run_id: int, part: int = 0) -> None:
    """Owe the removal of what runs left that nobody sees any more."""
    uow.promise(
        "matching.tidy", f"round:{round_id}:tidy:{run_id}:{part}", uow.now, round=round_id, run=run_id, part=part
    )


async def tidy(turn: JobTurn) -> Outcome:
    """``matching.tidy``: a part at a time."""
    uow, round_id = turn.uow, turn.arg("round")
    gone = await store.forget(uow, await store.superseded(uow, round_id))
    if gone:
        promise_tidying(uow, round_id, turn.arg("run"), turn.arg("part") + 1)
    return Did()


async def stop(uow: Uow, round_id: int) -> bool:
    """Take back the run that is promised or computing; what was there before stays. False when there was none.

    Whoever works on it learns that at the next renewal of the lease; the run itself is closed by a job.
    """
    going_on = await store.going_on(uow, round_id)
    if not going_on:
        return False
    uow.cancel(f"round:{round_id}:match:")
    for run_id in going_on:
        if run_id is not None:
            uow.promise("matching.stopped", f"run:{run_id}:stopped", uow.now, run=run_id)
    return True


async def stopped(turn: JobTurn) -> Outcome:
    """``matching.stopped``: a run whose promise was taken back shows nothing; who read of it reads this too."""
    run = await turn.uow.get(MatchRun, turn.arg("run"), lock=True)
    if run is None or run.state != "computing":
        return NotOwed()
    run.state = "stopped"
    _promise_last_news(turn.uow, run)
    promise_tidying(turn.uow, run.round_id, run.pk)
    return Did()
