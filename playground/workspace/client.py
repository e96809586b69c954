"""What people do in Slack's own client: it becomes a signed request to the bot, and the answer is applied."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from playground.workspace import answers, inputs, payloads, words
from playground.workspace.errors import RefusedError
from playground.workspace.model import Event, Exchange, Json, Message, Outcome, Person, View
from playground.workspace.responses import ResponseUrls, apply_response
from playground.workspace.triggers import Triggers
from playground.workspace.wire import Answer, Wire
from playground.workspace.world import World


class Client:
    """Everybody's Slack client. Actions are by user id; KeyError for somebody who is not there."""

    def __init__(
        self,
        world: World,
        bot_url: str,
        signing_secret: str,
        triggers: Triggers,
        responses: ResponseUrls,
        answer_seconds: float,
    ) -> None:
        self._world = world
        self._wire = Wire(bot_url, signing_secret, answer_seconds)
        self._triggers = triggers
        self._responses = responses

    @property
    def bot_url(self) -> str:
        """The bot's address without path."""
        return self._wire.bot_url

    @bot_url.setter
    def bot_url(self, url: str) -> None:
        self._wire.bot_url = url

    async def close(self) -> None:
        """Let go of connections."""
        await self._wire.close()

    # Commands, presses, forms -----------------------------------------------------------------------------------

    async def command(self, user_id: str, name: str, text: str, channel: str | None) -> Outcome:
        """Type a slash command; its answer shows in the conversation."""
        person = self._active(user_id)
        place = channel or self._world.dm(user_id).id
        fields = payloads.command(self._world, person, name, text, place)
        fields["response_url"] = self._responses.issue(user_id, place)
        fields["trigger_id"] = self._triggers.issue(user_id)
        answer = await self._wire.form(fields)
        self._record(f"{name} {text}".strip(), fields, answer, user_id, place)
        reason = answer.reason or self._answer_to_command(answer, user_id, place)
        if reason:
            return self._failed(user_id, answer, reason, words.COMMAND_FAILED.format(command=name, reason=reason))
        return Outcome(answer.status)

    def _answer_to_command(self, answer: Answer, user_id: str, channel: str) -> str | None:
        try:
            body = answers.of_command(answer.body())
            if body is not None:
                apply_response(self._world, body, user_id, channel, None)
        except RefusedError as refusal:
            self._world.complain(f"answer to a command: {refusal}")
            return refusal.error
        return None

    async def press(
        self,
        user_id: str,
        where: Message | View,
        action_id: str,
        value: Any,
        *,
        block_id: str | None,
        values: Mapping[str, Any] | None,
    ) -> Outcome:
        """Press a button or choose in an element; choosing is kept as typed."""
        person = self._active(user_id)
        block, element = _element(where, action_id, block_id, value)
        if values:
            self._world.fill(user_id, where, values)
        if element["type"] in inputs.VALUE_KEYS:
            self._world.choose(user_id, where, block, element, value)
        action = payloads.action(self._world, block, element, value)
        body = payloads.block_actions(self._world, person, where, action)
        body["trigger_id"] = self._triggers.issue(user_id)
        channel = where.channel if isinstance(where, Message) else None
        if isinstance(where, Message):
            body["response_url"] = self._responses.issue(user_id, where.channel, where.ts)
        answer = await self._interact(body, user_id, channel)
        if answer.reason:
            return self._failed(user_id, answer, answer.reason, words.PRESS_FAILED.format(reason=answer.reason))
        if answer.body() is not None:
            self._world.complain(f"answer to block_actions {action_id}: must be empty")
        return Outcome(answer.status)

    async def submit(self, user_id: str, view: View, values: Mapping[str, Any] | None) -> Outcome:
        """Submit a modal. Faults that the client itself finds show under the fields and never reach the bot."""
        person = self._active(user_id)
        if values:
            self._world.fill(user_id, view, values)
        if "submit" not in view.source:
            raise LookupError(f"the view {view.title!r} has no submit button")
        faults = inputs.faults(view.blocks, self._world.state(user_id, view))
        self._world.show_errors(view, faults)
        if faults:
            return Outcome(reason="field_errors", errors=tuple(faults.items()))
        body = payloads.view_submission(self._world, person, view)
        body["trigger_id"] = self._triggers.issue(user_id)
        answer = await self._interact(body, user_id, None)
        if answer.reason:
            return self._failed(user_id, answer, answer.reason, words.SUBMIT_FAILED.format(reason=answer.reason))
        try:
            errors = answers.to_submission(self._world, view, answer.body())
        except RefusedError as refusal:
            self._world.complain(f"answer to view_submission {view.callback_id}: {refusal}")
            reason = "invalid_response"
            return self._failed(user_id, answer, reason, words.SUBMIT_FAILED.format(reason=refusal.error))
        return Outcome(answer.status, "field_errors" if errors else None, tuple(errors.items()))

    async def close_view(self, user_id: str, view: View, *, everything: bool) -> Outcome:
        """Close a modal or the whole stack; views with notify_on_close tell the bot."""
        person = self._active(user_id)
        stack = self._world.stacks.get(user_id, [])
        closed = list(stack) if everything or view.source.get("clear_on_close") else [view]
        bodies = [
            payloads.view_closed(self._world, person, one, is_cleared=everything)
            for one in reversed(closed)
            if one.source.get("notify_on_close")
        ]
        for one in reversed(closed):
            self._world.pop_view(one)
        outcome = Outcome()
        for body in bodies:
            answer = await self._interact(body, user_id, None)
            outcome = Outcome(answer.status, answer.reason)
            if not answer.taken:
                self._world.complain(f"view_closed: {answer.reason}")
        return outcome

    async def _interact(self, body: Json, user_id: str, channel: str | None) -> Answer:
        answer = await self._wire.form({"payload": json.dumps(body)})
        self._record(body["type"], body, answer, user_id, channel)
        return answer

    # Events -----------------------------------------------------------------------------------------------------

    async def say(self, user_id: str, channel: str | None, text: str) -> Event | None:
        """Write a message; the bot hears of it in its DM only, the one kind of history that it may read."""
        person = self._active(user_id)
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
        return await self._emit(inner, user_id)

    async def open_home(self, user_id: str) -> Event:
        """app_home_opened, with the view that is there."""
        person, world = self._active(user_id), self._world
        inner: Json = {"type": "app_home_opened", "user": person.id, "channel": world.dm(user_id).id, "tab": "home"}
        home = world.homes.get(user_id)
        if home is not None:
            inner["view"] = home.payload(world.identity, world.state(user_id, home))
        return await self._emit(inner, user_id)

    async def join(self, person: Person) -> Event:
        """team_join."""
        self._world.put_person(person)
        return await self._emit({"type": "team_join", "user": self._user(person)}, person.id)

    async def change_person(self, user_id: str, **fields: Any) -> Event:
        """user_change."""
        person = replace(self._world.people[user_id], **fields)
        self._world.put_person(person)
        inner = {"type": "user_change", "user": self._user(person), "cache_ts": int(self._world.now().timestamp())}
        return await self._emit(inner, person.id)

    async def uninstall(self) -> Event:
        """app_uninstalled."""
        self._world.installed = False
        return await self._emit({"type": "app_uninstalled"}, None)

    async def redeliver(self, event: Event, reason: str) -> Event:
        """Send an event again as its next retry."""
        headers = {"x-slack-retry-num": str(event.attempts), "x-slack-retry-reason": reason}
        answer = await self._wire.json(event.envelope, headers)
        self._record(f"{event.type} (retry {event.attempts})", event.envelope, answer, None, None)
        return replace(event, status=answer.status, attempts=event.attempts + 1)

    async def _emit(self, inner: Json, user_id: str | None) -> Event:
        """Send an event; one that fails is sent again at once, as Slack does first of all."""
        envelope = payloads.event(self._world, inner)
        answer = await self._wire.json(envelope, {})
        self._record(inner["type"], envelope, answer, user_id, inner.get("channel"))
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

    # Help -------------------------------------------------------------------------------------------------------

    def _active(self, user_id: str) -> Person:
        person = self._world.people[user_id]
        if person.deleted:
            raise LookupError(f"{person.name} is deactivated and can do nothing")
        return person

    def _failed(self, user_id: str, answer: Answer, reason: str, shown: str) -> Outcome:
        self._world.toast(user_id, reason, shown)
        if answer.reason:
            self._world.complain(f"the bot's answer: {answer.reason}")
        return Outcome(answer.status, reason)

    def _record(
        self, name: str, request: Mapping[str, Any], answer: Answer, user_id: str | None, channel: str | None
    ) -> None:
        world = self._world
        shown = answer.reason if answer.status is None else answer.body()
        world.log.append(
            Exchange(
                world.next_number(), world.now(), "to_bot", name, dict(request), answer.status, shown, user_id, channel
            )
        )


def _element(where: Message | View, action_id: str, block_id: str | None, value: Any) -> tuple[Json, Json]:
    named = [
        (block, element)
        for block, element in inputs.elements(where.blocks)
        if element["action_id"] == action_id and block_id in (None, block["block_id"])
    ]
    exact = [pair for pair in named if pair[1]["type"] != "button" or value in (None, pair[1].get("value"))]
    if not exact:
        offered = sorted({element["action_id"] for _, element in inputs.elements(where.blocks)})
        raise LookupError(f"no element {action_id!r} with {value!r}; there are: {offered}")
    return exact[0]
