"""Reporting lines: who stands above whom, as the roster says."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import case, exists, literal, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from storage.tables import Person
from storage.uow import Uow


def managers_of(uow: Uow, persons: Any) -> Any:
    """Each of the people (ids, or a statement of them) and everybody above them, with their managers.

    The word says whether their manager is ``known``: who has none is at the top, unless nobody reports to them.
    """
    report = aliased(Person)
    placed = col(Person.manager_id).is_not(None) | exists().where(col(report.manager_id) == Person.id)
    known = case((col(Person.manager_known) & placed, "known"), else_="unknown").label("word")
    ours = col(Person.organisation_id) == uow.organisation_id
    first = select(col(Person.id).label("one"), col(Person.manager_id).label("other"), known).where(
        ours, col(Person.id).in_(persons)
    )
    above = first.cte("above", recursive=True)
    higher = aliased(Person)  # to whoever is above somebody reports
    known_higher = case((col(higher.manager_known), "known"), else_="unknown")
    above = above.union(
        select(col(higher.id), col(higher.manager_id), known_higher).join(above, col(higher.id) == above.c.other)
    )
    return select(literal("manager").label("what"), above.c.one, above.c.other, above.c.word)


def in_lines(rows: Iterable[Sequence[Any]]) -> tuple[dict[int, int | None], frozenset[int]]:
    """Of these rows: everybody's manager; and those of whom it is not known who that is."""
    managers: dict[int, int | None] = {}
    unknown: set[int] = set()
    for _, person, manager, word in rows:
        managers[person] = manager
        if word == "unknown":
            unknown.add(person)
    return managers, frozenset(unknown)
