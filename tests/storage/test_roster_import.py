"""A roster that is imported again: what changed is taken, and what the chat knows better stays."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from sqlmodel import select

from bot.domain.roster import UNKNOWN, RosterRow, parse_roster
from storage.database import Database
from storage.lines import in_lines, managers_of
from storage.roster import import_roster
from storage.tables import Account, Person, Workspace
from tests.domain.test_roster import file, line

NOW = datetime(2027, 1, 12, 9, tzinfo=UTC)
ANNA = RosterRow(
    line=2,
    email="anna@a.example",
    name="Anna",
    department="Finance",
    job_title="Controller",
    career_stage="early",
    tenure_band="",
    site="Roma",
    country="IT",
    timezone="Europe/Rome",
    languages=("it",),
    manager_email=None,
    platform="slack",
    other_programme="",
)
BRUNO = replace(ANNA, email="bruno@a.example", name="Bruno")


async def test_language_and_time_zone_of_who_is_linked_are_the_chats(database: Database) -> None:
    async with database.uow(NOW, 1) as uow:
        await import_roster(uow, [ANNA, BRUNO])
        workspace = uow.add(Workspace(platform="slack", external_id="T1", installed_at=NOW))
        await uow.flush()
        anna = next(one for one in await uow.all(uow.of(Person)) if one.name == "Anna")
        anna.language, anna.timezone = "en", "Europe/London"
        uow.add(Account(workspace_id=workspace.pk, external_id="U1", person_id=anna.pk))
        await uow.commit()
    moved = [replace(row, site="Bari", languages=("de",), timezone="Europe/Berlin") for row in (ANNA, BRUNO)]
    async with database.uow(NOW, 1) as uow:
        assert (await import_roster(uow, moved)).updated == 2
        await uow.commit()
    async with database.uow(NOW, 1) as uow:
        people = {one.name: one for one in await uow.all(uow.of(Person))}
    assert {one.site for one in people.values()} == {"Bari"}
    assert (people["Anna"].language, people["Anna"].timezone) == ("en", "Europe/London")
    assert (people["Bruno"].language, people["Bruno"].timezone) == ("en", "Europe/Berlin")
    assert people["Anna"].languages == ["de"]


async def test_who_is_at_the_top_stays_there_when_their_line_comes_alone(database: Database) -> None:
    under_anna = replace(BRUNO, manager_email=ANNA.email)
    for rows in ([ANNA, under_anna], [ANNA]):
        assert await known_lines(database, rows) == {"Anna": True, "Bruno": True}
    for rows in ([replace(BRUNO, manager_email=None)], [ANNA]):  # to whom nobody reports any more
        assert await known_lines(database, rows) == {"Anna": False, "Bruno": False}


async def test_who_came_alone_is_the_top_for_those_who_come_later(database: Database) -> None:
    assert await known_lines(database, [ANNA]) == {"Anna": False}
    assert await known_lines(database, [replace(BRUNO, manager_email=ANNA.email)]) == {"Anna": True, "Bruno": True}


async def test_whose_manager_was_left_out_is_not_the_top_for_those_who_come_later(database: Database) -> None:
    assert await known_lines(database, [replace(ANNA, manager_email=UNKNOWN)]) == {"Anna": False}
    assert await known_lines(database, [replace(BRUNO, manager_email=ANNA.email)]) == {"Anna": False, "Bruno": True}


async def test_whose_manager_has_a_wrong_line_is_not_taken_for_the_top(database: Database) -> None:
    bad = line("boss@x.example", career_stage="boss")
    lead = line("lead@x.example", name="Lead", manager_email="boss@x.example")
    rows = parse_roster(file(bad, lead, line("ada@x.example", manager_email="lead@x.example"))).good_rows
    assert await known_lines(database, rows) == {"Lead": False, "Ada Neri": True}


async def known_lines(database: Database, rows: Sequence[RosterRow]) -> dict[str, bool]:
    """Of whom it is known who manages them, or that nobody does, once these rows are imported."""
    async with database.uow(NOW, 1) as uow:
        await import_roster(uow, rows)
        await uow.commit()
    async with database.uow(NOW, 1) as uow:
        names = {one.pk: one.name for one in await uow.all(uow.of(Person))}
        managers, unknown = in_lines(await uow.rows(managers_of(uow, select(Person.id))))
        assert managers.keys() == names.keys()
        for person in names:  # asked about one alone, all above are told alike
            some, unknown_of_some = in_lines(await uow.rows(managers_of(uow, [person])))
            assert some.items() <= managers.items() and unknown_of_some == unknown & some.keys()
        return {name: person not in unknown for person, name in names.items()}
