"""What counts how much: read by everybody in words, changed by the coordinator for a round."""

from bot.domain.matching import CRITERIA
from bot.domain.programme import PEER
from bot.flows import talk
from bot.flows.engine import Place
from bot.flows.matching import rules_told
from bot.flows.matching.candidates import weights_of
from bot.flows.matching.conversation import WEIGHTS
from bot.flows.matching.looking import moved
from bot.flows.programme.rounds import find_round, pick
from bot.flows.turns import Replace, Reply, Turn, outdated_button
from bot.ui.cards import Card
from storage.rounds import rounds_of
from storage.tables import Round

CHANGEABLE = ("draft", "enrolling", "matching", "running")


async def told(turn: Turn) -> Reply:
    """``/mentoring matching``: how pairs are chosen in the newest round, for whoever asks."""
    rounds = [round for round in await rounds_of(turn.uow) if round.state != "draft" or turn.person.coordinator]
    round = pick(rounds, turn.words) if rounds else None
    return Replace(_told_of(round))


def _told_of(round: Round | None) -> Card:
    if round is None:
        return rules_told.told(None, None)
    return rules_told.told(round.name, weights_of(round), peers=round.format == PEER)


async def weights_command(turn: Turn) -> Reply:
    """``/mentoring round weights``."""
    return await _form(turn, await find_round(turn, *CHANGEABLE))


async def weights(turn: Turn) -> Reply:
    """``matching.weights``: open the form."""
    round = await turn.uow.get(Round, turn.number())
    if round is None:
        raise outdated_button()
    return await _form(turn, round)


async def _form(turn: Turn, round: Round) -> Reply:
    if round.state not in CHANGEABLE:
        raise moved(round)
    answers = {name: str(weight) for name, weight in weights_of(round).items()}
    context = {"round": round.pk, "name": round.name, "format": round.format}
    return await talk.start(turn, WEIGHTS, f"round:{round.pk}", context, answers, fresh=True)


async def weighed(turn: Turn, place: Place) -> Reply:
    """The weights hold from the next run on; pairs that were proposed already stay as they are."""
    round = await turn.uow.need(Round, int(place.context["round"]), lock=True)
    if round.state not in CHANGEABLE:
        raise moved(round)
    round.weights = {name: int(place.one(name)) for name in CRITERIA}
    return Replace(rules_told.changed(round))
