"""What all tables share: an integer key, the organisation they belong to, and columns of the house's types."""

from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlmodel import Field, SQLModel

from storage.types import Json, Moment


class Row(SQLModel):
    """A row of one organisation. Rows are values once loaded: there are no lazy relationships."""

    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int = Field(default=0, foreign_key="organisation.id")

    @property
    def pk(self) -> int:
        """The primary key of a row that is stored. Raises ValueError before it is."""
        if self.id is None:
            raise ValueError(f"{type(self).__name__} is not stored yet")
        return self.id


def moment(**options: Any) -> Any:
    """A required column for an aware moment."""
    return Field(sa_type=Moment, **options)


def maybe_moment(**options: Any) -> Any:
    """An optional column for an aware moment."""
    return Field(default=None, sa_type=Moment, nullable=True, **options)


def json_list() -> Any:
    """A JSON array column, empty at first."""
    return Field(default=[], sa_type=Json, nullable=False)  # each row gets a copy; a factory is inspected each time


def json_dict() -> Any:
    """A JSON object column, empty at first."""
    return Field(default={}, sa_type=Json, nullable=False)  # likewise


def where(condition: str) -> dict[str, Any]:
    """A partial index's condition, for both databases."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


__all__ = ["Row", "datetime", "json_dict", "json_list", "maybe_moment", "moment", "where"]
