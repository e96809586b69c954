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
_READ = {
    "sqlite": ("json_each(:rows) AS given", "json_extract(given.value, '$[{}]')", {}),
    "postgresql": (
        "jsonb_array_elements(CAST(:rows AS jsonb)) AS given",
        "(given.value->>{})",
        {
            **dict.fromkeys(
                ("id", "priority", "person_id", "lane_id", "attempts", "faults", "value"), "CAST({} AS int)"
            ),
            **dict.fromkeys(("due_at", "turn_at", "expires_at", "done_at", "held_until"), MOMENT),
            **dict.fromkeys(("full_at", "opens_at"), MOMENT),
            "args": "CAST({} AS jsonb)",
            "unsure": "CAST({} AS boolean)",
        },
    ),
}


def given_rows(database: str, names: Sequence[str]) -> tuple[str, dict[str, str]]:
    """Any number of rows that come as one JSON text, ``:rows``: what to select from, and how each value is read."""
    source, read, casts = _READ[database]
    return source, {name: casts.get(name, "{}").format(read.format(place)) for place, name in enumerate(names)}


as_rows = json.JSONEncoder(check_circular=False, separators=(",", ":")).encode
"""Rows as the one text that ``given_rows`` reads: without a blank, for both databases read them letter by letter."""


def database_of(session: AsyncSession) -> str:
    """One of ``DATABASES``."""
    return session.get_bind().dialect.name
