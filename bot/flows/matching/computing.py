"""What takes long about a matching: filling a run with what is found, where nobody sees it yet; foreseeing one.

The same in this process and in one of its own (`apart`): it takes a store and an order, and tells how far it is.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from bot.flows.matching import sheet_work
from bot.flows.matching.candidates import problem
from bot.flows.matching.solve import Json, Solved, as_data, forecast, solve, summary
from storage import matching, runs
from storage.database import Database
from storage.parts import parts
from storage.tables import MatchRun, Round

What = Literal["fill", "foresee", "write", "take"]
Tell = Callable[[str, int], None]
"""Hears of the stage (``reading`` … ``writing``) and of the share of all that is done, 0–100; from any thread."""


@dataclass(frozen=True)
class Order:
    """What is to be done, by its key: a run to ``fill``, a round to ``foresee``, a run's sheet to ``write``, a sheet to
    ``take``.

    ``now`` settles pauses and daylight saving; ``language`` is that of a sheet.
    """

    what: What
    organisation: int
    id: int
    now: datetime
    language: str = ""

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Order":
        """The order that ``as_data`` wrote."""
        now = datetime.fromisoformat(data["now"])
        return cls(data["what"], data["organisation"], data["id"], now, data["language"])

    def as_data(self) -> Json:
        """The order as JSON values."""
        return {**asdict(self), "now": self.now.isoformat()}


async def compute(reads: Database, writes: Database, order: Order, tell: Tell) -> Json:
    """Carry the order out; gives what is to be told of it.

    ``reads`` may be a store of its own for a long reading. Raises LookupError when the run or the round is gone.
    """
    match order.what:
        case "fill":
            return await _fill(reads, writes, order, tell)
        case "foresee":
            return await _foresee(reads, order, tell)
        case "write":
            return await sheet_work.write(reads, order.organisation, order.id, order.language, order.now)
        case "take":
            return await sheet_work.take(reads, writes, order.organisation, order.id, order.language, order.now)


async def _fill(reads: Database, writes: Database, order: Order, tell: Tell) -> Json:
    tell("reading", 0)
    async with reads.uow(order.now, order.organisation) as uow:
        run = await uow.need(MatchRun, order.id)
        newest = await runs.newest_proposal(uow, run.round_id)
        world = await matching.world(uow, await uow.need(Round, run.round_id))
    task = await asyncio.to_thread(problem, world, order.now, keep_computed=run.kind == "repair")
    solved = await asyncio.to_thread(solve, task, tell)
    await _write(writes, order, solved, newest, tell)
    return {}


async def _foresee(reads: Database, order: Order, tell: Tell) -> Json:
    async with reads.uow(order.now, order.organisation) as uow:
        world = await matching.world(uow, await uow.need(Round, order.id))
    task = await asyncio.to_thread(problem, world, order.now, keep_computed=False)
    return await asyncio.to_thread(forecast, task, tell)


async def _write(database: Database, order: Order, solved: Solved, newest: int, tell: Tell) -> None:
    """In parts, each in a unit of work of its own, so that nobody waits for the store."""
    for pairs in parts(solved.pairs):
        rows = [
            {"mentor": one.mentor_id, "mentee": one.mentee_id, "score": one.score, "reasons": as_data(one.reasons)}
            for one in pairs
        ]
        tell("writing", 100)
        async with database.uow(order.now, order.organisation) as uow:
            await runs.add_proposals(uow, await uow.need(MatchRun, order.id), rows)
            await uow.commit()
    for people in parts(solved.left_out.items()):
        async with database.uow(order.now, order.organisation) as uow:
            await runs.add_left_out(uow, await uow.need(MatchRun, order.id), people)
            await uow.commit()
    async with database.uow(order.now, order.organisation) as uow:
        run = await uow.need(MatchRun, order.id)
        run.summary = {**summary(solved), "newest": newest}
        await uow.commit()
