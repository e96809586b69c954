"""Web API clients: one HTTP session for all, none of them retries by itself; and whose token a request belongs to."""

from collections.abc import Callable
from datetime import datetime, timedelta

import aiohttp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from storage.accounts import workspace_of
from storage.database import Database
from storage.tables import Workspace

BELIEVED = timedelta(minutes=1)
"""How long a process goes by a token that it has read: another may have installed the app anew, or taken it out."""


class Clients:
    """``token``: the one of ``SLACK_BOT_TOKEN``, for the workspace that has no token of its own in the store."""

    def __init__(
        self, api_url: str, token: str, database: Database, http: aiohttp.ClientSession, clock: Callable[[], datetime]
    ) -> None:
        self._api_url = api_url
        self._token = token
        self._database = database
        self._http = http
        self._clock = clock
        self._known: dict[str, tuple[datetime, AuthorizeResult]] = {}

    def plain(self, token: str | None = None) -> AsyncWebClient:
        """A client with that token."""
        return AsyncWebClient(token=token, base_url=self._api_url, session=self._http, retry_handlers=[])

    def own(self) -> AsyncWebClient:
        """The client of ``SLACK_BOT_TOKEN``."""
        return self.plain(self._token)

    def of(self, workspace: Workspace) -> AsyncWebClient:
        """The client of an installed workspace."""
        return self.plain(self._token_of(workspace))

    def _token_of(self, workspace: Workspace) -> str:
        return self._database.box.open(workspace.sealed_token) or self._token

    def forget(self, team_id: str) -> None:
        """Ask the store again: the workspace was installed anew, or removed."""
        self._known.pop(team_id, None)

    async def authorize(self, team_id: str | None) -> AuthorizeResult | None:
        """Bolt's question whose token a request belongs to; from the store, once a minute. None: nobody's."""
        if team_id is None:
            return None
        now = self._clock()
        until, known = self._known.get(team_id, (now, None))
        if now < until:
            return known
        async with self._database.uow(now) as uow:
            workspace = await workspace_of(uow, "slack", team_id)
        if workspace is None:
            return None
        found = AuthorizeResult(
            enterprise_id=None,
            team_id=team_id,
            bot_token=self._token_of(workspace),
            bot_user_id=workspace.bot_user,
        )
        self._known[team_id] = (now + BELIEVED, found)
        return found
