"""What happens in the workspace and reaches the bot as an event: words, an opened Home, people who come and go."""

from __future__ import annotations

import mimetypes
from dataclasses import replace
from typing import Any

from playground.model import Json
from playground.workspace import payloads
from playground.workspace.model import Event, File, Message, Person
from playground.workspace.wire import Wire
from playground.workspace.world import World


class Events:
    """Makes things happen and tells the bot."""

    def __init__(self, world: World, wire: Wire) -> None:
        self._world = world
        self._wire = wire

    async def say(self, user_id: str, channel: str | None, text: str) -> Event | None:
        """Write a message; the bot hears of it in its DM only, the one kind of history that it may read."""
        person = self._world.active(user_id)
        world = self._world
        conversation = world.conversations[channel] if channel else world.dm(user_id)
        message = Message(conversation.id, world.next_ts(), person.id, payloads.escaped(text))
        world.post(message)
        world.mark_read(user_id, conversation.id)
        if conversation.kind != "im":
            return None
        inner = {
            "type": "message", "user": person.id, "text": message.text, "ts": message.ts, "event_ts": message.ts,
            "team": world.identity.team_id, "channel": conversation.id, "channel_type": "im",
            "client_msg_id": world.new_id(""),
        }  # fmt: skip
        return await self._emit(inner)

    async def send_file(self, user_id: str, name: str, content: bytes) -> Event:
        """Send the bot a file in its DM: it is told where the file lies, and fetches it with its token."""
        person, world = self._world.active(user_id), self._world
        conversation = world.dm(user_id)
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        file = File(world.new_id("F"), name, len(content), mimetype=kind, content=content, shared=True)
        world.files[file.id] = file
        message = Message(conversation.id, world.next_ts(), person.id, "", files=(file,))
        world.post(message)
        world.mark_read(user_id, conversation.id)
        inner = {
            "type": "message", "subtype": "file_share", "user": person.id, "text": message.text, "ts": message.ts,
            "event_ts": message.ts, "team": world.identity.team_id, "channel": conversation.id, "channel_type": "im",
            "upload": False, "display_as_bot": False, "files": [file.payload(world.base_url)],
        }  # fmt: skip
        return await self._emit(inner)

    async def open_home(self, user_id: str) -> Event:
        """app_home_opened, with the view that is there."""
        person, world = self._world.active(user_id), self._world
        inner: Json = {"type": "app_home_opened", "user": person.id, "channel": world.dm(user_id).id, "tab": "home"}
        home = world.homes.get(user_id)
        if home is not None:
            inner["view"] = home.payload(world.identity, world.state(user_id, home))
        return await self._emit(inner)

    async def join(self, person: Person) -> Event:
        """team_join."""
        self._world.put_person(person)
        return await self._emit({"type": "team_join", "user": self._user(person)})

    async def change_person(self, user_id: str, **fields: Any) -> Event:
        """user_change."""
        person = replace(self._world.people[user_id], **fields)
        self._world.put_person(person)
        inner = {"type": "user_change", "user": self._user(person), "cache_ts": int(self._world.now().timestamp())}
        return await self._emit(inner)

    async def uninstall(self) -> Event:
        """app_uninstalled."""
        self._world.installed = False
        return await self._emit({"type": "app_uninstalled"})

    async def redeliver(self, event: Event, reason: str) -> Event:
        """Send an event again as its next retry."""
        headers = {"x-slack-retry-num": str(event.attempts), "x-slack-retry-reason": reason}
        answer = await self._wire.event(event.envelope, headers)
        return replace(event, status=answer.status, attempts=event.attempts + 1)

    async def _emit(self, inner: Json) -> Event:
        """Send an event; one that fails is sent again at once, as Slack does first of all."""
        envelope = payloads.event(self._world, inner)
        answer = await self._wire.event(envelope, {})
        event = Event(envelope["event_id"], inner["type"], envelope, answer.status)
        if not event.delivered and not answer.no_retry:
            reason = {"operation_timeout": "http_timeout", "connection_failed": "connection_failed"}
            event = await self.redeliver(event, reason.get(answer.reason or "", "http_error"))
        if not event.delivered:
            self._world.complain(f"event {event.type}: {answer.reason}")
        return event

    def _user(self, person: Person) -> Json:
        world = self._world
        return person.payload(world.identity.team_id, world.now(), with_email=True, with_locale=True)
