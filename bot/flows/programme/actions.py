"""What a coordinator does with a round: looks, opens, extends, cancels."""

from bot.flows.programme import cards
from bot.flows.programme.conversation import ROUND
from bot.flows.programme.making import asked_to_open, gaps
from bot.flows.programme.rounds import (
    a_week_later,
    find_round,
    move_enrolment_end,
    open_enrolment,
    round_of,
)
from bot.flows.turns import HomeSection, Outdated, Refused, Replace, Reply, Tell, Turn, outdated_button
from bot.ui.cards import Card
from bot.ui.words import T
from storage import rounds as store
from storage.boards import Standing, standings, standings_and_begun
from storage.tables import Round
from storage.talks import unfinished


async def ask_to_open(turn: Turn) -> Reply:
    """``round open``: what is missing, or what opening will do."""
    return await _ask_to_open(turn, await find_round(turn, "draft"))


async def ask_to_open_this(turn: Turn) -> Reply:
    """The same by a button."""
    return await _ask_to_open(turn, await round_of(turn))


async def _ask_to_open(turn: Turn, round: Round) -> Reply:
    if round.state != "draft":
        raise await _as_it_stands(turn, round.pk, "programme.open_already")
    people = await store.invited_people(turn.uow, round)
    missing = gaps(round, len(people), turn)
    if missing:
        return Replace(cards.incomplete(round, missing))
    return Replace(asked_to_open(turn, round, people))


async def open_it(turn: Turn) -> Reply:
    """Opens the enrolment: everybody is invited. A round that is not whole stays a draft."""
    values = {"state": "enrolling", "opened_at": turn.now}
    round = await store.move(turn.uow, turn.number(), ("draft",), **values)
    if round is None:
        raise await _as_it_stands(turn, turn.number(), "programme.open_already")
    if gaps(round, 1, turn):
        raise Outdated(T("programme.not_whole"), cards.incomplete(round, gaps(round, 1, turn)))
    invited = await open_enrolment(turn.uow, round)
    if not invited:
        raise Outdated(T("programme.not_whole"), cards.incomplete(round, ["invited"]))
    return Replace(cards.opened(round, invited, turn.zone))


async def status(turn: Turn) -> Reply:
    """``round status``."""
    round = await find_round(turn)
    return Replace(await _status(turn, round.pk))


async def status_of_this(turn: Turn) -> Reply:
    """The same by a button."""
    return Replace(await _status(turn, turn.number()))


async def beside(turn: Turn) -> Reply:
    """The same where the message tells of others too: it stays, with their buttons."""
    return Tell(await _status(turn, turn.number()))


async def _status(turn: Turn, round_id: int) -> Card:
    boards = await store.boards(turn.uow, round_id=round_id)
    if not boards:
        raise outdated_button()
    standing = (await standings(turn.uow)).get(round_id, Standing())
    return cards.status(*boards[0], standing, turn.zone)


async def _as_it_stands(turn: Turn, round_id: int, words: str) -> Outdated:
    """The refusal of a press that comes too late: it shows the round as it stands."""
    return Outdated(T(words), await _status(turn, round_id))


async def listed(turn: Turn) -> Reply:
    """``rounds``: all of them."""
    rounds = await store.rounds_of(turn.uow)
    return Replace(cards.listed(rounds) if rounds else cards.no_rounds(begun=await _begun(turn)))


async def ask_to_cancel(turn: Turn) -> Reply:
    """``round cancel``: what cancelling will do."""
    round = await find_round(turn)
    if round.state not in cards.CANCELLABLE:
        raise Refused(T("programme.not_cancellable", name=round.name))
    return Replace(cards.ask_to_cancel(round))


async def cancel(turn: Turn) -> Reply:
    """Cancels the round; whoever had enrolled is told, and nothing that it promised is said any more."""
    round = await store.move(turn.uow, turn.number(), cards.CANCELLABLE, state="cancelled", closed_at=turn.now)
    if round is None:
        raise await _as_it_stands(turn, turn.number(), "programme.over_already")
    turn.uow.cancel(f"round:{round.pk}:")
    turn.uow.promise("programme.wind_up", f"round:{round.pk}:wind_up", turn.now, round=round.pk)
    return Replace(cards.cancelled(round))


async def extend(turn: Turn) -> Reply:
    """A week more of enrolment, from today or from the end that was set, whichever comes later.

    Where that end has moved since the button was drawn (it was pressed before), it stays, and the card says where.
    """
    found = await store.with_coordinator(turn.uow, turn.number())
    if found is None:
        raise outdated_button()
    round, coordinator, organisation = found
    if round.state == "enrolling" and turn.number(1) != cards.shown_end(round):
        return Replace(cards.extended(round, turn.zone))
    latest = max(turn.now, round.enrolment_ends_at or turn.now)
    ends_at = a_week_later(latest, coordinator, organisation)
    moved = await move_enrolment_end(turn.uow, round.pk, ends_at)
    if moved is None:
        raise await _as_it_stands(turn, round.pk, "programme.no_longer_enrolling")
    return Replace(cards.extended(moved, turn.zone))


async def _begun(turn: Turn) -> bool:
    """Whether the coordinator has left the wizard of a new round half-way."""
    return await unfinished(turn.uow, turn.person.pk, ROUND.name, "") is not None


async def home(turn: Turn) -> list[HomeSection]:
    """The coordinator's board on the present card."""
    if not turn.person.coordinator:
        return []
    boards = await store.boards(turn.uow, unfinished=True)
    if not boards:
        return [HomeSection(50, cards.no_rounds(begun=await _begun(turn)))]
    known, begun = await standings_and_begun(turn.uow, turn.person.pk, ROUND.name)
    return [HomeSection(50, cards.board(boards, known, turn.zone, begun=begun))]
