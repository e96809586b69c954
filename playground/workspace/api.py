"""The Web API over HTTP: reading requests, token, scopes, rate limits, ordered faults, and the record of it all."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from playground.faults import Faults, Kind
from playground.model import Json
from playground.simulation import cut
from playground.workspace import chat, directory, files, modals
from playground.workspace.calls import Call, Method, read_arguments
from playground.workspace.errors import RefusedError
from playground.workspace.limits import Limits
from playground.workspace.responses import ResponseUrls
from playground.workspace.triggers import Triggers
from playground.workspace.world import World

METHODS: dict[str, Method] = {**chat.METHODS, **directory.METHODS, **modals.METHODS, **files.METHODS}

# refusals that a well-behaved bot meets too, because the world moved on in between
HONEST = {"users_not_found", "user_disabled", "hash_conflict", "not_found", "account_inactive"}


class Api:
    """The routes that the bot calls."""

    def __init__(
        self,
        world: World,
        token: str,
        scopes: frozenset[str],
        limits: Limits,
        faults: Faults,
        triggers: Triggers,
        responses: ResponseUrls,
    ) -> None:
        self._world = world
        self._token = token
        self._scopes = scopes
        self._limits = limits
        self._faults = faults
        self._triggers = triggers
        self._responses = responses

    def mount(self, app: web.Application) -> None:
        """Add the routes."""
        app.router.add_route("*", "/api/{method}", self._call)
        app.router.add_post("/upload/{file_id}", self._upload)
        app.router.add_post("/response/{team}/{token}", self._response)
        app.router.add_get("/files/{file_id}/{name}", self._download)

    async def _call(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        try:
            given = await _arguments(request)
        except ValueError:
            return web.json_response(RefusedError("invalid_json").payload())
        token = given.pop("token", None) or request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        fault = self._faults.take(name)
        if fault in ("500", "drop_before", "429"):
            return self._broken(request, name, given, fault)
        status, answer = self._answer(name, given, token)
        self._record(name, given, status, answer)
        if fault == "drop_after":
            return cut(request)
        if fault == "slow":
            await asyncio.sleep(self._faults.slow_seconds)
        return _respond(status, answer)

    def _broken(self, request: web.Request, name: str, given: Json, fault: Kind) -> web.StreamResponse:
        if fault == "drop_before":
            self._record(name, given, None, fault)
            return cut(request)
        if fault == "429":
            answer = {"ok": False, "error": "ratelimited", "retry_after": 1}
            self._record(name, given, 429, answer)
            return _respond(429, answer)
        self._record(name, given, 500, fault)
        return web.Response(status=500, text="Internal Server Error")

    def _answer(self, name: str, given: Json, token: str) -> tuple[int, Json]:
        try:
            spec = METHODS.get(name)
            if spec is None:
                raise RefusedError("unknown_method", req_method=name)
            self._authorise(name, token)
            wait = self._limits.retry_after(name, spec.tier, self._channel(given), self._world.now())
            if wait is not None:
                return 429, {"ok": False, "error": "ratelimited", "retry_after": wait}
            if spec.scope:
                self._call_of({}).need(spec.scope)
            return 200, {"ok": True, **spec.run(self._call_of(read_arguments(spec, given)))}
        except RefusedError as refusal:
            return 200, refusal.payload()

    def _channel(self, given: Json) -> str | None:
        """Where a call goes: a person's id stands for the DM with them."""
        channel = given.get("channel")
        return self._world.dm(channel).id if channel in self._world.people else channel

    def _call_of(self, arguments: Json) -> Call:
        return Call(self._world, self._triggers, self._scopes, arguments)

    def _authorise(self, name: str, token: str) -> None:
        if name == "api.test":
            return
        if not token:
            raise RefusedError("not_authed")
        if token != self._token:
            raise RefusedError("invalid_auth")
        if not self._world.installed:
            raise RefusedError("account_inactive")

    def _record(self, name: str, given: Json, status: int | None, answer: Any) -> None:
        world = self._world
        good = answer if isinstance(answer, dict) else {}
        channel = good.get("channel", given.get("channel"))
        world.record(
            "from_bot",
            name,
            given,
            status,
            answer,
            user_id=given.get("user_id") or given.get("user"),
            channel=channel if isinstance(channel, str) else None,
            ts=good.get("ts") or good.get("message_ts"),
        )
        if status == 200 and not good.get("ok") and good["error"] not in HONEST:
            refusal = RefusedError(good["error"], good.get("response_metadata", {}).get("messages", ()))
            world.complain(f"{name}: {refusal}")

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        fault = self._faults.take("upload")
        if fault == "drop_before":
            return cut(request)
        if fault == "500":
            return web.Response(status=500)
        content = await _upload_bytes(request)
        refused = files.receive(self._world, request.match_info["file_id"], content)
        return web.Response(status=400 if refused else 200, text=refused or f"OK - {len(content)}")

    async def _response(self, request: web.Request) -> web.StreamResponse:
        fault = self._faults.take("response_url")
        if fault in ("500", "drop_before", "429"):
            return self._broken(request, "response_url", {}, fault)
        body: Any = None
        user_id = None
        try:
            body = json.loads(await request.text())
            user_id = self._responses.use(request.match_info["token"], body)
            status, answer = 200, "ok"
        except ValueError:
            status, answer = 400, "invalid_payload"
        except RefusedError as refusal:
            status, answer = 404 if refusal.error.endswith("_url") else 400, refusal.error
            self._world.complain(f"response_url: {refusal}")
        self._world.record("from_bot", "response_url", {"body": body}, status, answer, user_id=user_id)
        return cut(request) if fault == "drop_after" else web.Response(status=status, text=answer)

    async def _download(self, request: web.Request) -> web.StreamResponse:
        file = self._world.files.get(request.match_info["file_id"])
        if file is None or file.content is None:
            return web.Response(status=404)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        if request.headers.get("Authorization") and (token != self._token or "files:read" not in self._scopes):
            return web.Response(text="<html>Sign in</html>", content_type="text/html")
        return web.Response(body=file.content, content_type=file.mimetype)


async def _arguments(request: web.Request) -> Json:
    """Query, form or JSON body as one mapping; ValueError when the JSON is broken or no object."""
    given: Json = dict(request.query)
    if request.content_type == "application/json":
        body = json.loads(await request.text() or "{}")
        if not isinstance(body, dict):
            raise ValueError("not an object")
        given |= body
    elif request.method == "POST":
        form: Mapping[str, Any] = await request.post()
        given |= dict(form)
    return given


async def _upload_bytes(request: web.Request) -> bytes:
    if not request.content_type.startswith("multipart/"):
        return await request.read()
    form = await request.post()
    for value in form.values():
        if isinstance(value, web.FileField):
            return value.file.read()
    return b""


def _respond(status: int, answer: Json) -> web.StreamResponse:
    headers = {"Retry-After": str(answer["retry_after"])} if status == 429 else {}
    return web.json_response({k: v for k, v in answer.items() if k != "retry_after"}, status=status, headers=headers)
