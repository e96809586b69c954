"""Who keeps whose dates: the assistants that mentees name, for the rounds that they take part in."""

from sqlalchemy.orm import aliased
from sqlmodel import col, select

from storage.couples import GOING_ON
from storage.enrolments import OPEN_ROUNDS, TAKING_PART
from storage.naming import behind
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


async def candidate(uow: Uow, workspace_id: int, name: str, mentee_id: int) -> tuple[Person, bool] | None:
    """The colleague whom a mentee named in a form, and whether the two meet already, as a pair or in one group.

    None for somebody unknown.
    """
    named, mine, theirs = behind(uow, workspace_id, [name]), aliased(Pairing), aliased(Pairing)
    shared = (col(theirs.mentor_id) == mine.mentor_id) & (col(theirs.mentee_id) == Person.id)
    together = (
        select(col(mine.id))
        .outerjoin(theirs, shared & col(theirs.state).in_(GOING_ON))
        .where(col(mine.mentee_id) == mentee_id, col(mine.state).in_(GOING_ON))
        .where((col(mine.mentor_id) == Person.id) | col(theirs.id).is_not(None))
        .correlate(Person)
        .exists()
    )
    rows = await uow.rows(select(Person, together).join(named, col(Person.id) == named.c.person_id))
    return (rows[0][0], bool(rows[0][1])) if rows else None


async def whom_they_assist(uow: Uow, person_id: int) -> list[str]:
    """The names of those whose assistant the person is."""
    statement = (
        select(Person.name)
        .join(Enrolment, col(Enrolment.person_id) == Person.id)
        .where(Enrolment.organisation_id == uow.organisation_id, Enrolment.assistant_id == person_id)
    )
    return sorted(set(await uow.all(statement)))
