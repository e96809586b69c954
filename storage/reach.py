"""Whether the store is out of reach (gone, starting, full, busy), as against a statement that is wrong."""

import sqlite3

import psycopg
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

_ON_SQLITE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
    }
)
# Connection, rollback of a transaction, resources, shutdown, the system: https://www.postgresql.org/docs/current/errcodes-appendix.html
_ON_POSTGRESQL = ("08", "40", "53", "57P", "58")


def out_of_reach(error: BaseException) -> str:
    """What stands between us and the store, in its own words; empty when the error is none of that kind.

    What failed so is right, and may be done again when the store is back.
    """
    if isinstance(error, NoConnectionFree | InterfaceError | OSError):
        return first_line(error)
    if not isinstance(error, DBAPIError):
        return ""
    origin = error.orig
    if error.connection_invalidated or _sqlite_is(origin) or _postgresql_is(origin):
        return first_line(origin or error)
    return ""


def _sqlite_is(error: BaseException | None) -> bool:
    code = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF in _ON_SQLITE  # the upper bits say more exactly what happened


def _postgresql_is(error: BaseException | None) -> bool:
    """A failure without a code is one of the connection."""
    if not isinstance(error, psycopg.OperationalError):
        return isinstance(error, psycopg.Error) and (error.sqlstate or "").startswith(_ON_POSTGRESQL)
    return error.sqlstate is None or error.sqlstate.startswith(_ON_POSTGRESQL)


def first_line(error: BaseException) -> str:
    """What an error says, without the statement and the rest that drivers add."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]
