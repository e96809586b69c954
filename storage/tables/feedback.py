"""What people answered, under a random key, and the totals that were released."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from storage.tables.base import Row, datetime, json_dict, moment


class SurveyKey(Row, table=True):
    """Which random key a person answers under in a round, and how far they are. Destroyed when the report is frozen."""

    __table_args__ = (UniqueConstraint("round_id", "person_id"),)

    round_id: int = Field(foreign_key="round.id")
    person_id: int = Field(foreign_key="person.id", index=True)
    respondent: str
    waves: dict[str, str] = json_dict()


class SurveyResponse(Row, table=True):
    """One answer to one item. ``wave``: base, session:<number>, mid, close, followup. ``sealed_text``: open ones."""

    __table_args__ = (UniqueConstraint("round_id", "respondent", "wave", "item"),)

    round_id: int = Field(foreign_key="round.id", index=True)
    respondent: str
    role: str
    wave: str
    item: str
    value: int | None = None
    sealed_text: str = ""


class Release(Row, table=True):
    """The frozen totals of one wave: shown as they are, never computed again."""

    __table_args__ = (UniqueConstraint("round_id", "wave"),)

    round_id: int = Field(foreign_key="round.id")
    wave: str
    totals: dict[str, object] = json_dict()
    released_at: datetime = moment()
    heard: str = ""


class Indicator(Row, table=True):
    """A group total that HR entered, so many of so many people: before or after, programme or comparison group."""

    round_id: int = Field(foreign_key="round.id", index=True)
    code: str
    moment_of: str
    group: str
    count: int
    people: int
    entered_at: datetime = moment()
