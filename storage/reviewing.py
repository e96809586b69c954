"""What a coordinator reviews before a matching is approved: proposals with names, and marks on pairs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import aliased
from sqlmodel import col

from storage.accounts import behind, persons_of
from storage.matching import Key
from storage.tables import Enrolment, MatchRun, PairRule, Person, Proposal, Round
from storage.uow import Uow

_Mentor, _Mentee = aliased(Person), aliased(Person)
_MentorSide, _MenteeSide = aliased(Enrolment), aliased(Enrolment)


@dataclass(frozen=True)
class Proposed:
    """A proposal and its two people, as the coordinator reviews them."""

    proposal: Proposal
    mentor: Person
    mentee: Person


def _proposed() -> Any:
    return (
        select(Proposal, _Mentor, _Mentee)
        .join(_MentorSide, col(_MentorSide.id) == Proposal.mentor_enrolment_id)
        .join(_MenteeSide, col(_MenteeSide.id) == Proposal.mentee_enrolment_id)
        .join(_Mentor, col(_Mentor.id) == _MentorSide.person_id)
        .join(_Mentee, col(_Mentee.id) == _MenteeSide.person_id)
    )


async def weakest(uow: Uow, run_id: int, offset: int, size: int) -> list[Proposed]:
    """A page of the run's computed proposals, the weakest first."""
    statement = (
        _proposed()
        .where(
            col(Proposal.organisation_id) == uow.organisation_id,
            col(Proposal.run_id) == run_id,
            col(Proposal.state) == "computed",
        )
        .order_by(col(Proposal.score), col(Proposal.id))
        .offset(offset)
        .limit(size)
    )
    return [Proposed(*row) for row in await uow.rows(statement)]


async def of_person(uow: Uow, run_id: int, workspace_id: int, account: str) -> tuple[Person | None, list[Proposed]]:
    """The person behind an account, and the computed proposals of the run that name them."""
    person = (await persons_of(uow, workspace_id, [account])).get(account)
    if person is None:
        return None, []
    statement = _proposed().where(
        col(Proposal.organisation_id) == uow.organisation_id,
        col(Proposal.run_id) == run_id,
        col(Proposal.state) == "computed",
        (col(_Mentor.id) == person.pk) | (col(_Mentee.id) == person.pk),
    )
    return person, [Proposed(*row) for row in await uow.rows(statement.order_by(col(Proposal.id)))]


async def names(uow: Uow, enrolment_ids: Iterable[int]) -> dict[int, str]:
    """The people's names, by enrolment."""
    statement = (
        select(col(Enrolment.id), col(Person.name))
        .join(Person, col(Person.id) == Enrolment.person_id)
        .where(col(Enrolment.organisation_id) == uow.organisation_id, col(Enrolment.id).in_(list(enrolment_ids)))
    )
    return {row[0]: row[1] for row in await uow.rows(statement)}


async def enrolments_behind(uow: Uow, round_id: int, workspace_id: int, accounts: Sequence[str]) -> dict[str, int]:
    """The enrolment in the round of the person behind each account; people who do not take part are left out."""
    named = behind(uow, workspace_id, accounts)
    statement = (
        select(named.c.name, col(Enrolment.id))
        .join(Enrolment, col(Enrolment.person_id) == named.c.person_id)
        .where(col(Enrolment.organisation_id) == uow.organisation_id, col(Enrolment.round_id) == round_id)
    )
    return {row[0]: row[1] for row in await uow.rows(statement)}


async def marks(uow: Uow, round_id: int) -> dict[Key, str]:
    """The coordinator's own marks on pairs: ``fixed`` or ``excluded``."""
    found = await uow.all(
        uow.of(PairRule).where(PairRule.round_id == round_id, col(PairRule.kind).in_(("fixed", "excluded")))
    )
    return {(rule.mentor_enrolment_id, rule.mentee_enrolment_id): rule.kind for rule in found}


async def set_mark(uow: Uow, round_id: int, pair: Key, kind: str | None, known: str | None) -> None:
    """Replace the coordinator's mark on a pair (``known``: the present one); None takes it away."""
    this = (
        col(PairRule.organisation_id) == uow.organisation_id,
        col(PairRule.round_id) == round_id,
        col(PairRule.mentor_enrolment_id) == pair[0],
        col(PairRule.mentee_enrolment_id) == pair[1],
        col(PairRule.kind).in_(("fixed", "excluded")),
    )
    if kind is None:
        await uow.execute(delete(PairRule).where(*this))
    elif known is None:
        uow.add(PairRule(round_id=round_id, mentor_enrolment_id=pair[0], mentee_enrolment_id=pair[1], kind=kind))
    else:
        await uow.execute(update(PairRule).where(*this).values(kind=kind))


async def proposal_of_run(uow: Uow, proposal_id: int) -> tuple[Proposal, Round, MatchRun] | None:
    """A proposal with its round and run, held to the end."""
    statement = (
        select(Proposal, Round, MatchRun)
        .join(Round, col(Round.id) == Proposal.round_id)
        .join(MatchRun, col(MatchRun.id) == Proposal.run_id)
        .where(col(Proposal.organisation_id) == uow.organisation_id, col(Proposal.id) == proposal_id)
    )
    rows = await uow.rows(statement.with_for_update(of=Proposal))
    return (rows[0][0], rows[0][1], rows[0][2]) if rows else None


async def excluded_in(uow: Uow, run_id: int) -> int:
    """How many computed proposals of the run the coordinator has excluded since."""
    return await uow.count(
        uow.of(Proposal)
        .join(
            PairRule,
            (col(PairRule.round_id) == Proposal.round_id)
            & (col(PairRule.mentor_enrolment_id) == Proposal.mentor_enrolment_id)
            & (col(PairRule.mentee_enrolment_id) == Proposal.mentee_enrolment_id),
        )
        .where(Proposal.run_id == run_id, Proposal.state == "computed", PairRule.kind == "excluded")
    )
