"""Which round, which run, which page: what every press about a matching asks first."""

from bot.flows.matching import cards, telling
from bot.flows.matching.runs import MATCHABLE
from bot.flows.turns import Outdated, Refused, Turn, outdated_button
from bot.flows.units import about, unit
from bot.ui.cards import Card
from bot.ui.words import T
from storage import reviewing
from storage import runs as store
from storage.couples import GROUP
from storage.rounds import formed_in
from storage.tables import MatchRun, Round


async def review_card(turn: Turn, round_id: int, offset: int) -> Card:
    """The review as it stands: a page of it, or what was approved."""
    round, run = await latest(turn, round_id)
    return (
        await approved_card(turn, round, run) if run.approved_at is not None else await page(turn, round, run, offset)
    )


async def page(turn: Turn, round: Round, run: MatchRun, offset: int) -> Card:
    """A page of the run, the weakest pairs, or groups, first."""
    read = reviewing.weakest_groups if round.format == GROUP else reviewing.weakest
    pairs, excluded = await read(turn.uow, run, offset, cards.PAGE)
    return cards.review(round, run, cards.Page(pairs, offset, excluded))


async def approved_card(turn: Turn, round: Round, run: MatchRun) -> Card:
    """What was approved, and how many pairs, or groups, have formed."""
    return telling.approved(round, run, await formed_in(turn.uow, round))


async def open_run(turn: Turn, round_id: int) -> tuple[Round, MatchRun]:
    """The newest run, if it still waits for the coordinator."""
    return await _still_open(turn, *await latest(turn, round_id))


async def latest(turn: Turn, round_id: int) -> tuple[Round, MatchRun]:
    """The round and its newest run. Raises when the round has moved on, or nothing is computed yet."""
    found = await store.latest(turn.uow, round_id)
    if found is None:
        raise outdated_button()
    return await _there(turn, *found[:2])


async def to_approve(turn: Turn, round_id: int, run_id: int) -> tuple[Round, MatchRun]:
    """The round, held, and its run, if it is the one that was read and nothing in it was excluded since."""
    found = await reviewing.to_approve(turn.uow, round_id)
    if found is None:
        raise outdated_button()
    round, run = await _still_open(turn, *await _there(turn, *found[:2]))
    if run.pk != run_id:
        raise Outdated(T("matching.other_run"), await page(turn, round, run, 0))
    if found[2]:
        raise Refused(T("matching.run_first", n=found[2]), telling.run_first(round, found[2]))
    return round, run


async def _there(turn: Turn, round: Round, run: MatchRun | None) -> tuple[Round, MatchRun]:
    matchable(round)
    if run is None:
        goes_on = await store.computing(turn.uow, round.pk)
        card = telling.computing(round) if goes_on else telling.none_yet(round)
        raise Refused(T("matching.computing", **about(round)), card)
    return round, run


async def _still_open(turn: Turn, round: Round, run: MatchRun) -> tuple[Round, MatchRun]:
    if run.approved_at is not None:
        raise Outdated(T("matching.approved_already"), await approved_card(turn, round, run))
    return round, run


def matchable(round: Round) -> None:
    """Raises ``Outdated`` for a round in which no pairs are formed."""
    if round.state not in MATCHABLE:
        raise moved(round)


def moved(round: Round) -> Outdated:
    """The round is in another state by now."""
    known = round.state if round.state in ("draft", "enrolling", "closing", "closed", "cancelled") else "matching"
    words = {form: unit(form, round) for form in ("the_many", "many")}
    return Outdated(T(f"matching.round_is_{known}", round=round.name, **words))
