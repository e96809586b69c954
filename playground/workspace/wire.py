"""Signed requests to the bot, as Slack sends them, and what came back.

Source: https://docs.slack.dev/authentication/verifying-requests-from-slack.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.signature import SignatureVerifier
from yarl import URL

from playground.model import Json
from playground.workspace.world import World

PATH = "/slack/events"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Answer:
    """The bot's HTTP answer. `status` None: `reason` says what went wrong on the way."""

    status: int | None
    text: str = ""
    content_type: str = ""
    reason: str | None = None
    no_retry: bool = False

    @property
    def taken(self) -> bool:
        """Whether the bot answered 200 in time."""
        return self.status == 200

    def body(self) -> Any:
        """The body as JSON where it is JSON, as text where it is not, None where it is empty."""
        if not self.text.strip():
            return None
        if self.content_type == "application/json" or self.text.lstrip().startswith("{"):
            try:
                return json.loads(self.text)
            except ValueError:
                return self.text
        return self.text


class Wire:
    """The connection to the bot; every exchange goes on record."""

    def __init__(self, world: World, bot_url: str, signing_secret: str, answer_seconds: float) -> None:
        self.bot_url = bot_url.rstrip("/")
        self._world = world
        self._signer = SignatureVerifier(signing_secret)
        self._timeout = aiohttp.ClientTimeout(total=answer_seconds)
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Let go of connections."""
        if self._session is not None:
            await self._session.close()

    async def command(self, fields: Mapping[str, str]) -> Answer:
        """Send a slash command's form fields."""
        answer = await self._send(_form(fields), FORM, {})
        name = f"{fields['command']} {fields['text']}".strip()
        self._record(name, fields, answer, fields["user_id"], fields["channel_id"])
        return answer

    async def interaction(self, payload: Json) -> Answer:
        """Send a press, a submitted or a closed modal."""
        answer = await self._send(_form({"payload": json.dumps(payload)}), FORM, {})
        channel = payload.get("channel", {}).get("id")
        self._record(payload["type"], payload, answer, payload["user"]["id"], channel)
        return answer

    async def event(self, envelope: Json, headers: Mapping[str, str]) -> Answer:
        """Send an event; `headers` are those of a retry."""
        answer = await self._send(json.dumps(envelope), "application/json", headers)
        inner = envelope["event"]
        retry = " (retry)" if headers else ""
        user = inner.get("user")
        user_id = user["id"] if isinstance(user, dict) else user
        self._record(inner["type"] + retry, envelope, answer, user_id, inner.get("channel"))
        return answer

    def _record(
        self, name: str, request: Mapping[str, Any], answer: Answer, user_id: str | None, channel: str | None
    ) -> None:
        shown = answer.reason if answer.status is None else answer.body()
        self._world.record("to_bot", name, request, answer.status, shown, user_id=user_id, channel=channel)

    async def _send(self, body: str, content_type: str, headers: Mapping[str, str]) -> Answer:
        timestamp = str(int(time.time()))
        signature = self._signer.generate_signature(timestamp=timestamp, body=body) or ""
        signed = {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            **headers,
        }
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        try:
            async with self._session.post(
                self.bot_url + PATH, data=body.encode(), headers=signed, timeout=self._timeout
            ) as response:
                return Answer(
                    status=response.status,
                    text=await response.text(),
                    content_type=response.content_type,
                    reason=None if response.status == 200 else f"http_{response.status}",
                    no_retry=response.headers.get("x-slack-no-retry") == "1",
                )
        except TimeoutError:
            return Answer(None, reason="operation_timeout")
        except aiohttp.ClientError:
            return Answer(None, reason="connection_failed")


def _form(fields: Mapping[str, str]) -> str:
    """A form-encoded body, by yarl's compiled quoting: whole views travel in it."""
    return URL.build(query=dict(fields)).raw_query_string
