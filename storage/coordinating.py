"""Who coordinates: those who have the role, the rounds whose coordinator has it no longer, and what goes with one."""

from collections.abc import Collection
from typing import Any

from sqlmodel import col, select

from storage.enrolments import OF_THE_ROUND
from storage.jobs import starts_with
from storage.lines import managers_of
from storage.rounds import session_ids
from storage.tables import Enrolment, Job, Person, Release, Round, Shared
from storage.uow import Uow

DUTIES = (
    "feedback.wants_to_talk",
    "pairing.group_ended",
    "programme.told",
    "reports.ready",
    "session.told",
    "sharing.given",
    "sharing.taken_back",
)
"""What is promised to a person because they coordinate a round."""
SHARED = ("asked", "given")
"""Where something to be shared stands while it may still come to who coordinates, or be taken back."""


async def coordinators(uow: Uow) -> list[Person]:
    """Those who have the role and have not left the company, by key."""
    here = uow.of(Person).where(Person.coordinator, col(Person.left_at).is_(None))
    found: list[Person] = await uow.all(here.order_by(col(Person.id)))
    return found


async def left_alone(uow: Uow, present: Collection[int]) -> list[Round]:
    """The rounds that none of these people coordinates, held; closed ones while they owe a word or hold one shared."""
    gone = uow.of(Round).where(col(Round.coordinator_id).not_in(present), Round.state != "cancelled")
    rounds: list[Round] = await uow.all(gone.order_by(col(Round.id)).with_for_update())
    return [round for round in rounds if round.state != "closed" or await _owes(uow, round)]


async def _owes(uow: Uow, round: Round) -> bool:
    mine = uow.of(Job).where(Job.state == "open", starts_with(f"round:{round.pk}:"))
    if await uow.first(mine.limit(1)) is not None:
        return True
    shared = uow.of(Shared).where(Shared.round_id == round.pk, col(Shared.state).in_(SHARED))
    return await uow.first(shared.limit(1)) is not None


async def taking_part(uow: Uow, round_id: int, people: Collection[int]) -> set[int]:
    """Who of these people takes part in the round."""
    mine = uow.of(Enrolment).where(Enrolment.round_id == round_id, col(Enrolment.state).in_(OF_THE_ROUND))
    return set(await uow.all(mine.where(col(Enrolment.person_id).in_(people)).with_only_columns(Enrolment.person_id)))


async def managing(uow: Uow, round: Round, people: Collection[int]) -> set[int]:
    """Who of these people is the line manager of somebody of the round, or while it enrols of somebody invited."""
    reports = uow.of(Person).where(col(Person.id).in_(_members(round)), col(Person.manager_id).in_(people))
    return set(await uow.all(reports.with_only_columns(Person.manager_id)))


async def above(uow: Uow, round: Round) -> set[int]:
    """Everybody who stands above somebody of those, at any height."""
    rows = await uow.rows(managers_of(uow, _members(round)))
    return {manager for _, _, manager, _ in rows if manager is not None}


def _members(round: Round) -> Any:
    states = (*OF_THE_ROUND, "invited") if round.state == "enrolling" else OF_THE_ROUND
    return select(Enrolment.person_id).where(Enrolment.round_id == round.pk, col(Enrolment.state).in_(states))


async def may_take(uow: Uow, round: Round) -> set[int]:
    """Those who coordinate and do not take part in the round."""
    ids = {person.pk for person in await coordinators(uow)}
    return ids - await taking_part(uow, round.pk, ids)


async def give(uow: Uow, round: Round, person_id: int) -> None:
    """The round is this person's to coordinate, and what was promised about it to who did so goes to them."""
    before, round.coordinator_id = round.coordinator_id, person_id
    theirs = uow.of(Job).where(Job.person_id == before, Job.state == "open", col(Job.name).in_(DUTIES))
    jobs: list[Job] = await uow.all(theirs)
    about = await _about(uow, round) if jobs else {}
    for job in jobs:
        if any(job.args.get(kind) in ids for kind, ids in about.items()):
            job.person_id = person_id


async def _about(uow: Uow, round: Round) -> dict[str, set[int]]:
    """The ids by which a promise may say that it is about the round, by their names."""
    return {
        "round": {round.pk},
        "session": set(await uow.all(session_ids(round.pk))),
        "release": set(await uow.all(select(Release.id).where(Release.round_id == round.pk))),
        "shared": set(await uow.all(select(Shared.id).where(Shared.round_id == round.pk))),
    }
