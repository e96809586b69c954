"""What matching reads and writes: the people of a round, what stands between them, computed runs and proposals."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, literal, select, update
from sqlmodel import col

from bot.domain.programme import PEER
from storage.couples import AVAILABLE, GOING_ON
from storage.enrolments import ENROLLED
from storage.lines import in_lines, managers_of
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

UNDER_WAY = ("reviewed", "proposed_to_mentee", "gathering", "proposed_to_mentor", "accepted")
PAGE = 5000
NEWEST_RUN: Any = (
    select(func.max(MatchRun.id))
    .where(
        col(MatchRun.organisation_id) == bindparam("organisation"),
        col(MatchRun.round_id) == bindparam("round"),
        col(MatchRun.kind) == "whole",
        col(MatchRun.state) == "ready",
    )
    .scalar_subquery()
)
"""The key of the newest run that the coordinator may see, as a subquery; its round is the parameter ``round``."""

Key = tuple[int, int]
"""A pair: the mentor's enrolment and the mentee's."""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """One enrolment with what matching needs of its person. ``programmes``: others that the person takes part in."""

    id: int
    person_id: int
    state: str
    role: str
    capacity: int
    offers: Mapping[str, int]
    wants: Sequence[Sequence[object]]
    languages: Sequence[str]
    slots: Sequence[str]
    formats: Sequence[str]
    other_programme: str
    waited: bool
    proposals: int
    stage: str
    department: str
    site: str
    country: str
    spoken: Sequence[str]
    timezone: str
    paused_until: datetime | None
    persons_programme: str


@dataclass(frozen=True)
class World:
    """All that decides who may meet whom in a round.

    ``managers``: each of them and everybody above → manager (None: nobody above, unless ``unknown``). ``avoided``,
    ``conflicts`` and ``met`` (pairs of other rounds): person ids. ``rules``: (mentor, mentee) enrolments and kind.
    ``pairs``: proposals by their state, and pairings (state ``pairing``).
    """

    round: Round
    people: Sequence[Enrolled]
    managers: dict[int, int | None]
    unknown: frozenset[int]
    avoided: Sequence[Key]
    conflicts: Sequence[Key]
    rules: Sequence[tuple[Key, str]]
    pairs: Sequence[tuple[Key, str]]
    met: Sequence[Key] = ()


async def world(uow: Uow, round: Round) -> World:
    """Everything about a round's matching: seven queries, and one more for each ``PAGE`` of people."""
    people = await enrolled(uow, round.pk)  # before their lines: nobody enrols in between
    of_round = select(col(Enrolment.person_id)).where(col(Enrolment.round_id) == round.pk)
    managers, unknown = in_lines(await uow.rows(managers_of(uow, of_round)))
    return World(
        round,
        people,
        managers,
        unknown,
        await _between(uow, Avoidance),
        await _between(uow, Conflict),
        await rules_of_pairs(uow, round.pk),
        await taken(uow, round.pk),
        await _met(uow, round.pk),
    )


_ENROLLED = (
    *(col(getattr(Enrolment, name)) for name in ("id", "person_id", "state", "role", "capacity", "offers", "wants")),
    *(col(getattr(Enrolment, name)) for name in ("languages", "slots", "formats", "other_programme", "waited")),
    col(Enrolment.proposals),
    *(col(getattr(Person, name)) for name in ("career_stage", "department", "site", "country", "languages")),
    *(col(getattr(Person, name)) for name in ("timezone", "paused_until", "other_programme")),
)


async def enrolled(uow: Uow, round_id: int) -> list[Enrolled]:
    """Everybody who may be matched in a round, by key."""
    found: list[Enrolled] = []
    while True:
        page = await _enrolled_after(uow, round_id, found[-1].id if found else 0)
        found.extend(Enrolled(*row) for row in page)
        if len(page) < PAGE:
            return found


async def _enrolled_after(uow: Uow, round_id: int, key: int) -> Sequence[Any]:
    statement = (
        select(*_ENROLLED)
        .join(Person, col(Person.id) == Enrolment.person_id)
        .where(
            col(Enrolment.organisation_id) == uow.organisation_id,
            col(Enrolment.round_id) == round_id,
            col(Enrolment.id) > key,
            col(Enrolment.state).in_(AVAILABLE),
            ~col(Enrolment.held_back),
            col(Enrolment.role).in_(("mentor", "mentee", PEER)),
            col(Person.left_at).is_(None),
        )
        .order_by(col(Enrolment.id))
        .limit(PAGE)
    )
    return await uow.rows(statement)


async def _between(uow: Uow, table: type[Avoidance] | type[Conflict]) -> list[Key]:
    statement = select(col(table.person_id), col(table.other_id)).where(
        col(table.organisation_id) == uow.organisation_id
    )
    return [(person, other) for person, other in await uow.rows(statement)]


async def _met(uow: Uow, round_id: int) -> list[Key]:
    """Who was, or is, a pair in another round."""
    statement = select(col(Pairing.mentor_id), col(Pairing.mentee_id)).where(
        col(Pairing.organisation_id) == uow.organisation_id, col(Pairing.round_id) != round_id
    )
    return [(mentor, mentee) for mentor, mentee in await uow.rows(statement.distinct())]


async def rules_of_pairs(uow: Uow, round_id: int) -> list[tuple[Key, str]]:
    """What people decided about pairs of a round: ``fixed``, ``excluded``, ``declined``, ``ended``."""
    statement = select(col(PairRule.mentor_enrolment_id), col(PairRule.mentee_enrolment_id), col(PairRule.kind)).where(
        col(PairRule.organisation_id) == uow.organisation_id, col(PairRule.round_id) == round_id
    )
    return [((mentor, mentee), kind) for mentor, mentee, kind in await uow.rows(statement)]


async def taken(uow: Uow, round_id: int) -> list[tuple[Key, str]]:
    """Every proposal that counts with its state, and every pairing that goes on (``pairing``), in one query.

    Of those that were only computed, the newest run's count, and those of a repair, whose people are asked at once.
    """
    repairs = select(col(MatchRun.id)).where(col(MatchRun.kind) == "repair", col(MatchRun.state) == "ready")
    shown = col(Proposal.run_id).in_(repairs.where(col(MatchRun.round_id) == round_id))
    proposals: Any = select(
        col(Proposal.mentor_enrolment_id), col(Proposal.mentee_enrolment_id), col(Proposal.state).label("state")
    ).where(
        col(Proposal.organisation_id) == uow.organisation_id,
        col(Proposal.round_id) == round_id,
        (col(Proposal.state) != "computed") | (col(Proposal.run_id) == NEWEST_RUN) | shown,
    )
    pairings = select(
        col(Pairing.mentor_enrolment_id), col(Pairing.mentee_enrolment_id), literal("pairing").label("state")
    ).where(
        col(Pairing.organisation_id) == uow.organisation_id,
        col(Pairing.round_id) == round_id,
        col(Pairing.state).in_(GOING_ON),
    )
    rows = await uow.rows(proposals.union_all(pairings), round=round_id)
    return [((mentor, mentee), state) for mentor, mentee, state in rows]


# ── Waiting ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def set_waitlisted(uow: Uow, enrolment_ids: Iterable[int]) -> list[tuple[int, int]]:
    """Put people on the waiting list, first in the next run; gives (enrolment, person) of those who were not on it."""
    changed = await uow.execute(
        update(Enrolment)
        .where(
            col(Enrolment.organisation_id) == uow.organisation_id,
            col(Enrolment.id).in_(list(enrolment_ids)),
            col(Enrolment.state).in_(ENROLLED),
        )
        .values(state="waitlisted", waited=True)
        .returning(col(Enrolment.id), col(Enrolment.person_id))
        .execution_options(synchronize_session=False)
    )
    return sorted((enrolment, person) for enrolment, person in changed.all())


async def waiting_for_a_name(uow: Uow, enrolment_ids: Iterable[int]) -> list[Enrolment]:
    """Those of the enrolments, not on the waiting list yet, who were asked before, came late or whose pairing ended."""
    asked = (col(Enrolment.role) != "mentor") & (col(Enrolment.proposals) > 0)
    statement = uow.of(Enrolment).where(
        col(Enrolment.id).in_(list(enrolment_ids)),
        col(Enrolment.state).in_(ENROLLED),
        asked | col(Enrolment.waited) | col(Enrolment.late_until).is_not(None),
    )
    rows: list[Enrolment] = await uow.all(statement)
    return rows


async def latecomers(uow: Uow, round_id: int) -> bool:
    """Whether somebody enrolled who was added late, and has no partner: a run before that knows nothing of them."""
    statement = uow.of(Enrolment).where(
        Enrolment.round_id == round_id,
        col(Enrolment.state).in_(ENROLLED),
        col(Enrolment.late_until).is_not(None),
    )
    return await uow.first(statement.limit(1)) is not None
