"""What a coordinator reviews before a matching is approved: proposals with names, marks on pairs, people left out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, bindparam, delete, func, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot.domain.programme import PEER
from storage.matching import NEWEST_RUN, Key
from storage.tables import Enrolment, LeftOut, MatchRun, PairRule, Person, Proposal, Round
from storage.uow import Uow

MARKS = ("fixed", "excluded")

_Mentor, _Mentee = aliased(Person), aliased(Person)
_MentorSide, _MenteeSide = aliased(Enrolment), aliased(Enrolment)


@dataclass(frozen=True)
class Proposed:
    """A proposal, its two people, and the coordinator's mark on the two (``fixed``, ``excluded`` or none)."""

    proposal: Proposal
    mentor: Person
    mentee: Person
    mentor_side: Enrolment
    mentee_side: Enrolment
    mark: str = ""

    @property
    def peers(self) -> bool:
        """Whether each would be the other's mentor and mentee."""
        return self.mentor_side.role == PEER

    @property
    def pair(self) -> Key:
        return self.proposal.mentor_enrolment_id, self.proposal.mentee_enrolment_id


# Statements are built once, where they can be: a page's would take as long as all else that a press of it costs.
_MARK = and_(
    col(PairRule.round_id) == Proposal.round_id,
    col(PairRule.mentor_enrolment_id) == Proposal.mentor_enrolment_id,
    col(PairRule.mentee_enrolment_id) == Proposal.mentee_enrolment_id,
    col(PairRule.kind).in_(MARKS),
)
_PROPOSED: Any = (
    select(Proposal, _Mentor, _Mentee, _MentorSide, _MenteeSide, func.coalesce(col(PairRule.kind), ""))
    .join(_MentorSide, col(_MentorSide.id) == Proposal.mentor_enrolment_id)
    .join(_MenteeSide, col(_MenteeSide.id) == Proposal.mentee_enrolment_id)
    .join(_Mentor, col(_Mentor.id) == _MentorSide.person_id)
    .join(_Mentee, col(_Mentee.id) == _MenteeSide.person_id)
    .outerjoin(PairRule, _MARK)
    .where(
        col(Proposal.organisation_id) == bindparam("organisation"),
        col(Proposal.run_id) == bindparam("run"),
        col(Proposal.state) == "computed",
    )
)


def _excluded(run_id: Any) -> Any:
    """How many of the run's computed pairs were excluded since. The marks lead to the proposals, not the reverse."""
    proposal, mark = aliased(Proposal), aliased(PairRule)
    proposed = select(col(proposal.id)).where(
        col(proposal.run_id) == run_id,
        col(proposal.state) == "computed",
        col(proposal.mentor_enrolment_id) == mark.mentor_enrolment_id,
        col(proposal.mentee_enrolment_id) == mark.mentee_enrolment_id,
    )
    marked = select(func.count(col(mark.id))).where(
        col(mark.round_id) == bindparam("round"), col(mark.kind) == "excluded"
    )
    return marked.where(proposed.exists()).correlate(MatchRun).scalar_subquery()


def _pages() -> tuple[Any, Any]:
    """Pages of pairs, and of groups: those before the page are counted in an index alone, only those on it joined."""
    mentor, order = col(Proposal.mentor_enrolment_id), (col(Proposal.score), col(Proposal.id))
    of_run = col(Proposal.run_id) == bindparam("run"), col(Proposal.state) == "computed"
    pairs = select(col(Proposal.id)).where(*of_run).order_by(*order)
    mentors = select(mentor).where(*of_run).group_by(mentor).order_by(func.min(Proposal.score), mentor)
    theirs = select(col(Proposal.id)).where(mentor.in_(_part(mentors)), *of_run)
    shown = _PROPOSED.add_columns(_excluded(bindparam("run")))
    return (
        shown.where(col(Proposal.id).in_(_part(pairs))).order_by(*order),
        shown.where(col(Proposal.id).in_(theirs)),
    )


def _part(statement: Any) -> Any:
    return statement.offset(bindparam("before")).limit(bindparam("size"))


_PAIRS, _GROUPS = _pages()
_TO_APPROVE = (
    select(Round, MatchRun, _excluded(MatchRun.id))
    .outerjoin(MatchRun, col(MatchRun.id) == NEWEST_RUN)
    .where(col(Round.organisation_id) == bindparam("organisation"), col(Round.id) == bindparam("round"))
    .with_for_update(of=Round)
)


async def weakest(uow: Uow, run: MatchRun, offset: int, size: int) -> tuple[list[Proposed], int]:
    """A page of the run's computed proposals, the weakest first, and how many of the run were excluded since."""
    return await _page(uow, _PAIRS, run, offset, size)


async def weakest_groups(uow: Uow, run: MatchRun, offset: int, size: int) -> tuple[list[Proposed], int]:
    """The same of a page of mentors, group by group: first where somebody fits least."""
    found, excluded = await _page(uow, _GROUPS, run, offset, size)
    lowest: dict[int, int] = {}
    for one in found:
        lowest[one.pair[0]] = min(one.proposal.score, lowest.get(one.pair[0], one.proposal.score))
    found.sort(key=lambda one: (lowest[one.pair[0]], one.pair[0], one.proposal.score, one.proposal.pk))
    return found, excluded


async def _page(uow: Uow, page: Any, run: MatchRun, offset: int, size: int) -> tuple[list[Proposed], int]:
    rows = await uow.rows(page, run=run.pk, round=run.round_id, before=offset, size=size)
    return [Proposed(*row[:6]) for row in rows], rows[0][6] if rows else 0


async def stronger(uow: Uow, run_id: int, than: tuple[int, int], size: int) -> list[Proposed]:
    """The next computed proposals of the run after that (score, key), the weakest first: all of them, part by part."""
    score, key = than
    after = (col(Proposal.score) > score) | ((col(Proposal.score) == score) & (col(Proposal.id) > key))
    statement = _PROPOSED.where(after).order_by(col(Proposal.score), col(Proposal.id)).limit(size)
    return [Proposed(*row) for row in await uow.rows(statement, run=run_id)]


async def proposed(uow: Uow, proposal_id: int) -> tuple[Proposed, Round, MatchRun] | None:
    """A proposal as it is reviewed, with its round and run, held to the end; None when its run is no longer shown."""
    found = await uow.get(Proposal, proposal_id)
    if found is None:
        return None
    statement = (
        _PROPOSED.add_columns(Round, MatchRun)
        .join(Round, col(Round.id) == Proposal.round_id)
        .join(MatchRun, col(MatchRun.id) == Proposal.run_id)
        .where(col(Proposal.id) == proposal_id)
    )
    rows = await uow.rows(statement.with_for_update(of=Proposal), run=found.run_id)
    return (Proposed(*rows[0][:6]), rows[0][6], rows[0][7]) if rows else None


async def pairs_of(uow: Uow, run_id: int, enrolment_ids: Sequence[int]) -> list[Proposed]:
    """The computed proposals of the run that name one of these enrolments."""
    statement = _PROPOSED.where(col(_MentorSide.id).in_(enrolment_ids) | col(_MenteeSide.id).in_(enrolment_ids))
    return [Proposed(*row) for row in await uow.rows(statement.order_by(col(Proposal.id)), run=run_id)]


@dataclass(frozen=True)
class Alone:
    """Somebody without a pair: the name, and the reason as data."""

    name: str
    reason: dict[str, Any]


async def left_out(uow: Uow, run_id: int, offset: int, size: int) -> tuple[list[Alone], int]:
    """A page of the people without a pair, in the order of their names, and how many there are."""
    statement = (
        select(col(Person.name), col(LeftOut.reason), func.count().over())
        .join(Enrolment, col(Enrolment.id) == LeftOut.enrolment_id)
        .join(Person, col(Person.id) == Enrolment.person_id)
        .where(col(LeftOut.organisation_id) == uow.organisation_id, col(LeftOut.run_id) == run_id)
        .order_by(col(Person.name), col(LeftOut.id))
        .offset(offset)
        .limit(size)
    )
    rows = await uow.rows(statement)
    return [Alone(row[0], row[1]) for row in rows], rows[0][2] if rows else 0


async def none_instead(uow: Uow, run: MatchRun, size: int) -> tuple[list[str], int]:
    """Who has no pair in the run, of those of whom the coordinator excluded one: some names, and how many there are."""
    excluded = and_(col(PairRule.round_id) == run.round_id, col(PairRule.kind) == "excluded")
    of_excluded = [
        col(LeftOut.enrolment_id).in_(select(side).where(excluded))
        for side in (col(PairRule.mentor_enrolment_id), col(PairRule.mentee_enrolment_id))
    ]
    statement = (
        select(col(Person.name), func.count().over())
        .join(Enrolment, col(Enrolment.person_id) == Person.id)
        .join(LeftOut, col(LeftOut.enrolment_id) == Enrolment.id)
        .where(col(LeftOut.organisation_id) == uow.organisation_id, col(LeftOut.run_id) == run.pk)
        .where(or_(*of_excluded))
        .order_by(col(Person.name), col(LeftOut.id))
        .limit(size)
    )
    rows = await uow.rows(statement)
    return [row[0] for row in rows], rows[0][1] if rows else 0


async def reason_of(uow: Uow, round_id: int, enrolment_id: int) -> dict[str, Any] | None:
    """Why the enrolment has no pair, as the newest run that left it out found; None when none did."""
    statement = (
        select(col(LeftOut.reason))
        .join(MatchRun, col(MatchRun.id) == LeftOut.run_id)
        .where(
            col(LeftOut.organisation_id) == uow.organisation_id,
            col(LeftOut.round_id) == round_id,
            col(LeftOut.enrolment_id) == enrolment_id,
            col(MatchRun.state) == "ready",
        )
        .order_by(col(LeftOut.run_id).desc())
        .limit(1)
    )
    rows = await uow.rows(statement)
    return rows[0][0] if rows else None


async def departments(uow: Uow, run_id: int) -> list[tuple[str, int]]:
    """The departments of the mentees of computed proposals, with how many these are."""
    statement = (
        select(col(Person.department), func.count())
        .join(Enrolment, col(Enrolment.person_id) == Person.id)
        .join(Proposal, col(Proposal.mentee_enrolment_id) == Enrolment.id)
        .where(
            col(Proposal.organisation_id) == uow.organisation_id,
            col(Proposal.run_id) == run_id,
            col(Proposal.state) == "computed",
        )
        .group_by(col(Person.department))
        .order_by(col(Person.department))
    )
    return [(row[0], row[1]) for row in await uow.rows(statement)]


# ── Marks ────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def marks(uow: Uow, round_id: int) -> dict[Key, str]:
    """The coordinator's own marks on pairs: ``fixed`` or ``excluded``."""
    statement = select(col(PairRule.mentor_enrolment_id), col(PairRule.mentee_enrolment_id), col(PairRule.kind)).where(
        col(PairRule.organisation_id) == uow.organisation_id,
        col(PairRule.round_id) == round_id,
        col(PairRule.kind).in_(MARKS),
    )
    return {(mentor, mentee): kind for mentor, mentee, kind in await uow.rows(statement)}


async def set_mark(uow: Uow, round_id: int, pair: Key, kind: str | None, known: str | None) -> None:
    """Replace the coordinator's mark on a pair (``known``: the present one); None takes it away."""
    this = (
        col(PairRule.organisation_id) == uow.organisation_id,
        col(PairRule.round_id) == round_id,
        col(PairRule.mentor_enrolment_id) == pair[0],
        col(PairRule.mentee_enrolment_id) == pair[1],
        col(PairRule.kind).in_(MARKS),
    )
    if kind is None:
        await uow.execute(delete(PairRule).where(*this))
    elif not known:
        uow.add(PairRule(round_id=round_id, mentor_enrolment_id=pair[0], mentee_enrolment_id=pair[1], kind=kind))
    else:
        await uow.execute(update(PairRule).where(*this).values(kind=kind))


async def to_approve(uow: Uow, round_id: int) -> tuple[Round, MatchRun | None, int] | None:
    """The round, held, its newest run, and how many of its pairs were excluded since: in one query."""
    rows = await uow.rows(_TO_APPROVE, round=round_id)
    return (rows[0][0], rows[0][1], rows[0][2]) if rows else None
