"""What the coordinator does with a matching: foresee, run, stop, read; and what a person without a pair may read."""

from bot.flows import signed_links
from bot.flows.matching import alone, cards, runs, telling
from bot.flows.matching.looking import latest, matchable, moved, review_card
from bot.flows.programme.rounds import begin_matching, find_round
from bot.flows.turns import Outdated, Replace, Reply, Tell, Turn, outdated_button
from bot.ui.words import T
from storage import reviewing
from storage.enrolments import BEFORE_CLOSING
from storage.tables import Enrolment, Round


async def match_command(turn: Turn) -> Reply:
    """``/mentoring round match``: end the enrolment and match, or match again; asks first."""
    round = await find_round(turn, *BEFORE_CLOSING)
    if round.state == "enrolling":
        return Replace(telling.end_enrolment(round))
    matchable(round)
    return Replace(telling.run_again(round))


async def begin(turn: Turn) -> Reply:
    """``matching.begin``: the enrolment ends now."""
    round = await _round(turn)
    if round.state != "enrolling":
        raise moved(round)
    begin_matching(turn.uow, round)
    return Replace(telling.computing(round))


async def again(turn: Turn) -> Reply:
    """``matching.again``: one run at a time, and none while people are asked about the one before."""
    round = await _round(turn)
    matchable(round)
    if await runs.still_asking(turn.uow, round.pk):
        raise Outdated(T("matching.still_asking"))
    if not await runs.promise_run(turn.uow, round.pk):
        raise Outdated(T("matching.already_running", round=round.name), telling.computing(round, already=True))
    return Replace(telling.computing(round))


async def stop_command(turn: Turn) -> Reply:
    """``/mentoring round stop``."""
    return await _stop(turn, await find_round(turn, "matching", "running"))


async def stop(turn: Turn) -> Reply:
    """``matching.stop``: the run that is going on ends; the pairs that were there stay."""
    return await _stop(turn, await _round(turn))


async def _stop(turn: Turn, round: Round) -> Reply:
    matchable(round)
    if not await runs.stop(turn.uow, round.pk):
        raise Outdated(T("matching.nothing_to_stop", round=round.name))
    return Replace(telling.stopped(round))


async def review_command(turn: Turn) -> Reply:
    """``/mentoring round review``."""
    round = await find_round(turn, "matching", "running")
    return Replace(await review_card(turn, round.pk, 0))


async def review(turn: Turn) -> Reply:
    """``matching.review`` and ``matching.page``: ``round`` or ``round:offset``."""
    return Replace(await review_card(turn, turn.number(), turn.number(1) if ":" in turn.id else 0))


async def left_out(turn: Turn) -> Reply:
    """``matching.left_out``: who has no pair, and why."""
    round, run = await latest(turn, turn.number())
    offset = turn.number(1)
    people, total = await reviewing.left_out(turn.uow, run.pk, offset, alone.PAGE)
    return Replace(alone.left_out(round, people, offset, total))


async def spread(turn: Turn) -> Reply:
    """``matching.spread``: the distribution of the scores."""
    round, run = await latest(turn, turn.number())
    return Tell(cards.spread(round, run, signed_links.picture(turn.uow, "run", run.pk, turn.person, turn.base_url)))


async def why_waiting(turn: Turn) -> Reply:
    """``matching.why_waiting``, id of an enrolment: why its person has no pair, and what would help."""
    enrolment = await turn.uow.get(Enrolment, turn.number())
    if enrolment is None or enrolment.person_id != turn.person.pk:
        raise outdated_button()
    round = await turn.uow.need(Round, enrolment.round_id)
    if enrolment.state != "waitlisted" or round.state not in runs.MATCHABLE:
        raise Outdated(T("pairing.not_waiting"))
    reason = await reviewing.reason_of(turn.uow, round.pk, enrolment.pk)
    return Tell(alone.yours(reason or {}, round.name))


async def _round(turn: Turn) -> Round:
    """The round of the button, held to the end."""
    round = await turn.uow.get(Round, turn.number(), lock=True)
    if round is None:
        raise outdated_button()
    return round
