"""What stands between a few people of a round, in one query: for pairs that a coordinator chooses by hand."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, literal, or_, select, true, union_all
from sqlmodel import col

from storage import naming
from storage.couples import GOING_ON
from storage.lines import in_lines, managers_of
from storage.matching import NEWEST_RUN, Enrolled, Key, World
from storage.tables import (
    Avoidance,
    Conflict,
    Enrolment,
    MatchRun,
    Pairing,
    PairRule,
    Person,
    Proposal,
    Round,
)
from storage.uow import Uow


@dataclass(frozen=True)
class Behind:
    """The people whom a form names with their enrolments, by that name; the round, and its newest run."""

    round: Round
    run: MatchRun | None
    people: dict[str, tuple[Person, Enrolment | None]]


async def behind(uow: Uow, round_id: int, workspace_id: int, names: Sequence[str]) -> Behind | None:
    """Whom a form named, in one query; None when the round is gone or nobody of them is known."""
    named = naming.behind(uow, workspace_id, names)
    mine = and_(col(Enrolment.person_id) == Person.id, col(Enrolment.round_id) == round_id)
    statement = (
        select(named.c.name, Person, Enrolment, Round, MatchRun)
        .join(Person, col(Person.id) == named.c.person_id)
        .join(Round, and_(col(Round.id) == round_id, col(Round.organisation_id) == uow.organisation_id))
        .outerjoin(MatchRun, col(MatchRun.id) == NEWEST_RUN)
        .outerjoin(Enrolment, mine)
    )
    rows = await uow.rows(statement, round=round_id)
    return Behind(rows[0][3], rows[0][4], {row[0]: (row[1], row[2]) for row in rows}) if rows else None


def enrolled(person: Person, enrolment: Enrolment) -> Enrolled:
    """The two rows as matching sees them."""
    return Enrolled(
        id=enrolment.pk,
        person_id=person.pk,
        state=enrolment.state,
        role=enrolment.role,
        capacity=enrolment.capacity,
        offers=enrolment.offers,
        wants=enrolment.wants,
        languages=enrolment.languages,
        slots=enrolment.slots,
        formats=enrolment.formats,
        other_programme=enrolment.other_programme,
        waited=enrolment.waited,
        proposals=enrolment.proposals,
        stage=person.career_stage,
        department=person.department,
        site=person.site,
        country=person.country,
        spoken=person.languages,
        timezone=person.timezone,
        paused_until=person.paused_until,
        persons_programme=person.other_programme,
    )


async def world_between(uow: Uow, round: Round, people: Sequence[Enrolled]) -> World:
    """The part of the round's ``World`` that concerns these few people, in one query."""
    persons, enrolments = [one.person_id for one in people], [one.id for one in people]
    facts = await uow.rows(
        union_all(
            managers_of(uow, persons),
            *(_declared(uow, table, persons) for table in (Avoidance, Conflict)),
            _rules(uow, round.pk, enrolments),
            _proposals(uow, round.pk, enrolments),
            _pairings(uow, round.pk, enrolments),
        ),
        round=round.pk,
    )
    managers, unknown = in_lines(row for row in facts if row[0] == "manager")
    found: dict[str, list[tuple[Key, str]]] = defaultdict(list)
    for what, one, other, word in facts:
        found[what].append(((one, other), word))
    return World(
        round,
        people,
        managers,
        unknown,
        [pair for pair, _ in found["avoidance"]],
        [pair for pair, _ in found["conflict"]],
        found["rule"],
        found["pair"],
    )


def _declared(uow: Uow, table: type[Avoidance] | type[Conflict], persons: Sequence[int]) -> Any:
    return select(literal(table.__name__.lower()), col(table.person_id), col(table.other_id), literal("")).where(
        col(table.organisation_id) == uow.organisation_id,
        col(table.person_id).in_(persons),
        col(table.other_id).in_(persons),
    )


def _rules(uow: Uow, round_id: int, enrolments: Sequence[int]) -> Any:
    return _touching(uow, PairRule, round_id, enrolments, "rule", col(PairRule.kind), true())


def _proposals(uow: Uow, round_id: int, enrolments: Sequence[int]) -> Any:
    computed = or_(col(Proposal.state) != "computed", col(Proposal.run_id) == NEWEST_RUN)
    return _touching(uow, Proposal, round_id, enrolments, "pair", col(Proposal.state), computed)


def _pairings(uow: Uow, round_id: int, enrolments: Sequence[int]) -> Any:
    going_on = col(Pairing.state).in_(GOING_ON)
    return _touching(uow, Pairing, round_id, enrolments, "pair", literal("pairing"), going_on)


def _touching(uow: Uow, table: Any, round_id: int, enrolments: Sequence[int], what: str, word: Any, which: Any) -> Any:
    mentor, mentee = col(table.mentor_enrolment_id), col(table.mentee_enrolment_id)
    return select(literal(what), mentor, mentee, word).where(
        col(table.organisation_id) == uow.organisation_id,
        col(table.round_id) == round_id,
        mentor.in_(enrolments) | mentee.in_(enrolments),
        which,
    )
