"""People as Teams tells of them: linked to the roster by e-mail once, kept by their Entra object id."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import aiohttp
import structlog

from bot.handlers.teams.connector import Connector, ConnectorError, Json
from bot.handlers.teams.parse import PLATFORM, Arrival, Spot
from storage.accounts import Came, adopt, find_actor, strangers, workspace_of
from storage.database import Database
from storage.naming import search_people
from storage.organisations import one_by_one, the_organisation
from storage.tables import Workspace
from storage.uow import Uow

CHAT = "https://teams.microsoft.com/l/chat/0/0?users={email}"
"""A bot opens no chat between people: they do (learn.microsoft.com/microsoftteams/platform/concepts/build-and-test/
deep-link-teams)."""
log = structlog.get_logger()


@dataclass
class People:
    """Keeps the accounts of Teams tenants. ``tenant``: the only one served; empty serves any (a local client)."""

    database: Database
    connector: Connector
    clock: Callable[[], datetime]
    tenant: str = ""

    async def register(self, tenant: str) -> None:
        """Make the tenant known as a place where the bot is installed."""
        async with self.database.uow(self.clock()) as uow:
            uow.organisation_id = await the_organisation(uow)
            await one_by_one(uow)
            await self._workspace(uow, tenant)
            await uow.commit()

    async def link(self, arrived: Arrival) -> Came:
        """Link who wrote, or installed the app, to the roster by the addresses that Teams gives of them."""
        found = await self._addresses(arrived.spot, arrived.user)
        async with self.database.uow(self.clock()) as uow:
            uow.organisation_id = await the_organisation(uow)
            await one_by_one(uow)
            workspace = await self._workspace(uow, arrived.tenant)
            came = await adopt(uow, workspace, arrived.account, found, str(arrived.spot))
            await uow.commit()
        return came

    async def link_strangers(self) -> None:
        """Those who had the app before the roster named them: look each of them up again, one after the other."""
        async with self.database.uow(self.clock()) as uow:
            uow.organisation_id = await the_organisation(uow)
            unknown = await strangers(uow, PLATFORM)
        for account, workspace in unknown:
            spot = Spot.of(account.conversation)
            found = await self._addresses(spot, account.external_id) if spot.conversation else []
            if found:
                async with self.database.uow(self.clock(), account.organisation_id) as uow:
                    await adopt(uow, workspace, account.external_id, found)
                    await uow.commit()

    async def _workspace(self, uow: Uow, tenant: str) -> Workspace:
        found = await workspace_of(uow, PLATFORM, tenant)
        if found is None:
            found = uow.add(Workspace(platform=PLATFORM, external_id=tenant, installed_at=uow.now))
            found.opens_groups, found.chat_link = False, CHAT
            await uow.flush()
        return found

    async def _addresses(self, spot: Spot, user: str) -> list[str]:
        """E-mail address and user principal name: they may differ, and the first may be missing."""
        try:
            member: Json = await self.connector.member(spot, user)
        except (ConnectorError, aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("member_not_read", trouble=type(error).__name__)
            return []
        return [str(member.get(name) or "") for name in ("email", "userPrincipalName")]

    async def went(self, arrived: Arrival) -> None:
        """The app was taken away from somebody: nothing can be sent to them until they have it again."""
        async with self.database.uow(self.clock()) as uow:
            actor = await find_actor(uow, PLATFORM, arrived.tenant, arrived.account)
            if actor is not None:
                actor.account.reachable = False
                await uow.commit()

    async def search(self, arrived: Arrival, words: str, most: int) -> list[tuple[str, str]]:
        """Colleagues whose name or address holds the words, as titles and values; none for who is not linked."""
        async with self.database.uow(self.clock()) as uow:
            actor = await find_actor(uow, PLATFORM, arrived.tenant, arrived.account)
            if actor is None:
                return []
            people = await search_people(uow, words, most)
        return [(f"{one.name} ({one.department})" if one.department else one.name, one.email) for one in people]
