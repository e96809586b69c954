"""Who takes part in which round: finding enrolments, goals, the "please not with" list, and whether a pair is ready."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    bindparam,
    cast,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    union_all,
)
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from storage.couples import ROUND_IS_ON
from storage.naming import behind
from storage.sites import EACH_SITE
from storage.tables import Account, Avoidance, Enrolment, FlowSession, Goal, Job, Pairing, Person, Round
from storage.talks import can_go_on
from storage.types import Moment
from storage.uow import Uow

BEFORE_CLOSING = ("enrolling", *ROUND_IS_ON)
OPEN_ROUNDS = (*BEFORE_CLOSING, "closing")
ENROLLED = ("enrolled", "prepared")
WITHOUT_A_PARTNER = (*ENROLLED, "waitlisted")
TAKING_PART = (*WITHOUT_A_PARTNER, "paired", "paused")
OF_THE_ROUND = (*TAKING_PART, "completed")


@dataclass(frozen=True)
class Participation:
    """A person's place in a round. ``goals``: how many are written; ``begun``: the enrolment form lies half filled."""

    enrolment: Enrolment
    round: Round
    goals: int
    begun: bool

    @property
    def late(self) -> bool:
        """Whether the time in which everybody enrols is over: whoever enrols now was added by a coordinator."""
        return self.round.state != "enrolling"

    @property
    def coordinating(self) -> bool:
        """Whether the round is the person's own to coordinate, and they are not in it: they can no longer enrol."""
        return self.round.coordinator_id == self.enrolment.person_id and self.enrolment.state not in OF_THE_ROUND


async def participation(
    uow: Uow,
    person_id: int,
    *,
    round_id: int | None = None,
    rounds: Iterable[str] = OPEN_ROUNDS,
    states: Iterable[str] = (),
    lock: bool = False,
) -> Participation | None:
    """The person's enrolment in that round, or in the newest round in one of these states; None when there is none.

    ``states`` narrows it to enrolments in those states. ``lock`` holds the enrolment to the end. One query.
    """
    named = {} if round_id is None else {"round": round_id}
    statement = _place(round_id is not None, tuple(rounds), tuple(states), lock)
    found = await uow.rows(statement, person=person_id, now=uow.now, **named)
    return _participation(found[0]) if found else None


def _participation(row: Any) -> Participation:
    enrolment, round, goals, begun = row
    return Participation(enrolment, round, int(goals), bool(begun))


@lru_cache(maxsize=64)
def _place(one_round: bool, rounds: tuple[str, ...], states: tuple[str, ...], lock: bool) -> Any:
    """The query of ``participation``, built once for each way of asking."""
    statement = _PLACES.limit(1)
    which = col(Round.id) == bindparam("round") if one_round else col(Round.state).in_(rounds)
    statement = statement.where(which)
    if states:
        statement = statement.where(col(Enrolment.state).in_(states))
    return statement.with_for_update(of=Enrolment).execution_options(populate_existing=True) if lock else statement


def _begun(uow: Uow) -> ColumnElement[bool]:
    return _half_filled(literal(uow.now, Moment))


def _half_filled(now: Any) -> ColumnElement[bool]:
    unfinished = select(FlowSession.id).where(
        FlowSession.person_id == Enrolment.person_id,
        FlowSession.flow == "enrolment",
        FlowSession.subject == literal("round:").concat(cast(col(Round.id), String)),
        can_go_on(now),
    )
    return unfinished.exists()


def _goals() -> Any:
    return select(func.count()).select_from(Goal).where(Goal.enrolment_id == Enrolment.id).scalar_subquery()


# Built once: every present card asks it, and building a statement costs as much as running it.
_PLACES = (
    select(Enrolment, Round, _goals(), _half_filled(bindparam("now", type_=Moment)))
    .join(Round, col(Round.id) == Enrolment.round_id)
    .where(col(Enrolment.organisation_id) == bindparam("organisation"), col(Enrolment.person_id) == bindparam("person"))
    .order_by(col(Round.id).desc())
)
_LIVE = _PLACES.where(col(Round.state).in_(OPEN_ROUNDS))


async def live(uow: Uow, person_id: int) -> list[Participation]:
    """The person's place in every round that goes on, the newest first, in one query."""
    return [_participation(row) for row in await uow.rows(_LIVE, person=person_id, now=uow.now)]


async def joinable(uow: Uow, person_id: int) -> list[Participation]:
    """The person's place in each round that enrols or to which they were added late, the newest first; one query.

    Where the person has none yet, the enrolment is new: it is not stored, and becomes so by being added.
    """
    mine = and_(col(Enrolment.round_id) == Round.id, col(Enrolment.person_id) == person_id)
    late = and_(
        col(Round.state).in_(ROUND_IS_ON),
        col(Enrolment.late_until) > uow.now,
        col(Enrolment.state).not_in(TAKING_PART),
    )
    statement = (
        select(Round, Enrolment, _begun(uow), waited_before(uow, literal(person_id), col(Round.id)))
        .outerjoin(Enrolment, mine)
        .where(Round.organisation_id == uow.organisation_id, or_(col(Round.state) == "enrolling", late))
        .order_by(col(Round.id).desc())
    )
    return [
        Participation(
            enrolment or Enrolment(round_id=round.pk, person_id=person_id, waited=bool(waited)), round, 0, bool(begun)
        )
        for round, enrolment, begun, waited in await uow.rows(statement)
    ]


def waited_before(uow: Uow, person: Any, round: Any) -> ColumnElement[bool]:
    """Whether the person's last enrolment before that round ended without a partner: they come first this time.

    ``person`` and ``round``: the two ids, as columns or literals of the statement that asks.
    """
    last, between = aliased(Enrolment), aliased(Enrolment)
    newer = exists().where(
        col(between.person_id) == last.person_id, col(between.round_id) > last.round_id, col(between.round_id) < round
    )
    return exists().where(
        col(last.organisation_id) == uow.organisation_id,
        col(last.person_id) == person,
        col(last.round_id) < round,
        or_(col(last.state) == "waitlisted", col(last.waited)),
        ~newer,
    )


async def ready(uow: Uow, pairing: Pairing) -> bool:
    """Whether both people of the pair have done the lessons that come before the first session."""
    both = [pairing.mentor_enrolment_id, pairing.mentee_enrolment_id]
    unprepared = uow.of(Enrolment).where(col(Enrolment.id).in_(both), col(Enrolment.prepared_at).is_(None))
    return await uow.count(unprepared) == 0


async def goals_of(uow: Uow, enrolment_id: int) -> list[Goal]:
    """The goals of an enrolment in their order; their text is sealed."""
    return await uow.all(uow.of(Goal).where(Goal.enrolment_id == enrolment_id).order_by(col(Goal.number)))


async def replace_goals(uow: Uow, enrolment_id: int, goals: Sequence[tuple[str, str]]) -> None:
    """Keep these goals, given as (kind, text), instead of the earlier ones."""
    mine = (col(Goal.organisation_id) == uow.organisation_id, col(Goal.enrolment_id) == enrolment_id)
    await uow.execute(delete(Goal).where(*mine))
    uow.add_all(
        Goal(enrolment_id=enrolment_id, number=number, kind=kind, sealed_text=uow.box.seal(text), created_at=uow.now)
        for number, (kind, text) in enumerate(goals, 1)
    )


_SITES = EACH_SITE.with_only_columns(literal("site"), *EACH_SITE.selected_columns)
_AVOIDED = (
    col(Avoidance.organisation_id) == bindparam("organisation"),
    col(Avoidance.person_id) == bindparam("person"),
)
_SITES_AND_ACCOUNTS_AVOIDED = union_all(
    _SITES,
    select(literal("avoided"), Account.external_id)
    .join(Avoidance, col(Avoidance.other_id) == Account.person_id)
    .where(*_AVOIDED, col(Account.workspace_id) == bindparam("workspace")),
)
_SITES_AND_ADDRESSES_AVOIDED = union_all(
    _SITES,
    select(literal("avoided"), Person.email).join(Avoidance, col(Avoidance.other_id) == Person.id).where(*_AVOIDED),
)


async def places_and_avoided(uow: Uow, person_id: int, workspace_id: int | None) -> tuple[list[str], list[str]]:
    """The company's sites by name, and those whom the person asked not to meet: by their accounts of the workspace, or
    by e-mail address (None).

    Both in one query, because they are always wanted together.
    """
    if workspace_id is None:
        rows = await uow.rows(_SITES_AND_ADDRESSES_AVOIDED, person=person_id)
    else:
        rows = await uow.rows(_SITES_AND_ACCOUNTS_AVOIDED, person=person_id, workspace=workspace_id)
    return sorted(name for what, name in rows if what == "site"), sorted(id for what, id in rows if what == "avoided")


async def change_avoided(
    uow: Uow, person_id: int, workspace_id: int, chosen: Iterable[str], shown: Iterable[str]
) -> None:
    """Make the "please not with" list hold the people whom ``chosen`` names.

    Only people who were ``shown`` can be taken off it. Unknown names and the person's own are passed over.
    """
    added, removed = sorted(set(chosen) - set(shown)), sorted(set(shown) - set(chosen))
    mine = (col(Avoidance.organisation_id) == uow.organisation_id, col(Avoidance.person_id) == person_id)
    if removed:
        await uow.execute(
            delete(Avoidance).where(
                *mine, col(Avoidance.other_id).in_(select(behind(uow, workspace_id, removed).c.person_id))
            )
        )
    if added:
        named = behind(uow, workspace_id, added)
        others = select(literal(uow.organisation_id), literal(person_id), named.c.person_id).where(
            named.c.person_id != person_id, named.c.person_id.not_in(select(Avoidance.other_id).where(*mine))
        )
        values = others.distinct()
        await uow.execute(insert(Avoidance).from_select(["organisation_id", "person_id", "other_id"], values))


async def take_back(uow: Uow, person_id: int, names: Iterable[str] | None = None, *, but: Iterable[str] = ()) -> None:
    """Take back what the bot still meant to do or say to this person under these job names, all of it when None, but
    what it promised under others.
    """
    mine = (col(Job.organisation_id) == uow.organisation_id, col(Job.person_id) == person_id, col(Job.state) == "open")
    named = () if names is None else (col(Job.name).in_(list(names)),)
    await uow.execute(delete(Job).where(*mine, *named, col(Job.name).not_in(list(but))))
