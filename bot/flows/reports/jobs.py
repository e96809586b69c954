"""Telling the coordinator that totals are there, and forgetting what was kept long enough."""

from bot.flows.reports import cards
from bot.flows.turns import Did, JobTurn, NotOwed, Outcome, Say
from storage import reports
from storage.tables import Release, Round

KIND = "reports"


async def ready(turn: JobTurn) -> Outcome:
    """To the coordinator, once those who took part have their totals."""
    found = await turn.uow.get(Release, turn.arg("release"))
    if found is None:
        return NotOwed()
    round = await turn.uow.need(Round, found.round_id)
    return Say((round.coordinator_id,), cards.ready(round, found), nudge=KIND)


async def forget_answers(turn: JobTurn) -> Outcome:
    """Ninety days after the report: the raw answers go, the totals stay."""
    await reports.forget_answers(turn.uow, turn.arg("round"), str(turn.job.args["wave"]))
    return Did()


async def forget_texts(turn: JobTurn) -> Outcome:
    """A year after the report: the open answers that were shown in it go, the figures stay."""
    found = await turn.uow.get(Release, turn.arg("release"), lock=True)
    if found is None:
        return NotOwed()
    found.totals = {name: value for name, value in found.totals.items() if name != "texts"}
    return Did()
