"""Finding who acts, and linking a platform's accounts to the people of the roster."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from zoneinfo import available_timezones

from sqlalchemy import bindparam, exists, func, update
from sqlmodel import col, select

from storage.organisations import one_by_one
from storage.tables import Account, Enrolment, FlowSession, Person, Workspace
from storage.uow import Actor, Uow

# Built once: every event asks it, and building a statement costs as much as running it.
_ACTOR = (
    select(Person, Account, Workspace, exists().where(col(Enrolment.assistant_id) == Person.id))
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
    *actor, talk = row
    uow.organisation_id = row[0].organisation_id
    return Actor(*actor), talk


_REACHED = (
    select(Person, Account, Workspace)
    .join(Account, col(Account.person_id) == Person.id)
    .join(Workspace, col(Workspace.id) == Account.workspace_id)
    .where(
        col(Account.organisation_id) == bindparam("organisation"),
        col(Account.person_id).in_(bindparam("people", expanding=True)),
        col(Workspace.removed_at).is_(None),
        Account.reachable,
    )
    .order_by(col(Workspace.platform) == Person.platform, col(Account.id).desc())
)


async def reached(uow: Uow, person_ids: Iterable[int]) -> dict[int, Actor]:
    """A reachable account and its workspace for each person that has one, by person.

    Of several, the one on the platform that the roster names for them, then the oldest.
    """
    return {row[0].pk: Actor(*row) for row in await uow.rows(_REACHED, people=list(person_ids))}


@dataclass(frozen=True)
class Member:
    """Somebody as the platform's directory lists them. ``email`` may be empty."""

    external_id: str
    email: str
    locale: str = ""
    timezone: str = ""
    gone: bool = False


async def link_members(uow: Uow, workspace: Workspace, members: Iterable[Member]) -> int:
    """Bring the accounts of these members up to date; returns how many are linked to the roster.

    Linked people who are gone are owed ``support.left``; those who are there again have not left. Nobody else's rows
    are read: a platform tells of each change in a member's profile.
    """
    await one_by_one(uow)
    listed = {member.external_id: member for member in members}
    known = await _accounts(uow, workspace, listed)
    people = await _people_at(uow, {member.email.lower() for member in listed.values() if member.email})
    roster = {person.pk: person for person in people.values()}
    roster |= await uow.by_id(Person, {account.person_id for account in known.values()} - roster.keys())
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
            _learn(person, member.locale, member.timezone)
        linked += account.person_id is not None
        owner = roster.get(account.person_id or 0)
        if owner is not None:
            _came_or_went(uow, owner, gone=member.gone)
    await uow.flush()
    return linked


async def _accounts(uow: Uow, workspace: Workspace, external_ids: Iterable[str]) -> dict[str, Account]:
    """The accounts of the workspace that are known by these ids, by id."""
    mine = uow.of(Account).where(Account.workspace_id == workspace.pk, col(Account.external_id).in_(list(external_ids)))
    return {account.external_id: account for account in await uow.all(mine)}


async def _people_at(uow: Uow, emails: Collection[str]) -> dict[str, Person]:
    """The people of the roster at these lower-case addresses, by address."""
    found: list[Person] = await uow.all(uow.of(Person).where(col(Person.email).in_(emails))) if emails else []
    return {person.email: person for person in found}


def _learn(person: Person, locale: str, timezone: str) -> None:
    """The person's own settings in the chat tell language and zone better than the roster does."""
    if timezone and timezone != person.timezone and timezone in _zones():
        person.timezone = timezone
    language = "it" if locale.lower().startswith("it") else "en"
    if locale and language != person.language:
        person.language = language


@cache
def _zones() -> set[str]:
    return available_timezones()


def learn(actor: Actor, conversation: str, locale: str, timezone: str) -> None:
    """What an event tells of who acts: that they can be reached, where, language and zone (empty: not told)."""
    if not actor.account.reachable:
        actor.account.reachable = True
    if conversation and conversation != actor.account.conversation:
        actor.account.conversation = conversation
    _learn(actor.person, locale, timezone)


async def workspace_of(uow: Uow, platform: str, external_id: str) -> Workspace | None:
    """The workspace of that platform where the bot is installed; None where it is not."""
    found = await workspace_ever(uow, platform, external_id)
    return found if found is not None and found.removed_at is None else None


_WORKSPACE = select(Workspace).where(
    col(Workspace.platform) == bindparam("platform"), col(Workspace.external_id) == bindparam("external")
)


async def workspace_ever(uow: Uow, platform: str, external_id: str) -> Workspace | None:
    """The workspace of that platform where the bot is, or was before it was taken out."""
    found: Workspace | None = await uow.first(_WORKSPACE, platform=platform, external=external_id)
    return found


async def workspaces_on(uow: Uow, platform: str) -> list[Workspace]:
    """The workspaces of that platform where the bot is installed, the oldest first."""
    here = select(Workspace).where(Workspace.platform == platform, col(Workspace.removed_at).is_(None))
    found: list[Workspace] = await uow.all(here.order_by(col(Workspace.id)))
    return found


class Came(Enum):
    """Who it is that came: seen here for the first time (or reached again), known, or not in the roster."""

    ANEW = "anew"
    KNOWN = "known"
    STRANGER = "stranger"


async def adopt(
    uow: Uow, workspace: Workspace, external_id: str, emails: Iterable[str], conversation: str = ""
) -> Came:
    """Keep the account of that id and its private ``conversation``, linked to the person of the roster with one of
    these addresses (the first that fits). Strangers are kept by those ids alone: the roster may come to name them.
    """
    mine = uow.of(Account).where(Account.workspace_id == workspace.pk, Account.external_id == external_id)
    account: Account | None = await uow.first(mine)
    came = Came.ANEW if account is None or account.person_id is None or not account.reachable else Came.KNOWN
    if account is None:
        account = uow.add(Account(workspace_id=workspace.pk, external_id=external_id))
    account.reachable = True
    account.conversation = conversation or account.conversation
    if account.person_id is None:
        account.person_id = await _person_at(uow, emails)
    return came if account.person_id is not None else Came.STRANGER


async def _person_at(uow: Uow, emails: Iterable[str]) -> int | None:
    wanted = [email.strip().lower() for email in emails if email.strip()]
    people = await uow.all(uow.of(Person).where(func.lower(Person.email).in_(wanted), col(Person.left_at).is_(None)))
    found = min(people, key=lambda one: wanted.index(one.email.lower()), default=None)
    return found.pk if found is not None else None


async def strangers(uow: Uow, platform: str) -> list[tuple[Account, Workspace]]:
    """The accounts of that platform that nobody of the roster is linked to."""
    statement = (
        select(Account, Workspace)
        .join(Workspace, col(Workspace.id) == Account.workspace_id)
        .where(
            Account.organisation_id == uow.organisation_id,
            col(Account.person_id).is_(None),
            Account.reachable,
            Workspace.platform == platform,
            col(Workspace.removed_at).is_(None),
        )
    )
    return [(account, workspace) for account, workspace in await uow.rows(statement)]


def _came_or_went(uow: Uow, person: Person, *, gone: bool) -> None:
    """Who is gone is let go of by a job, which looks again; who is there has not left."""
    if not gone:
        person.left_at = None
    elif person.left_at is None:
        uow.promise("support.left", f"left:{person.pk}:{uow.now.date()}", uow.now, person_id=person.pk)


async def mark_unreachable(uow: Uow, account_ids: Iterable[int]) -> None:
    """Remember that the platform refuses messages to these accounts."""
    mine = (col(Account.organisation_id) == uow.organisation_id, col(Account.id).in_(list(account_ids)))
    await uow.execute(update(Account).where(*mine).values(reachable=False))


_CONVERSATION = (
    update(Account.__table__)  # type: ignore[attr-defined]  # SQLModel adds it at class creation
    .where(col(Account.organisation_id) == bindparam("organisation"), col(Account.id) == bindparam("account"))
    .values(conversation=bindparam("new_conversation"))
)


async def learn_conversations(uow: Uow, conversations: Mapping[int, str]) -> None:
    """Keep the private chats that accounts turned out to have, by account."""
    if conversations:
        rows = [{"account": key, "new_conversation": place} for key, place in conversations.items()]
        await uow.session.execute(_CONVERSATION, [{**row, "organisation": uow.organisation_id} for row in rows])
