"""A new roster may have made one of a pair the other's superior: such a pair ends by rule, and nobody is at fault."""

from bot.flows.pairing import cards
from bot.flows.pairing.ending import end_by_rule, may_pair_again
from bot.flows.turns import Did, JobTurn, NotOwed, Outcome, Say
from storage import pairings as store


async def look(turn: JobTurn) -> Outcome:
    """``pairing.look_at_lines``: every pair that goes on, beside who manages whom now."""
    pairs = await store.all_going_on(turn.uow)
    managers = await store.managers(turn.uow) if pairs else {}
    for pairing in pairs:
        two = (pairing.mentor_id, pairing.mentee_id)
        if two[0] in _superiors(two[1], managers) or two[1] in _superiors(two[0], managers):
            end_by_rule(turn.uow, pairing)
            for person_id in two:
                key = f"line:{pairing.pk}:{person_id}"
                turn.uow.promise(
                    "pairing.ended_by_line", key, turn.now, person=person_id, pairing=pairing.pk, person_id=person_id
                )
    return Did()


def _superiors(person_id: int, managers: dict[int, int]) -> set[int]:
    """Everybody above, at any depth; a circle in the roster ends where it closes."""
    above: set[int] = set()
    boss = managers.get(person_id)
    while boss is not None and boss not in above:
        above.add(boss)
        boss = managers.get(boss)
    return above


async def ended(turn: JobTurn) -> Outcome:
    """``pairing.ended_by_line``: to each of the two: why, in a sentence, and what they may choose."""
    formed = await store.formed(turn.uow, turn.arg("pairing"))
    side = formed.couple.side_of(turn.arg("person_id")) if formed else None
    if formed is None or side is None or formed.pairing.state != "ended_early":
        return NotOwed()
    partner = formed.couple.person(cards.OTHER[side])
    before = await store.ended_pairings(turn.uow, formed.couple.enrolment(side).pk)
    again = may_pair_again(formed.couple.round, before, turn.now)
    return Say((turn.arg("person_id"),), cards.ended_by_line(formed, partner.name, again=again))
