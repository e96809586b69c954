"""Whom a form names: by account of its workspace, or by e-mail address; and looking for people by words."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import func, or_, union_all
from sqlmodel import col, select

from storage.tables import Account, Person
from storage.uow import Uow


def behind(uow: Uow, workspace_id: int, names: Sequence[str]) -> Any:
    """The people whom a form named, as a subquery of ``name`` and ``person_id``.

    A form names people as its platform does: by account of the workspace, or by e-mail address where colleagues who
    have no account there can be named too.
    """
    accounts: Any = select(col(Account.external_id).label("name"), col(Account.person_id).label("person_id")).where(
        Account.organisation_id == uow.organisation_id,
        Account.workspace_id == workspace_id,
        col(Account.external_id).in_(names),
        col(Account.person_id).is_not(None),
    )
    addresses = select(col(Person.email), col(Person.id)).where(
        Person.organisation_id == uow.organisation_id, col(Person.email).in_(names)
    )
    return union_all(accounts, addresses).subquery()


async def persons_of(uow: Uow, workspace_id: int, names: Iterable[str]) -> dict[str, Person]:
    """The people whom a form named, by that name; unknown ones are left out."""
    named = behind(uow, workspace_id, list(names))
    statement = select(named.c.name, Person).join(Person, col(Person.id) == named.c.person_id)
    return dict(tuple(row) for row in await uow.rows(statement))


async def search_people(uow: Uow, words: str, most: int) -> list[Person]:
    """At most so many people of the roster whose name or address holds the words, by name."""
    looked_for = words.strip().lower()
    named = or_(*(func.lower(told).contains(looked_for, autoescape=True) for told in (Person.name, Person.email)))
    mine = uow.of(Person).where(named, col(Person.left_at).is_(None))
    return await uow.all(mine.order_by(col(Person.name)).limit(most))
