"""Installing the app in a workspace: the one of ``SLACK_BOT_TOKEN`` at start, or any by OAuth."""

import hmac
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog
from aiohttp import web
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth import AuthorizeUrlGenerator
from slack_sdk.web.async_client import AsyncWebClient

from bot.handlers.slack.clients import Clients
from bot.handlers.slack.people import Directory
from manifests.slack import SCOPES
from storage.accounts import workspace_ever
from storage.database import Database
from storage.organisations import the_organisation
from storage.tables import Workspace

log = structlog.get_logger()
COOKIE = "inverso_install"


class Installer:
    """Registers workspaces and links their members to the roster."""

    def __init__(
        self, database: Database, clients: Clients, directory: Directory, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._clients = clients
        self._directory = directory
        self._clock = clock

    async def own(self) -> None:
        """Register the workspace of ``SLACK_BOT_TOKEN``. Raises SlackApiError for a token that Slack refuses."""
        client = self._clients.own()
        known = await client.auth_test()
        await self._register(str(known["team_id"]), str(known.get("team", "")), str(known["user_id"]), "", client)

    async def by_oauth(self, granted: Any) -> None:
        """Register the workspace of an ``oauth.v2.access`` answer."""
        team, token = granted["team"], str(granted["access_token"])
        client = self._clients.plain(token)
        await self._register(str(team["id"]), str(team.get("name", "")), str(granted["bot_user_id"]), token, client)

    async def _register(self, team: str, name: str, bot_user: str, token: str, client: AsyncWebClient) -> None:
        async with self._database.uow(self._clock()) as uow:
            uow.organisation_id = await the_organisation(uow)
            workspace = await workspace_ever(uow, "slack", team)
            if workspace is None:
                workspace = uow.add(Workspace(platform="slack", external_id=team, installed_at=self._clock()))
            workspace.name, workspace.bot_user, workspace.removed_at = name, bot_user, None
            workspace.sealed_token = self._database.box.seal(token) if token else ""
            await uow.commit()
        self._clients.forget(team)
        linked = await self._directory.take_all(client, team)
        log.info("workspace_linked", team=team, linked=linked)


def oauth_routes(
    installer: Installer, clients: Clients, client_id: str, secret: str, base_url: str
) -> list[web.RouteDef]:
    """``/slack/install`` sends to Slack's consent page; ``/slack/oauth_redirect`` takes the code that it gives.

    The state is a random value that must come back both in the address and in the browser's cookie.
    """
    redirect = f"{base_url}/slack/oauth_redirect"
    consent = AuthorizeUrlGenerator(client_id=client_id, scopes=list(SCOPES), redirect_uri=redirect)

    async def install(_request: web.Request) -> web.StreamResponse:
        state = secrets.token_urlsafe(24)
        response = web.HTTPFound(consent.generate(state))
        secure = base_url.startswith("https://")
        response.set_cookie(COOKIE, state, max_age=600, httponly=True, secure=secure, samesite="Lax")
        return response

    async def granted(request: web.Request) -> web.Response:
        state, code = request.query.get("state", ""), request.query.get("code", "")
        if not code or not state or not hmac.compare_digest(state, request.cookies.get(COOKIE, "")):
            return web.Response(status=400, text="The installation was not completed. Start again at /slack/install")
        try:
            answer = await clients.plain().oauth_v2_access(
                client_id=client_id, client_secret=secret, code=code, redirect_uri=redirect
            )
            await installer.by_oauth(answer)
        except SlackApiError as error:
            log.warning("installation_refused", error=error.response.get("error"))
            return web.Response(status=400, text="Slack refused the installation. Start again at /slack/install")
        return web.Response(text="Installed. Go back to Slack and write /mentoring")

    return [web.get("/slack/install", install), web.get("/slack/oauth_redirect", granted)]
