"""The no-fault exit: out of a pair at once, or out of a round before there is one."""

from collections.abc import Sequence

from bot.flows import talk
from bot.flows.engine import Place
from bot.flows.pairing.ending import end_early, may_pair_again, step_aside
from bot.flows.standing import places
from bot.flows.support import cards
from bot.flows.support.conversation import CLOSES, GROUP, LEAVE, PAIR, WITHDRAW
from bot.flows.turns import HomeSection, Outdated, Replace, Reply, Turn
from bot.ui.cards import Card
from bot.ui.words import Listing, T
from storage.couples import ROUND_IS_ON
from storage.enrolments import take_back
from storage.pauses import Pair, last_ended, pair_to_leave, pairs_of, parts_of
from storage.tables import Person, Round

AT_HOME = 30
BEFORE_A_PAIR = ("enrolment.invite", "enrolment.reminder", "preparation.reminder")


async def leave(turn: Turn) -> Reply:
    """``leave``: one confirmation, and an optional reason."""
    pairs = await pairs_of(turn.uow, turn.person.pk)
    if pairs:
        return await talk.start(turn, LEAVE, context={"pairs": _to_leave(pairs)}, fresh=True)
    parts = await parts_of(turn.uow, turn.person.pk)
    if parts:
        newest = parts[0].round
        return await talk.start(turn, WITHDRAW, f"round:{newest.pk}", {"round": newest.name}, fresh=True)
    return Replace(await _already_out(turn))


async def _already_out(turn: Turn) -> Card:
    """To somebody without a place: after a pair's end, what they may still choose in that round."""
    ended = await last_ended(turn.uow, turn.person.pk)
    if ended is None:
        return cards.nothing_to_leave()
    names = ended.partner.name, ended.round.name
    return cards.left_already(ended.pairing.pk, *names, await _whom_to_ask(turn, ended.round, ended.ended_before))


async def home(turn: Turn) -> Sequence[HomeSection]:
    """After a pair's end: what the person may still choose in that round."""
    if not any(one.enrolment.state == "withdrawn" and one.round.state in ROUND_IS_ON for one in await places(turn)):
        return ()
    ended = await last_ended(turn.uow, turn.person.pk)
    if ended is None:
        return ()
    names = ended.partner.name, ended.round.name
    ask = await _whom_to_ask(turn, ended.round, ended.ended_before)
    return (HomeSection(AT_HOME, cards.out_of_pair(ended.pairing.pk, *names, ask)),)


async def _whom_to_ask(turn: Turn, round: Round, ended: int) -> Person | None:
    """Who can give another pairing in the round; None where a press does it. ``ended``: how many ended early."""
    if may_pair_again(round, ended, turn.now):
        return None
    return await turn.uow.need(Person, round.coordinator_id)


def _to_leave(pairs: Sequence[Pair]) -> list[tuple[int, list[str], str]]:
    """What the person may leave: a pairing, the names of the others, and which kind it is.

    A mentor leaves a group as a whole.
    """
    found: dict[object, tuple[int, list[str], str]] = {}
    for pair in pairs:
        key = ("group", pair.led) if pair.led is not None else ("pairing", pair.pairing.pk)
        found.setdefault(key, (pair.pairing.pk, [], _what(pair)))[1].append(pair.partner.name)
    return list(found.values())


def _what(pair: Pair) -> str:
    """What leaving it leaves: a pair, a group, or a group that ``CLOSES`` with it."""
    if pair.group is None:
        return PAIR
    return GROUP if pair.led is None else CLOSES


async def end_pair(turn: Turn, place: Place) -> Reply:
    """The exit is confirmed: the pair ends now; its partner reads a neutral message."""
    offered = place.context["pairs"]
    wanted = int(place.one("pairing") or offered[0][0])
    pair = await pair_to_leave(turn.uow, wanted, turn.person.pk)
    if pair is None:
        raise Outdated(T("support.ended_already"))
    ask = await _whom_to_ask(turn, pair.round, pair.ended_before + 1)
    end_early(turn.uow, pair.pairing, turn.person.pk, place.one("reason") or None)
    names, what = next((names, what) for pairing, names, what in offered if pairing == wanted)
    return Replace(cards.left(wanted, Listing(tuple(names)), ask, group=what != PAIR))


async def withdraw(turn: Turn, _place: Place) -> Reply:
    """Out of the round before there was a pair; whoever was asked about this name is told kindly."""
    parts = await parts_of(turn.uow, turn.person.pk, lock=True)
    if not parts:
        raise Outdated(T("support.nothing_to_leave"))
    part = parts[0]
    if "paired" in (part.enrolment.state, part.enrolment.before_pause):  # since the form was opened
        raise Outdated(T("enrolment.withdraw.paired"))
    part.enrolment.state = "withdrawn"
    await step_aside(turn.uow, part.enrolment.pk)
    await take_back(turn.uow, turn.person.pk, BEFORE_A_PAIR)
    return Replace(cards.left_round(part.round.name))
