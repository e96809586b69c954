"""Calls out to the Bot Connector. One HTTP session for all, nothing is retried here.

Facts: learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import aiohttp

from bot.handlers.teams.parse import Spot, table

Json = dict[str, Any]


class ConnectorError(Exception):  # carries the answer
    """Teams answered with a fault: ``status``, its ``code`` for it, and how many seconds it asks to wait."""

    def __init__(self, status: int, code: str, wait: float | None = None) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.wait = wait


@dataclass
class Connector:
    """``token`` gives what an own call is signed with; empty where nothing is signed (a local client)."""

    http: aiohttp.ClientSession
    token: Callable[[], Awaitable[str]]
    app_id: str = ""

    async def post(self, spot: Spot, activity: Json) -> str:
        """Say something in a conversation; returns the id of the message. Raises ``ConnectorError`` or of aiohttp."""
        said = await self._call("POST", f"{_conversation(spot)}/activities", activity)
        return str(said.get("id", ""))

    async def update(self, spot: Spot, activity_id: str, activity: Json) -> None:
        """Put another message in the place of an earlier one."""
        path = f"{_conversation(spot)}/activities/{quote(activity_id, safe='')}"
        await self._call("PUT", path, {**activity, "id": activity_id})

    async def open(self, spot: Spot, tenant: str, account: str) -> Spot:
        """The private chat with one person; the same again each time."""
        wanted: Json = {
            "isGroup": False,
            "bot": {"id": f"28:{self.app_id}"},
            "members": [{"id": account}],
            "tenantId": tenant,
            "channelData": {"tenant": {"id": tenant}},
        }
        opened = await self._call("POST", f"{spot.service}/v3/conversations", wanted)
        return Spot(spot.service, str(opened.get("id", "")))

    async def member(self, spot: Spot, user: str) -> Json:
        """Somebody of a conversation, as the directory knows them."""
        return await self._call("GET", f"{_conversation(spot)}/members/{quote(user, safe='')}", None)

    async def _call(self, method: str, url: str, sent: Json | None) -> Json:
        token = await self.token()
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with self.http.request(method, url, json=sent, headers=headers, allow_redirects=False) as answer:
            said = await answer.read()
            if answer.status >= 300:
                raise ConnectorError(answer.status, _code(said), _wait(answer.headers.get("Retry-After")))
        return _json(said)


def _conversation(spot: Spot) -> str:
    return f"{spot.service}/v3/conversations/{quote(spot.conversation, safe='')}"


def _json(said: bytes) -> Json:
    try:
        return table(json.loads(said))
    except ValueError:
        return {}


def _code(said: bytes) -> str:
    """The fault's name, in either of the two shapes that Teams gives it."""
    body = _json(said)
    code = table(body.get("error")).get("code")
    if code is None and isinstance(body.get("message"), str):
        code = _json(body["message"].encode()).get("subCode")
    return str(code or body.get("errorCode") or "")


def _wait(header: str | None) -> float | None:
    try:
        return float(header) if header else None
    except ValueError:
        return None
