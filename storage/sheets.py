"""What a sheet of pairs is read against, and how its decisions are written: all in one statement each."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Table, insert, select
from sqlmodel import col

from storage.matching import NEWEST_RUN, Key
from storage.parts import parts
from storage.reviewing import MARKS
from storage.tables import Enrolment, PairRule, Person, Proposal, Sheet
from storage.uow import Uow

_rule: Table = PairRule.__table__  # type: ignore[attr-defined]  # SQLModel adds it at class creation


@dataclass(frozen=True)
class Known:
    """The newest run, its proposals by key, and the enrolments of the round by e-mail in lower case."""

    run: int
    proposals: Mapping[int, Key]
    enrolments: Mapping[str, int]


async def whose(uow: Uow, sheet_id: int) -> tuple[int, Person] | None:
    """The round of a sheet, and who sent it; None when it is no longer kept. Its data, which may be large, stay."""
    statement = (
        select(col(Sheet.round_id), Person)
        .join(Person, col(Person.id) == Sheet.person_id)
        .where(col(Sheet.organisation_id) == uow.organisation_id, col(Sheet.id) == sheet_id)
    )
    rows = await uow.rows(statement)
    return (rows[0][0], rows[0][1]) if rows else None


async def known(uow: Uow, round_id: int) -> Known:
    """What the lines of a sheet may name."""
    run = (await uow.rows(select(NEWEST_RUN), round=round_id))[0][0] or 0
    pairs = await uow.rows(
        select(col(Proposal.id), col(Proposal.mentor_enrolment_id), col(Proposal.mentee_enrolment_id)).where(
            col(Proposal.organisation_id) == uow.organisation_id,
            col(Proposal.run_id) == run,
            col(Proposal.state) == "computed",
        )
    )
    people = await uow.rows(
        select(col(Person.email), col(Enrolment.id))
        .join(Enrolment, col(Enrolment.person_id) == Person.id)
        .where(col(Enrolment.organisation_id) == uow.organisation_id, col(Enrolment.round_id) == round_id)
    )
    return Known(
        run,
        {proposal: (mentor, mentee) for proposal, mentor, mentee in pairs},
        {email.casefold(): enrolment for email, enrolment in people},
    )


async def set_marks(uow: Uow, round_id: int, wanted: Mapping[Key, str]) -> None:
    """Mark each of these pairs ``fixed`` or ``excluded``, or take its mark away (empty)."""
    mine = (col(PairRule.organisation_id) == uow.organisation_id, col(PairRule.round_id) == round_id)
    statement = select(col(PairRule.id), col(PairRule.mentor_enrolment_id), col(PairRule.mentee_enrolment_id))
    rows = await uow.rows(statement.where(*mine, col(PairRule.kind).in_(MARKS)))
    for some in parts(rule for rule, mentor, mentee in rows if (mentor, mentee) in wanted):
        await uow.execute(_rule.delete().where(_rule.c.id.in_(some)))
    shared = {"organisation_id": uow.organisation_id, "round_id": round_id}
    new = (
        {**shared, "mentor_enrolment_id": mentor, "mentee_enrolment_id": mentee, "kind": kind}
        for (mentor, mentee), kind in wanted.items()
        if kind
    )
    for some_new in parts(new):
        await uow.session.execute(insert(_rule), some_new)
