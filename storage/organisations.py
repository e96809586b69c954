"""The company that this installation serves."""

from collections.abc import Collection

from sqlmodel import col, select

from storage.tables import Organisation, Person
from storage.uow import Uow


async def the_organisation(uow: Uow) -> int:
    """The key of the one organisation of this installation, made when absent."""
    found: Organisation | None = await uow.first(select(Organisation).order_by(col(Organisation.id)))
    if found is None:
        found = Organisation(name="")
        uow.session.add(found)
        await uow.flush()
    return found.id or 0


async def name_coordinators(uow: Uow, emails: Collection[str]) -> int:
    """Give the coordinator's role to these lower-case addresses; returns how many people have it."""
    people = await uow.all(uow.of(Person).where(col(Person.email).in_(list(emails))))
    for person in people:
        person.coordinator = True
    return len(people)
