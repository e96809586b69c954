"""What people do in Slack's own client: it becomes a signed request to the bot, and the answer is applied."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playground.client_words import words_of
from playground.model import Json, Outcome
from playground.workspace import answers, inputs, payloads
from playground.workspace.errors import RefusedError
from playground.workspace.model import Message, View
from playground.workspace.responses import ResponseUrls, apply_response
from playground.workspace.triggers import Triggers
from playground.workspace.wire import Answer, Wire
from playground.workspace.world import World


class Client:
    """Everybody's Slack client. Actions are by user id; KeyError for somebody who is not there."""

    def __init__(self, world: World, wire: Wire, triggers: Triggers, responses: ResponseUrls) -> None:
        self._world = world
        self._wire = wire
        self._triggers = triggers
        self._responses = responses

    async def command(self, user_id: str, name: str, text: str, channel: str | None) -> Outcome:
        """Type a slash command; its answer shows in the conversation."""
        person = self._world.active(user_id)
        place = channel or self._world.dm(user_id).id
        fields = payloads.command(self._world, person, name, text, place)
        fields["response_url"] = self._responses.issue(user_id, place)
        fields["trigger_id"] = self._triggers.issue(user_id)
        answer = await self._wire.command(fields)
        reason = answer.reason or self._answer_to_command(answer, user_id, place)
        if reason:
            return self._failed(
                user_id, answer, reason, words_of(person.locale).command_failed.format(command=name, reason=reason)
            )
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
        person = self._world.active(user_id)
        block, element = _element(where, action_id, block_id, value)
        if values:
            self._world.fill(user_id, where, values)
        if element["type"] in inputs.VALUE_KEYS:
            self._world.choose(user_id, where, block, element, value)
        action = payloads.action(self._world, block, element, value)
        body = payloads.block_actions(self._world, person, where, action)
        body["trigger_id"] = self._triggers.issue(user_id)
        if isinstance(where, Message):
            body["response_url"] = self._responses.issue(user_id, where.channel, where.ts)
        answer = await self._wire.interaction(body)
        if answer.reason:
            return self._failed(
                user_id, answer, answer.reason, words_of(person.locale).press_failed.format(reason=answer.reason)
            )
        if answer.body() is not None:
            self._world.complain(f"answer to block_actions {action_id}: must be empty")
        return Outcome(answer.status)

    async def submit(self, user_id: str, view: View, values: Mapping[str, Any] | None) -> Outcome:
        """Submit a modal. Faults that the client itself finds show under the fields and never reach the bot."""
        person = self._world.active(user_id)
        if values:
            self._world.fill(user_id, view, values)
        if "submit" not in view.source:
            raise LookupError(f"the view {view.title!r} has no submit button")
        words = words_of(person.locale)
        faults = inputs.faults(view.blocks, self._world.state(user_id, view), words)
        self._world.show_errors(view, faults)
        if faults:
            return Outcome(reason="field_errors", errors=tuple(faults.items()))
        body = payloads.view_submission(self._world, person, view)
        body["trigger_id"] = self._triggers.issue(user_id)
        answer = await self._wire.interaction(body)
        if answer.reason:
            return self._failed(user_id, answer, answer.reason, words.submit_failed.format(reason=answer.reason))
        try:
            errors = answers.to_submission(self._world, view, answer.body())
        except RefusedError as refusal:
            self._world.complain(f"answer to view_submission {view.callback_id}: {refusal}")
            reason = "invalid_response"
            return self._failed(user_id, answer, reason, words.submit_failed.format(reason=refusal.error))
        return Outcome(answer.status, "field_errors" if errors else None, tuple(errors.items()))

    async def close_view(self, user_id: str, view: View, *, everything: bool) -> Outcome:
        """Close a modal or the whole stack; views with notify_on_close tell the bot."""
        person = self._world.active(user_id)
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
            answer = await self._wire.interaction(body)
            outcome = Outcome(answer.status, answer.reason)
            if not answer.taken:
                self._world.complain(f"view_closed: {answer.reason}")
        return outcome

    def _failed(self, user_id: str, answer: Answer, reason: str, shown: str) -> Outcome:
        self._world.toast(user_id, reason, shown)
        if answer.reason:
            self._world.complain(f"the bot's answer: {answer.reason}")
        return Outcome(answer.status, reason)


def _element(where: Message | View, action_id: str, block_id: str | None, value: Any) -> tuple[Json, Json]:
    named = [
        (block, element)
        for block, element in inputs.elements(where.blocks)
        if element["action_id"] == action_id
        and block_id in (None, block["block_id"])
        and (block["type"] != "input" or block.get("dispatch_action"))
    ]
    exact = [pair for pair in named if pair[1]["type"] != "button" or value in (None, pair[1].get("value"))]
    if not exact:
        offered = sorted({element["action_id"] for _, element in inputs.elements(where.blocks)})
        raise LookupError(f"no element {action_id!r} with {value!r}; there are: {offered}")
    return exact[0]
