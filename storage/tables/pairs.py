"""From a computed proposal to a pair and its sessions."""

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from storage.tables.base import Row, datetime, json_dict, json_list, maybe_moment, moment


class MatchRun(Row, table=True):
    """One computation of the matching: ``computing → ready | stopped | failed``; only a ready one is to be seen.

    ``kind``: ``whole``, which the coordinator reviews, or ``repair``, new names for people who are free again.
    ``progress``: ``stage`` and ``share`` (0–100) as told last; ``summary``: counts and scores. ``departments``: those
    whose mentees' pairs were approved (``begun_at``: the first time) before all were (``approved_at``).
    """

    round_id: int = Field(foreign_key="round.id", index=True)
    kind: str = "whole"
    state: str = "ready"
    created_at: datetime = moment()
    begun_at: datetime | None = maybe_moment()
    approved_at: datetime | None = maybe_moment()
    departments: list[str] = json_list()
    progress: dict[str, object] = json_dict()
    summary: dict[str, object] = json_dict()


class LeftOut(Row, table=True):
    """Somebody without a pair in a run. ``reason`` as data (code, parameters, what would help), never words."""

    __table_args__ = (UniqueConstraint("run_id", "enrolment_id"),)

    round_id: int = Field(foreign_key="round.id", index=True)
    run_id: int = Field(foreign_key="matchrun.id")
    enrolment_id: int = Field(foreign_key="enrolment.id", index=True)
    reason: dict[str, object] = json_dict()


class Sheet(Row, table=True):
    """A file that a coordinator sent back, kept until it was read."""

    round_id: int = Field(foreign_key="round.id", index=True)
    person_id: int = Field(foreign_key="person.id")
    name: str
    data: bytes
    sent_at: datetime = moment()


class Proposal(Row, table=True):
    """``computed → reviewed → proposed_to_mentee → proposed_to_mentor → accepted | declined | expired | dropped``.

    ``score`` in hundredths (0–10000); ``reasons`` as data (code and parameters), never words.
    """

    __table_args__ = (
        Index("ix_proposal_round_state", "round_id", "state"),
        Index("ix_proposal_run_weakest", "run_id", "state", "score", "id"),
    )

    round_id: int = Field(foreign_key="round.id")
    run_id: int = Field(foreign_key="matchrun.id")
    mentor_enrolment_id: int = Field(foreign_key="enrolment.id", index=True)
    mentee_enrolment_id: int = Field(foreign_key="enrolment.id", index=True)
    score: int
    reasons: list[dict[str, object]] = json_list()
    state: str = "computed"
    asked_at: datetime | None = maybe_moment()
    answered_at: datetime | None = maybe_moment()


class PairRule(Row, table=True):
    """What the matching must respect between two enrolments: ``fixed``, ``excluded``, ``declined``, ``ended``."""

    __table_args__ = (UniqueConstraint("round_id", "mentor_enrolment_id", "mentee_enrolment_id", "kind"),)

    round_id: int = Field(foreign_key="round.id", index=True)
    mentor_enrolment_id: int = Field(foreign_key="enrolment.id", index=True)
    mentee_enrolment_id: int = Field(foreign_key="enrolment.id", index=True)
    kind: str


class MentoringGroup(Row, table=True):
    """Pairs who meet together: a mentor with several mentees, each of them paired with the mentor, or a circle of pairs
    that meet alone besides (no ``mentor_enrolment_id``). It ends with its pairs.

    ``plan``, ``postponed`` and ``help`` are those of a ``Pairing``, for the sessions that the group has in common.
    """

    round_id: int = Field(foreign_key="round.id", index=True)
    mentor_enrolment_id: int | None = Field(default=None, foreign_key="enrolment.id", index=True)
    conversation: str = ""
    plan: list[str] = json_list()
    postponed: int = 0
    help: str = ""
    sealed_pact: str = ""
    started_at: datetime = moment()

    @property
    def led(self) -> bool:
        """Whether one mentor leads it; a circle has a mentor for each pair."""
        return self.mentor_enrolment_id is not None


class Pairing(Row, table=True):
    """``active, paused, completed, ended, ended_early``. Who asked for an end is not kept.

    ``ended``: it reached the end of its round without what makes it ``completed``; nobody left it. ``group_id``: the
    group whose sessions it takes part in.

    ``plan``: the ordered topic codes of the sessions still to come. ``postponed`` counts moves in a row.
    ``help``: "" | offered | fine | asked | told. ``sealed_pact``: what they agreed at the kick-off.
    """

    round_id: int = Field(foreign_key="round.id", index=True)
    mentor_enrolment_id: int = Field(foreign_key="enrolment.id", index=True)
    mentee_enrolment_id: int = Field(foreign_key="enrolment.id", index=True)
    mentor_id: int = Field(foreign_key="person.id", index=True)
    mentee_id: int = Field(foreign_key="person.id", index=True)
    group_id: int | None = Field(default=None, foreign_key="mentoringgroup.id", index=True)
    reasons: list[dict[str, object]] = json_list()
    state: str = "active"
    conversation: str = ""
    plan: list[str] = json_list()
    postponed: int = 0
    help: str = ""
    sealed_pact: str = ""
    started_at: datetime = moment()
    paused_until: datetime | None = maybe_moment()
    ended_at: datetime | None = maybe_moment()


class Session(Row, table=True):
    """A meeting of a pair or, instead, of a group. Number 0 is the kick-off.

    ``state``: ``planned, scheduled, held, postponed, not_held, cancelled``.

    ``offered``: the slots proposed last (ISO moments). ``uid`` and ``sequence``: the calendar event and its version.
    """

    __table_args__ = (
        UniqueConstraint("pairing_id", "number"),
        UniqueConstraint("group_id", "number"),
        Index("ix_session_starts", "organisation_id", "starts_at"),
    )

    pairing_id: int | None = Field(default=None, foreign_key="pairing.id")
    group_id: int | None = Field(default=None, foreign_key="mentoringgroup.id")
    number: int
    state: str = "planned"
    starts_at: datetime | None = maybe_moment()
    minutes: int = 45
    mode: str = "remote"
    place: str = ""
    topic: str = ""
    lead: str = "mentor"
    due_by: datetime | None = maybe_moment()
    offered: list[str] = json_list()
    uid: str = ""
    sequence: int = 0
    held_at: datetime | None = maybe_moment()


class ActionItem(Row, table=True):
    """What somebody wrote down after a session; seen by the pair only.

    ``kind``: ``action``, one thing to try before next time, or ``experiment``, whose text is a list (what, with whom,
    by which day): ``open, done, not_yet, dropped``; or a line of the pair's ledger, ``taught`` or ``learned``:
    ``kept``.
    """

    pairing_id: int = Field(foreign_key="pairing.id", index=True)
    session_id: int = Field(foreign_key="session.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    kind: str = "action"
    sealed_text: str
    state: str = "open"
    created_at: datetime = moment()


class Question(Row, table=True):
    """A question left for the next session; seen by the pair or the group only. ``signed``: whether they read whose."""

    pairing_id: int = Field(foreign_key="pairing.id", index=True)
    session_id: int = Field(foreign_key="session.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    sealed_text: str
    signed: bool = True
    created_at: datetime = moment()


class OpenQuestion(Row, table=True):
    """A mentee's question to all mentors of the round, without a name: ``open, answered, closed``.

    ``answerer_id``: whose answer lies there now; ``passed_over``: the people whose answers did not help.
    """

    round_id: int = Field(foreign_key="round.id", index=True)
    person_id: int = Field(foreign_key="person.id")
    sealed_text: str
    state: str = "open"
    answerer_id: int | None = Field(default=None, foreign_key="person.id")
    sealed_answer: str = ""
    passed_over: list[int] = json_list()
    created_at: datetime = moment()


class Shared(Row, table=True):
    """What one of a pair or group would let out, with the others' yes: ``asked, given, kept, taken_back``.

    ``kind``: lesson, improvement, testimonial. ``named``: whether their names go with it. ``agreed``: who said yes.
    """

    round_id: int = Field(foreign_key="round.id", index=True)
    session_id: int = Field(foreign_key="session.id", index=True)
    person_id: int = Field(foreign_key="person.id")
    kind: str
    named: bool = False
    sealed_text: str
    state: str = "asked"
    agreed: list[int] = json_list()
    created_at: datetime = moment()


class PassedMessage(Row, table=True):
    """A message that the bot passes on between two who have no chat in common; its text goes when it has arrived."""

    __table_args__ = (UniqueConstraint("session_id", "person_id"),)

    pairing_id: int = Field(foreign_key="pairing.id", index=True)
    session_id: int = Field(foreign_key="session.id")
    person_id: int = Field(foreign_key="person.id")
    sealed_text: str
    created_at: datetime = moment()


class ExitReason(Row, table=True):
    """Why somebody left a pair or declined a name, without who: read as totals of five or more only."""

    round_id: int = Field(foreign_key="round.id", index=True)
    about: str
    reason: str
