"""Runs of the matching: begun, written in bulk, shown all at once, approved in parts, tidied away."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Table, and_, bindparam, delete, func, insert, select, update
from sqlmodel import col

from storage.couples import AVAILABLE
from storage.jobs import starts_with
from storage.matching import NEWEST_RUN, UNDER_WAY
from storage.parts import parts, some_of
from storage.tables import Enrolment, Job, LeftOut, MatchRun, Person, Proposal, Round
from storage.uow import Uow

_proposal: Table = Proposal.__table__  # type: ignore[attr-defined]  # SQLModel adds it at class creation
_left_out: Table = LeftOut.__table__  # type: ignore[attr-defined]  # likewise

_LATEST = (
    select(Round, MatchRun)
    .outerjoin(MatchRun, col(MatchRun.id) == NEWEST_RUN)
    .where(col(Round.organisation_id) == bindparam("organisation"), col(Round.id) == bindparam("round"))
)


async def latest(uow: Uow, round_id: int) -> tuple[Round, MatchRun | None] | None:
    """The round with its newest run (None before the first), in one query."""
    rows = await uow.rows(_LATEST, round=round_id)
    return (rows[0][0], rows[0][1]) if rows else None


async def computing(uow: Uow, round_id: int, kind: str = "whole") -> MatchRun | None:
    """The run of the round that is being computed, held to the end; None when there is none."""
    found: MatchRun | None = await uow.first(
        uow.of(MatchRun)
        .where(MatchRun.round_id == round_id, MatchRun.state == "computing", MatchRun.kind == kind)
        .with_for_update()
    )
    return found


async def going_on(uow: Uow, round_id: int) -> list[int | None]:
    """The runs of the round that are promised, each by the key of its row: None before the work has begun."""
    mine = and_(
        col(MatchRun.organisation_id) == Job.organisation_id,
        col(MatchRun.round_id) == round_id,
        col(MatchRun.kind) == "whole",
        col(MatchRun.state) == "computing",
    )
    statement = (
        select(col(MatchRun.id))
        .select_from(Job)
        .outerjoin(MatchRun, mine)
        .where(
            col(Job.organisation_id) == uow.organisation_id,
            starts_with(f"round:{round_id}:match:"),
            col(Job.state) == "open",
        )
    )
    return [row[0] for row in await uow.rows(statement)]


async def approved_run(uow: Uow, round_id: int) -> MatchRun | None:
    """The newest run of which the coordinator approved names."""
    statement = uow.of(MatchRun).where(
        MatchRun.round_id == round_id, MatchRun.kind == "whole", col(MatchRun.begun_at).is_not(None)
    )
    found: MatchRun | None = await uow.first(statement.order_by(col(MatchRun.id).desc()))
    return found


async def promised(uow: Uow, prefix: str) -> list[tuple[str, str]]:
    """Key and state of every promise whose key starts so."""
    statement = select(col(Job.key), col(Job.state)).where(
        col(Job.organisation_id) == uow.organisation_id, starts_with(prefix)
    )
    return [(key, state) for key, state in await uow.rows(statement)]


async def was_said(uow: Uow, key: str) -> bool:
    """Whether the message of that promise has arrived."""
    return await uow.first(uow.of(Job).where(Job.key == key, Job.receipt != "")) is not None


# ── Writing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def add_proposals(uow: Uow, run: MatchRun, pairs: Sequence[Mapping[str, Any]]) -> None:
    """Write a part of a run's pairs. Each: ``mentor``, ``mentee`` (enrolments), ``score``, ``reasons``."""
    shared = {"organisation_id": uow.organisation_id, "round_id": run.round_id, "run_id": run.pk, "state": "computed"}
    rows = [
        {
            **shared,
            "mentor_enrolment_id": pair["mentor"],
            "mentee_enrolment_id": pair["mentee"],
            "score": pair["score"],
            "reasons": pair["reasons"],
        }
        for pair in pairs
    ]
    await uow.session.execute(insert(_proposal), rows)


async def add_left_out(uow: Uow, run: MatchRun, people: Sequence[tuple[int, Mapping[str, Any]]]) -> None:
    """Write a part of those without a pair: (enrolment, reason)."""
    shared = {"organisation_id": uow.organisation_id, "round_id": run.round_id, "run_id": run.pk}
    rows = [{**shared, "enrolment_id": enrolment, "reason": dict(reason)} for enrolment, reason in people]
    await uow.session.execute(insert(_left_out), rows)


async def forget(uow: Uow, run_ids: Iterable[int]) -> int:
    """Take away some pairs and people left out of these runs that nobody will see again; how many these were."""
    gone, wanted = 0, list(run_ids)
    for table, more in ((Proposal, [col(Proposal.state) == "computed"]), (LeftOut, [])):
        result = await uow.execute(some_of(delete(table).where(col(table.run_id).in_(wanted), *more)))
        gone += result.rowcount
    return gone


async def superseded(uow: Uow, round_id: int) -> list[int]:
    """The runs of the round that no longer matter: older than the newest, stopped, or failed."""
    statement = select(col(MatchRun.id)).where(
        col(MatchRun.organisation_id) == uow.organisation_id,
        col(MatchRun.round_id) == round_id,
        ((col(MatchRun.kind) == "whole") & (col(MatchRun.state) == "ready") & (col(MatchRun.id) < NEWEST_RUN))
        | col(MatchRun.state).in_(("stopped", "failed")),
    )
    return [row[0] for row in await uow.rows(statement, round=round_id)]


async def drop_unfree(uow: Uow, run: MatchRun, newest_proposal: int) -> int:
    """Drop the pairs of a run whose people left, or got a name after ``newest_proposal``; how many these were."""
    gone = 0
    for side in (col(Proposal.mentor_enrolment_id), col(Proposal.mentee_enrolment_id)):
        free = (
            select(col(Enrolment.id))
            .join(Person, col(Person.id) == Enrolment.person_id)
            .where(col(Enrolment.round_id) == run.round_id, col(Enrolment.state).in_(AVAILABLE))
            .where(col(Person.left_at).is_(None), ~col(Enrolment.held_back))
        )
        named = select(side).where(
            col(Proposal.round_id) == run.round_id,
            col(Proposal.id) > newest_proposal,
            col(Proposal.run_id) != run.pk,
            col(Proposal.state).in_(UNDER_WAY),
        )
        mine = (col(Proposal.run_id) == run.pk, col(Proposal.state) == "computed")
        # Found first: a reading that takes long leaves the loop to others, and there are few to drop.
        found: list[int] = await uow.all(select(col(Proposal.id)).where(*mine, side.not_in(free) | side.in_(named)))
        for part in parts(found):
            await uow.execute(delete(Proposal).where(col(Proposal.id).in_(part)))
        gone += len(found)
    return gone


async def mentors_in(uow: Uow, run: MatchRun) -> int:
    """How many mentors the run's computed pairs have."""
    mentors = select(col(Proposal.mentor_enrolment_id)).where(
        col(Proposal.organisation_id) == uow.organisation_id,
        col(Proposal.run_id) == run.pk,
        col(Proposal.state) == "computed",
    )
    return await uow.count(mentors.distinct())


async def newest_proposal(uow: Uow, round_id: int) -> int:
    """The highest key of the round's proposals; 0 when there are none."""
    statement = select(func.max(Proposal.id)).where(
        col(Proposal.organisation_id) == uow.organisation_id, col(Proposal.round_id) == round_id
    )
    return (await uow.rows(statement))[0][0] or 0


# ── Approving ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def approve(uow: Uow, run: MatchRun, most: int) -> list[tuple[int, int, int]]:
    """Turn up to ``most`` computed proposals of what was approved of a run into reviewed ones, the best first.

    Gives (id, mentor's enrolment, mentee's enrolment).
    """
    some = (
        select(col(Proposal.id))
        .where(
            col(Proposal.organisation_id) == uow.organisation_id,
            col(Proposal.run_id) == run.pk,
            col(Proposal.state) == "computed",
            *_of_departments(run),
        )
        .order_by(col(Proposal.score).desc(), col(Proposal.id))
        .limit(most)
    )
    changed = await uow.execute(
        update(Proposal)
        .where(col(Proposal.id).in_(some))
        .values(state="reviewed")
        .returning(col(Proposal.id), col(Proposal.mentor_enrolment_id), col(Proposal.mentee_enrolment_id))
        .execution_options(synchronize_session=False)
    )
    return sorted((proposal, mentor, mentee) for proposal, mentor, mentee in changed.all())


def _of_departments(run: MatchRun) -> list[Any]:
    if run.approved_at is not None:
        return []
    mentees = select(col(Enrolment.id)).join(Person, col(Person.id) == Enrolment.person_id)
    theirs = mentees.where(col(Enrolment.round_id) == run.round_id, col(Person.department).in_(run.departments))
    return [col(Proposal.mentee_enrolment_id).in_(theirs)]


async def left_out_after(uow: Uow, run_id: int, enrolment: int, most: int) -> list[int]:
    """The next enrolments without a pair in a run, by key."""
    statement = (
        select(col(LeftOut.enrolment_id))
        .where(
            col(LeftOut.organisation_id) == uow.organisation_id,
            col(LeftOut.run_id) == run_id,
            col(LeftOut.enrolment_id) > enrolment,
        )
        .order_by(col(LeftOut.enrolment_id))
        .limit(most)
    )
    return [row[0] for row in await uow.rows(statement)]
