"""What a person has led: the meetings of a round, and the rounds that are closed."""

from sqlmodel import col, select

from bot.domain.programme import PEER
from storage.rounds import meets_in, sessions_of
from storage.tables import Pairing, Round, Session
from storage.uow import Uow


async def sessions_led(uow: Uow, round: Round, person_id: int) -> list[Session]:
    """The sessions of the round that were held with the person as a mentor; of peers both are."""
    mine = col(Pairing.mentor_id) == person_id
    if round.format == PEER:
        mine |= col(Pairing.mentee_id) == person_id
    pairings: list[Pairing] = await uow.all(uow.of(Pairing).where(Pairing.round_id == round.pk, mine))
    sessions = await sessions_of(uow, pairings)
    return [one for one in sessions if one.state == "held" and any(meets_in(pairing, one) for pairing in pairings)]


async def rounds_led(uow: Uow, person_id: int) -> list[Round]:
    """The closed rounds of which the person led a meeting, the newest first."""
    mine = (col(Pairing.mentor_id) == person_id) | (col(Pairing.mentee_id) == person_id)
    closed = uow.of(Round).where(Round.state == "closed", col(Round.id).in_(select(Pairing.round_id).where(mine)))
    rounds: list[Round] = await uow.all(closed.order_by(col(Round.id).desc()))
    return [round for round in rounds if await sessions_led(uow, round, person_id)]
