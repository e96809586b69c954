"""What the machinery keeps: promises, conversations in progress, what was said unasked, deliveries, the audit log."""

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage.tables.base import Row, datetime, json_dict, maybe_moment, moment


class Job(Row, table=True):
    """A promise: ``name`` and ids, never words or facts. The same key twice is one promise.

    ``state``: open, done, dropped, expired, given_up. Claiming moves ``due_at`` to the end of the lease, so a promise
    whose worker died comes back by itself. ``receipt`` is the platform's name for the message that was sent;
    ``attempts`` counts claims; ``unsure`` marks an unknown outcome, looked up before the next try.
    """

    __table_args__ = (
        UniqueConstraint("organisation_id", "key"),
        Index("ix_job_open", "due_at", sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'")),
    )

    name: str
    key: str
    person_id: int | None = None
    args: dict[str, object] = json_dict()
    due_at: datetime = moment()
    expires_at: datetime | None = maybe_moment()
    state: str = "open"
    attempts: int = 0
    unsure: bool = False
    owner: str = ""
    reason: str = ""
    receipt: str = ""
    done_at: datetime | None = maybe_moment()


class FlowSession(Row, table=True):
    """A conversation in progress, under a token. ``sealed_answers`` is JSON, sealed: it may hold confidential text."""

    token: str = Field(unique=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    flow: str
    subject: str = ""
    step: str
    context: dict[str, object] = json_dict()
    sealed_answers: str = ""
    origin: str = ""
    expires_at: datetime = moment()
    finished_at: datetime | None = maybe_moment()


class Nudge(Row, table=True):
    """That an unrequested message of one kind was sent; and whether the person reacted to it."""

    __table_args__ = (Index("ix_nudge_person", "organisation_id", "person_id", "sent_at"),)

    person_id: int = Field(foreign_key="person.id")
    kind: str
    job_key: str = ""
    sent_at: datetime = moment()
    answered_at: datetime | None = maybe_moment()


class SeenEvent(SQLModel, table=True):
    """A delivery that was acted on: the platform may deliver it again."""

    key: str = Field(primary_key=True)
    seen_at: datetime = moment()


class AuditEntry(Row, table=True):
    """Which coordinator command was run by whom, on what; no content."""

    person_id: int = Field(foreign_key="person.id")
    action: str
    subject: str = ""
    at: datetime = moment()
