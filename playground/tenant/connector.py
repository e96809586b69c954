"""The Bot Connector over HTTP: what the bot calls to write, edit, open conversations and ask who is there.

Source: https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

from aiohttp import web

from playground.faults import Faults, Kind
from playground.model import Json
from playground.simulation import cut
from playground.tenant import errors, posts
from playground.tenant.errors import RefusedError
from playground.tenant.limits import Kind as Rate
from playground.tenant.limits import Limits
from playground.tenant.model import Conversation, Message, Person
from playground.tenant.world import World

ROOT = "/teams/v3/conversations"
MOST_BYTES = 80 * 1024
CODES = {"412": "PreconditionFailed", "500": "InternalError", "502": "BadGateway", "504": "GatewayTimeout"}
HONEST = {403, 404, 429}
"""Refusals that a well-behaved bot meets too, because the world moved on in between."""
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Connector:
    """The routes that the bot calls."""

    def __init__(self, world: World, limits: Limits, faults: Faults) -> None:
        self._world = world
        self._limits = limits
        self._faults = faults

    def mount(self, app: web.Application) -> None:
        """Add the routes."""
        place = ROOT + "/{conversation}"
        routes: list[tuple[str, str, str, Callable[[web.Request, Json], tuple[int, Any]]]] = [
            ("POST", ROOT, "create", self._create),
            ("POST", place + "/activities", "send", self._send),
            ("POST", place + "/activities/{activity}", "send", self._send),
            ("PUT", place + "/activities/{activity}", "update", self._update),
            ("DELETE", place + "/activities/{activity}", "delete", self._delete),
            ("GET", place + "/members", "members", self._members),
            ("GET", place + "/pagedmembers", "members", self._paged_members),
            ("GET", place + "/members/{member}", "members", self._member),
        ]
        for verb, path, name, call in routes:
            app.router.add_route(verb, path, self._door(name, call))
        app.router.add_put("/teams/upload/{upload}", self._upload)
        app.router.add_get("/teams/files/{upload}/{name}", self._download)

    def _door(self, name: str, call: Callable[[web.Request, Json], tuple[int, Any]]) -> Handler:
        async def door(request: web.Request) -> web.StreamResponse:
            raw = await request.read()
            fault = self._faults.take(name)
            if fault is not None and fault not in ("drop_after", "slow"):
                return self._broken(request, name, raw, fault)
            status, body, wait = self._answer(request, name, raw, call)
            if fault == "drop_after":
                return cut(request)
            if fault == "slow":
                await asyncio.sleep(self._faults.slow_seconds)
            headers = {"Retry-After": str(wait)} if wait is not None else None
            return web.json_response(body, status=status, headers=headers)

        return door

    def _answer(
        self, request: web.Request, name: str, raw: bytes, call: Callable[[web.Request, Json], tuple[int, Any]]
    ) -> tuple[int, Any, int | None]:
        given: Json = {}
        try:
            given = _object(raw)
            self._keep_pace(request, name)
            status, body = call(request, given)
            wait = None
        except RefusedError as refusal:
            status, body, wait = refusal.status, refusal.payload(), refusal.retry_after
            if status not in HONEST:
                self._world.complain(f"{name}: {refusal}")
        self._record(request, name, given, status, body)
        return status, body, wait

    def _broken(self, request: web.Request, name: str, raw: bytes, fault: Kind) -> web.StreamResponse:
        given = _object(raw)
        if fault == "drop_before":
            self._record(request, name, given, None, fault)
            return cut(request)
        refusal = errors.too_many(1) if fault == "429" else RefusedError(int(fault), CODES[fault], "On order.")
        self._record(request, name, given, refusal.status, refusal.payload())
        headers = {"Retry-After": "1"} if fault == "429" else None
        return web.json_response(refusal.payload(), status=refusal.status, headers=headers)

    def _keep_pace(self, request: web.Request, name: str) -> None:
        kind: Rate = "read" if name == "members" else "send"
        place = request.match_info.get("conversation", "create")
        wait = self._limits.retry_after(kind, place, self._world.now())
        if wait is not None:
            raise errors.too_many(wait)

    def _record(self, request: web.Request, name: str, given: Json, status: int | None, body: Any) -> None:
        place = request.match_info.get("conversation")
        activity = request.match_info.get("activity") if name != "send" else (body or {}).get("id")
        shown = f"{request.method} {request.path.removeprefix('/teams')}"
        self._world.record("from_bot", shown, given, status, body, channel=place, ts=activity)

    # Conversations ----------------------------------------------------------------------------------------------

    def _create(self, _: web.Request, given: Json) -> tuple[int, Any]:
        """The private chat with one person who has the app, the same again each time. Never a group."""
        members = given.get("members")
        if given.get("isGroup") or not isinstance(members, list) or len(members) != 1:
            raise errors.bad_syntax("Incorrect conversation creation parameters")
        tenant = given.get("tenantId") or ((given.get("channelData") or {}).get("tenant") or {}).get("id")
        if tenant != self._world.identity.tenant_id:
            raise errors.bad_syntax("Bot is not installed in this tenant")
        person = self._world.member(str((members[0] or {}).get("id", "")))
        if person is None:
            raise errors.bad_syntax("Bad format of conversation ID")
        if person.id not in self._world.installed:
            raise errors.not_installed()
        conversation = self._world.dm(person.id)
        body = {"id": conversation.id}
        if isinstance(given.get("activity"), dict):
            body["activityId"] = self._post(conversation, given["activity"])
        return 201, body

    def _send(self, request: web.Request, given: Json) -> tuple[int, Any]:
        return 201, {"id": self._post(self._conversation(request), given)}

    def _post(self, conversation: Conversation, given: Json) -> str:
        self._may_write(conversation)
        if given.get("type") == "typing":
            return self._world.next_ts()
        message = posts.message(self._world.identity, conversation.id, self._world.next_ts(), given)
        if len(message.attachments) and conversation.kind == "mpim" and posts.asks_for_consent(message):
            raise errors.bad_syntax("File consent cards are for private chats")
        self._world.post(message)
        return message.ts

    def _update(self, request: web.Request, given: Json) -> tuple[int, Any]:
        old = self._own(request)
        changed = posts.message(self._world.identity, old.channel, old.ts, given, edited=True)
        for user_id in self._world.conversations[old.channel].members:
            self._world.forget_typed(user_id, old)
        self._world.post(changed)
        return 200, {"id": old.ts}

    def _delete(self, request: web.Request, _: Json) -> tuple[int, Any]:
        self._world.remove(self._own(request))
        return 200, {}

    def _own(self, request: web.Request) -> Message:
        conversation = self._conversation(request)
        self._may_write(conversation)
        message = conversation.messages.get(request.match_info["activity"])
        if message is None or not message.by_bot:
            raise errors.activity_not_found()
        return message

    def _conversation(self, request: web.Request) -> Conversation:
        found = self._world.conversations.get(request.match_info["conversation"])
        if found is None:
            raise errors.conversation_not_found()
        return found

    def _may_write(self, conversation: Conversation) -> None:
        """A private chat is closed to a bot that the person does not have, or has blocked, or who has left."""
        if conversation.kind == "mpim":
            return
        (member,) = conversation.members
        if self._world.people[member].deleted:
            raise errors.not_in_roster()
        if member in self._world.blocked:
            raise errors.blocked()
        if member not in self._world.installed:
            raise errors.not_installed()

    # Who is there -----------------------------------------------------------------------------------------------

    def _roster(self, request: web.Request) -> list[Json]:
        members = [self._world.people[user_id] for user_id in self._conversation(request).members]
        return [self._shown(person) for person in members if not person.deleted]

    def _shown(self, person: Person) -> Json:
        return person.member(self._world.identity.tenant_id)

    def _members(self, request: web.Request, _: Json) -> tuple[int, Any]:
        return 200, self._roster(request)

    def _paged_members(self, request: web.Request, _: Json) -> tuple[int, Any]:
        size = int(request.query.get("pageSize", "200"))
        start = int(request.query.get("continuationToken") or "0")
        everybody = self._roster(request)
        more = {"continuationToken": str(start + size)} if start + size < len(everybody) else {}
        return 200, {"members": everybody[start : start + size], **more}

    def _member(self, request: web.Request, _: Json) -> tuple[int, Any]:
        conversation = self._conversation(request)
        person = self._world.member(request.match_info["member"])
        if person is None or person.deleted or person.id not in conversation.members:
            raise RefusedError(404, "MemberNotFoundInConversation", "Member not found in conversation.")
        return 200, self._shown(person)

    # Files ------------------------------------------------------------------------------------------------------

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        span = request.headers.get("Content-Range", "")
        refusal = self._world.receive(request.match_info["upload"], await request.read(), span)
        return web.json_response({"error": {"message": refusal}} if refusal else {}, status=400 if refusal else 201)

    async def _download(self, request: web.Request) -> web.StreamResponse:
        upload = self._world.uploads.get(request.match_info["upload"])
        if upload is None or upload.content is None:
            raise web.HTTPNotFound(text="no such file")
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(upload.name, safe='')}"}
        return web.Response(body=upload.content, content_type="application/octet-stream", headers=headers)


def _object(raw: bytes) -> Json:
    """The body; RefusedError for what is too big or no object."""
    if not raw:
        return {}
    try:
        given = json.loads(raw)
    except ValueError:
        raise errors.bad_syntax("The body is not JSON") from None
    if not isinstance(given, dict):
        raise errors.bad_syntax("The body is not an object")
    if len(json.dumps(given, ensure_ascii=False).encode("utf-16-le")) > MOST_BYTES:
        raise errors.too_big()
    return given
