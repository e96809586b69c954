"""The company that this installation serves."""

from collections.abc import Collection

from sqlalchemy import text
from sqlmodel import col, select

from storage.tables import Organisation, Person
from storage.uow import Uow


async def the_organisation(uow: Uow) -> int:
    """The key of the one organisation of this installation, made when absent."""
    oldest = select(Organisation).order_by(col(Organisation.id))
    found: Organisation | None = await uow.first(oldest)
    if found is None:
        await one_by_one(uow)
        found = await uow.first(oldest)
    if found is None:
        found = Organisation(name="")
        uow.session.add(found)
        await uow.flush()
    return found.id or 0


_NOBODY_ELSE = text("LOCK TABLE workspace IN SHARE ROW EXCLUSIVE MODE")  # which everybody may read meanwhile


async def one_by_one(uow: Uow) -> None:
    """Whoever brings the company, its workspaces or their accounts into the store waits for the one before, to the end
    of the unit of work: processes that start together read the same directory. SQLite has one writer anyway.
    """
    if uow.dialect == "postgresql":
        await uow.execute(_NOBODY_ELSE)


async def name_coordinators(uow: Uow, emails: Collection[str]) -> None:
    """Give the coordinator's role to these lower-case addresses alone. None at all: who has it keeps it.

    Where that changes something, it is owed to look for rounds whose coordinator has it no longer.
    """
    if emails:
        people = await uow.all(uow.of(Person).where(col(Person.email).in_(emails) | col(Person.coordinator)))
        changed = [person for person in people if person.coordinator != (person.email in emails)]
        for person in changed:
            person.coordinator = not person.coordinator
        if changed:
            who = ",".join(str(person.pk) for person in changed)
            uow.promise("programme.hand_over", f"coordinators:{uow.now.isoformat()}:{who}", uow.now)


async def in_no_roster(uow: Uow, emails: Collection[str]) -> list[str]:
    """Those of these lower-case addresses that nobody has."""
    known = await uow.all(uow.of(Person).with_only_columns(col(Person.email)).where(col(Person.email).in_(emails)))
    return sorted(set(emails) - set(known))
