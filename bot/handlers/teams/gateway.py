"""Teams' way in, ``POST /api/messages``: who may call is asked of the Bot Framework SDK, which only this file names.

The SDK answers two questions and nothing else: is this call really Teams', and with which token do we call back. The
rest of the protocol is JSON over HTTP (``parse``, ``render``, ``connector``): a successor of the SDK is one class away.
"""

import asyncio
import ipaddress
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog
from aiohttp import web
from botbuilder.integration.aiohttp import ConfigurationBotFrameworkAuthentication
from botbuilder.schema import Activity
from botframework.connector.auth import MicrosoftAppCredentials

from bot.handlers.teams.answering import Answering
from bot.handlers.teams.parse import arrival

log = structlog.get_logger()
Json = dict[str, Any]
PATIENCE = 10
FRESH = timedelta(minutes=4)
"""The SDK hands out no token that lives shorter than five."""


class Trust(Protocol):
    """Who may call, and with which token we call."""

    async def admits(self, request: web.Request, activity: Json) -> bool: ...

    async def token(self) -> str: ...


class BotFramework:
    """The Bot Framework SDK. It fetches keys and tokens by blocking calls: they run in two threads of their own."""

    def __init__(self, app_id: str, password: str, tenant: str, clock: Callable[[], datetime]) -> None:
        self._verifier = ConfigurationBotFrameworkAuthentication(_SingleTenant(app_id, password, tenant))
        self._credentials = MicrosoftAppCredentials(app_id, password, tenant)
        self._threads = ThreadPoolExecutor(2, "bot-framework")
        self._clock = clock
        self._kept: tuple[str, datetime] | None = None

    async def admits(self, request: web.Request, activity: Json) -> bool:
        """Whether the call carries a token for this app, made by Microsoft for this channel and service address.

        Anything that goes wrong in finding out is a no: the SDK raises many kinds of errors for a bad token.
        """
        header = request.headers.get("Authorization")
        if header is None:
            return False
        claimed = Activity(channel_id=activity.get("channelId"), service_url=activity.get("serviceUrl"))
        loop = asyncio.get_running_loop()
        asked = loop.run_in_executor(self._threads, lambda: asyncio.run(self._verify(claimed, header)))
        try:
            await asyncio.wait_for(asked, PATIENCE)
        except Exception as error:
            log.warning("token_refused", trouble=type(error).__name__)
            return False
        return True

    async def _verify(self, activity: Activity, header: str) -> None:
        await self._verifier.authenticate_request(activity, header)

    async def token(self) -> str:
        """The token of our calls, asked for again after some minutes (the SDK keeps it as long as it is valid)."""
        now = self._clock()
        if self._kept is None or self._kept[1] <= now:
            loop = asyncio.get_running_loop()
            token = await loop.run_in_executor(self._threads, self._credentials.get_access_token)
            self._kept = (str(token), now + FRESH)
        return self._kept[0]


@dataclass(frozen=True)
class _SingleTenant:
    """The app's registration, under the names that the SDK reads."""

    APP_ID: str
    APP_PASSWORD: str
    APP_TENANTID: str
    APP_TYPE: str = "SingleTenant"


class LocalClient:
    """No app id: only a client on this machine is let in, and nothing is signed."""

    def __init__(self) -> None:
        log.warning("teams_door_is_open_to_this_machine")

    async def admits(self, request: web.Request, _activity: Json) -> bool:
        """Whether the call comes from this very machine, and not by way of a proxy on it."""
        passed_on = any(name in request.headers for name in ("Forwarded", "X-Forwarded-For"))
        return not passed_on and ipaddress.ip_address(request.remote or "0.0.0.0").is_loopback  # noqa: S104  # nobody

    async def token(self) -> str:
        return ""


@dataclass
class Gateway:
    """The door. ``tenant``: the only tenant that is let in; empty lets in any (a local client)."""

    trust: Trust
    answering: Answering
    tenant: str = ""

    async def door(self, request: web.Request) -> web.Response:
        """400 for what is no activity, 401 for who cannot prove to be Teams, 403 for another tenant, else 200."""
        try:
            activity = json.loads(await request.read())
        except ValueError:
            activity = None
        if not isinstance(activity, dict) or not isinstance(activity.get("type"), str):
            return _refused(400, "This is not an activity of the Bot Framework.")
        if not await self.trust.admits(request, activity):
            return _refused(401, "Calls must carry a token of the Bot Framework for this app.")
        arrived = arrival(activity)
        if self.tenant and arrived.tenant.lower() != self.tenant.lower():
            log.warning("foreign_tenant")
            return _refused(403, "This app serves another tenant.")
        return web.json_response(await self.answering.answer(arrived))


def _refused(status: int, words: str) -> web.Response:
    return web.json_response({"error": {"message": words}}, status=status)
