"""The composition root: settings, storage, features, handlers and clock joined into one application."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import aiohttp
import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient
from sqlmodel import col, select

from bot.clock import Clock, SystemClock
from bot.dispatch import Dispatcher
from bot.flows.catalogue import FEATURES
from bot.handlers.http import http_routes
from bot.handlers.slack.gateway import Gateway
from bot.handlers.slack.people import Directory, workspace_of
from bot.handlers.slack.send import SlackSender
from bot.nursery import Nursery
from bot.relay import Relay
from bot.scheduler import Scheduler
from bot.settings import Settings
from storage.database import Database, make_engine
from storage.retention import sweep
from storage.tables import Organisation, Person, Workspace
from storage.uow import Uow

log = structlog.get_logger()


@dataclass
class Inverso:
    """All parts of a running bot."""

    settings: Settings
    clock: Clock
    database: Database
    dispatcher: Dispatcher
    relay: Relay
    scheduler: Scheduler
    nursery: Nursery
    directory: Directory
    clients: "Clients"
    http: aiohttp.ClientSession
    slack: AsyncApp | None = None
    site: web.Application = field(default_factory=web.Application)

    async def close(self) -> None:
        """End all that runs, the store last."""
        self.scheduler.stop()
        await self.nursery.settle()
        await self.http.close()
        await self.database.close()


async def build(settings: Settings, clock: Clock | None = None, chance: random.Random | None = None) -> Inverso:
    """Join the parts. Starts nothing: ``start`` does. Raises ``BadSettings``."""
    settings.check()
    clock = clock or SystemClock()
    database = Database(make_engine(settings.database_url), settings.box())
    nursery = Nursery()
    http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30))
    clients = Clients(settings, database, http)
    directory = Directory(database, clock.now)
    relay = Relay(
        database,
        FEATURES,
        {"slack": SlackSender(clients.of)},
        clock.now,
        chance or random.Random(),
        settings.address,
    )
    scheduler = Scheduler(relay, clock, nightly=_housekeeping(database, clock))
    dispatcher = Dispatcher(database, FEATURES, clock.now, scheduler.wake, settings.address)
    inverso = Inverso(settings, clock, database, dispatcher, relay, scheduler, nursery, directory, clients, http)
    if settings.has_slack:
        inverso.slack = _slack_app(settings, clients)
        Gateway(inverso.slack, dispatcher, directory, nursery).listen()
        inverso.site.router.add_post("/slack/events", _bolt_door(inverso.slack))
    inverso.site.add_routes(http_routes(database, clock.now))
    return inverso


def _bolt_door(app: AsyncApp) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def door(request: web.Request) -> web.Response:
        answer = await app.async_dispatch(await to_bolt_request(request))
        return await to_aiohttp_response(answer)

    return door


def _slack_app(settings: Settings, clients: "Clients") -> AsyncApp:
    """``process_before_response``: the listener is awaited, instead of polled each 10 ms for its acknowledgement."""

    async def authorize(team_id: str | None = None) -> AuthorizeResult | None:
        return await clients.authorize(team_id)

    return AsyncApp(
        signing_secret=settings.slack_signing_secret or "socket-mode-needs-none",
        client=clients.plain(None),
        authorize=authorize,  # type: ignore[arg-type]  # Bolt takes None as a refusal, its types do not say so
        process_before_response=True,
        raise_error_for_unhandled_request=False,
    )


class Clients:
    """Web API clients: one session for all, none of them retries by itself."""

    def __init__(self, settings: Settings, database: Database, http: aiohttp.ClientSession) -> None:
        self._settings = settings
        self._database = database
        self._http = http
        self._known: dict[str, AuthorizeResult] = {}

    def plain(self, token: str | None) -> AsyncWebClient:
        base = self._settings.slack_api_url
        return AsyncWebClient(token=token, base_url=base, session=self._http, retry_handlers=[])

    def of(self, workspace: Workspace) -> AsyncWebClient:
        """The client of an installed workspace."""
        token = self._database.box.open(workspace.sealed_token) or self._settings.slack_bot_token
        return self.plain(token)

    async def authorize(self, team_id: str | None) -> AuthorizeResult | None:
        """Bolt's question whose token a request belongs to; answered from the store, then remembered."""
        if team_id is None:
            return None
        if team_id not in self._known:
            async with self._database.uow(datetime.now(UTC)) as uow:
                workspace = await workspace_of(uow, team_id)
            if workspace is None:
                return None
            token = self._database.box.open(workspace.sealed_token) or self._settings.slack_bot_token
            self._known[team_id] = AuthorizeResult(
                enterprise_id=None, team_id=team_id, bot_token=token, bot_user_id=workspace.bot_user
            )
        return self._known[team_id]


async def install_own_workspace(inverso: Inverso) -> str:
    """Register the workspace of ``SLACK_BOT_TOKEN`` and link its members; returns its team id."""
    client = inverso.clients.plain(inverso.settings.slack_bot_token)
    known = await client.auth_test()
    async with inverso.database.uow(inverso.clock.now()) as uow:
        uow.organisation_id = await organisation_id(uow)
        workspace = await workspace_of(uow, str(known["team_id"]))
        if workspace is None:
            workspace = uow.add(
                Workspace(platform="slack", external_id=str(known["team_id"]), installed_at=inverso.clock.now())
            )
        workspace.name, workspace.bot_user = str(known.get("team", "")), str(known["user_id"])
        await uow.commit()
    linked = await inverso.directory.take_all(client, str(known["team_id"]))
    log.info("workspace_linked", team=known["team_id"], linked=linked)
    return str(known["team_id"])


async def organisation_id(uow: Uow) -> int:
    """The one organisation of this installation, made when absent."""
    found: Organisation | None = await uow.first(select(Organisation).order_by(col(Organisation.id)))
    if found is None:
        found = Organisation(name="")
        uow.session.add(found)
        await uow.flush()
    return found.id or 0


async def name_coordinators(inverso: Inverso) -> None:
    """Give the coordinator's role to the e-mail addresses of ``INVERSO_COORDINATORS``."""
    wanted = inverso.settings.coordinator_emails
    async with inverso.database.uow(inverso.clock.now()) as uow:
        uow.organisation_id = await organisation_id(uow)
        for person in await uow.all(uow.of(Person).where(col(Person.email).in_(wanted))):
            person.coordinator = True
        await uow.commit()


def _housekeeping(database: Database, clock: Clock) -> Callable[[], Awaitable[None]]:
    async def nightly() -> None:
        await sweep(database, clock.now())

    return nightly
