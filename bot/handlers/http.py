"""Plain HTTP: health, readiness, metrics, calendar feeds, pictures."""

import hashlib
from collections.abc import Callable
from datetime import datetime

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.domain.calendar_files import MIME
from bot.flows.scheduling.feed import feed_of
from bot.handlers.pictures import picture_route
from storage.database import Database


def http_routes(database: Database, clock: Callable[[], datetime]) -> list[web.RouteDef]:
    """The routes that belong to no platform."""

    async def healthz(_request: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    async def readyz(_request: web.Request) -> web.Response:
        try:
            async with database.uow(clock()) as uow:
                await uow.session.execute(text("SELECT 1"))
        except (SQLAlchemyError, OSError):
            return web.json_response({"ok": False, "database": "unreachable"}, status=503)
        return web.json_response({"ok": True})

    async def metrics(_request: web.Request) -> web.Response:
        return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def calendar(request: web.Request) -> web.Response:
        """A person's own calendar; the address is the secret, so that nobody between may keep it."""
        async with database.uow(clock()) as uow:
            body = await feed_of(uow, request.match_info["token"])
        if body is None:
            raise web.HTTPNotFound
        tag = hashlib.sha256(body).hexdigest()[:32]
        headers = {"ETag": f'"{tag}"', "Cache-Control": "private, no-cache"}
        if any(known.value in (tag, "*") for known in request.if_none_match or ()):
            return web.Response(status=304, headers=headers)
        return web.Response(body=body, headers={**headers, "Content-Type": f"{MIME}; charset=utf-8"})

    return [
        web.get("/healthz", healthz),
        web.get("/readyz", readyz),
        web.get("/metrics", metrics),
        web.get("/calendar/{token:[0-9a-f]+}.ics", calendar),
        picture_route(database, clock),
    ]
