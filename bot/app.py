"""The composition root: settings, storage, features, handlers and clock joined into one application."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial

import aiohttp
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from yarl import URL

from bot.clock import Clock, SystemClock
from bot.dispatch import Dispatcher
from bot.flows.catalogue import FEATURES
from bot.handlers.download import Downloads, is_local
from bot.handlers.http import http_routes
from bot.handlers.slack.clients import Clients
from bot.handlers.slack.gateway import Gateway
from bot.handlers.slack.install import Installer, oauth_routes
from bot.handlers.slack.people import Directory
from bot.handlers.slack.send import SlackSender
from bot.handlers.teams.answering import Answering
from bot.handlers.teams.connector import Connector
from bot.handlers.teams.files import Files
from bot.handlers.teams.people import People
from bot.handlers.teams.send import TeamsSender
from bot.nursery import Nursery
from bot.relay import Relay, Sender
from bot.scheduler import Scheduler
from bot.settings import Settings, random_secret
from storage import schema
from storage.database import Database, make_engine
from storage.listening import listen
from storage.organisations import name_coordinators, the_organisation
from storage.retention import sweep

DRAWING_SECONDS = 2.0
Door = Callable[[web.Request], Awaitable[web.StreamResponse]]


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
    installer: Installer
    http: aiohttp.ClientSession
    slack: AsyncApp | None = None
    teams: People | None = None
    site: web.Application = field(default_factory=web.Application)

    async def prepare(self, *, reading: bool = True) -> None:
        """Make ready to serve: the schema, the coordinators, the workspace. Raises ``schema.OldDatabase``.

        ``reading``: who is in the workspace is read too, in the nursery.
        """
        await schema.ensure_current(self.database.engine)
        async with self.database.uow(self.clock.now()) as uow:
            uow.organisation_id = await the_organisation(uow)
            await name_coordinators(uow, self.settings.coordinator_emails)
            await uow.commit()
        if self.settings.slack_bot_token:
            await self.installer.own(reading=reading)
        if self.settings.slack_client_id:
            await self.installer.let_go_of_others()
        if self.teams is not None and self.settings.microsoft_app_tenant_id:
            await self.teams.register(self.settings.microsoft_app_tenant_id)

    async def close(self) -> None:
        """End all that runs, the store last."""
        await self.scheduler.stop()
        await self.nursery.end(DRAWING_SECONDS)
        await self.http.close()
        await self.database.close()


async def build(settings: Settings, clock: Clock | None = None, chance: random.Random | None = None) -> Inverso:
    """Join the parts; nothing runs yet. Raises ``BadSettings``."""
    settings.check()
    clock = clock or SystemClock()
    database = Database(make_engine(settings.database_url), settings.box())
    http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30))
    clients = Clients(settings.slack_api_url, settings.slack_bot_token, database, http, clock.now)
    directory = Directory(database, clock.now)
    nursery = Nursery()
    installer = Installer(database, clients, directory, clock.now, nursery, settings.slack_team_ids)
    senders: dict[str, Sender] = {"slack": SlackSender(clients.of)}
    chance = chance or random.Random()
    relay = Relay(database, FEATURES, senders, clock.now, chance, settings.address, nursery)
    hearing = None if settings.on_sqlite else partial(listen, settings.database_url)
    scheduler = Scheduler(relay, clock, lambda: _nightly(inverso), hearing)
    downloads = Downloads(is_local(URL(settings.slack_api_url)))
    relay.beside.wake, relay.beside.fetch = scheduler.wake, downloads.get
    dispatcher = Dispatcher(database, FEATURES, clock.now, scheduler.wake, settings.address)
    inverso = Inverso(settings, clock, database, dispatcher, relay, scheduler, nursery, installer, http)
    inverso.site.add_routes(http_routes(database, clock.now))
    if settings.has_slack:
        inverso.slack = _slack_app(settings, clients)
        Gateway(inverso.slack, dispatcher, directory, inverso.nursery, downloads).listen()
        if settings.slack_signing_secret:  # Socket Mode comes in by another way: nothing here could tell who calls
            inverso.site.router.add_post("/slack/events", _first(relay, _bolt_door(inverso.slack)))
    if settings.has_teams:
        inverso.teams = _open_teams(inverso, senders)
    if settings.slack_client_id:
        own = (settings.slack_client_id, settings.slack_client_secret, settings.address)
        inverso.site.add_routes(oauth_routes(installer, clients, *own))
    return inverso


async def _nightly(inverso: Inverso) -> None:
    """Housekeeping, and people whom the roster has come to name."""
    await sweep(inverso.database, inverso.clock.now())
    if inverso.teams is not None:
        await inverso.teams.link_strangers()


def _open_teams(inverso: Inverso, senders: dict[str, Sender]) -> People:
    """The door for Teams, and the way out. The SDK is loaded only where it is needed: it is slow to load."""
    from bot.handlers.teams.gateway import BotFramework, LocalClient
    from bot.handlers.teams.gateway import Gateway as TeamsGateway

    settings, clock = inverso.settings, inverso.clock
    own = (settings.microsoft_app_id, settings.microsoft_app_password, settings.microsoft_app_tenant_id)
    trust = BotFramework(*own, clock.now) if settings.microsoft_app_id else LocalClient()
    forms = frozenset(name for name, verb in inverso.dispatcher.verbs.items() if verb.form)
    connector = Connector(inverso.http, trust.token, settings.microsoft_app_id)
    people = People(inverso.database, connector, clock.now)
    files = Files(inverso.database, inverso.relay.kinds, inverso.http, clock.now, settings.address)
    downloads = Downloads(local=not settings.microsoft_app_id)
    answering = Answering(inverso.dispatcher, people, connector, inverso.nursery, files, forms, downloads)
    senders["teams"] = TeamsSender(connector, forms)
    gateway = TeamsGateway(trust, answering, settings.microsoft_app_tenant_id)
    inverso.site.router.add_post("/api/messages", _first(inverso.relay, gateway.door))
    return people


def _first(relay: Relay, door: Door) -> Door:
    """A door behind which people are answered before the relay goes on."""

    async def first(request: web.Request) -> web.StreamResponse:
        await request.read()  # aiohttp keeps it; who never sends it waits for no answer
        with relay.turns.answering():
            return await door(request)

    return first


def _bolt_door(app: AsyncApp) -> Door:
    async def door(request: web.Request) -> web.StreamResponse:
        answer = await app.async_dispatch(await to_bolt_request(request))
        return await to_aiohttp_response(answer)

    return door


def _slack_app(settings: Settings, clients: Clients) -> AsyncApp:
    """``process_before_response``: the listener is awaited, instead of polled each 10 ms for its acknowledgement."""

    async def authorize(team_id: str | None = None) -> AuthorizeResult | None:
        return await clients.authorize(team_id)

    client = clients.plain()
    client.retry_handlers = [AsyncRateLimitErrorRetryHandler(max_retry_count=2)]  # what was refused was not said
    return AsyncApp(
        name=__name__,  # or it reads the sources of the whole stack to find one
        signing_secret=settings.slack_signing_secret or random_secret(),  # Bolt wants one, Socket Mode needs none
        client=client,
        authorize=authorize,  # type: ignore[arg-type]  # Bolt takes None as a refusal, its types do not say so
        process_before_response=True,
        raise_error_for_unhandled_request=False,
    )
