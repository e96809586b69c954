"""What a person takes part in, and how a pause moves it: states, deadlines, and the promises that hang on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from storage import jobs
from storage.couples import GOING_ON, ROUND_IS_ON
from storage.enrolments import OPEN_ROUNDS, TAKING_PART
from storage.pairings import once_a_group
from storage.tables import Enrolment, Job, MentoringGroup, Pairing, Person, Proposal, Round, Session
from storage.uow import Uow

TO_COME = ("planned", "postponed", "not_held", "scheduled")


@dataclass(frozen=True)
class Part:
    """One enrolment of a person with its round."""

    enrolment: Enrolment
    round: Round


@dataclass(frozen=True)
class Pair:
    """One pair of a person, with the other one of it. ``group``: the key of the group that it belongs to, if to one."""

    pairing: Pairing
    partner: Person
    group: int | None = None

    @property
    def led(self) -> int | None:
        """The key of the group whose mentor the person is."""
        return self.group if self.partner.pk == self.pairing.mentee_id else None


async def parts_of(uow: Uow, person_id: int, *, lock: bool = False) -> list[Part]:
    """What the person takes part in, in rounds that are not over, the newest first."""
    statement = (
        select(Enrolment, Round)
        .join(Round, col(Round.id) == Enrolment.round_id)
        .where(Enrolment.organisation_id == uow.organisation_id, Enrolment.person_id == person_id)
        .where(col(Round.state).in_(OPEN_ROUNDS), col(Enrolment.state).in_(TAKING_PART))
        .order_by(col(Round.id).desc())
    )
    held = statement.with_for_update(of=Enrolment).execution_options(populate_existing=True)
    rows = await uow.rows(held if lock else statement)
    return [Part(*row) for row in rows]


async def person_held(uow: Uow, person_id: int | None) -> Person | None:
    """The person, held with what they take part in, which comes first as for whoever forms a pair of theirs."""
    if person_id is not None:
        await parts_of(uow, person_id, lock=True)
    return await uow.get(Person, person_id, lock=True)


async def pairs_of(uow: Uow, person_id: int, *, lock: bool = False) -> list[Pair]:
    """The person's pairs that go on or are paused, the oldest first."""
    other = case((col(Pairing.mentor_id) == person_id, Pairing.mentee_id), else_=Pairing.mentor_id)
    statement = (
        select(Pairing, Person, col(MentoringGroup.id))
        .join(Person, col(Person.id) == other)
        .outerjoin(
            MentoringGroup,
            (col(MentoringGroup.id) == Pairing.group_id) & col(MentoringGroup.mentor_enrolment_id).is_not(None),
        )
        .where(Pairing.organisation_id == uow.organisation_id, col(Pairing.state).in_(GOING_ON))
        .where((col(Pairing.mentor_id) == person_id) | (col(Pairing.mentee_id) == person_id))
        .order_by(col(Pairing.id))
    )
    rows = await uow.rows(statement.with_for_update(of=Pairing) if lock else statement)
    return [Pair(*row) for row in rows]


@dataclass(frozen=True)
class Leaving:
    """A pair that one of the two leaves, or left. ``ended_before``: how many of theirs ended early in this round."""

    pairing: Pairing
    partner: Person
    round: Round
    ended_before: int


async def pair_to_leave(uow: Uow, pairing_id: int, person_id: int) -> Leaving | None:
    """The person's pair of that id, held to the end; None when it is not theirs or has ended."""
    statement = _with_earlier(uow, person_id).where(col(Pairing.id) == pairing_id, col(Pairing.state).in_(GOING_ON))
    rows = await uow.rows(statement.with_for_update(of=Pairing))
    return Leaving(*rows[0]) if rows else None


async def last_ended(uow: Uow, person_id: int) -> Leaving | None:
    """The person's last pair that ended early, in a round that is on and in which they have no place since."""
    mine = col(Enrolment.id).in_((col(Pairing.mentor_enrolment_id), col(Pairing.mentee_enrolment_id)))
    statement = (
        _with_earlier(uow, person_id)
        .join(Enrolment, mine & (col(Enrolment.person_id) == person_id))
        .where(col(Pairing.state) == "ended_early", col(Enrolment.state) == "withdrawn")
        .where(col(Round.state).in_(ROUND_IS_ON))
        .order_by(col(Pairing.ended_at).desc(), col(Pairing.id).desc())
    )
    rows = await uow.rows(statement.limit(1))
    return Leaving(*rows[0]) if rows else None


def _with_earlier(uow: Uow, person_id: int) -> Any:
    """The person's pairs, as ``Leaving`` has them."""
    earlier = aliased(Pairing)
    ended = (
        select(func.count(func.distinct(once_a_group(earlier))))
        .where(col(earlier.round_id) == Pairing.round_id, col(earlier.state) == "ended_early")
        .where((col(earlier.mentor_id) == person_id) | (col(earlier.mentee_id) == person_id))
        .scalar_subquery()
    )
    other = case((col(Pairing.mentor_id) == person_id, Pairing.mentee_id), else_=Pairing.mentor_id)
    return (
        select(Pairing, Person, Round, ended)
        .join(Person, col(Person.id) == other)
        .join(Round, col(Round.id) == Pairing.round_id)
        .where(Pairing.organisation_id == uow.organisation_id)
        .where((col(Pairing.mentor_id) == person_id) | (col(Pairing.mentee_id) == person_id))
    )


async def sessions_to_come(uow: Uow, pairing_ids: Sequence[int], group_ids: Sequence[int]) -> list[Session]:
    """The own sessions of these pairs and those of these groups that have not been held, in order of number."""
    theirs = col(Session.pairing_id).in_(pairing_ids) | col(Session.group_id).in_(group_ids)
    statement = uow.of(Session).where(theirs, col(Session.state).in_(TO_COME))
    found: list[Session] = await uow.all(statement.order_by(col(Session.id)))
    return found


async def open_proposals(uow: Uow, enrolment_ids: Sequence[int]) -> list[int]:
    """The keys of the proposals that wait for an answer and concern these enrolments."""
    mine = col(Proposal.mentor_enrolment_id).in_(enrolment_ids) | col(Proposal.mentee_enrolment_id).in_(enrolment_ids)
    statement = select(Proposal.id).where(
        Proposal.organisation_id == uow.organisation_id,
        mine,
        col(Proposal.state).in_(("proposed_to_mentee", "proposed_to_mentor")),
    )
    return list(await uow.all(statement))


@dataclass(frozen=True)
class Move:
    """How the open promises whose key starts with ``prefix`` move: by a length of time, or to ``not_before``."""

    prefix: str
    by: timedelta = timedelta()
    not_before: datetime | None = None

    def moved(self, moment: datetime, now: datetime) -> datetime:
        """Where a due moment goes; moving back stops at ``now``."""
        if self.not_before is not None:
            return max(moment, self.not_before)
        return max(moment + self.by, min(moment, now))


async def move_promises(uow: Uow, moves: Sequence[Move]) -> None:
    """Move the open promises of these prefixes, and until when they are of use, in one reading."""
    if not moves:
        return
    by_prefix = {move.prefix: move for move in moves}
    keys = [jobs.starts_with(prefix) for prefix in by_prefix]
    found: list[Job] = await uow.all(uow.of(Job).where(Job.state == "open", or_(*keys)))
    for job in found:
        move = by_prefix[":".join(job.key.split(":")[:2]) + ":"]
        jobs.move(job, move.moved(job.due_at, uow.now))
        if job.expires_at is not None and move.not_before is None:
            job.expires_at = max(job.expires_at + move.by, job.due_at)


async def promises_to(uow: Uow, person_id: int, names: Sequence[str]) -> list[Job]:
    """The open promises to this person under these job names, the nearest first."""
    statement = uow.of(Job).where(Job.person_id == person_id, Job.state == "open", col(Job.name).in_(names))
    found: list[Job] = await uow.all(statement.order_by(col(Job.due_at), col(Job.id)))
    return found
