"""Activities on their way to the bot, and what came back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import aiohttp

from playground.model import Json
from playground.tenant.world import World

PATH = "/api/messages"


@dataclass(frozen=True, slots=True)
class Answer:
    """The bot's HTTP answer. `reason` says what went wrong: no answer, or another status than 2xx."""

    status: int | None
    text: str = ""
    reason: str | None = None

    def body(self) -> Any:
        """The body as JSON where it is JSON, as text where it is not, None where it is empty."""
        if not self.text.strip():
            return None
        try:
            return json.loads(self.text)
        except ValueError:
            return self.text


class Wire:
    """The connection to the bot; every exchange goes on record."""

    def __init__(self, world: World, bot_url: str, answer_seconds: float) -> None:
        self.bot_url = bot_url.rstrip("/")
        self._world = world
        self._timeout = aiohttp.ClientTimeout(total=answer_seconds)
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Let go of connections."""
        if self._session is not None:
            await self._session.close()

    async def send(self, activity: Json, again: str = "") -> Answer:
        """Send an activity; `again` is written behind its name on record."""
        answer = await self._send(activity)
        name = f"{activity.get('name') or activity['type']}{again}"
        shown = answer.reason if answer.status is None else answer.body()
        self._world.record(
            "to_bot", name, activity, answer.status, shown,
            user_id=activity["from"]["id"], channel=activity["conversation"]["id"], ts=activity.get("replyToId"),
        )  # fmt: skip
        return answer

    async def _send(self, activity: Json) -> Answer:
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        try:
            async with self._session.post(self.bot_url + PATH, json=activity, timeout=self._timeout) as response:
                text = await response.text()
                return Answer(response.status, text, None if response.ok else f"http_{response.status}")
        except TimeoutError:
            return Answer(None, reason="operation_timeout")
        except aiohttp.ClientError:
            return Answer(None, reason="connection_failed")
