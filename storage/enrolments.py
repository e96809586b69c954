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
    literal,
    or_,
)
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from storage.choices import CHOICES, Choices
from storage.couples import ROUND_IS_ON
from storage.tables import Enrolment, FlowSession, Goal, Job, Pairing, Round
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
    """A person's place in a round. ``goals``: how many are written; ``talk``: the form that lies half filled."""

    enrolment: Enrolment
    round: Round
    goals: int
    talk: FlowSession | None

    @property
    def begun(self) -> bool:
        """Whether the enrolment form lies half filled."""
        return self.talk is not None

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
    statement = _place(round_id is not None, tuple(rounds), tuple(states), lock)
    found = await uow.rows(statement, person=person_id, now=uow.now, round=round_id)
    return _participation(found[0]) if found else None


async def place_and_choices(
    uow: Uow, person_id: int, workspace_id: int | None, *, round_id: int | None = None, states: Iterable[str] = ()
) -> tuple[Participation, Choices] | None:
    """The same place, and what its forms offer (``choices``), in one query: an invitation is pressed by all at once."""
    statement = _place_and_choices(round_id is not None, tuple(states), workspace_id is not None)
    given = {"person": person_id, "now": uow.now, "round": round_id, "workspace": workspace_id}
    found = await uow.rows(statement, **given)
    return (_participation(found[0][:-2]), Choices.of(*found[0][-2:])) if found else None


def _participation(row: Any) -> Participation:
    enrolment, round, goals, talk = row
    return Participation(enrolment, round, int(goals), talk)


@lru_cache(maxsize=64)
def _place(one_round: bool, rounds: tuple[str, ...], states: tuple[str, ...], lock: bool) -> Any:
    """The query of ``participation``, built once for each way of asking."""
    statement = _PLACES.limit(1)
    which = col(Round.id) == bindparam("round") if one_round else col(Round.state).in_(rounds)
    statement = statement.where(which)
    if states:
        statement = statement.where(col(Enrolment.state).in_(states))
    return statement.with_for_update(of=Enrolment).execution_options(populate_existing=True) if lock else statement


@lru_cache(maxsize=16)
def _place_and_choices(one_round: bool, states: tuple[str, ...], by_accounts: bool) -> Any:
    return _place(one_round, OPEN_ROUNDS, states, lock=False).add_columns(*CHOICES[by_accounts])


_TALK = aliased(FlowSession)


def _half_filled(person: Any) -> ColumnElement[bool]:
    """Of ``_TALK``: the newest conversation in which that person enrols in the round and can go on."""
    newest = select(func.max(col(FlowSession.id))).where(
        FlowSession.person_id == person,
        FlowSession.flow == "enrolment",
        FlowSession.subject == literal("round:").concat(cast(col(Round.id), String)),
        can_go_on(bindparam("now", type_=Moment)),
    )
    return col(_TALK.id) == newest.scalar_subquery()


def _goals() -> Any:
    return select(func.count()).select_from(Goal).where(Goal.enrolment_id == Enrolment.id).scalar_subquery()


# Built once: every present card asks it, and building a statement costs as much as running it.
_PLACES = (
    select(Enrolment, Round, _goals(), _TALK)
    .join(Round, col(Round.id) == Enrolment.round_id)
    .outerjoin(_TALK, _half_filled(col(Enrolment.person_id)))
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
        select(Round, Enrolment, _TALK, waited_before(uow, literal(person_id), col(Round.id)))
        .outerjoin(Enrolment, mine)
        .outerjoin(_TALK, _half_filled(person_id))
        .where(Round.organisation_id == uow.organisation_id, or_(col(Round.state) == "enrolling", late))
        .order_by(col(Round.id).desc())
    )
    return [
        Participation(
            enrolment or Enrolment(round_id=round.pk, person_id=person_id, waited=bool(waited)), round, 0, talk
        )
        for round, enrolment, talk, waited in await uow.rows(statement, now=uow.now)
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


async def take_back(uow: Uow, person_id: int, names: Iterable[str] | None = None, *, but: Iterable[str] = ()) -> None:
    """Take back what the bot still meant to do or say to this person under these job names, all of it when None, but
    what it promised under others.
    """
    mine = (col(Job.organisation_id) == uow.organisation_id, col(Job.person_id) == person_id, col(Job.state) == "open")
    named = () if names is None else (col(Job.name).in_(list(names)),)
    await uow.execute(delete(Job).where(*mine, *named, col(Job.name).not_in(list(but))))
