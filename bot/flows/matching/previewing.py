"""What would come of a round if it were matched now, worked out beside everything else."""

from bot.flows.matching import forecast, runs
from bot.flows.matching.looking import moved
from bot.flows.programme.rounds import find_round
from bot.flows.talk import said
from bot.flows.turns import Desk, JobRun, JobTurn, Long, NotOwed, Outcome, Reply, Say, Turn, outdated_button
from bot.ui.words import T
from storage.enrolments import BEFORE_CLOSING
from storage.tables import Round


async def preview_command(turn: Turn) -> Reply:
    """``/mentoring round preview``."""
    return _promise(turn, await find_round(turn, *BEFORE_CLOSING))


async def preview(turn: Turn) -> Reply:
    """``matching.preview``."""
    round = await turn.uow.get(Round, turn.number())
    if round is None:
        raise outdated_button()
    return _promise(turn, round)


def _promise(turn: Turn, round: Round) -> Reply:
    if round.state not in BEFORE_CLOSING:
        raise moved(round)
    key = f"round:{round.pk}:preview:{turn.now:%Y%m%dT%H%M%S}"
    turn.uow.promise("matching.preview", key, turn.now, person=turn.person.pk, round=round.pk)
    return said(T("matching.foreseeing", round=round.name))


async def foresee(turn: JobTurn) -> Outcome:
    """``matching.preview``: the job."""
    round, person = await turn.uow.get(Round, turn.arg("round")), turn.job.person_id
    if round is None or person is None or round.state not in BEFORE_CLOSING:
        return NotOwed()

    async def work(desk: Desk) -> JobRun:
        found = await runs.foresee(desk, round.pk)

        async def tell(_turn: JobTurn) -> Outcome:
            return Say((person,), forecast.told(round, found))

        return tell

    return Long(work)
