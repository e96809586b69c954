"""What waits in the rounds of an organisation, for whoever coordinates them: counts, pairs in need of a hand, dates."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, String, cast, exists, func, literal, null, select, union_all
from sqlalchemy.orm import aliased
from sqlmodel import col

from storage import jobs
from storage.couples import GOING_ON, counts_as
from storage.enrolments import ENROLLED
from storage.meeting import meets
from storage.tables import Enrolment, FlowSession, Job, MentoringGroup, Pairing, Person, Proposal, Round, Session
from storage.talks import can_go_on
from storage.types import Moment
from storage.uow import Uow

COMES = ("programme.enrolment_ends", "feedback.midpoint", "programme.closing", "programme.closed")
"""What a round does at a moment of its own that everybody may know."""
BEGUN = "begun"


@dataclass(frozen=True)
class Hand:
    """A pair or a group that could use a hand: its oldest pairing, and its people's names."""

    pairing_id: int
    mentor: str
    mentees: tuple[str, ...]


@dataclass
class Standing:
    """Of one round: how many consider a name, wait for one, have no date; who could use a hand; what comes when.

    ``held``: how many meetings were held, by so many pairs (``held_by``), once it is closed; a group's once.
    """

    mentees: int = 0
    mentors: int = 0
    waiting: int = 0
    undated: int = 0
    held: int = 0
    held_by: int = 0
    hands: list[Hand] = field(default_factory=list)
    comes: list[tuple[str, datetime]] = field(default_factory=list)


async def standings(uow: Uow) -> dict[int, Standing]:
    """By round, in one query; a round of which there is nothing to say is absent."""
    return _by_round(await uow.rows(union_all(*_parts(uow))))


async def standings_and_begun(uow: Uow, person_id: int, flow: str) -> tuple[dict[int, Standing], bool]:
    """The same, and whether the person has left a conversation of that flow, about nothing known yet, half-way."""
    rows = await uow.rows(union_all(*_parts(uow), _begun(uow, person_id, flow)))
    return _by_round(row for row in rows if row[0] != BEGUN), any(row[0] == BEGUN for row in rows)


def _parts(uow: Uow) -> tuple[Any, ...]:
    return _asked(uow), _waiting(uow), _undated(uow), _held(uow), _hands(uow), _comes(uow)


def _by_round(rows: Iterable[Any]) -> dict[int, Standing]:
    found: dict[int, Standing] = defaultdict(Standing)
    hands: dict[int, list[tuple[int, str, str]]] = defaultdict(list)
    for what, round_id, number, key, other, at in rows:
        match what:
            case "hand":
                hands[round_id].append((number, key, other))
            case "held":
                found[round_id].held, found[round_id].held_by = number, int(key)
            case "comes":
                found[int(other.split(":")[1])].comes.append((key, at))
            case _:
                setattr(found[round_id], what, number)
    for round_id, pairs in hands.items():
        found[round_id].hands = _together(pairs)
    for standing in found.values():
        standing.comes.sort(key=lambda one: one[1])
    return dict(found)


def _together(rows: Sequence[tuple[int, str, str]]) -> list[Hand]:
    """One for each holder. ``rows``: the pairing that stands for it, the mentor, a mentee."""
    mentors: dict[int, str] = {}
    mentees: dict[int, list[str]] = defaultdict(list)
    for pairing_id, mentor, mentee in sorted(rows):
        mentors[pairing_id] = mentor
        mentees[pairing_id].append(mentee)
    return [Hand(id, mentor, tuple(mentees[id])) for id, mentor in mentors.items()]


def _row(what: Any, round_id: Any, number: Any, key: Any = None, other: Any = None, at: Any = None) -> Any:
    """The columns that all parts have in common."""
    return select(
        cast(what, String).label("what"),
        cast(round_id, Integer).label("round_id"),
        cast(number, Integer).label("number"),
        (literal("") if key is None else key).label("key"),
        (literal("") if other is None else other).label("other"),
        (cast(null(), Moment) if at is None else at).label("at"),
    )


def _begun(uow: Uow, person_id: int, flow: str) -> Any:
    return _row(literal(BEGUN), literal(0), col(FlowSession.id)).where(
        col(FlowSession.organisation_id) == uow.organisation_id,
        col(FlowSession.person_id) == person_id,
        col(FlowSession.flow) == flow,
        col(FlowSession.subject) == "",
        can_go_on(uow.now),
    )


def _asked(uow: Uow) -> Any:
    """Whose answer is awaited: a mentee is asked first, then the mentor."""
    side = func.replace(
        func.replace(col(Proposal.state), "proposed_to_mentee", "mentees"), "proposed_to_mentor", "mentors"
    )
    return (
        _row(side, col(Proposal.round_id), func.count(col(Proposal.id)))
        .where(Proposal.organisation_id == uow.organisation_id)
        .where(col(Proposal.state).in_(("proposed_to_mentee", "proposed_to_mentor")))
        .group_by(col(Proposal.round_id), col(Proposal.state))
    )


def _waiting(uow: Uow) -> Any:
    """Who looks for a partner in vain, and whom the coordinator keeps on the waiting list."""
    held_back = col(Enrolment.held_back) & col(Enrolment.state).in_(ENROLLED)
    return (
        _row(literal("waiting"), col(Enrolment.round_id), func.count(col(Enrolment.id)))
        .where(Enrolment.organisation_id == uow.organisation_id)
        .where((col(Enrolment.state) == "waitlisted") | held_back)
        .group_by(col(Enrolment.round_id))
    )


def _undated(uow: Uow) -> Any:
    """Pairs, or groups, with a session to come, none of which has a date ahead."""
    ahead = exists().where(meets(), col(Session.state) == "scheduled", col(Session.starts_at) > uow.now)
    left = exists().where(meets(), col(Session.state).in_(("planned", "postponed", "not_held")))
    return (
        _row(literal("undated"), col(Pairing.round_id), func.count(counts_as().distinct()))
        .join(Round, col(Round.id) == Pairing.round_id)
        .where(Pairing.organisation_id == uow.organisation_id, Pairing.state == "active", left, ~ahead)
        .group_by(col(Pairing.round_id))
    )


def _held(uow: Uow) -> Any:
    """The meetings that were held, and by how many pairs; of rounds that are closed, as two looks at a total that grows
    would say who has just met.
    """
    pairs = cast(func.count(col(Pairing.id).distinct()), String)
    return (
        _row(literal("held"), col(Pairing.round_id), func.count(col(Session.id).distinct()), pairs)
        .join(Round, col(Round.id) == Pairing.round_id)
        .join(Session, meets())
        .where(Pairing.organisation_id == uow.organisation_id, col(Round.state) == "closed")
        .where(col(Session.state) == "held")
        .group_by(col(Pairing.round_id))
    )


def _hands(uow: Uow) -> Any:
    """The pairs of which the coordinator was told, and those of such groups; pairs of a circle each by itself."""
    led = (col(MentoringGroup.id) == Pairing.group_id) & col(MentoringGroup.mentor_enrolment_id).is_not(None)
    mentor, mentee, first = aliased(Person), aliased(Person), aliased(Pairing)
    oldest = (
        select(func.min(first.id))
        .where(col(first.group_id) == MentoringGroup.id, col(first.state).in_(GOING_ON))
        .correlate(MentoringGroup)
        .scalar_subquery()
    )
    return (
        _row(
            literal("hand"),
            col(Pairing.round_id),
            func.coalesce(oldest, col(Pairing.id)),
            col(mentor.name),
            col(mentee.name),
        )
        .join(mentor, col(mentor.id) == Pairing.mentor_id)
        .join(mentee, col(mentee.id) == Pairing.mentee_id)
        .outerjoin(MentoringGroup, led)
        .where(Pairing.organisation_id == uow.organisation_id, col(Pairing.state).in_(GOING_ON))
        .where(func.coalesce(col(MentoringGroup.help), col(Pairing.help)) == "told")
    )


def _comes(uow: Uow) -> Any:
    return _row(literal("comes"), literal(0), literal(0), col(Job.name), col(Job.key), col(Job.due_at)).where(
        col(Job.organisation_id) == uow.organisation_id,
        col(Job.state) == "open",
        jobs.starts_with("round:"),
        col(Job.name).in_(COMES),
    )
