"""A mentor's group: who was named for it, whether it goes on, who is in it."""

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from storage.couples import GATHERING, GOING_ON, GROUP, Formed
from storage.enrolments import WITHOUT_A_PARTNER
from storage.pairings import ANSWERABLE, Asked, held_with_sides, with_couple
from storage.tables import Enrolment, MentoringGroup, Pairing, Proposal, Round
from storage.uow import Uow

_WITH_MENTOR = (
    with_couple(Proposal)
    .where(
        col(Proposal.organisation_id) == bindparam("organisation"),
        col(Proposal.mentor_enrolment_id) == bindparam("mentor"),
    )
    .order_by(col(Proposal.id))
)
_NAMED = held_with_sides(_WITH_MENTOR.where(col(Proposal.state).in_(("computed", GATHERING, *ANSWERABLE))))
_TO_ASK = _WITH_MENTOR.where(col(Proposal.state) == "proposed_to_mentor")
_TO_ASK_HELD = held_with_sides(_TO_ASK)
_IN_GROUP = (
    with_couple(Pairing)
    .where(
        col(Pairing.organisation_id) == bindparam("organisation"),
        col(Pairing.group_id) == bindparam("group"),
        col(Pairing.state) != "ended_early",
    )
    .order_by(col(Pairing.id))
)


_BESIDE = aliased(Pairing)
_OF_PERSON = (
    with_couple(Pairing)
    .where(
        col(Pairing.organisation_id) == bindparam("organisation"),
        col(Round.format) == GROUP,
        col(Pairing.state).in_(GOING_ON),
        col(Pairing.group_id).in_(
            select(col(_BESIDE.group_id)).where(
                (col(_BESIDE.mentor_id) == bindparam("person")) | (col(_BESIDE.mentee_id) == bindparam("person")),
                col(_BESIDE.organisation_id) == bindparam("organisation"),
                col(_BESIDE.state).in_(GOING_ON),
            )
        ),
    )
    .order_by(col(Pairing.group_id), col(Pairing.id))
)


async def named_with(uow: Uow, mentor_enrolment: int) -> list[Asked]:
    """The names for this mentor that nobody said no to and that are no pairs yet, held; the oldest first."""
    return [Asked.of(row) for row in await uow.rows(_NAMED, mentor=mentor_enrolment)]


async def gathering_mentors(uow: Uow, round_id: int) -> list[int]:
    """The enrolments of the mentors for whom somebody said yes and the others have not all answered."""
    statement = uow.of(Proposal).where(Proposal.round_id == round_id, Proposal.state == GATHERING)
    return sorted({one.mentor_enrolment_id for one in await uow.all(statement)})


async def waiting_for_mentor(uow: Uow, mentor_enrolment: int, *, lock: bool = False) -> list[Asked]:
    """Those about whom the mentor is asked, in one query; the oldest first. ``lock`` holds them and their places."""
    return [Asked.of(row) for row in await uow.rows(_TO_ASK_HELD if lock else _TO_ASK, mentor=mentor_enrolment)]


async def members(uow: Uow, group_id: int) -> list[Formed]:
    """The pairs of a group that have not ended early, the oldest first, in one query."""
    return [Formed.of(row) for row in await uow.rows(_IN_GROUP, group=group_id)]


async def all_in_groups_of(uow: Uow, person_id: int) -> list[Formed]:
    """The pairs that go on in the groups of the person, group by group, in one query."""
    return [Formed.of(row) for row in await uow.rows(_OF_PERSON, person=person_id)]


async def going_on(uow: Uow, mentor_enrolment: int) -> MentoringGroup | None:
    """The mentor's group, while a pair of it goes on."""
    statement = (
        uow.of(MentoringGroup)
        .join(Pairing, col(Pairing.group_id) == MentoringGroup.id)
        .where(col(MentoringGroup.mentor_enrolment_id) == mentor_enrolment, col(Pairing.state).in_(GOING_ON))
        .order_by(col(MentoringGroup.id).desc())
    )
    found: MentoringGroup | None = await uow.first(statement)
    return found


async def room(uow: Uow, round_id: int, most: int) -> tuple[int, int]:
    """In groups that go on: how many places are left; and how many mentors have no group and take part."""
    sizes = (
        select(func.count(col(Pairing.id)))
        .where(col(Pairing.organisation_id) == uow.organisation_id, col(Pairing.round_id) == round_id)
        .where(col(Pairing.state).in_(GOING_ON), col(Pairing.group_id).is_not(None))
        .group_by(col(Pairing.group_id))
    )
    free = uow.of(Enrolment).where(Enrolment.round_id == round_id, Enrolment.role == "mentor")
    mentors = await uow.count(free.where(col(Enrolment.state).in_(WITHOUT_A_PARTNER)))
    return sum(max(most - size, 0) for (size,) in await uow.rows(sizes)), mentors
