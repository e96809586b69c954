"""Installing the app in a workspace: the one of ``SLACK_BOT_TOKEN`` at start, or any by OAuth."""

import hmac
import re
import secrets
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any

import structlog
from aiohttp import web
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth import AuthorizeUrlGenerator
from slack_sdk.web.async_client import AsyncWebClient

from bot.handlers.slack.calls import called, code_of
from bot.handlers.slack.clients import Clients
from bot.handlers.slack.people import Directory
from bot.locales import language_of, speaker
from bot.nursery import Nursery
from bot.relay import Undelivered
from bot.ui.words import T
from manifests.slack import SCOPES
from storage.accounts import workspace_ever, workspaces_on
from storage.database import Database
from storage.organisations import one_by_one, the_organisation
from storage.tables import Workspace

log = structlog.get_logger()
COOKIE = "inverso_install"


class NotServed(Exception):  # names the fact
    """The workspace of that id is none of the company's."""


class Installer:
    """Registers workspaces and links their members to the roster.

    ``served``: the ids of the workspaces and Enterprise organisations that may come by OAuth. Members are known by the
    addresses that their workspace gives them, so whoever runs a workspace could be anybody.
    """

    def __init__(
        self,
        database: Database,
        clients: Clients,
        directory: Directory,
        clock: Callable[[], datetime],
        nursery: Nursery,
        served: frozenset[str],
    ) -> None:
        self._database = database
        self._clients = clients
        self._directory = directory
        self._clock = clock
        self._nursery = nursery
        self._served = served

    async def own(self, *, reading: bool) -> None:
        """Register the workspace of ``SLACK_BOT_TOKEN``; ``reading``: link its members too, meanwhile.

        Raises SlackApiError for a token that Slack refuses.
        """
        client = self._clients.own()
        known = await client.auth_test()
        team = str(known["team_id"])
        await self._register(team, str(known.get("team", "")), str(known["user_id"]), "")
        if reading:
            self._nursery.start("slack.directory", self._read(team, client))

    async def by_oauth(self, granted: Any) -> None:
        """Register the workspace of an ``oauth.v2.access`` answer. Raises ``NotServed`` for one of somebody else."""
        team, token = granted["team"], str(granted["access_token"])
        if not self._serves(team["id"], (granted.get("enterprise") or {}).get("id")):
            raise NotServed(team["id"])
        await self._register(str(team["id"]), str(team.get("name", "")), str(granted["bot_user_id"]), token)
        self._nursery.start("slack.directory", self._read(str(team["id"]), self._clients.plain(token)))

    async def let_go_of_others(self) -> None:
        """Workspaces that came by OAuth and are on the list no longer are as if the app had been taken out there."""
        async with self._database.uow(self._clock()) as uow:
            installed = await workspaces_on(uow, "slack")
        for workspace in installed:
            if workspace.sealed_token and not await self._still_served(workspace):
                log.warning("workspace_served_no_more", team=workspace.external_id)
                await self._directory.removed(workspace.external_id)
                self._clients.forget(workspace.external_id)

    async def _still_served(self, workspace: Workspace) -> bool:
        """Where the list has organisations, Slack tells of which one a workspace is; without an answer it stays."""
        if self._serves(workspace.external_id) or not any(id.startswith("E") for id in self._served):
            return self._serves(workspace.external_id)
        try:
            known = await called(self._clients.of(workspace).auth_test())
        except Undelivered:
            return True
        return self._serves(known.get("enterprise_id"))

    def _serves(self, *ids: object) -> bool:
        return not self._served.isdisjoint(ids)

    async def _register(self, team: str, name: str, bot_user: str, token: str) -> None:
        async with self._database.uow(self._clock()) as uow:
            uow.organisation_id = await the_organisation(uow)
            await one_by_one(uow)
            workspace = await workspace_ever(uow, "slack", team)
            if workspace is None:
                workspace = uow.add(Workspace(platform="slack", external_id=team, installed_at=self._clock()))
            workspace.name, workspace.bot_user, workspace.removed_at = name, bot_user, None
            workspace.sealed_token = self._database.box.seal(token) if token else ""
            await uow.commit()
        self._clients.forget(team)

    async def _read(self, team: str, client: AsyncWebClient) -> None:
        """Beside what is served: it takes a call for each thousand members, and Slack bears few of them a minute."""
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

    async def install(_request: web.Request) -> web.Response:
        state = secrets.token_urlsafe(24)
        response = web.Response(status=HTTPStatus.FOUND, headers={"Location": consent.generate(state)})
        secure = base_url.startswith("https://")
        response.set_cookie(COOKIE, state, max_age=600, httponly=True, secure=secure, samesite="Lax")
        return response

    async def granted(request: web.Request) -> web.Response:
        state, code = request.query.get("state", ""), request.query.get("code", "")
        if not code or not state or not hmac.compare_digest(state, request.cookies.get(COOKIE, "")):
            return _page(request, T("install.broken_off"), HTTPStatus.BAD_REQUEST)
        try:
            answer = await clients.plain().oauth_v2_access(
                client_id=client_id, client_secret=secret, code=code, redirect_uri=redirect
            )
            await installer.by_oauth(answer)
        except SlackApiError as error:
            log.warning("installation_refused", error=code_of(error))
            return _page(request, T("install.refused"), HTTPStatus.BAD_REQUEST)
        except NotServed as team:
            log.warning("installation_of_a_stranger", team=str(team))
            return _page(request, T("install.not_served", team=str(team)), HTTPStatus.FORBIDDEN)
        return _page(request, T("install.done"), HTTPStatus.OK)

    return [web.get("/slack/install", install), web.get("/slack/oauth_redirect", granted)]


def _page(request: web.Request, words: T, status: HTTPStatus) -> web.Response:
    """The words in the language that the browser asks for first."""
    first = re.split("[,;]", request.headers.get("Accept-Language", ""))[0]
    return web.Response(status=status, text=speaker(language_of(first))(words))
