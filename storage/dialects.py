"""What SQLite and PostgreSQL say differently, each in one place."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

DATABASES = ("sqlite", "postgresql")
INSERTS: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
"""INSERT with ON CONFLICT, by database."""
MOMENT = "CAST({} || '+00' AS timestamptz)"
"""How PostgreSQL reads a moment that is written as SQLite stores it."""
_EACH = {"sqlite": "json_each({}) AS given", "postgresql": "jsonb_array_elements(CAST({} AS jsonb)) AS given"}
_VALUE = {"sqlite": "json_extract(given.value, '$[{}]')", "postgresql": "(given.value->>{})"}
_READ: Mapping[str, Mapping[str, str]] = {  # what is no text; SQLite finds out by itself
    "sqlite": {},
    "postgresql": {
        **dict.fromkeys(
            ("id", "priority", "person_id", "lane_id", "attempts", "faults", "value"), "CAST(given.value->>{} AS int)"
        ),
        **dict.fromkeys(
            ("due_at", "turn_at", "expires_at", "done_at", "held_until", "full_at", "opens_at"),
            MOMENT.format("(given.value->>{})"),
        ),
        **dict.fromkeys(("args", "members"), "(given.value->{})"),
        "unsure": "CAST(given.value->>{} AS boolean)",
    },
}
_ALL = 2**31 - 1
"""A limit, though none reaches it, keeps both from reading what a group shares again for each of its rows."""


def given_rows(database: str, names: Sequence[str]) -> tuple[str, dict[str, str]]:
    """Any number of rows that come as one JSON text, ``:rows``: what to select from, and how each value is read."""
    return _EACH[database].format(":rows"), _values(database, names)


def given_groups(database: str, shared: Sequence[str], names: Sequence[str]) -> tuple[str, dict[str, str]]:
    """Likewise, rows in groups: what those of a group share, then a list of them. The former is read once a group."""
    read = ", ".join(f"{value} AS {name}" for name, value in _values(database, (*shared, "members")).items())
    groups = f"(SELECT {read} FROM {_EACH[database].format(':rows')} LIMIT {_ALL}) AS shared"  # noqa: S608  # constants only
    source = f"{groups} CROSS JOIN {_EACH[database].format('shared.members')}"
    return source, {name: f"shared.{name}" for name in shared} | _values(database, names)


def _values(database: str, names: Sequence[str]) -> dict[str, str]:
    read, usual = _READ[database], _VALUE[database]
    return {name: read.get(name, usual).format(place) for place, name in enumerate(names)}


as_rows = json.JSONEncoder(check_circular=False, separators=(",", ":")).encode
"""Rows as the one text that these read: without a blank, for both databases read them letter by letter."""


_WRITES = ("INSERT ", "UPDATE ", "DELETE ", "REPLACE ")


def only_reads(statement: str) -> bool:
    """Whether the statement leaves everything as it is: a row that is held is held, a recursive one may write."""
    if statement.startswith("SELECT"):
        return " FOR " not in statement
    return statement.startswith("WITH RECURSIVE") and not any(word in statement for word in (*_WRITES, " FOR "))


def database_of(session: AsyncSession) -> str:
    """One of ``DATABASES``."""
    return session.get_bind().dialect.name
