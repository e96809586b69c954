"""Questions about rounds: whom they invite, how many take part, what they still owe, and the moves between states."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, and_, case, delete, func, insert, literal, or_, update
from sqlmodel import col, select

from bot.domain.programme import RoundRules, is_completed
from storage.couples import GOING_ON, counts_as
from storage.enrolments import waited_before
from storage.jobs import starts_with
from storage.sessions import CALLED_OFF
from storage.tables import (
    Account,
    Enrolment,
    Job,
    MatchRun,
    MentoringGroup,
    Organisation,
    Pairing,
    Person,
    Proposal,
    Round,
    Session,
    Workspace,
)
from storage.uow import Uow

NOT_TAKING_PART = ("invited", "declined_invitation", "withdrawn")
LEFT_ALONE = ("declined_invitation", "withdrawn")
"""States of those whom the round no longer writes to."""
OVER = ("closed", "cancelled")

_enrolment: Table = Enrolment.__table__  # type: ignore[attr-defined]  # SQLModel adds it at class creation


@dataclass(frozen=True)
class Counts:
    """How many people were invited, have ever enrolled (as mentors, as mentees), have left since (``withdrawn``), take
    part and are prepared; how many pairs, or groups, have ever ``formed``.

    The roles are those of all who ever enrolled: less than their total, they would tell how few have left.
    ``unreached``: how many of those whom the round writes to have no account that takes messages.
    ``waits_for_review``: whether the newest run of the matching is still to be approved; None before the first.
    """

    invited: int = 0
    enrolled: int = 0
    withdrawn: int = 0
    mentors: int = 0
    mentees: int = 0
    prepared: int = 0
    formed: int = 0
    unreached: int = 0
    waits_for_review: bool | None = None


async def rounds_of(uow: Uow, *states: str) -> list[Round]:
    """The rounds in one of these states (all of them when none is named), the newest first."""
    statement = uow.of(Round).order_by(col(Round.id).desc())
    if states:
        statement = statement.where(col(Round.state).in_(states))
    rounds: list[Round] = await uow.all(statement)
    return rounds


async def move(uow: Uow, round_id: int, states: Collection[str], **values: Any) -> Round | None:
    """Change a round that is in one of ``states``, in one statement: of two presses at once, one gets None."""
    statement = (
        update(Round)
        .where(col(Round.id) == round_id, col(Round.organisation_id) == uow.organisation_id)
        .where(col(Round.state).in_(states))
        .values(**values)
        .returning(Round)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    found: Round | None = (await uow.execute(statement)).scalars().first()
    return found


async def with_coordinator(uow: Uow, round_id: int) -> tuple[Round, Person, Organisation] | None:
    """A round with who coordinates it and the organisation whose closures count, in one query."""
    statement = (
        select(Round, Person, Organisation)
        .join(Person, col(Person.id) == Round.coordinator_id)
        .join(Organisation, col(Organisation.id) == Round.organisation_id)
        .where(Round.organisation_id == uow.organisation_id, Round.id == round_id)
    )
    rows = await uow.rows(statement)
    return (rows[0][0], rows[0][1], rows[0][2]) if rows else None


async def invited_people(uow: Uow, round: Round) -> list[Person]:
    """Whom the round invites: those who fit all of its filters or asked for a mentor, without its coordinator.

    ``Round.invited`` holds ``departments``, ``sites``, ``stages`` (an absent one means all), and ids: ``with`` people
    who are invited in any case, ``without`` people who are not.
    """
    chosen = round.invited
    fits = [
        column.in_(chosen[name])
        for name, column in (
            ("departments", col(Person.department)),
            ("sites", col(Person.site)),
            ("stages", col(Person.career_stage)),
        )
        if chosen.get(name)
    ]
    also = [int(id) for id in chosen.get("with", ())]
    not_these = [int(id) for id in chosen.get("without", ())] + [round.coordinator_id]
    statement = uow.of(Person).where(col(Person.left_at).is_(None), col(Person.id).not_in(not_these))
    if fits:
        asked = col(Person.asks_since).is_not(None)
        statement = statement.where(or_(and_(*fits), col(Person.id).in_(also), asked))
    people: list[Person] = await uow.all(statement.order_by(col(Person.id)))
    return people


def fits(round: Round, person: Person) -> bool:
    """Whether the round invites this person, by the same rule: somebody who has joined the company since, say."""
    chosen = round.invited
    if person.pk == round.coordinator_id or str(person.pk) in chosen.get("without", ()):
        return False
    theirs = {"departments": person.department, "sites": person.site, "stages": person.career_stage}
    everybody_of = all(value in chosen[name] for name, value in theirs.items() if chosen.get(name))
    return everybody_of or str(person.pk) in chosen.get("with", ()) or person.asks_since is not None


async def boards(uow: Uow, *, round_id: int | None = None, unfinished: bool = False) -> list[tuple[Round, Counts]]:
    """Rounds with their counts in one query, the newest first: one of them, all, or those that are not over."""
    enrolment = Enrolment
    formed = (
        select(func.count(counts_as().distinct()))
        .where(Pairing.round_id == Round.id)
        .correlate(Round)
        .scalar_subquery()
    )
    statement = (
        select(  # type: ignore[call-overload]  # nine columns where the stub knows four
            Round,
            col(enrolment.state),
            col(enrolment.role),
            func.count(col(enrolment.id)),
            func.count(col(enrolment.enrolled_at)),
            func.count(col(enrolment.prepared_at)),
            func.count(case((and_(col(enrolment.id).is_not(None), _has_no_account()), 1))),
            formed,
            _waits_for_review(),
        )
        .outerjoin(enrolment, col(enrolment.round_id) == Round.id)
        .where(Round.organisation_id == uow.organisation_id)
        .group_by(col(Round.id), col(enrolment.state), col(enrolment.role))
        .order_by(col(Round.id).desc())
    )
    if round_id is not None:
        statement = statement.where(Round.id == round_id)
    if unfinished:
        statement = statement.where(col(Round.state).not_in(OVER))
    return _boards(await uow.rows(statement))


def _has_no_account() -> Any:
    """Of an enrolment: no account of the person takes messages, in any workspace where the bot is."""
    return ~(
        select(col(Account.id))
        .join(Workspace, col(Workspace.id) == Account.workspace_id)
        .where(Account.person_id == Enrolment.person_id, Account.organisation_id == Enrolment.organisation_id)
        .where(Account.reachable, col(Workspace.removed_at).is_(None))
        .correlate(Enrolment)
        .exists()
    )


async def unreached(uow: Uow, round_id: int) -> list[str]:
    """The names of those whom the round writes to and who have no account that takes messages, in order."""
    statement = (
        select(col(Person.name))
        .join(Enrolment, col(Enrolment.person_id) == Person.id)
        .where(Enrolment.organisation_id == uow.organisation_id, Enrolment.round_id == round_id)
        .where(col(Enrolment.state).not_in(LEFT_ALONE), _has_no_account())
        .order_by(col(Person.name))
    )
    names: list[str] = await uow.all(statement)
    return names


def _waits_for_review() -> Any:
    return (
        select(col(MatchRun.approved_at).is_(None))
        .where(MatchRun.round_id == Round.id, MatchRun.kind == "whole", MatchRun.state == "ready")
        .order_by(col(MatchRun.id).desc())
        .limit(1)
        .correlate(Round)
        .scalar_subquery()
    )


async def asks_somebody(uow: Uow, round_id: int) -> bool:
    """Whether a name waits for somebody's answer in the round."""
    waiting = col(Proposal.state).in_(("reviewed", "proposed_to_mentee", "gathering", "proposed_to_mentor", "accepted"))
    return await uow.first(uow.of(Proposal).where(Proposal.round_id == round_id, waiting).limit(1)) is not None


async def formed_in(uow: Uow, round: Round) -> int:
    """How many pairs of the round have ever formed; of a round of groups, how many groups.

    Those that ended early count too: the report tells of all, and the difference would be the few that it hides.
    """
    ever = uow.of(Pairing).where(Pairing.round_id == round.pk)
    counted = ever.join(Round, col(Round.id) == Pairing.round_id).with_only_columns(counts_as())
    return await uow.count(counted.distinct())


def _boards(rows: Iterable[Any]) -> list[tuple[Round, Counts]]:
    found: dict[int, tuple[Round, Counts]] = {}
    for round, state, role, people, enrolled, prepared, unreached, formed, waits_for_review in rows:
        _, counts = found.get(round.pk, (round, Counts()))
        taking_part = state is not None and state not in NOT_TAKING_PART
        found[round.pk] = (
            round,
            Counts(
                invited=counts.invited + people,
                enrolled=counts.enrolled + enrolled,
                withdrawn=counts.withdrawn + (0 if taking_part else enrolled),
                mentors=counts.mentors + (enrolled if role == "mentor" else 0),
                mentees=counts.mentees + (enrolled if role == "mentee" else 0),
                prepared=counts.prepared + (prepared if taking_part else 0),
                formed=formed,
                unreached=counts.unreached + (0 if state in LEFT_ALONE else unreached),
                waits_for_review=waits_for_review,
            ),
        )
    return list(found.values())


async def participants(uow: Uow, round_id: int, *states: str) -> list[Enrolment]:
    """The enrolments of those who take part (in one of ``states``, when some are named)."""
    statement = uow.of(Enrolment).where(Enrolment.round_id == round_id)
    if states:
        statement = statement.where(col(Enrolment.state).in_(states))
    else:
        statement = statement.where(col(Enrolment.state).not_in(NOT_TAKING_PART))
    found: list[Enrolment] = await uow.all(statement.order_by(col(Enrolment.id)))
    return found


@dataclass(frozen=True)
class Company:
    """What a coordinator may choose from, and what dates are measured by."""

    departments: tuple[str, ...]
    sites: tuple[str, ...]
    stages: tuple[str, ...]
    people: int


async def company(uow: Uow) -> Company:
    """The departments, sites and career stages in use, in alphabetical order, in one query."""
    columns = (col(Person.department), col(Person.site), col(Person.career_stage))
    statement = (
        select(*columns, func.count())
        .where(Person.organisation_id == uow.organisation_id, col(Person.left_at).is_(None))
        .group_by(*columns)
    )
    rows = await uow.rows(statement)
    departments, sites, stages = ({row[place] for row in rows} - {""} for place in range(3))
    return Company(tuple(sorted(departments)), tuple(sorted(sites)), tuple(sorted(stages)), sum(row[3] for row in rows))


@dataclass(frozen=True)
class Sponsored:
    """A round with its sponsor: as forms name them, and their name; both empty when there is none."""

    round: Round
    sponsor: str
    sponsor_name: str


async def all_rounds(uow: Uow, workspace_id: int | None) -> tuple[Organisation | None, list[Sponsored]]:
    """The organisation, and its rounds, the newest first, each with its sponsor: by their account of the workspace, or
    by their e-mail address (None).

    One query, for the conversations that need all of it.
    """
    accounts = and_(col(Account.person_id) == Round.sponsor_id, col(Account.workspace_id) == workspace_id)
    statement = (
        select(  # type: ignore[call-overload]  # five columns where the stub knows four
            Organisation, Round, col(Person.email), col(Account.external_id), col(Person.name)
        )
        .outerjoin(Round, col(Round.organisation_id) == Organisation.id)
        .outerjoin(Person, col(Person.id) == Round.sponsor_id)
        .outerjoin(Account, accounts)
        .where(Organisation.id == uow.organisation_id)
        .order_by(col(Round.id).desc(), col(Account.id))
    )
    rows = await uow.rows(statement)
    by_id = {
        round.pk: Sponsored(round, (email if workspace_id is None else account) or "", name or "")
        for _, round, email, account, name in rows
        if round is not None
    }
    return (rows[0][0] if rows else None), list(by_id.values())


async def place_in(uow: Uow, round_id: int, person_id: int) -> Enrolment:
    """The person's place in the round, held to the end; a new one, invited, where they had none."""
    mine = uow.of(Enrolment).where(Enrolment.round_id == round_id, Enrolment.person_id == person_id).with_for_update()
    found: list[Enrolment] = await uow.all(mine)
    if not found:
        await invite(uow, round_id, [person_id])
        found = await uow.all(mine)
    return found[0]


async def invite(uow: Uow, round_id: int, person_ids: Sequence[int]) -> None:
    """Write that these people are invited, many in one statement; who waited in vain last time, or asked for a mentor
    since, comes first now.
    """
    blank = Enrolment(organisation_id=uow.organisation_id, round_id=round_id, person_id=0)
    same = blank.model_dump(exclude={"id", "person_id", "waited"})
    columns = [literal(value, _enrolment.c[name].type) for name, value in same.items()]
    waited = or_(waited_before(uow, col(Person.id), literal(round_id)), col(Person.asks_since).is_not(None))
    for start in range(0, len(person_ids), 1000):
        some = select(*columns, col(Person.id), waited).where(col(Person.id).in_(person_ids[start : start + 1000]))  # type: ignore[call-overload]  # more columns than the stub knows
        await uow.execute(insert(Enrolment).from_select([*same, "person_id", "waited"], some.order_by(col(Person.id))))


# ── What a cancelled round still owes ────────────────────────────────────────────────────────────────────────────────


async def end_pairs(uow: Uow, round_id: int) -> None:
    """A cancelled round's proposals are dropped, its pairs end, and what they had booked is cancelled."""
    pairings = select(Pairing.id).where(Pairing.organisation_id == uow.organisation_id, Pairing.round_id == round_id)
    groups = select(MentoringGroup.id).where(MentoringGroup.round_id == round_id)
    theirs = col(Session.pairing_id).in_(pairings) | col(Session.group_id).in_(groups)
    sessions = (theirs, col(Session.state).in_(("planned", "scheduled", "postponed")))
    of_round = col(Pairing.round_id) == round_id
    await uow.execute(update(Session).where(*sessions, _ours(uow, Session)).values(CALLED_OFF))
    await uow.execute(
        update(Pairing)
        .where(of_round, _ours(uow, Pairing), col(Pairing.state).in_(GOING_ON))
        .values(state="ended_early", ended_at=uow.now)
    )
    await uow.execute(
        update(Proposal)
        .where(col(Proposal.round_id) == round_id, _ours(uow, Proposal))
        .where(col(Proposal.state).not_in(("accepted", "declined", "expired")))
        .values(state="dropped")
    )


async def end_with_round(uow: Uow, round_id: int, rules: RoundRules) -> list[Pairing]:
    """The pairs that reach the end of their round: completed by its rule, or just ended; returns them."""
    going_on = uow.of(Pairing).where(Pairing.round_id == round_id, col(Pairing.state).in_(GOING_ON))
    pairings: list[Pairing] = await uow.all(going_on.with_for_update())
    sessions = [one for one in await sessions_of(uow, pairings) if one.state == "held"]
    for pairing in pairings:
        held = [(one.number, one.topic) for one in sessions if meets_in(pairing, one)]
        completed = is_completed(rules, held)
        pairing.state, pairing.ended_at = "completed" if completed else "ended", uow.now
    return pairings


async def sessions_of(uow: Uow, pairings: Sequence[Pairing]) -> list[Session]:
    """The sessions of these pairs, and those of their groups, each once."""
    groups = {pairing.group_id for pairing in pairings if pairing.group_id is not None}
    theirs = col(Session.pairing_id).in_([pairing.pk for pairing in pairings]) | col(Session.group_id).in_(groups)
    found: list[Session] = await uow.all(uow.of(Session).where(theirs)) if pairings else []
    return found


def meets_in(pairing: Pairing, session: Session) -> bool:
    """Whether the pair meets in the session: its own, or its group's until it left."""
    if session.pairing_id == pairing.id:
        return True
    if session.group_id is None or session.group_id != pairing.group_id:
        return False
    at = session.held_at or session.starts_at
    return pairing.state != "ended_early" or (at is not None and pairing.ended_at is not None and at < pairing.ended_at)


def session_ids(round_id: int) -> Any:
    """Of all sessions of the round, as a statement."""
    return (
        select(Session.id)
        .outerjoin(Pairing, col(Pairing.id) == Session.pairing_id)
        .outerjoin(MentoringGroup, col(MentoringGroup.id) == Session.group_id)
        .where((col(Pairing.round_id) == round_id) | (col(MentoringGroup.round_id) == round_id))
    )


async def take_back_promises(uow: Uow, round_id: int) -> None:
    """Take back every open promise about the round's enrolments, proposals, pairs and sessions."""
    ids = {
        "enrolment": select(Enrolment.id).where(Enrolment.round_id == round_id),
        "proposal": select(Proposal.id).where(Proposal.round_id == round_id),
        "pairing": select(Pairing.id).where(Pairing.round_id == round_id),
        "group": select(MentoringGroup.id).where(MentoringGroup.round_id == round_id),
        "session": session_ids(round_id),
    }
    theirs = {f"{kind}:{id}" for kind, statement in ids.items() for id in await uow.all(statement)}
    keys = [starts_with(f"{kind}:") for kind in ids]
    open_jobs = select(Job.id, Job.key).where(_ours(uow, Job), Job.state == "open", or_(*keys))
    taken_back = [id for id, key in await uow.rows(open_jobs) if ":".join(key.split(":")[:2]) in theirs]
    for start in range(0, len(taken_back), 500):
        await uow.execute(delete(Job).where(col(Job.id).in_(taken_back[start : start + 500]), _ours(uow, Job)))


def _ours(uow: Uow, model: type[Any]) -> Any:
    return model.organisation_id == uow.organisation_id
