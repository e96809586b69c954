"""Who keeps whose dates: the assistants that mentees name, for the rounds that they take part in."""

from sqlmodel import col, select

from storage.enrolments import OPEN_ROUNDS, TAKING_PART
from storage.tables import Enrolment, Pairing, Person, Round
from storage.uow import Uow


async def mentee_places(uow: Uow, person_id: int, *, lock: bool = False) -> list[Enrolment]:
    """The person's enrolments in rounds that go on in which they learn from somebody, the newest first."""
    statement = (
        uow.of(Enrolment)
        .join(Round, col(Round.id) == Enrolment.round_id)
        .where(Enrolment.person_id == person_id, col(Round.state).in_(OPEN_ROUNDS))
        .where(col(Enrolment.state).in_(TAKING_PART), Enrolment.role != "mentor")
        .order_by(col(Round.id).desc())
    )
    found: list[Enrolment] = await uow.all(statement.with_for_update(of=Enrolment) if lock else statement)
    return found


async def meet(uow: Uow, one_id: int, other_id: int) -> bool:
    """Whether the two are a pair that goes on, or learn in one group."""
    theirs = select(Pairing.mentor_id).where(
        Pairing.organisation_id == uow.organisation_id,
        col(Pairing.state).in_(("active", "paused")),
        Pairing.mentee_id == one_id,
    )
    mentors = set(await uow.all(theirs))
    if other_id in mentors:
        return True
    learn = uow.of(Pairing).where(Pairing.mentee_id == other_id, col(Pairing.mentor_id).in_(mentors))
    return bool(mentors) and await uow.first(learn.where(col(Pairing.state).in_(("active", "paused")))) is not None


async def whom_they_assist(uow: Uow, person_id: int) -> list[str]:
    """The names of those whose assistant the person is."""
    statement = (
        select(Person.name)
        .join(Enrolment, col(Enrolment.person_id) == Person.id)
        .where(Enrolment.organisation_id == uow.organisation_id, Enrolment.assistant_id == person_id)
    )
    return sorted(set(await uow.all(statement)))
