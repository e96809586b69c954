"""The unit of work, the schema, and the walls between organisations."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    UniqueConstraint,
    func,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.exc import IntegrityError, StatementError

from storage import schema
from storage.box import Box, SealBroken, new_key
from storage.database import Database, async_url, make_engine
from storage.sites import sites_of_company
from storage.tables import Person, Round, Row
from tests.databases import fresh_database
from tests.storage.conftest import has_begun

NOW = datetime(2027, 1, 12, 9, tzinfo=UTC)


@pytest.mark.promised("The change that owes a message fails")
async def test_leaving_without_commit_saves_nothing(database: Database) -> None:
    async with database.uow(NOW, 1) as uow:
        uow.add(Person(email="a@x.example", name="A"))
        uow.promise("x", "x", NOW)
    async with database.uow(NOW, 1) as uow:
        assert await uow.all(uow.of(Person)) == []


async def test_what_only_reads_begins_nothing_on_postgresql(database: Database) -> None:
    begins = database.engine.dialect.name == "sqlite"
    async with database.uow(NOW, 1) as uow:
        assert await uow.get(Person, 1) is None
        assert await sites_of_company(uow) == []  # by a recursive query
        counted = await uow.session.execute(text("SELECT 1 AS one, 2 AS two"))
        assert list(counted.keys()) == ["one", "two"]
        assert await has_begun(uow) == begins
        assert await uow.get(Person, 1, lock=True) is None
        assert await has_begun(uow)


async def test_an_error_that_may_be_logged_says_nothing_of_what_was_written(database: Database) -> None:
    async with database.uow(NOW, 1) as uow:
        uow.add(Person(email="a@x.example", name="A", job_title="what somebody typed"))
        uow.add(Person(email="a@x.example", name="B"))
        with pytest.raises(IntegrityError) as failed:
            await uow.flush()
    assert "INSERT INTO person" in str(failed.value)
    assert "what somebody typed" not in str(failed.value)


async def test_an_organisation_never_sees_another(database: Database) -> None:
    async with database.uow(NOW, 1) as uow:
        person = uow.add(Person(email="a@x.example", name="A"))
        await uow.commit()
    async with database.uow(NOW, 2) as uow:
        assert await uow.get(Person, person.pk) is None
        assert await uow.by_id(Person, [person.pk]) == {}
        with pytest.raises(LookupError):
            await uow.need(Person, person.pk)


async def test_moments_come_back_aware_and_naive_ones_are_refused(database: Database) -> None:
    async with database.uow(NOW, 1) as uow:
        person = uow.add(Person(email="a@x.example", name="A"))
        await uow.flush()
        row = uow.add(Round(name="R", coordinator_id=person.pk, created_at=NOW))
        await uow.commit()
    async with database.uow(NOW, 1) as uow:
        assert (await uow.need(Round, row.pk)).created_at == NOW
        row = await uow.need(Round, row.pk)
        row.opened_at = datetime(2027, 1, 1)  # noqa: DTZ001  # the naive moment is the point
        with pytest.raises(StatementError):
            await uow.flush()


async def test_migrations_make_what_the_models_say(database_url: str) -> None:
    async with fresh_database(database_url, migrated=True) as migrated:
        assert await schema.differences(migrated.engine) == []
        await schema.ensure_current(migrated.engine)


async def test_every_migration_keeps_the_rows_that_it_finds(database_url: str) -> None:
    engine = make_engine(database_url)
    filled: frozenset[str] = frozenset()
    for revision in schema.revisions():
        await schema.upgrade(engine, revision)
        async with engine.begin() as connection:
            filled = await connection.run_sync(a_row_in_each_table, filled)
    assert await schema.differences(engine) == []
    assert {"enrolment", "hope", "job", "session"} <= filled
    await engine.dispose()


def a_row_in_each_table(connection: Connection, filled: frozenset[str]) -> frozenset[str]:
    """Those that were filled have theirs still; the tables that are filled now."""
    found = MetaData()
    found.reflect(connection)
    tables = [table for table in found.sorted_tables if table.name != "alembic_version"]
    for table in tables:
        rows = connection.scalar(select(func.count()).select_from(table))
        assert rows == (table.name in filled), table.name
        if not rows:
            connection.execute(insert(table).values({column.name: _something(column) for column in table.columns}))
    return frozenset(table.name for table in tables)


def _something(column: Column[Any]) -> Any:
    if column.foreign_keys or column.primary_key:
        return 1 if isinstance(column.type, Integer) else "x"
    if isinstance(column.type, JSON):
        return {}
    known = {datetime: NOW, bool: False, int: 1, float: 1.0, bytes: b"x"}
    return known.get(column.type.python_type, "x")


def test_whoever_refers_to_rows_that_are_deleted_is_found_by_an_index() -> None:
    for table in Row.metadata.sorted_tables:
        led = {next(iter(index.columns)).name for index in table.indexes}
        unique = (one for one in table.constraints if isinstance(one, PrimaryKeyConstraint | UniqueConstraint))
        led |= {next(iter(one.columns)).name for one in unique}
        for key in table.foreign_keys:
            stays = key.column.table.name in {"organisation", "workspace", "person", "round"}
            assert stays or key.parent.name in led, str(key.parent)


async def test_an_older_database_is_refused_with_the_command_that_mends_it(database: Database) -> None:
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    with pytest.raises(schema.OldDatabase, match="inverso db upgrade"):
        await schema.ensure_current(database.engine)


@pytest.mark.seed("001-3")
@pytest.mark.seed("002-4")
async def test_every_table_names_its_organisation_and_none_holds_what_must_not_be_kept(database: Database) -> None:
    async with database.engine.connect() as connection:
        tables = await connection.run_sync(
            lambda sync: {
                name: {column["name"] for column in inspect(sync).get_columns(name)}
                for name in inspect(sync).get_table_names()
            }
        )
    shared = {"organisation", "worker", "seenevent", "alembic_version"}
    assert [name for name, columns in tables.items() if name not in shared and "organisation_id" not in columns] == []
    forbidden = {
        "age",
        "birth_date",
        "gender",
        "nationality",
        "photo",
        "salary",
        "health",
        "union",
        "hired_at",
        "last_seen",
    }
    assert {column for columns in tables.values() for column in columns} & forbidden == set()


def test_sealed_text_opens_with_an_older_key_and_with_no_other() -> None:
    old, new = new_key(), new_key()
    sealed = Box(old).seal("un obiettivo")
    assert "obiettivo" not in sealed
    assert Box(f"{new},{old}").open(sealed) == "un obiettivo"
    with pytest.raises(SealBroken):
        Box(new).open(sealed)


def test_unknown_databases_are_refused() -> None:
    with pytest.raises(ValueError, match="mysql"):
        async_url("mysql://localhost/x")
