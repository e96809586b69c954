"""Plain HTTP: health, readiness, metrics, calendar feeds, pictures, pages to print."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from bot.domain.calendar_files import MIME
from bot.flows.scheduling.feed import feed_of
from bot.handlers.pictures import picture_route
from bot.handlers.printed import printed_routes
from storage import workers
from storage.database import Database
from storage.tables import Worker
from storage.watch import QueueState, queue_state

_due = Gauge("inverso_due", "Promises that are due and that no worker has taken.")
_oldest = Gauge("inverso_oldest_due_seconds", "For how long the first of them has been due.")
_waiting = Gauge("inverso_waiting", "Promises that wait for their turn in a lane.")
_paused = Gauge("inverso_lane_paused_seconds", "For how long a lane stays paused.", ("platform", "workspace", "method"))
_workers = Gauge("inverso_workers", "Workers that were heard of lately.")
_silent = Gauge("inverso_heartbeat_age_seconds", "For how long no worker was heard of.")


def watching_routes(database: Database, clock: Callable[[], datetime]) -> list[web.RouteDef]:
    """What those who run the bot, and their machines, look at."""

    async def healthz(_request: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    async def readyz(_request: web.Request) -> web.Response:
        """Ready to answer people: the store is there. ``workers`` tells whether what is due is being done."""
        now = clock()
        try:
            async with database.uow(now) as uow:
                known = await workers.workers(uow.session)
        except (SQLAlchemyError, OSError):
            return web.json_response({"ok": False, "database": "unreachable"}, status=503)
        return web.json_response({"ok": True, "workers": _alive(known, now)})

    async def metrics(_request: web.Request) -> web.Response:
        now = clock()
        async with database.uow(now) as uow:
            _measure(await queue_state(uow.session, now), now)
        return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return [web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics)]


def http_routes(database: Database, clock: Callable[[], datetime]) -> list[web.RouteDef]:
    """The routes that belong to no platform."""

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
        *watching_routes(database, clock),
        web.get("/calendar/{token:[0-9a-f]+}.ics", calendar),
        picture_route(database, clock),
        *printed_routes(database, clock),
    ]


def _alive(known: Sequence[Worker], now: datetime) -> int:
    return sum(worker.beat_at > now - workers.ALIVE for worker in known)


def _measure(state: QueueState, now: datetime) -> None:
    _due.set(state.due)
    _oldest.set((now - state.oldest).total_seconds() if state.oldest else 0)
    _waiting.set(state.waiting)
    _workers.set(_alive(state.workers, now))
    _silent.set((now - state.workers[0].beat_at).total_seconds() if state.workers else float("nan"))
    _paused.clear()
    for lane in state.paused:
        _paused.labels(lane.platform, lane.workspace, lane.method).set((lane.until - now).total_seconds())
