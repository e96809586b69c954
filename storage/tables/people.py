"""Who: the organisation, its workspaces, its people and their accounts on a platform."""

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.tables.base import Row, datetime, json_dict, json_list, maybe_moment, moment, where


class Organisation(SQLModel, table=True):
    """A company. ``settings`` holds what HR may change (``closures``, ``privacy_contact``, ``notice_link``), and the
    closures that were taken away again (``withdrawn``).
    """

    id: int | None = Field(default=None, primary_key=True)
    name: str
    settings: dict[str, object] = json_dict()


class Workspace(Row, table=True):
    """A Slack workspace or a Teams tenant where the bot is installed.

    ``opens_groups``: the bot can open a conversation of several people there. ``chat_link``: an address that opens a
    chat with a colleague, with ``{email}`` in it; empty where there is none.
    """

    __table_args__ = (UniqueConstraint("platform", "external_id"),)

    platform: str
    external_id: str
    name: str = ""
    bot_user: str = ""
    sealed_token: str = ""
    opens_groups: bool = True
    chat_link: str = ""
    installed_at: datetime = moment()
    removed_at: datetime | None = maybe_moment()


class Person(Row, table=True):
    """Somebody of the roster. No birth date, gender, nationality, pay or assessment: such columns never exist here.

    ``manager_known``: the roster says who manages them, or names nobody. ``asks_since``: they asked, between rounds, to
    be invited to the next one.
    """

    __table_args__ = (
        UniqueConstraint("organisation_id", "email"),
        Index("ix_person_site", "organisation_id", "site", **where("left_at IS NULL")),
    )

    email: str
    name: str
    language: str = "it"
    timezone: str = "Europe/Rome"
    country: str = "IT"
    site: str = ""
    department: str = ""
    job_title: str = ""
    career_stage: str = ""
    tenure_band: str = ""
    languages: list[str] = json_list()
    manager_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    manager_known: bool = True
    other_programme: str = ""
    platform: str = "slack"
    coordinator: bool = False
    left_at: datetime | None = maybe_moment()
    paused_until: datetime | None = maybe_moment()
    snoozed: dict[str, str] = json_dict()
    stopped_kinds: list[str] = json_list()
    asks_since: datetime | None = maybe_moment()
    feed_token: str | None = Field(default=None, unique=True)


class Account(Row, table=True):
    """A person as one platform knows them. ``conversation`` is the stored id of their private chat with the bot."""

    __table_args__ = (UniqueConstraint("workspace_id", "external_id"),)

    workspace_id: int = Field(foreign_key="workspace.id")
    external_id: str
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    conversation: str = ""
    reachable: bool = True


class Avoidance(Row, table=True):
    """ "Please not with": kept for the person, used by the matching, shown to nobody else, never explained."""

    __table_args__ = (UniqueConstraint("organisation_id", "person_id", "other_id"),)

    person_id: int = Field(foreign_key="person.id", index=True)
    other_id: int = Field(foreign_key="person.id")


class Conflict(Row, table=True):
    """A conflict of interest that the coordinator declared (who decides on whose pay, personal ties)."""

    __table_args__ = (UniqueConstraint("organisation_id", "person_id", "other_id"),)

    person_id: int = Field(foreign_key="person.id", index=True)
    other_id: int = Field(foreign_key="person.id")


class BusyCalendar(Row, table=True):
    """The calendar that a person publishes for themselves, by its sealed address; of what is in it only busy times.

    ``sealed_busy``: ``[from, to]`` in minutes since 1970, as of ``read_at``, when it was read well last (None: never).
    ``failing_since``: when the readings began to fail that have failed since; ``told_at``: when that was said.
    """

    person_id: int = Field(foreign_key="person.id", unique=True)
    sealed_address: str
    sealed_busy: str = ""
    given_at: datetime = moment()
    tried_at: datetime | None = maybe_moment()
    read_at: datetime | None = maybe_moment()
    failing_since: datetime | None = maybe_moment()
    told_at: datetime | None = maybe_moment()
