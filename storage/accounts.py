"""Finding who acts, and linking a platform's accounts to the people of the roster."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import bindparam, update
from sqlmodel import col, select

from storage.tables import Account, FlowSession, Person, Workspace
from storage.uow import Actor, Uow

# Built once: every event asks it, and building a statement costs as much as running it.
_ACTOR = (
    select(Person, Account, Workspace)
    .join(Account, col(Account.person_id) == Person.id)
    .join(Workspace, col(Workspace.id) == Account.workspace_id)
    .where(
        col(Workspace.platform) == bindparam("platform"),
        col(Workspace.external_id) == bindparam("workspace"),
        col(Account.external_id) == bindparam("account"),
        col(Workspace.removed_at).is_(None),
        col(Person.left_at).is_(None),
    )
)


_ACTOR_AND_TALK = _ACTOR.add_columns(FlowSession).outerjoin(
    FlowSession,
    (col(FlowSession.organisation_id) == Person.organisation_id) & (col(FlowSession.token) == bindparam("token")),
)


async def find_actor(uow: Uow, platform: str, workspace: str, account: str) -> Actor | None:
    """The person behind a platform's account, in one query; sets the unit of work's organisation. None: not linked."""
    given = {"platform": platform, "workspace": workspace, "account": account}
    row = (await uow.session.execute(_ACTOR, given)).first()
    if row is None:
        return None
    uow.organisation_id = row[0].organisation_id
    return Actor(*row)


async def find_actor_and_talk(
    uow: Uow, platform: str, workspace: str, account: str, token: str
) -> tuple[Actor, FlowSession | None] | None:
    """The same, with the conversation of that token in the same query (None when there is none)."""
    given = {"platform": platform, "workspace": workspace, "account": account, "token": token}
    row = (await uow.session.execute(_ACTOR_AND_TALK, given)).first()
    if row is None:
        return None
    person, linked, home, talk = row
    uow.organisation_id = person.organisation_id
    return Actor(person, linked, home), talk


async def persons_of(uow: Uow, workspace_id: int, external_ids: Iterable[str]) -> dict[str, Person]:
    """The people behind accounts of one workspace, by the platform's id; unknown ones are left out."""
    statement = (
        select(Account.external_id, Person)
        .join(Person, col(Person.id) == Account.person_id)
        .where(Account.organisation_id == uow.organisation_id, Account.workspace_id == workspace_id)
        .where(col(Account.external_id).in_(list(external_ids)))
    )
    return dict(tuple(row) for row in await uow.rows(statement))


_REACHED = (
    select(Account, Workspace)
    .join(Workspace, col(Workspace.id) == Account.workspace_id)
    .where(
        col(Account.organisation_id) == bindparam("organisation"),
        col(Account.person_id).in_(bindparam("people", expanding=True)),
        col(Workspace.removed_at).is_(None),
        Account.reachable,
    )
    .order_by(col(Account.id).desc())
)


async def accounts_of(uow: Uow, person_ids: Iterable[int]) -> dict[int, tuple[Account, Workspace]]:
    """A reachable account and its workspace for each person that has one, by person."""
    given = {"organisation": uow.organisation_id, "people": list(person_ids)}
    rows = (await uow.session.execute(_REACHED, given)).all()
    return {account.person_id: (account, workspace) for account, workspace in rows if account.person_id is not None}


@dataclass(frozen=True)
class Member:
    """Somebody as the platform's directory lists them. ``email`` may be empty."""

    external_id: str
    email: str
    locale: str = ""
    timezone: str = ""
    gone: bool = False


async def link_members(uow: Uow, workspace: Workspace, members: Iterable[Member]) -> int:
    """Bring the accounts of a workspace up to date with its directory; returns how many are linked to the roster.

    Linked people who are gone are owed ``support.left``; those who are there again have not left.
    """
    listed = {member.external_id: member for member in members}
    roster: dict[int, Person] = {person.pk: person for person in await uow.all(uow.of(Person))}
    people = {person.email.lower(): person for person in roster.values()}
    known: dict[str, Account] = {
        account.external_id: account
        for account in await uow.all(uow.of(Account).where(Account.workspace_id == workspace.pk))
    }
    linked = 0
    for external_id, member in listed.items():
        person = people.get(member.email.lower()) if member.email else None
        account = known.get(external_id)
        if account is None:
            if person is None or member.gone:
                continue
            account = uow.add(Account(workspace_id=workspace.pk, external_id=external_id))
        if person is not None:
            account.person_id = person.id
        account.reachable = not member.gone
        if person is not None:
            _learn(person, member)
        linked += account.person_id is not None
        owner = roster.get(account.person_id or 0)
        if owner is not None:
            _came_or_went(uow, owner, gone=member.gone)
    await uow.flush()
    return linked


def _learn(person: Person, member: Member) -> None:
    """The person's own settings in the chat tell language and zone better than the roster does."""
    from zoneinfo import available_timezones

    if member.timezone in available_timezones():
        person.timezone = member.timezone
    if member.locale:
        person.language = "it" if member.locale.lower().startswith("it") else "en"


def _came_or_went(uow: Uow, person: Person, *, gone: bool) -> None:
    """Who is gone is let go of by a job, which looks again; who is there has not left."""
    if not gone:
        person.left_at = None
    elif person.left_at is None:
        uow.promise("support.left", f"left:{person.pk}:{uow.now.date()}", uow.now, person_id=person.pk)


async def mark_unreachable(uow: Uow, account_id: int) -> None:
    """Remember that the platform refuses messages to this account."""
    mine = (col(Account.organisation_id) == uow.organisation_id, col(Account.id) == account_id)
    await uow.execute(update(Account).where(*mine).values(reachable=False))
