"""A new roster may have made one of two the other's superior: their pair ends by rule, a name for them is let go of,
and nobody is at fault.
"""

from bot.flows.matching.candidates import chain
from bot.flows.pairing.answers import drop, not_available
from bot.flows.pairing.ending import end_by_rule
from bot.flows.turns import Did, JobTurn, Outcome
from storage import pairings as store
from storage.uow import Uow


async def look(turn: JobTurn) -> Outcome:
    """``pairing.look_at_lines``: every pair that goes on or may still come about, beside who manages whom now."""
    pairs, proposed = await store.all_going_on(turn.uow), await store.open_pairs(turn.uow)
    managers = await store.managers(turn.uow) if pairs or proposed else {}
    for pairing in pairs:
        if _in_line(pairing.mentor_id, pairing.mentee_id, managers):
            end_by_rule(turn.uow, pairing)
            for person_id in (pairing.mentor_id, pairing.mentee_id):
                key = f"line:{pairing.pk}:{person_id}"
                turn.uow.promise(
                    "pairing.ended_by_line", key, turn.now, person=person_id, pairing=pairing.pk, person_id=person_id
                )
    for proposal, mentor, mentee in proposed:
        if _in_line(mentor, mentee, managers):
            await _let_go(turn.uow, proposal)
    return Did()


async def _let_go(uow: Uow, proposal: int) -> None:
    """Who has read the name hears that it is not available; one that nobody has read is just not asked about."""
    asked = await store.asked(uow, proposal, lock=True)
    if asked is None:
        return
    if (state := asked.proposal.state) == "computed":
        asked.proposal.state = "dropped"
        return
    drop(uow, asked, tell="mentee" if state != "reviewed" else None)
    if state == "proposed_to_mentor":
        not_available(uow, asked, "mentor")


def _in_line(one: int, other: int, managers: dict[int, int]) -> bool:
    return one in (chain(other, managers) or ()) or other in (chain(one, managers) or ())
