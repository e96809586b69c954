"""Bringing a roster into the store: people are added and updated, nobody is deleted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.domain.roster import RosterRow
from storage.tables import Person
from storage.uow import Uow

FIELDS = ("name", "department", "job_title", "career_stage", "tenure_band", "site", "country", "timezone", "platform")


@dataclass(frozen=True)
class Imported:
    """How many people were new, and how many were known."""

    added: int
    updated: int


async def known_managers(uow: Uow) -> dict[str, str | None]:
    """Every known person's manager, by lower-case e-mail."""
    people = await uow.all(uow.of(Person))
    by_id = {person.id: person.email for person in people}
    return {person.email: by_id.get(person.manager_id) for person in people}


async def import_roster(uow: Uow, rows: Iterable[RosterRow]) -> Imported:
    """Add or update the people of the rows, then join them to their managers."""
    rows = tuple(rows)
    people: dict[str, Person] = {person.email: person for person in await uow.all(uow.of(Person))}
    new = [row.email for row in rows if row.email not in people]
    for row in rows:
        person = people.get(row.email) or people.setdefault(row.email, uow.add(Person(email=row.email, name=row.name)))
        _take(person, row)
    await uow.flush()
    _join_managers(rows, people)
    await uow.flush()
    return Imported(len(new), len(rows) - len(new))


def _take(person: Person, row: RosterRow) -> None:
    for name in FIELDS:
        setattr(person, name, getattr(row, name))
    person.languages = list(row.languages)
    person.language = "it" if not row.languages or row.languages[0] == "it" else "en"
    person.other_programme = row.other_programme
    person.left_at = None


def _join_managers(rows: tuple[RosterRow, ...], people: Mapping[str, Person]) -> None:
    """A person with no manager of whom nobody reports is not the top: who manages them is unknown."""
    managing = {row.manager_email for row in rows}
    for row in rows:
        person, manager = people[row.email], people.get(row.manager_email or "")
        person.manager_id = manager.id if manager else None
        person.manager_known = manager is not None or (row.manager_email is None and row.email in managing)
