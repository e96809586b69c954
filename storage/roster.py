"""Bringing a roster into the store: people are added and updated, nobody is deleted."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, update
from sqlmodel import col

from bot.domain.roster import RosterRow
from storage.tables import Account, Person
from storage.uow import Uow

FIELDS = (
    "name",
    "department",
    "job_title",
    "career_stage",
    "tenure_band",
    "site",
    "country",
    "timezone",
    "platform",
    "other_programme",
)
FROM_CHAT = ("language", "timezone")


@dataclass(frozen=True)
class Imported:
    """How many people were new, and how many were known."""

    added: int
    updated: int


async def known_managers(uow: Uow) -> dict[str, str | None]:
    """Every known person's manager, by lower-case e-mail."""
    columns = (col(Person.id), col(Person.email), col(Person.manager_id))
    people = await uow.rows(uow.of(Person).with_only_columns(*columns))
    by_id = {id: email for id, email, _ in people}
    return {email: by_id.get(manager) for _, email, manager in people}


async def import_roster(uow: Uow, rows: Iterable[RosterRow]) -> Imported:
    """Add or update the people of the rows, then join them to their managers.

    Who has an account keeps the language and time zone that the chat tells: it knows better than a roster. It also
    knows better who has left: a roster brings nobody back.

    Rows are written in bulk and past the session: people who were loaded before do not see it.
    """
    rows = tuple(rows)
    known = await _ids(uow)
    blank = Person(organisation_id=uow.organisation_id, email="", name="").model_dump(exclude={"id"})
    new = [{**blank, "email": row.email, **_facts(row)} for row in rows if row.email not in known]
    changed = [{"id": known[row.email], **_facts(row)} for row in rows if row.email in known]
    if new:
        await uow.session.execute(insert(Person), new)
    for some in await _without_what_chat_knows(uow, changed):
        if some:
            await uow.session.execute(update(Person), some)
    if rows:
        await uow.session.execute(update(Person), list(_joined(rows, await _ids(uow))))
    return Imported(len(new), len(changed))


async def _ids(uow: Uow) -> dict[str, int]:
    people = await uow.rows(uow.of(Person).with_only_columns(col(Person.email), col(Person.id)))
    return {str(email): int(id) for email, id in people}


async def _without_what_chat_knows(uow: Uow, changed: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], ...]:
    """The changes to people without and with an account: these have told the chat their language and time zone."""
    linked = set(await uow.all(uow.of(Account).with_only_columns(col(Account.person_id))))
    from_chat = [
        {name: value for name, value in one.items() if name not in FROM_CHAT} for one in changed if one["id"] in linked
    ]
    return [one for one in changed if one["id"] not in linked], from_chat


def _facts(row: RosterRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in FIELDS} | {
        "languages": list(row.languages),
        "language": "it" if not row.languages or row.languages[0] == "it" else "en",
    }


def _joined(rows: tuple[RosterRow, ...], ids: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    """Who names nobody as their manager has said so; who names somebody that is not to be had has not."""
    for row in rows:
        manager = ids.get(row.manager_email or "")
        known = manager is not None or row.manager_email is None
        yield {"id": ids[row.email], "manager_id": manager, "manager_known": known}
