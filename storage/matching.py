"""What matching reads and writes: the people of a round, what stands between them, computed runs and proposals."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, literal, select, update
from sqlmodel import col

from storage.tables import (
    Avoidance,
    Conflict,
    Enrolment,
    Job,
    MatchRun,
    Pairing,
    PairRule,
    Person,
    Proposal,
    Round,
)
from storage.uow import Uow

CANDIDATES = ("enrolled", "prepared", "waitlisted", "paired")
UNDER_WAY = ("reviewed", "proposed_to_mentee", "proposed_to_mentor", "accepted")
GOING_ON = ("active", "paused")

Key = tuple[int, int]
"""A pair: the mentor's enrolment and the mentee's."""


@dataclass(frozen=True)
class World:
    """All that decides who may meet whom in a round.

    ``managers``: each person of the organisation → manager (None: nobody above, when ``known``). ``avoided`` and
    ``conflicts``: person ids. ``rules``: (mentor, mentee) enrolments and kind. ``pairs``: proposals by their state,
    and pairings (state ``pairing``).
    """

    round: Round
    people: Sequence[tuple[Enrolment, Person]]
    managers: dict[int, int | None]
    unknown: frozenset[int]
    avoided: Sequence[Key]
    conflicts: Sequence[Key]
    rules: Sequence[tuple[Key, str]]
    pairs: Sequence[tuple[Key, str]]


async def world(uow: Uow, round: Round, only: Sequence[int] | None = None) -> World:
    """Everything about a round's matching in six queries, however many take part.

    ``only``: the enrolments to look at; None is everybody who may be matched.
    """
    reports = await uow.rows(
        select(col(Person.id), col(Person.manager_id), col(Person.manager_known)).where(
            col(Person.organisation_id) == uow.organisation_id
        )
    )
    return World(
        round,
        await _people(uow, round, only),
        {person: manager for person, manager, _ in reports},
        frozenset(person for person, _, known in reports if not known),
        await _between(uow, Avoidance),
        await _between(uow, Conflict),
        await rules_of_pairs(uow, round.pk),
        await taken(uow, round.pk),
    )


async def _people(uow: Uow, round: Round, only: Sequence[int] | None) -> list[tuple[Enrolment, Person]]:
    statement = (
        select(Enrolment, Person)
        .join(Person, col(Person.id) == Enrolment.person_id)
        .where(
            col(Enrolment.organisation_id) == uow.organisation_id,
            col(Enrolment.round_id) == round.pk,
            col(Enrolment.state).in_(CANDIDATES),
            col(Enrolment.role).in_(("mentor", "mentee")),
            col(Person.left_at).is_(None),
        )
        .order_by(col(Enrolment.id))
    )
    if only is not None:
        statement = statement.where(col(Enrolment.id).in_(only))
    return [(enrolment, person) for enrolment, person in await uow.rows(statement)]


async def _between(uow: Uow, table: type[Avoidance] | type[Conflict]) -> list[Key]:
    statement = select(col(table.person_id), col(table.other_id)).where(
        col(table.organisation_id) == uow.organisation_id
    )
    return [(person, other) for person, other in await uow.rows(statement)]


async def rules_of_pairs(uow: Uow, round_id: int) -> list[tuple[Key, str]]:
    """What people decided about pairs of a round: ``fixed``, ``excluded``, ``declined``, ``ended``."""
    statement = select(col(PairRule.mentor_enrolment_id), col(PairRule.mentee_enrolment_id), col(PairRule.kind)).where(
        col(PairRule.organisation_id) == uow.organisation_id, col(PairRule.round_id) == round_id
    )
    return [((mentor, mentee), kind) for mentor, mentee, kind in await uow.rows(statement)]


async def taken(uow: Uow, round_id: int) -> list[tuple[Key, str]]:
    """Every proposal with its state, and every pairing that goes on (``pairing``), in one query."""
    proposals: Any = select(
        col(Proposal.mentor_enrolment_id), col(Proposal.mentee_enrolment_id), col(Proposal.state).label("state")
    ).where(col(Proposal.organisation_id) == uow.organisation_id, col(Proposal.round_id) == round_id)
    pairings = select(
        col(Pairing.mentor_enrolment_id), col(Pairing.mentee_enrolment_id), literal("pairing").label("state")
    ).where(
        col(Pairing.organisation_id) == uow.organisation_id,
        col(Pairing.round_id) == round_id,
        col(Pairing.state).in_(GOING_ON),
    )
    rows = await uow.rows(proposals.union_all(pairings))
    return [((mentor, mentee), state) for mentor, mentee, state in rows]


# ── Runs ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def latest(uow: Uow, round_id: int, *, lock: bool = False) -> tuple[Round, MatchRun | None] | None:
    """The round with its newest run (None before the first), in one query. ``lock`` holds the round."""
    newest = (
        select(func.max(MatchRun.id))
        .where(col(MatchRun.organisation_id) == uow.organisation_id, col(MatchRun.round_id) == round_id)
        .scalar_subquery()
    )
    statement = (
        select(Round, MatchRun)
        .outerjoin(MatchRun, col(MatchRun.id) == newest)
        .where(col(Round.organisation_id) == uow.organisation_id, col(Round.id) == round_id)
    )
    rows = await uow.rows(statement.with_for_update(of=Round) if lock else statement)
    return (rows[0][0], rows[0][1]) if rows else None


async def approved_run(uow: Uow, round_id: int) -> MatchRun | None:
    """The run whose rules and names the coordinator approved last."""
    statement = uow.of(MatchRun).where(MatchRun.round_id == round_id, col(MatchRun.approved_at).is_not(None))
    found: MatchRun | None = await uow.first(statement.order_by(col(MatchRun.id).desc()))
    return found


async def promised_runs(uow: Uow, round_id: int) -> list[tuple[str, str]]:
    """Key and state of every run promised for the round."""
    prefix = f"round:{round_id}:match:"
    statement = select(col(Job.key), col(Job.state)).where(
        col(Job.organisation_id) == uow.organisation_id, col(Job.key).startswith(prefix, autoescape=True)
    )
    return [(key, state) for key, state in await uow.rows(statement)]


async def forget_computed(uow: Uow, round_id: int) -> None:
    """Drop the proposals that nobody approved: a new run takes their place."""
    mine = (col(Proposal.organisation_id) == uow.organisation_id, col(Proposal.round_id) == round_id)
    await uow.execute(delete(Proposal).where(*mine, col(Proposal.state) == "computed"))


async def approve(uow: Uow, run_id: int) -> list[tuple[int, int, int]]:
    """Turn every computed proposal of the run into a reviewed one; gives (id, mentor's, mentee's enrolment)."""
    changed = await uow.execute(
        update(Proposal)
        .where(
            col(Proposal.organisation_id) == uow.organisation_id,
            col(Proposal.run_id) == run_id,
            col(Proposal.state) == "computed",
        )
        .values(state="reviewed")
        .returning(col(Proposal.id), col(Proposal.mentor_enrolment_id), col(Proposal.mentee_enrolment_id))
        .execution_options(synchronize_session=False)
    )
    return sorted((proposal, mentor, mentee) for proposal, mentor, mentee in changed.all())


async def set_waitlisted(uow: Uow, enrolment_ids: Iterable[int]) -> list[tuple[int, int]]:
    """Put people on the waiting list, first in the next run; gives (enrolment, person) of those who were not on it."""
    changed = await uow.execute(
        update(Enrolment)
        .where(
            col(Enrolment.organisation_id) == uow.organisation_id,
            col(Enrolment.id).in_(list(enrolment_ids)),
            col(Enrolment.state).in_(("enrolled", "prepared")),
        )
        .values(state="waitlisted", waited=True)
        .returning(col(Enrolment.id), col(Enrolment.person_id))
        .execution_options(synchronize_session=False)
    )
    return sorted((enrolment, person) for enrolment, person in changed.all())


async def waiting_for_a_name(uow: Uow, enrolment_ids: Iterable[int]) -> list[Enrolment]:
    """Those of the enrolments, not on the waiting list yet, who were asked before or whose pairing ended."""
    asked = (col(Enrolment.role) == "mentee") & (col(Enrolment.proposals) > 0)
    statement = uow.of(Enrolment).where(
        col(Enrolment.id).in_(list(enrolment_ids)),
        col(Enrolment.state).in_(("enrolled", "prepared")),
        asked | col(Enrolment.waited),
    )
    rows: list[Enrolment] = await uow.all(statement)
    return rows
