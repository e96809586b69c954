"""A Bot Connector that writes down what it is told, and activities as Teams sends them: for tests of the door."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from bot.app import Inverso, build
from bot.clock import MovableClock
from bot.domain.roster import parse_roster
from bot.settings import Settings
from storage import schema
from storage.box import new_key
from storage.organisations import the_organisation
from storage.roster import import_roster
from tests.stage import department

Json = dict[str, Any]
TENANT = "5b6f3c1e-0000-4000-8000-000000000001"
BOT = "28:inverso"
TUESDAY = datetime(2027, 1, 12, 9, 0, tzinfo=UTC)


@dataclass
class Connector:
    """What the bot said to Teams, in order; ``refuse`` answers calls of a method with a fault instead."""

    url: str = ""
    members: dict[str, Json] = field(default_factory=dict)
    said: list[tuple[str, str, Json]] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    refuse: dict[str, tuple[int, Json, dict[str, str]]] = field(default_factory=dict)

    async def handle(self, request: web.Request) -> web.Response:
        method, path = request.method, request.match_info["path"]
        if path.startswith("drive/") and method == "GET":
            return web.Response(body=b"a;b", content_type="text/csv")
        if method == "GET":
            member = self.members.get(path.rsplit("/", 1)[-1])
            return web.json_response(member or {"error": {"code": "NotFound"}}, status=200 if member else 404)
        self.said.append((method, path, await request.json()))
        if any(f"/{place}/" in path for place in self.gone):
            return web.json_response({"error": {"code": "ConversationNotFound"}}, status=404)
        if method in self.refuse:
            status, body, headers = self.refuse[method]
            return web.json_response(body, status=status, headers=headers)
        return web.json_response({"id": f"said-{len(self.said)}"}, status=201)

    @property
    def messages(self) -> list[Json]:
        return [sent for method, path, sent in self.said if method == "POST" and path.endswith("/activities")]


@dataclass
class Door:
    """The bot behind its door for Teams, and what is needed to knock."""

    inverso: Inverso
    connector: Connector
    url: str
    clock: MovableClock

    def person(self, name: str) -> Json:
        """Somebody of the tenant, as an activity names them."""
        return next(
            {"id": f"29:{one['objectId']}", "aadObjectId": one["objectId"], "name": name}
            for one in self.connector.members.values()
            if one["name"] == name
        )

    def activity(self, who: str, kind: str = "message", **more: Any) -> Json:
        """An activity of that person in their private chat with the bot."""
        person = self.person(who)
        return {
            "type": kind,
            "id": f"in-{who}-{len(self.connector.said)}-{more.get('text', '')}",
            "channelId": "msteams",
            "serviceUrl": f"{self.connector.url}/",
            "from": person,
            "recipient": {"id": BOT, "name": "Inverso"},
            "conversation": {"conversationType": "personal", "id": f"a:{person['aadObjectId']}", "tenantId": TENANT},
            "channelData": {"tenant": {"id": TENANT}},
            "locale": "en-GB",
            "localTimezone": "Europe/Rome",
            "entities": [{"type": "clientInfo", "locale": "en-GB", "country": "IT", "timezone": "Europe/Rome"}],
            **more,
        }

    async def knock(self, activity: object, **headers: str) -> tuple[int, Any]:
        """Deliver an activity; the status and the body of the answer, after all that follows from it."""
        url = f"{self.url}/api/messages"
        async with aiohttp.ClientSession() as session, session.post(url, json=activity, headers=headers) as answer:
            said = await answer.json()
        await self.inverso.nursery.settle()
        return answer.status, said

    async def press(self, name: str, verb: str, id: str = "", **more: Any) -> Json:
        """Press a button of a message by ``Action.Execute``; the body of the answer."""
        data = {"inverso": {"do": "press", "verb": verb, "id": id or "-"}}
        value = {"action": {"type": "Action.Execute", "verb": verb, "data": data}, "trigger": "manual"}
        more = {"replyToId": "card-1", **more}
        _, said = await self.knock(self.activity(name, "invoke", name="adaptiveCard/action", value=value, **more))
        return dict(said)

    async def fetch(self, name: str, verb: str, id: str = "") -> Json:
        """Press a button that opens a dialog; the dialog."""
        data = {"msteams": {"type": "task/fetch"}, "inverso": {"do": "press", "verb": verb, "id": id or "-"}}
        activity = self.activity(name, "invoke", name="task/fetch", value={"data": data}, replyToId="card-1")
        return dict((await self.knock(activity))[1])

    async def send(self, name: str, dialog: Json, button: int = 0, **inputs: str) -> Json:
        """Send what a dialog asks, by its button of that number."""
        actions = card_of(dialog)["body"][-1]["actions"]
        value = {"data": {**actions[button]["data"], **inputs}}
        return dict((await self.knock(self.activity(name, "invoke", name="task/submit", value=value)))[1])

    async def due(self) -> None:
        await self.inverso.relay.run_due()
        await self.inverso.nursery.settle()


def card_of(dialog: Json) -> Json:
    """The Adaptive Card of a dialog."""
    return dict(dialog["task"]["value"]["card"]["content"])


def member(email: str, name: str, number: int) -> Json:
    """Somebody as the connector describes a member."""
    object_id = f"{number:08d}-0000-4000-8000-000000000000"
    return {
        "id": f"29:{object_id}",
        "objectId": object_id,
        "name": name,
        "email": email,
        "userPrincipalName": email.replace("@", "@login."),
        "tenantId": TENANT,
    }


@asynccontextmanager
async def teams_door(**settings: Any) -> AsyncIterator[Door]:
    """A bot that serves Teams alone, with the people of two departments."""
    rows = parse_roster(department("Human resources", "Finance")).good_rows
    connector = Connector()
    for number, row in enumerate(rows):
        one = member(row.email, row.name, number)
        connector.members[one["id"]] = one
    clock = MovableClock(TUESDAY, frozen=True)
    given = {
        "DATABASE_URL": "sqlite:///:memory:",
        "INVERSO_SECRET_KEY": new_key(),
        "INVERSO_COORDINATORS": "valentina.vitale@aurea.example",
        "TEAMS_ALLOW_ANONYMOUS": True,
        "MICROSOFT_APP_TENANT_ID": TENANT,
        "SLACK_BOT_TOKEN": "",
        "SLACK_CLIENT_ID": "",
        **settings,
    }
    inverso = await build(Settings(**given), clock)
    async with _served(inverso.site) as url, _served(_connector_site(connector)) as connector.url:
        try:
            await schema.create(inverso.database.engine)
            async with inverso.database.uow(clock.now()) as uow:
                uow.organisation_id = await the_organisation(uow)
                await import_roster(uow, rows)
                await uow.commit()
            await inverso.prepare()
            yield Door(inverso, connector, url, clock)
        finally:
            await inverso.close()


def _connector_site(connector: Connector) -> web.Application:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", connector.handle)
    return app


@asynccontextmanager
async def _served(app: web.Application) -> AsyncIterator[str]:
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


APP = "8f1b2c3d-0000-4000-8000-00000000a991"
ISSUER = "https://api.botframework.com"
KEYS = "https://login.botframework.com/v1/.well-known/openidconfiguration"


def bearer(key: RSAPrivateKey, service: str, **claims: object) -> str:
    """The header of a call that Microsoft would make with ``key``; ``claims`` stand in place of the right ones."""
    now = datetime.now(UTC)
    right = {"iss": ISSUER, "aud": APP, "serviceurl": service, "exp": now + timedelta(minutes=5), "nbf": now}
    token = jwt.encode({**right, **claims}, key, "RS256", {"kid": "k1"})
    return f"Bearer {token}"
