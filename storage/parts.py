"""Much at once, part by part: what is written, and what is taken away."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar, cast

from sqlalchemy import Delete, delete, select

BULK = 1000
"""Rows that are written in a statement."""
AT_ONCE = 250
"""Rows that are deleted in a transaction: some milliseconds."""
T = TypeVar("T")


def parts(items: Iterable[T], size: int = BULK) -> Iterator[list[T]]:
    """The items in lists of at most ``size``."""
    rest = iter(items)
    while part := list(islice(rest, size)):
        yield part


def some_of(statement: Delete) -> Delete:
    """The same DELETE for at most ``AT_ONCE`` of the rows that it names."""
    (key,) = statement.table.primary_key
    some = select(key).where(cast("Any", statement.whereclause)).limit(AT_ONCE)
    return delete(statement.table).where(key.in_(some))
