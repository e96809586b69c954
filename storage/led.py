"""What a person has led: the meetings of a round, and the rounds that are closed."""

from collections.abc import Sequence

from sqlmodel import col, select

from bot.domain.programme import PEER
from storage.rounds import meets_in, sessions_of
from storage.tables import Pairing, Round, Session
from storage.uow import Uow


async def sessions_led(uow: Uow, round: Round, person_id: int) -> list[Session]:
    """The sessions of the round that were held with the person as a mentor; of peers both are."""
    return (await _led(uow, [round], person_id))[round.pk]


async def rounds_led(uow: Uow, person_id: int) -> list[Round]:
    """The closed rounds of which the person led a meeting, the newest first."""
    mine = (col(Pairing.mentor_id) == person_id) | (col(Pairing.mentee_id) == person_id)
    closed = uow.of(Round).where(Round.state == "closed", col(Round.id).in_(select(Pairing.round_id).where(mine)))
    rounds: list[Round] = await uow.all(closed.order_by(col(Round.id).desc()))
    led = await _led(uow, rounds, person_id)
    return [round for round in rounds if led[round.pk]]


async def _led(uow: Uow, rounds: Sequence[Round], person_id: int) -> dict[int, list[Session]]:
    """The sessions that the person led of each of these rounds."""
    of_peers = [round.pk for round in rounds if round.format == PEER]
    mine = (col(Pairing.mentor_id) == person_id) | (
        (col(Pairing.mentee_id) == person_id) & col(Pairing.round_id).in_(of_peers)
    )
    theirs = uow.of(Pairing).where(col(Pairing.round_id).in_([round.pk for round in rounds]), mine)
    pairings: list[Pairing] = await uow.all(theirs)
    held = [one for one in await sessions_of(uow, pairings) if one.state == "held"]
    return {
        round.pk: [one for one in held if any(pair.round_id == round.pk and meets_in(pair, one) for pair in pairings)]
        for round in rounds
    }
