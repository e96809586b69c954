"""What is measured of Teams, each in a process of its own: the SDK's adapter with an echo, Inverso, their connector."""

import itertools
from types import SimpleNamespace
from typing import Any

from aiohttp import web

from benchmarks.servers import serve_app

TENANT = "00000000-0000-4000-8000-000000000001"


async def stock_echo(port: int) -> None:
    """(a) The Bot Framework's adapter as it comes, with the bot of its first tutorial."""
    from botbuilder.core import ActivityHandler, TurnContext
    from botbuilder.integration.aiohttp import CloudAdapter, ConfigurationBotFrameworkAuthentication

    class Echo(ActivityHandler):  # type: ignore[misc]  # the SDK has no types
        async def on_message_activity(self, turn_context: TurnContext) -> None:
            await turn_context.send_activity(turn_context.activity.text)

    nobody = SimpleNamespace(APP_ID="", APP_PASSWORD="", APP_TYPE="MultiTenant", APP_TENANTID="")
    adapter, bot = CloudAdapter(ConfigurationBotFrameworkAuthentication(nobody)), Echo()

    async def messages(request: web.Request) -> web.StreamResponse:
        answer: web.StreamResponse = await adapter.process(request, bot)
        return answer

    await serve_app(_site(web.post("/api/messages", messages)), port)


async def teams_bot(port: int, database_url: str) -> None:
    """The whole bot, on a database that holds the company."""
    from bot.app import build
    from bot.logs import configure_logs
    from bot.settings import Settings

    configure_logs(level=40)
    running_bot = await build(Settings(**settings_for(database_url, port)))
    await running_bot.prepare()
    await serve_app(running_bot.site, port)


def settings_for(database_url: str, port: int) -> dict[str, Any]:
    """The environment of the measured bot."""
    return {
        "DATABASE_URL": database_url,
        "INVERSO_SECRET_KEY": "q3ZgT1lT0r7cXv2mR8p5sYwKj4uHn6bEaD9fGiLoPqM=",
        "INVERSO_COORDINATORS": "valentina.vitale@aurea.example",
        "MICROSOFT_APP_ID": "",
        "MICROSOFT_APP_TENANT_ID": TENANT,
        "TEAMS_ALLOW_ANONYMOUS": True,
        "SLACK_BOT_TOKEN": "",
        "SLACK_CLIENT_ID": "",
        "PORT": port,
    }


async def connector(port: int, people: list[dict[str, Any]]) -> None:
    """A Bot Connector that takes everything at once, and knows everybody's address."""
    numbers = itertools.count(1)
    emails = {f"29:{person['id']}": person["profile"]["email"] for person in people}

    async def said(_request: web.Request) -> web.Response:
        return web.json_response({"id": str(next(numbers))}, status=201)

    async def member(request: web.Request) -> web.Response:
        return web.json_response({"email": emails[request.match_info["user"]]})

    routes = (web.get("/v3/conversations/{chat}/members/{user}", member), web.route("*", "/v3/{path:.*}", said))
    await serve_app(_site(*routes), port)


def _site(*routes: web.RouteDef) -> web.Application:
    async def health(_request: web.Request) -> web.Response:
        return web.Response(text="ok")

    site = web.Application()
    site.add_routes([*routes, web.get("/healthz", health)])
    return site
