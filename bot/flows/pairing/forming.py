"""Two said yes: the pair is formed, its sessions are planned, and both are told."""

from datetime import timedelta

from bot.domain.programme import MIXED
from bot.flows.pairing.answers import drop
from bot.flows.pairing.circling import promise_circle
from bot.flows.pairing.gathering import form_group
from bot.flows.programme.rounds import begin_running
from bot.flows.session.plan import begin
from storage import pairings as store
from storage.couples import ROUND_IS_ON, SIDES, Couple, Side, is_available
from storage.pairings import Asked
from storage.tables import Pairing
from storage.uow import Uow

GROUP_AFTER = timedelta(minutes=1)


async def form(uow: Uow, asked: Asked) -> bool:
    """Make the pair, or the group, of an accepted proposal. False when it is there, or somebody no longer."""
    couple = asked.couple
    if couple.in_group:
        return await form_group(uow, asked)
    if await store.pairing_between(uow, couple) is not None:
        return False
    if not couple.available:
        drop(uow, asked, tell=_who_stayed(couple))
        return False
    pairing = uow.add(_pairing(uow, asked))
    for enrolment in (couple.mentor_side, couple.mentee_side):
        enrolment.state, enrolment.waited = "paired", False
    uow.cancel(f"proposal:{asked.proposal.pk}:ask_")
    await store.reacted(uow, asked.proposal.pk)
    await begin_running(uow, couple.round)
    await begin(uow, [pairing], couple.round)
    if couple.round.format == MIXED:
        promise_circle(uow, pairing, couple)
    _announce(uow, pairing)
    return True


def _who_stayed(couple: Couple) -> Side | None:
    """Who still waits for the other, when it is one of the two in a round that goes on."""
    stayed: list[Side] = [side for side in SIDES if is_available(couple.enrolment(side))]
    return stayed[0] if len(stayed) == 1 and couple.round.state in ROUND_IS_ON else None


def _pairing(uow: Uow, asked: Asked) -> Pairing:
    couple = asked.couple
    return Pairing(
        round_id=couple.round.pk,
        mentor_enrolment_id=couple.mentor_side.pk,
        mentee_enrolment_id=couple.mentee_side.pk,
        mentor_id=couple.mentor.pk,
        mentee_id=couple.mentee.pk,
        reasons=asked.proposal.reasons,
        started_at=uow.now,
    )


def _announce(uow: Uow, pairing: Pairing) -> None:
    prefix = f"pairing:{pairing.pk}"
    for person in (pairing.mentee_id, pairing.mentor_id):
        uow.promise(
            "pairing.announce",
            f"{prefix}:announce:{person}",
            uow.now,
            person=person,
            pairing=pairing.pk,
            person_id=person,
        )
    uow.promise("pairing.introduce", f"{prefix}:introduce", uow.now + GROUP_AFTER, pairing=pairing.pk)
