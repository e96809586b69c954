"""A company in the store, linked to its platforms: brought there once, and copied for every further test."""

import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bot.domain.roster import RosterRow
from storage.organisations import the_organisation
from storage.roster import import_roster
from tests.databases import with_tables

if TYPE_CHECKING:
    from tests.stage import Stage

_TAKEN: dict[object, tuple[bytes, str]] = {}
IN_MEMORY = "sqlite:///:memory:"


async def brought_on(stage: "Stage", rows: Sequence[RosterRow], coordinators: str) -> None:
    """Fill the empty database of the stage with these people, all of them linked to where they are."""
    if stage.inverso.settings.database_url != IN_MEMORY:
        await _brought(stage, rows)
        return
    where = (frozenset(stage.workspace.people), frozenset(stage.tenant.people))
    key = (tuple(row.email for row in rows), coordinators, stage.clock.now(), where)
    if key not in _TAKEN:
        await _brought(stage, rows)
        _TAKEN[key] = (await _with_sqlite(stage, sqlite3.Connection.serialize), stage.tenant.base_url)
        return
    content, address = _TAKEN[key]
    await _with_sqlite(stage, lambda connection: _restored(connection, content, address, stage.tenant.base_url))
    stage.tenant.world.installed.update(stage.tenant.people)
    for user_id in stage.tenant.people:
        stage.tenant.dm(user_id)


async def _brought(stage: "Stage", rows: Sequence[RosterRow]) -> None:
    inverso = stage.inverso
    await with_tables(inverso.database.engine)
    async with inverso.database.uow(inverso.clock.now()) as uow:
        uow.organisation_id = await the_organisation(uow)
        await import_roster(uow, rows)
        await uow.commit()
    await inverso.prepare()
    for user_id in stage.tenant.people:
        await stage.tenant.install(user_id)
    await inverso.nursery.settle()
    for conversation in stage.tenant.conversations.values():
        conversation.messages.clear()


async def _with_sqlite(stage: "Stage", work: Any) -> Any:
    """Do something with the one connection to the database in memory, in its own thread."""
    async with stage.inverso.database.engine.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        await connection.rollback()
        return await driver._execute(work, driver._conn)


def _restored(connection: sqlite3.Connection, content: bytes, old: str, new: str) -> None:
    """Every test has other ports: what Teams told of its address moves with it."""
    connection.deserialize(content)
    connection.execute("UPDATE account SET conversation = replace(conversation, ?, ?)", (old, new))
