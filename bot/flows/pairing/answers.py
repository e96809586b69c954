"""What an answer changes. The press itself changes the proposal; what follows from it is settled by a job at once."""

from bot.flows.matching.runs import promise_rematch
from bot.flows.pairing.asking import ask_mentor, promise_gathering, waitlist
from storage import pairings as store
from storage.couples import GATHERING, GROUP, ROUND_IS_ON, Side
from storage.pairings import Asked
from storage.tables import Enrolment
from storage.uow import Uow


def accept(uow: Uow, asked: Asked) -> None:
    """Yes from the one whose turn it is: the mentor is asked next, the group gathers, or the pair is formed."""
    proposal = asked.proposal
    proposal.answered_at = uow.now
    if asked.turn == "mentee":
        if asked.couple.round.format == GROUP:
            proposal.state = GATHERING
            promise_gathering(uow, asked)
        else:
            proposal.state = "proposed_to_mentor"
            ask_mentor(uow, asked)
    else:
        proposal.state = "accepted"
        uow.promise("pairing.form", f"proposal:{proposal.pk}:form", uow.now, proposal=proposal.pk)


def decline(uow: Uow, asked: Asked, state: str = "declined") -> None:
    """No, or silence (``expired``), from the one whose turn it is. Both use up one of the names that a round allows.

    The other side never learns who said no: the mentor, not having been asked, learns nothing; the mentee reads that
    the mentor is not available this time.
    """
    side, couple = asked.turn, asked.couple
    asked.proposal.state, asked.proposal.answered_at = state, uow.now
    couple.mentee_side.proposals += 1
    if side == "mentor":
        couple.mentor_side.proposals += 1
        not_available(uow, asked, "mentee")
    _settle_later(uow, asked, by=side)


def drop(uow: Uow, asked: Asked, tell: Side | None) -> None:
    """The proposal is off because somebody no longer takes part; it counts for nobody. ``tell``: who is waiting."""
    asked.proposal.state, asked.proposal.answered_at = "dropped", uow.now
    if tell is not None:
        not_available(uow, asked, tell)
    _settle_later(uow, asked, by=None)


def not_available(uow: Uow, asked: Asked, side: Side) -> None:
    """Owe the word that the other is not available this time."""
    proposal, person = asked.proposal.pk, asked.couple.person(side).pk
    uow.promise(
        "pairing.not_available",
        f"proposal:{proposal}:not_available:{person}",
        uow.now,
        person=person,
        proposal=proposal,
        person_id=person,
    )


def _settle_later(uow: Uow, asked: Asked, by: Side | None) -> None:
    proposal = asked.proposal.pk
    uow.promise("pairing.settle", f"proposal:{proposal}:settle", uow.now, proposal=proposal, by=by or "")


async def settle(uow: Uow, asked: Asked) -> None:
    """After a proposal that came to nothing: forget its promises, never repeat a no, look for other names."""
    proposal, couple = asked.proposal, asked.couple
    uow.cancel(f"proposal:{proposal.pk}:ask_")
    if proposal.state == "declined":
        await store.reacted(uow, proposal.pk)
        await store.bar(uow, couple, "declined")
    if couple.round.state not in ROUND_IS_ON:
        return
    most = couple.rules.max_proposals
    await waitlist(uow, couple.round, [side.pk for side in _sides(asked) if side.proposals >= most])
    promise_rematch(uow, couple.round.pk)


def _sides(asked: Asked) -> tuple[Enrolment, Enrolment]:
    return asked.couple.mentor_side, asked.couple.mentee_side
