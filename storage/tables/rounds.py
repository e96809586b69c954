"""A round and who takes part in it."""

import secrets

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field

from storage.tables.base import Row, datetime, json_dict, json_list, maybe_moment, moment


class Round(Row, table=True):
    """One dated run of the programme: ``draft → enrolling → matching → running → closing → closed | cancelled``.

    ``weights``: what counts how much in its matching, out of 100; empty for the product's own. ``sponsor_says``: by
    language.
    """

    organisation_id: int = Field(default=0, foreign_key="organisation.id", index=True)  # few, and asked for all at once
    name: str
    state: str = "draft"
    coordinator_id: int = Field(foreign_key="person.id")
    objectives: list[str] = json_list()
    sponsor_id: int | None = Field(default=None, foreign_key="person.id")
    sponsor_says: dict[str, str] = json_dict()
    format: str = "blended"
    rules: dict[str, object] = json_dict()
    weights: dict[str, int] = json_dict()
    invited: dict[str, list[str]] = json_dict()
    checklist: dict[str, str] = json_dict()
    created_at: datetime = moment()
    enrolment_ends_at: datetime | None = maybe_moment()
    opened_at: datetime | None = maybe_moment()
    started_at: datetime | None = maybe_moment()
    ends_at: datetime | None = maybe_moment()
    closing_at: datetime | None = maybe_moment()
    closed_at: datetime | None = maybe_moment()


class Enrolment(Row, table=True):
    """One person in one round: ``invited, declined_invitation, enrolled, prepared, waitlisted, paired, paused,
    withdrawn, completed``.

    ``offers``: skill code → level 0–4. ``wants``: ``[code, own level]``, the first counts double. ``slots``: codes of
    the weekly availability in the person's local time. ``sealed_needs`` is "what helps our meetings work".
    ``assistant_id``: the colleague who keeps this mentee's dates. ``visits``: ``[Monday, site]`` of the weeks that the
    person spends at another site. ``hoped``: they have said a hope or a worry (see ``Hope``). ``held_back``: the
    coordinator keeps them on the waiting list; nobody is proposed to them. ``late_until``: a coordinator added the
    person after enrolment had ended; till then they may answer.
    """

    __table_args__ = (UniqueConstraint("round_id", "person_id"),)

    round_id: int = Field(foreign_key="round.id")
    person_id: int = Field(foreign_key="person.id", index=True)
    state: str = "invited"
    role: str = ""
    capacity: int = 1
    offers: dict[str, int] = json_dict()
    wants: list[list[object]] = json_list()
    languages: list[str] = json_list()
    slots: list[str] = json_list()
    formats: list[str] = json_list()
    place: str = ""
    visits: list[list[str]] = json_list()
    other_programme: str = ""
    sealed_needs: str = ""
    notice_version: str = ""
    notice_at: datetime | None = maybe_moment()
    enrolled_at: datetime | None = maybe_moment()
    lessons: list[str] = json_list()
    prepared_at: datetime | None = maybe_moment()
    proposals: int = 0
    waited: bool = False
    before_pause: str = ""
    assistant_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    hoped: bool = False
    held_back: bool = False
    late_until: datetime | None = maybe_moment()


class Goal(Row, table=True):
    """What one participant wants for themselves (up to two): typed in a form, stored sealed, never echoed."""

    enrolment_id: int = Field(foreign_key="enrolment.id", index=True)
    number: int
    kind: str = "skill"
    sealed_text: str
    created_at: datetime = moment()


class Hope(Row, table=True):
    """What somebody hopes for (``hope``) or is afraid of (``worry``) before a round: neither who said it, nor when.

    Keys are drawn by lot: in order they would tell who spoke first.
    """

    id: int | None = Field(default_factory=lambda: secrets.randbits(53), primary_key=True, sa_type=BigInteger)
    round_id: int = Field(foreign_key="round.id", index=True)
    kind: str
    sealed_text: str


class RoundMessage(Row, table=True):
    """What a coordinator wrote to those who take part in a round; ``role``: to mentors or mentees alone."""

    round_id: int = Field(foreign_key="round.id", index=True)
    person_id: int = Field(foreign_key="person.id")
    role: str = ""
    sealed_text: str
    created_at: datetime = moment()


class KickOff(Row, table=True):
    """The meeting of all with which a round begins. ``uid`` and ``sequence``: its calendar event and the version."""

    round_id: int = Field(foreign_key="round.id", unique=True)
    starts_at: datetime = moment()
    minutes: int
    place: str = ""
    uid: str
    sequence: int = 0
    cancelled: bool = False
    made_at: datetime = moment()
