"""Proposals being answered and the pairs that come of them, each with all that belongs to it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import bindparam, case, func, select, update
from sqlalchemy.orm import aliased
from sqlmodel import col

from storage.couples import (
    COLUMNS,
    ENROLMENTS,
    GATHERING,
    GOING_ON,
    MENTEE_ID,
    MENTOR_ID,
    ROUND_IS_ON,
    Couple,
    Formed,
    Side,
    joined,
)
from storage.tables import (
    Enrolment,
    ExitReason,
    Nudge,
    Pairing,
    PairRule,
    Person,
    Proposal,
    Round,
    Session,
)
from storage.uow import Uow

MENTEE_TURN = ("reviewed", "proposed_to_mentee")
MENTOR_TURN = ("proposed_to_mentor",)
ANSWERABLE = (*MENTEE_TURN, *MENTOR_TURN)


@dataclass(frozen=True)
class Asked:
    """A proposal and its two people."""

    proposal: Proposal
    couple: Couple

    @classmethod
    def of(cls, row: Sequence[Any]) -> Self:
        """From a row of ``with_couple``."""
        return cls(row[0], Couple(*row[1:]))

    @property
    def turn(self) -> Side | None:
        """Whose answer it waits for; None when it waits for nobody's."""
        if self.proposal.state in MENTEE_TURN:
            return "mentee"
        return "mentor" if self.proposal.state in MENTOR_TURN else None


def with_couple(table: type[Proposal] | type[Pairing]) -> Any:
    """A statement over a proposal or a pairing and its ``Couple``."""
    return joined(select(table, *COLUMNS), table)


def held_with_sides(statement: Any, table: type[Proposal] | type[Pairing] = Proposal) -> Any:
    """Hold the two enrolments and then the proposal or the pairing, in the order of whoever withdraws: neither waits
    for the other.
    """
    held = statement.with_for_update(of=(*ENROLMENTS, table), key_share=True)
    return held.execution_options(populate_existing=True)  # as they are once held, not as they were read before


# All built once: building a statement over seven tables costs more than running it.
_PROPOSAL = with_couple(Proposal).where(
    col(Proposal.organisation_id) == bindparam("organisation"), col(Proposal.id) == bindparam("proposal")
)
_PROPOSAL_HELD = _PROPOSAL.with_for_update(of=Proposal)
_ALL_HELD = held_with_sides(_PROPOSAL)
_PAIRING = with_couple(Pairing).where(
    col(Pairing.organisation_id) == bindparam("organisation"), col(Pairing.id) == bindparam("pairing")
)
_PAIRING_HELD = held_with_sides(_PAIRING, Pairing)
_WAITING = (
    with_couple(Proposal)
    .where(
        col(Proposal.organisation_id) == bindparam("organisation"),
        ((bindparam("person") == MENTEE_ID) & col(Proposal.state).in_((*MENTEE_TURN, GATHERING, *MENTOR_TURN)))
        | ((bindparam("person") == MENTOR_ID) & col(Proposal.state).in_(MENTOR_TURN)),
        col(Round.state).in_(ROUND_IS_ON),
    )
    .order_by(col(Proposal.id))
)
_GOING_ON = (
    with_couple(Pairing)
    .where(
        col(Pairing.organisation_id) == bindparam("organisation"),
        (col(Pairing.mentor_id) == bindparam("person")) | (col(Pairing.mentee_id) == bindparam("person")),
        col(Pairing.state).in_(GOING_ON),
    )
    .order_by(col(Pairing.id))
)


async def asked(uow: Uow, proposal_id: int, *, lock: bool = False, sides: bool = False) -> Asked | None:
    """The proposal of that id with all around it, in one query. ``lock`` holds it: of two answers one comes first.

    ``sides`` holds the two enrolments too, for what changes them.
    """
    statement = _ALL_HELD if sides else _PROPOSAL_HELD if lock else _PROPOSAL
    rows = await uow.rows(statement, proposal=proposal_id)
    return Asked.of(rows[0]) if rows else None


async def waiting_for(uow: Uow, person_id: int) -> list[Asked]:
    """The proposals that wait for this person's answer, and those to which they said yes before who is asked next."""
    return [Asked.of(row) for row in await uow.rows(_WAITING, person=person_id)]


async def answerable(uow: Uow, enrolment_id: int) -> list[Proposal]:
    """The proposals with this enrolment that wait for an answer or for the others of a group, held."""
    statement = uow.of(Proposal).where(
        (col(Proposal.mentor_enrolment_id) == enrolment_id) | (col(Proposal.mentee_enrolment_id) == enrolment_id),
        col(Proposal.state).in_((*ANSWERABLE, GATHERING)),
    )
    rows: list[Proposal] = await uow.all(statement.order_by(col(Proposal.id)).with_for_update())
    return rows


async def open_pairs(uow: Uow) -> list[tuple[int, int, int]]:
    """Every proposal of a round that goes on which may still become a pair: (id, mentor's person, mentee's person)."""
    mentor, mentee = aliased(Enrolment), aliased(Enrolment)
    statement = (
        select(col(Proposal.id), col(mentor.person_id), col(mentee.person_id))
        .join(mentor, col(mentor.id) == Proposal.mentor_enrolment_id)
        .join(mentee, col(mentee.id) == Proposal.mentee_enrolment_id)
        .join(Round, col(Round.id) == Proposal.round_id)
        .where(col(Proposal.organisation_id) == uow.organisation_id, col(Round.state).in_(ROUND_IS_ON))
        .where(col(Proposal.state).in_(("computed", *ANSWERABLE, GATHERING)))
        .order_by(col(Proposal.id))
    )
    return [(proposal, one, other) for proposal, one, other in await uow.rows(statement)]


async def formed(uow: Uow, pairing_id: int, *, lock: bool = False) -> Formed | None:
    """The pairing of that id with all around it, in one query. ``lock`` holds it and the two enrolments."""
    rows = await uow.rows(_PAIRING_HELD if lock else _PAIRING, pairing=pairing_id)
    return Formed.of(rows[0]) if rows else None


async def pairs_of(uow: Uow, person_id: int) -> list[Formed]:
    """The person's pairs that go on."""
    return [Formed.of(row) for row in await uow.rows(_GOING_ON, person=person_id)]


async def pairing_between(uow: Uow, couple: Couple) -> Pairing | None:
    """The pairing of these two enrolments, whatever became of it."""
    statement = uow.of(Pairing).where(
        Pairing.mentor_enrolment_id == couple.mentor_side.pk, Pairing.mentee_enrolment_id == couple.mentee_side.pk
    )
    found: Pairing | None = await uow.first(statement)
    return found


def _meets_in(pairing_id: int) -> Any:
    group = select(col(Pairing.group_id)).where(col(Pairing.id) == pairing_id).scalar_subquery()
    return (col(Session.pairing_id) == pairing_id) | (col(Session.group_id) == group)


async def kickoff_of(uow: Uow, pairing_id: int) -> Session | None:
    """The first meeting of a pair, or of its group."""
    found: Session | None = await uow.first(uow.of(Session).where(_meets_in(pairing_id), Session.number == 0))
    return found


async def persons_behind(uow: Uow, enrolment_ids: Iterable[int]) -> dict[int, int]:
    """The person of each enrolment."""
    statement = select(col(Enrolment.id), col(Enrolment.person_id)).where(
        col(Enrolment.organisation_id) == uow.organisation_id, col(Enrolment.id).in_(list(enrolment_ids))
    )
    return {row[0]: row[1] for row in await uow.rows(statement)}


async def off_the_waiting_list(uow: Uow, enrolment_ids: Sequence[int]) -> None:
    """People for whom there is a name now are ready again, or enrolled when they have lessons left."""
    await uow.execute(
        update(Enrolment)
        .where(
            col(Enrolment.organisation_id) == uow.organisation_id,
            col(Enrolment.id).in_(enrolment_ids),
            col(Enrolment.state) == "waitlisted",
        )
        .values(state=case((col(Enrolment.prepared_at).is_not(None), "prepared"), else_="enrolled"))
        .execution_options(synchronize_session=False)
    )


async def reacted(uow: Uow, proposal_id: int) -> None:
    """An answer answers the question and its reminder alike: none of them was ignored."""
    sides = (col(Proposal.mentor_enrolment_id), col(Proposal.mentee_enrolment_id))
    asked_people = (
        select(col(Enrolment.person_id))
        .join(Proposal, col(Enrolment.id).in_(sides))
        .where(col(Proposal.id) == proposal_id)
    )
    await uow.execute(
        update(Nudge)
        .where(
            col(Nudge.organisation_id) == uow.organisation_id,
            col(Nudge.person_id).in_(asked_people),  # found by them: keys of nudges are in no index
            col(Nudge.job_key).startswith(f"proposal:{proposal_id}:ask_", autoescape=True),
            col(Nudge.answered_at).is_(None),
        )
        .values(answered_at=uow.now)
        .execution_options(synchronize_session=False)
    )


async def bar(uow: Uow, couple: Couple, kind: str) -> None:
    """Never again these two in this round: ``declined`` or ``ended``. Barring twice is barring once."""
    pair = (couple.mentor_side.pk, couple.mentee_side.pk)
    known = await uow.first(
        uow.of(PairRule).where(
            PairRule.round_id == couple.round.pk,
            PairRule.mentor_enrolment_id == pair[0],
            PairRule.mentee_enrolment_id == pair[1],
            PairRule.kind == kind,
        )
    )
    if known is None:
        uow.add(PairRule(round_id=couple.round.pk, mentor_enrolment_id=pair[0], mentee_enrolment_id=pair[1], kind=kind))


def note_reason(uow: Uow, round_id: int, about: str, reason: str) -> None:
    """Keep why, and not who: read as totals of five or more only."""
    uow.add(ExitReason(round_id=round_id, about=about, reason=reason))


async def ended_pairings(uow: Uow, enrolment_id: int) -> int:
    """How many pairings of this enrolment ended before their time, those of one group counted once."""
    mine = (col(Pairing.mentor_enrolment_id) == enrolment_id) | (col(Pairing.mentee_enrolment_id) == enrolment_id)
    ended = uow.of(Pairing).where(mine, col(Pairing.state) == "ended_early")
    return await uow.count(ended.with_only_columns(once_a_group(Pairing)).distinct())


def once_a_group(pairing: Any) -> Any:
    """What tells one early end from another: a group's pairs are one to its mentor."""
    return func.coalesce(col(pairing.group_id), -col(pairing.id))


async def going_on(uow: Uow, enrolment_id: int) -> list[Pairing]:
    """The pairs of this enrolment that go on (a mentor may have several)."""
    mine = (col(Pairing.mentor_enrolment_id) == enrolment_id) | (col(Pairing.mentee_enrolment_id) == enrolment_id)
    found: list[Pairing] = await uow.all(uow.of(Pairing).where(mine, col(Pairing.state).in_(GOING_ON)))
    return found


async def all_going_on(uow: Uow) -> list[Pairing]:
    """Every pair that goes on, held to the end."""
    statement = uow.of(Pairing).where(col(Pairing.state).in_(GOING_ON)).order_by(col(Pairing.id))
    found: list[Pairing] = await uow.all(statement.with_for_update())
    return found


async def managers(uow: Uow) -> dict[int, int]:
    """Everybody's manager, where there is one, by the person's key."""
    columns = select(col(Person.id), col(Person.manager_id)).where(
        col(Person.organisation_id) == uow.organisation_id, col(Person.manager_id).is_not(None)
    )
    return {row[0]: row[1] for row in await uow.rows(columns)}
