"""Slack's directory of members, linked to the roster by e-mail: at start, at each change, when a stranger acts."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.retry import GiveUp, after_failure
from bot.handlers.slack.calls import called
from bot.relay import Undelivered
from storage.accounts import Member, link_members, workspace_of
from storage.database import Database
from storage.parts import parts

Json = dict[str, Any]
TOGETHER = 200
"""How many are linked in one unit of work: a company of 40,000 would hold the loop, and the store, for seconds."""


@dataclass
class Directory:
    """Keeps the accounts of Slack workspaces up to date."""

    database: Database
    clock: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def take_all(self, client: AsyncWebClient, team: str) -> int:
        """Read the whole directory of a workspace; returns how many members are linked to the roster.

        Waits for as long as Slack asks, and while it cannot be reached. Raises ``Undelivered`` when it refuses.
        """
        members: list[Member] = []
        cursor: str | None = None
        while cursor != "":
            page = await self._page(client, cursor)
            members += [member for user in page["members"] if (member := member_of(user)) is not None]
            cursor = str((page.get("response_metadata") or {}).get("next_cursor", ""))
        return sum([await self._link(team, part) for part in parts(members, TOGETHER)])

    async def _page(self, client: AsyncWebClient, cursor: str | None) -> Any:
        attempts = 0
        while True:
            try:
                return await called(client.users_list(limit=1000, include_locale=True, cursor=cursor))
            except Undelivered as undelivered:
                attempts += 1
                now = self.clock()
                then = after_failure(undelivered.trouble, attempts, attempts, now, None, jitter=1.0)
                if isinstance(then, GiveUp):
                    raise
                await self.sleep((then.moment - now).total_seconds())

    async def link_one(self, client: AsyncWebClient, team: str, user: str) -> str:
        """Read and link one member; returns their locale (empty when Slack does not know them)."""
        try:
            found: Json = (await client.users_info(user=user, include_locale=True))["user"]
        except SlackApiError:
            return ""
        await self.take(team, found)
        return str(found.get("locale", ""))

    async def take(self, team: str, user: Json) -> None:
        """Link one member as an event or a call described them."""
        member = member_of(user)
        if member is not None:
            await self._link(team, [member])

    async def removed(self, team: str) -> None:
        """The bot was taken out of the workspace."""
        async with self.database.uow(self.clock()) as uow:
            workspace = await workspace_of(uow, "slack", team)
            if workspace is not None:
                workspace.removed_at = uow.now
                await uow.commit()

    async def _link(self, team: str, members: list[Member]) -> int:
        async with self.database.uow(self.clock()) as uow:
            workspace = await workspace_of(uow, "slack", team)
            if workspace is None:
                return 0
            uow.organisation_id = workspace.organisation_id
            linked = await link_members(uow, workspace, members)
            await uow.commit()
            return linked


def member_of(user: Json) -> Member | None:
    """A member as the directory lists them; None for bots."""
    if user.get("is_bot") or user.get("id") in (None, "USLACKBOT"):
        return None
    email = str((user.get("profile") or {}).get("email", ""))
    return Member(
        str(user["id"]), email, str(user.get("locale", "")), str(user.get("tz", "")), bool(user.get("deleted"))
    )
