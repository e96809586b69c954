"""Whom an account belongs to, and where a person of several platforms is written to."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest_asyncio
from sqlalchemy import event
from sqlmodel import select

from storage.accounts import Came, Member, adopt, link_members, reached, strangers
from storage.database import Database
from storage.naming import persons_of
from storage.tables import Account, Person, Row, Workspace
from storage.uow import Uow


@pytest_asyncio.fixture
async def uow(database: Database) -> AsyncIterator[Uow]:
    async with database.uow(datetime(2027, 1, 12, 9, tzinfo=UTC), 1) as opened:
        yield opened


async def two_workspaces(uow: Uow) -> tuple[Workspace, Workspace]:
    made = [
        uow.add(Workspace(platform=name, external_id=f"{name}-1", installed_at=uow.now)) for name in ("slack", "teams")
    ]
    await uow.flush()
    return made[0], made[1]


async def test_a_person_of_two_platforms_is_written_to_where_the_roster_says(uow: Uow) -> None:
    ada = uow.add(Person(email="ada@example.com", name="Ada", platform="slack"))
    bea = uow.add(Person(email="bea@example.com", name="Bea", platform="teams"))
    await uow.flush()
    for workspace in await two_workspaces(uow):
        for person in (ada, bea):
            uow.add(Account(workspace_id=workspace.pk, external_id=person.name, person_id=person.pk))
    found = await reached(uow, [ada.pk, bea.pk])
    assert [found[one.pk].workspace.platform for one in (ada, bea)] == ["slack", "teams"]


async def test_of_one_member_that_changed_nobody_elses_rows_are_read(uow: Uow) -> None:
    slack, _ = await two_workspaces(uow)
    people = [uow.add(Person(email=f"{name}@example.com", name=name)) for name in ("ada", "bea", "cleo")]
    members = [Member(f"U-{one.name}", one.email) for one in people]
    assert await link_members(uow, slack, members) == 3
    uow.session.expunge_all()
    read: list[Row] = []
    event.listen(uow.session.sync_session, "loaded_as_persistent", lambda _session, row: read.append(row))
    assert await link_members(uow, slack, [Member("U-ada", "Ada@Example.com", timezone="Europe/London")]) == 1
    assert await link_members(uow, slack, [Member("U-bea", "", gone=True)]) == 1
    assert [getattr(row, "name", "account") for row in read] == ["account", "ada", "account", "bea"]
    assert [one.timezone for one in read if isinstance(one, Person)] == ["Europe/London", people[1].timezone]
    assert [promise.name for promise in uow.promises] == ["support.left"]


async def test_an_account_is_linked_by_either_address_once(uow: Uow) -> None:
    person = uow.add(Person(email="ada@example.com", name="Ada"))
    _, teams = await two_workspaces(uow)
    assert await adopt(uow, teams, "id-1", ["", "Ada@Example.com"], "here") is Came.ANEW
    assert await adopt(uow, teams, "id-1", [], "there") is Came.KNOWN
    [account] = await uow.all(select(Account))
    assert (account.person_id, account.conversation) == (person.pk, "there")


async def test_strangers_are_kept_by_their_ids_until_the_roster_names_them(uow: Uow) -> None:
    _, teams = await two_workspaces(uow)
    assert await adopt(uow, teams, "id-1", ["ada@example.com"], "here") is Came.STRANGER
    assert [account.external_id for account, _ in await strangers(uow, "teams")] == ["id-1"]
    uow.add(Person(email="ada@example.com", name="Ada"))
    assert await adopt(uow, teams, "id-1", ["ada@example.com"]) is Came.ANEW
    assert await strangers(uow, "teams") == []


async def test_a_form_names_people_by_account_or_by_address(uow: Uow) -> None:
    ada = uow.add(Person(email="ada@example.com", name="Ada"))
    uow.add(Person(email="bea@example.com", name="Bea"))
    slack, _ = await two_workspaces(uow)
    await uow.flush()
    uow.add(Account(workspace_id=slack.pk, external_id="U1", person_id=ada.pk))
    found = await persons_of(uow, slack.pk, ["U1", "bea@example.com", "U9", "nobody@example.com"])
    assert {name: person.name for name, person in found.items()} == {"U1": "Ada", "bea@example.com": "Bea"}
