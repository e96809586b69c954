"""A plain bot that speaks the Bot Framework protocol by hand: what it hears, and answers that a test lays out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from playground.clock import FixedClock
from playground.hand import Hand
from playground.tenant import Person, Tenant
from playground.tenant.model import ADAPTIVE

Json = dict[str, Any]
ANNA = Person.of("anna@example.org", "Anna Neri", locale="it-IT")
BEN = Person.of("ben@example.org", "Ben Hill", locale="en-GB", tz="Europe/London", upn="b.hill@corp.example")


def card(*body: Json, version: str = "1.5", **more: Any) -> Json:
    """An Adaptive Card."""
    return {"type": "AdaptiveCard", "version": version, "body": list(body), **more}


def words(text: str, **more: Any) -> Json:
    return {"type": "TextBlock", "text": text, "wrap": True, **more}


def row(*actions: Json) -> Json:
    return {"type": "ActionSet", "actions": list(actions)}


def message(*cards: Json, **more: Any) -> Json:
    """A message with these cards."""
    return {"type": "message", "attachments": [{"contentType": ADAPTIVE, "content": one} for one in cards], **more}


def dialog(title: str, shown: Json) -> Json:
    """The answer that shows a dialog."""
    value = {"title": title, "card": {"contentType": ADAPTIVE, "content": shown}}
    return {"task": {"type": "continue", "value": value}}


@dataclass
class Rig:
    """The tenant, a session that calls its connector, hands, all activities that the bot heard, its next answers."""

    tenant: Tenant
    http: aiohttp.ClientSession
    clock: FixedClock
    heard: list[Json] = field(default_factory=list)
    answers: list[Json | int] = field(default_factory=list)

    @property
    def anna(self) -> Hand:
        return Hand(self.tenant, ANNA.id)

    @property
    def place(self) -> str:
        """The path of Anna's private chat."""
        return f"/teams/v3/conversations/{self.tenant.dm(ANNA.id).id}"

    async def call(self, verb: str, path: str, body: Any = None) -> tuple[int, Json]:
        """A call of the connector: status and body."""
        async with self.http.request(verb, self.tenant.base_url + path, json=body) as answer:
            return answer.status, await answer.json()

    async def says(self, activity: Json) -> str:
        """Write to Anna; the id of the message."""
        status, body = await self.call("POST", f"{self.place}/activities", activity)
        assert status == 201, body
        return str(body["id"])

    async def hear(self, request: web.Request) -> web.Response:
        self.heard.append(await request.json())
        answer = self.answers.pop(0) if self.answers else {}
        return web.json_response({}, status=answer) if isinstance(answer, int) else web.json_response(answer)


@asynccontextmanager
async def rigged(**settings: Any) -> AsyncIterator[Rig]:
    """A tenant of two people, of whom Anna has the app, with the bot behind it."""
    clock = FixedClock()
    async with Tenant([ANNA, BEN], "", clock, **settings) as tenant, aiohttp.ClientSession() as http:
        await tenant.serve()
        rig = Rig(tenant, http, clock)
        app = web.Application()
        app.router.add_post("/api/messages", rig.hear)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        tenant.bot_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        await tenant.install(ANNA.id)
        rig.heard.clear()
        yield rig
        await runner.cleanup()
