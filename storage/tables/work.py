"""What the machinery keeps: promises, conversations in progress, what was said unasked, deliveries, the audit log."""

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.tables.base import Row, datetime, json_dict, maybe_moment, moment, where
from storage.types import Bytewise


class Job(Row, table=True):
    """A promise: ``name`` and ids, never words or facts. The same key twice is one promise.

    ``state``: open, done, dropped, expired, given_up. ``due_at`` is when it is owed, ``turn_at`` when a worker may
    take it: claiming moves it to the end of the lease, so a promise whose worker died comes back by itself.
    ``lane_id``: the lane that it waits in for its turn (0: none). ``priority``: 0 answers somebody, 2 is one of very
    many. ``attempts`` counts tries, ``faults`` those that ended in something unforeseen; ``unsure`` says that a try has
    begun whose outcome is not known. ``receipt`` is the platform's name for the message that was sent.
    """

    __table_args__ = (
        UniqueConstraint("organisation_id", "key"),
        Index("ix_job_open", "organisation_id", "lane_id", "priority", "turn_at", **where("state = 'open'")),
        Index("ix_job_person", "organisation_id", "person_id", **where("state = 'open' AND person_id IS NOT NULL")),
        Index("ix_job_done", "done_at", **where("state <> 'open'")),
        Index("ix_job_trouble", "organisation_id", "done_at", **where("state = 'given_up' OR reason = 'late'")),
    )

    organisation_id: int = 0  # looked up by the statement that puts it: a foreign key would be, once a row
    name: str
    key: str = Field(sa_type=Bytewise)
    person_id: int | None = None
    args: dict[str, object] = json_dict()
    due_at: datetime = moment()
    turn_at: datetime = moment()
    expires_at: datetime | None = maybe_moment()
    priority: int = 1
    lane_id: int = 0
    state: str = "open"
    attempts: int = 0
    faults: int = 0
    unsure: bool = False
    owner: str = ""
    reason: str = ""
    receipt: str = ""
    done_at: datetime | None = maybe_moment()


class Lane(Row, table=True):
    """One kind of call to one workspace, with the limit that all workers keep together.

    ``full_at``: when as many calls may come at once as ever (``bot/domain/lanes.py``); ``opens_at``: when the next of
    those that wait may go. ``paused_until`` and ``reason`` tell people of the last pause.
    """

    __table_args__ = (UniqueConstraint("workspace_id", "method"),)

    workspace_id: int = Field(foreign_key="workspace.id")
    method: str
    interval_ms: int
    burst: int
    full_at: datetime = moment()
    opens_at: datetime = moment()
    paused_until: datetime | None = maybe_moment()
    reason: str = ""


class Worker(SQLModel, table=True):
    """A process that does what is due, and when it last said that it lives."""

    owner: str = Field(primary_key=True)
    began_at: datetime = moment()
    beat_at: datetime = moment()


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
