"""What the page asks for and sends, as JSON under `/playground/`, and its event stream."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta

from aiohttp import web

from playground import drawing
from playground.clock import Clock
from playground.colleagues import Colleagues
from playground.company import Company
from playground.listeners import Listener, Listeners
from playground.model import Json
from playground.page_settings import PageSettings
from playground.pictures import Pictures
from playground.time_machine import Progress, TimeMachine
from playground.visitor import Gone, Visitor

HEARTBEAT = 10.0
COALESCE = 0.06
KEEP_UP = 1.0
LONGEST_JOURNEY = 366
PATIENCE = 8.0
"""Seconds after which the next thing that happens is any: where hundreds enrol, a visitor would wait for a minute."""


class PageApi:
    """The routes of the page and what runs behind them."""

    def __init__(self, company: Company, clock: Clock, colleagues: Colleagues, settings: PageSettings) -> None:
        self._company = company
        self._clock = clock
        self._colleagues = colleagues
        self._settings = settings
        self._visitor = Visitor(company, colleagues, {quick.user_id for quick in settings.quick})
        self._listeners = Listeners()
        self._pictures = Pictures()
        self._time = TimeMachine(clock, colleagues, progress=self._on_the_way)
        self._answers = 0
        self._journey: asyncio.Task[Progress] | None = None
        self._arrivals: dict[str, int] = {}
        self._trouble: str | None = None

    def routes(self) -> list[web.RouteDef]:
        """All routes; those with a fixed name come before those that begin with a person."""
        return [
            web.get("/playground/boot", self._get_boot),
            web.get("/playground/unread", self._get_unread),
            web.get("/playground/exchanges", self._get_exchanges),
            web.get("/playground/picture", self._get_picture),
            web.get("/playground/events", self._get_events),
            web.post("/playground/clock", self._post_clock),
            web.post("/playground/colleagues", self._post_colleagues),
            web.get("/playground/{user}", self._get_snapshot),
            web.post("/playground/{user}/{verb}", self._post_verb),
        ]

    async def running(self, _: web.Application) -> AsyncIterator[None]:
        """Tells open pages what changes, for as long as the application runs."""
        loop = asyncio.get_running_loop()
        tasks = [loop.create_task(self._pump()), loop.create_task(self._keep_up())]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def shut(self, _: web.Application) -> None:
        """Ends event streams and the journey under way."""
        self._time.stop()
        self._listeners.close()
        if self._journey is not None:
            await asyncio.wait([self._journey])

    async def _pump(self) -> None:
        queue = self._company.subscribe()
        try:
            while True:
                change = await queue.get()
                if change.kind == "message" and change.user_id:
                    self._arrivals[change.user_id] = self._arrivals.get(change.user_id, 0) + 1
                if change.kind not in ("typed", "read"):
                    self._listeners.wake(change.user_id)
                if change.kind in ("message", "read") and change.user_id in self._colleagues.except_for:
                    self._listeners.wake(draw=False)
        finally:
            self._company.unsubscribe(queue)

    async def _keep_up(self) -> None:
        """Lets colleagues act when the clock runs on by itself."""
        while True:
            await asyncio.sleep(KEEP_UP)
            if self._journey is None:
                await self._colleagues.act(self._clock.now())

    # Reading ----------------------------------------------------------------------------------------------------

    async def _get_boot(self, _: web.Request) -> web.Response:
        settings, company = self._settings, self._company
        people = [
            drawing.person(one, platform.kind, settings.hints.get(one.id, ""))
            for platform in company.platforms
            for one in platform.people.values()
        ]
        body = {
            "bots": [{"id": one.bot_id, "name": one.bot_name, "platform": one.kind} for one in company.platforms],
            "people": people if len(company.platforms) == 1 else sorted(people, key=lambda one: str(one["name"])),
            "quick": [one.payload() for one in settings.quick],
            "completions": settings.completions,
        }
        return web.json_response(body | await self._present())

    async def _get_snapshot(self, request: web.Request) -> web.Response:
        user_id = self._user(request.match_info["user"])
        body = drawing.snapshot(self._company, user_id, request.query.get("channel"))
        if request.query.get("read") == "1":
            self._company.mark_read(user_id, body["channel"])
            for conversation in body["conversations"]:
                conversation["unread"] *= conversation["id"] != body["channel"]
        return web.json_response(body)

    async def _get_unread(self, _: web.Request) -> web.Response:
        return web.json_response({"unread": drawing.unread(self._company)})

    async def _get_exchanges(self, request: web.Request) -> web.Response:
        channel, ts = request.query.get("channel", ""), request.query.get("ts", "")
        found = drawing.exchanges(self._company, channel, ts)
        return web.json_response({"exchanges": found}, dumps=lambda body: json.dumps(body, default=str))

    async def _get_picture(self, request: web.Request) -> web.Response:
        return await self._pictures.fetch(request.query.get("url", ""), self._company.bot_url)

    # Doing ------------------------------------------------------------------------------------------------------

    async def _post_verb(self, request: web.Request) -> web.Response:
        user_id, verb = self._user(request.match_info["user"]), request.match_info["verb"]
        if verb != "search" and not self._visitor.knows(verb):
            raise web.HTTPNotFound(text=f"no verb {verb}")
        given = await _json_object(request)
        try:
            if verb == "search":
                return web.json_response({"found": await self._visitor.search(user_id, given)})
            return web.json_response(await self._visitor.do(user_id, verb, given))
        except Gone as gone:
            return web.json_response({"error": str(gone)}, status=409)

    async def _post_colleagues(self, request: web.Request) -> web.Response:
        self._colleagues.enabled = bool((await _json_object(request)).get("enabled"))
        self._listeners.wake(draw=False)
        return web.json_response(await self._present())

    async def _post_clock(self, request: web.Request) -> web.Response:
        """Starts a journey: {next: true} or {days: n}; {stop: true} ends it. 409 while one is under way."""
        given = await _json_object(request)
        if given.get("stop"):
            self._time.stop()
        elif self._journey is not None:
            return web.json_response({"error": "time is already passing"}, status=409)
        else:
            self._set_out(given)
        return web.json_response(await self._present())

    def _set_out(self, given: Json) -> None:
        self._trouble = None
        self._answers = 0
        days = given.get("days", 0)
        if not isinstance(days, int) or not 0 <= days <= LONGEST_JOURNEY:
            raise web.HTTPBadRequest(text="days: 0 to 366")
        loop = asyncio.get_running_loop()
        before, late = self._arrived(), loop.time() + PATIENCE
        going = (
            self._time.next(lambda: self._arrived() > before or loop.time() > late)
            if given.get("next")
            else self._time.advance(timedelta(days=days))
        )
        self._journey = loop.create_task(going)
        self._journey.add_done_callback(self._arrive)
        self._listeners.wake(draw=False)

    def _on_the_way(self, progress: Progress) -> None:
        self._answers = progress.answers
        self._listeners.wake(draw=False)

    def _arrived(self) -> int:
        """How many messages came so far to those whom the visitor plays."""
        return sum(self._arrivals.get(user_id, 0) for user_id in self._colleagues.except_for)

    def _arrive(self, journey: asyncio.Task[Progress]) -> None:
        self._journey = None
        trouble = journey.exception()
        self._trouble = f"{type(trouble).__name__}: {trouble}" if trouble else None
        self._answers = self._answers if trouble else journey.result().answers
        self._listeners.wake()

    # The stream -------------------------------------------------------------------------------------------------

    async def _get_events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events for one person: the clock, the switch, and whether to draw anew."""
        user_id = self._user(request.query.get("user", ""))
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
        await response.prepare(request)
        with self._listeners.listening(user_id) as listener, suppress(ConnectionError):
            while not self._listeners.closing:
                body = {**await self._present(), "draw": listener.take_draw()}
                await response.write(f"data: {json.dumps(body)}\n\n".encode())
                await _woken(listener)
        return response

    async def _present(self) -> Json:
        due = None if self._journey else await self._time.next_due()
        return {
            "clock": drawing.clock(self._clock.now(), due),
            "colleagues": {"enabled": self._colleagues.enabled},
            "travel": self._journey is not None,
            "trouble": self._trouble,
            "answers": self._answers,
            "waiting": {one.user_id: drawing.unread_of(self._company, one.user_id) for one in self._settings.quick},
        }

    def _user(self, user_id: str) -> str:
        if user_id not in self._company.people:
            raise web.HTTPNotFound(text="nobody of that id")
        return user_id


async def _woken(listener: Listener) -> None:
    """Returns when something changed, a little later so that what comes together is told together; or now and then."""
    with suppress(TimeoutError):
        await asyncio.wait_for(listener.woken.wait(), HEARTBEAT)
        await asyncio.sleep(COALESCE)
    listener.woken.clear()


async def _json_object(request: web.Request) -> Json:
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="JSON, please")
    try:
        body = await request.json()
    except json.JSONDecodeError as broken:
        raise web.HTTPBadRequest(text="broken JSON") from broken
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text="a JSON object, please")
    return body
