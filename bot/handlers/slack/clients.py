"""Web API clients: one HTTP session for all, none of them retries by itself; and whose token a request belongs to."""

from collections.abc import Callable
from datetime import datetime

import aiohttp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from storage.accounts import workspace_of
from storage.database import Database
from storage.tables import Workspace


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
        self._known: dict[str, AuthorizeResult] = {}

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
        """Bolt's question whose token a request belongs to; answered from the store once. None: nobody's."""
        if team_id is None:
            return None
        if team_id not in self._known:
            async with self._database.uow(self._clock()) as uow:
                workspace = await workspace_of(uow, "slack", team_id)
            if workspace is None:
                return None
            self._known[team_id] = AuthorizeResult(
                enterprise_id=None,
                team_id=team_id,
                bot_token=self._token_of(workspace),
                bot_user_id=workspace.bot_user,
            )
        return self._known[team_id]
