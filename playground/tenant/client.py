"""What people do in Teams' own client: it becomes an activity to the bot, and the answer is applied."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playground.client_words import words_of
from playground.model import Json, Outcome
from playground.tenant import activities, adaptive, answers, inputs, reading
from playground.tenant.errors import RefusedError
from playground.tenant.model import ADAPTIVE, FILE_INFO, Conversation, Dialog, Event, Message, Person
from playground.tenant.wire import Answer, Wire
from playground.tenant.world import World

REDELIVERED = ("operation_timeout", "http_504")


class Client:
    """Everybody's Teams. Actions are by user id; KeyError for somebody who is not there."""

    def __init__(self, world: World, wire: Wire) -> None:
        self._world = world
        self._wire = wire

    # Words ------------------------------------------------------------------------------------------------------

    async def say(self, user_id: str, channel: str | None, text: str) -> Event:
        """Write a message; in a group chat it mentions the bot."""
        world, person = self._world, self._world.active(user_id)
        conversation = world.conversations[channel] if channel else world.dm(user_id)
        activity = activities.message(world, person, conversation, text)
        world.post(Message(conversation.id, activity["id"], user_id, text))
        world.mark_read(user_id, conversation.id)
        return await self.emit(activity)

    async def send_file(self, user_id: str, name: str, content: bytes) -> Event:
        """Send the bot a file in the private chat: it is told where the file lies, and fetches it there."""
        world, person = self._world, self._world.active(user_id)
        conversation = world.dm(user_id)
        kept = world.keep_file(user_id, name, content)
        activity = activities.file_sent(world, person, conversation, name, kept)
        shown = {"contentType": FILE_INFO, "name": name, "contentUrl": kept["downloadUrl"]}
        world.post(Message(conversation.id, activity["id"], user_id, "", attachments=(shown,)))
        world.mark_read(user_id, conversation.id)
        return await self.emit(activity)

    async def emit(self, activity: Json) -> Event:
        """Send an activity that wants no answer; one that takes Teams too long is sent once more."""
        answer = await self._wire.send(activity)
        event = Event(activity, answer.status, answer.reason)
        if answer.reason in REDELIVERED:
            event = await self.redeliver(event)
        if not event.delivered:
            self._world.complain(f"{activity['type']}: {event.reason}")
        return event

    async def redeliver(self, event: Event) -> Event:
        """Send the very same activity again."""
        answer = await self._wire.send(event.activity, " (again)")
        return Event(event.activity, answer.status, answer.reason, event.attempts + 1)

    # Presses ----------------------------------------------------------------------------------------------------

    async def press(self, user_id: str, where: Message | Dialog, place: str, values: Mapping[str, Any]) -> Outcome:
        """Press the action at a place of a card of the message ("0/body/1/actions/0") or of the dialog."""
        person = self._world.active(user_id)
        self._world.fill(user_id, where, values)
        if isinstance(where, Dialog):
            return await self._press_in_dialog(person, where, adaptive.action_at(where.card, place))
        if place.startswith("attachments/"):
            return await self._consent(person, where, place, accepted=place.endswith(reading.ACCEPT))
        number, _, inner = place.partition("/")
        card = where.shown_to(user_id)[int(number)]
        action = adaptive.action_at(card, inner)
        given = self._given(person, where, card, action)
        if isinstance(given, Outcome):
            return given
        conversation = self._world.conversations[where.channel]
        match action["type"]:
            case "Action.Submit" if _opens(action):
                return await self._fetch(person, conversation, where, action, given)
            case "Action.Submit":
                body = activities.submitted(self._world, person, conversation, where.ts, action.get("data"), given)
                event = await self.emit(body)
                return Outcome(event.status, None if event.delivered else event.reason)
            case "Action.Execute":
                return await self._execute(person, conversation, where, action, given)
        return Outcome()

    def _given(self, person: Person, where: Message | Dialog, card: Json, action: Json) -> dict[str, str] | Outcome:
        """The inputs that go with an action, or what the client says instead of sending it."""
        if action.get("associatedInputs", "auto").lower() == "none":
            return {}
        standing = self._world.state(person.id, where)
        faults = inputs.faults(card, standing, words_of(person.locale))
        if isinstance(where, Dialog):
            self._world.show_errors(where, faults)
        if faults:
            return Outcome(reason="field_errors", errors=tuple(faults.items()))
        return inputs.sent(card, standing)

    async def _execute(
        self, person: Person, conversation: Conversation, where: Message, action: Json, given: dict[str, str]
    ) -> Outcome:
        body = activities.executed(self._world, person, conversation, where.ts, action, given)
        ts = self._world.next_ts()  # words that answer belong here, before what the bot says meanwhile
        answer = await self._wire.send(body)
        try:
            told = answers.to_action(_body(answer))
        except RefusedError as refusal:
            return self._failed(person, answer, refusal)
        if told.kind == ADAPTIVE:
            self._world.give_own_card(where, person.id, told.card)
        elif told.words:
            bot = self._world.identity.bot_id
            self._world.post(Message(conversation.id, ts, bot, told.words, by_bot=True, ephemeral_to=person.id))
        return Outcome(answer.status)

    async def _consent(self, person: Person, where: Message, place: str, *, accepted: bool) -> Outcome:
        """Answer whether the bot may put a file into the person's own."""
        attachment = where.attachments[int(place.split("/")[1])]
        content = attachment["content"]
        value: Json = {"action": "decline", "context": content.get("declineContext", {})}
        if accepted:
            upload = self._world.expect_file(person.id, attachment["name"])
            value = {"action": "accept", "context": content.get("acceptContext", {}), "uploadInfo": upload}
        conversation = self._world.conversations[where.channel]
        body = activities.file_consent(self._world, person, conversation, where.ts, value)
        answer = await self._wire.send(body)
        if answer.reason:
            return self._failed(person, answer, RefusedError(answer.status or 504, answer.reason, "no answer"))
        return Outcome(answer.status)

    # Dialogs ----------------------------------------------------------------------------------------------------

    async def _fetch(
        self, person: Person, conversation: Conversation, where: Message, action: Json, given: dict[str, str]
    ) -> Outcome:
        body = activities.dialog(self._world, person, conversation, "task/fetch", where.ts, action.get("data"), given)
        return self._show(person, conversation, await self._wire.send(body))

    async def submit(self, user_id: str, dialog: Dialog, values: Mapping[str, Any]) -> Outcome:
        """Press the main button of a dialog."""
        button = reading.submit_of(dialog)
        if button is None:
            raise LookupError(f"the dialog {dialog.title!r} has no button that sends it")
        return await self.press(user_id, dialog, button.block, values)

    async def _press_in_dialog(self, person: Person, dialog: Dialog, action: Json) -> Outcome:
        if action["type"] != "Action.Submit":
            return Outcome()
        given = self._given(person, dialog, dialog.card, action)
        if isinstance(given, Outcome):
            return given
        conversation = self._world.conversations[dialog.channel]
        body = activities.dialog(self._world, person, conversation, "task/submit", None, action.get("data"), given)
        return self._show(person, conversation, await self._wire.send(body))

    def _show(self, person: Person, conversation: Conversation, answer: Answer) -> Outcome:
        """The next dialog, the same with errors, or none."""
        try:
            task = answers.to_dialog(_body(answer))
        except RefusedError as refusal:
            return self._failed(person, answer, refusal)
        if task is None:
            self._world.close_dialog(person.id)
            return Outcome(answer.status)
        dialog = self._world.open_dialog(person.id, conversation.id, task.title, task.card)
        return Outcome(answer.status, "field_errors" if dialog.errors else None, dialog.errors)

    async def search(self, user_id: str, where: Message | Dialog, name: str, words: str) -> list[tuple[str, str]]:
        """Titles and values that the bot offers for words typed into an input whose choices it looks up."""
        person, world = self._world.active(user_id), self._world
        cards = (where.card,) if isinstance(where, Dialog) else where.shown_to(user_id)
        element = next(one for card in cards for one in adaptive.inputs(card) if one["id"] == name)
        conversation = world.conversations[where.channel]
        dataset = element["choices.data"]["dataset"]
        answer = await self._wire.send(activities.search(world, person, conversation, dataset, words))
        try:
            return answers.to_search(_body(answer))
        except RefusedError as refusal:
            self._failed(person, answer, refusal)
            return []

    def _failed(self, person: Person, answer: Answer, refusal: RefusedError) -> Outcome:
        self._world.complain(f"the bot's answer: {refusal}")
        reason = answer.reason or refusal.code
        self._world.toast(person.id, reason, words_of(person.locale).went_wrong.format(reason=reason))
        return Outcome(answer.status, reason)


def _opens(action: Json) -> bool:
    data = action.get("data")
    return isinstance(data, dict) and (data.get("msteams") or {}).get("type") == "task/fetch"


def _body(answer: Answer) -> Any:
    """The JSON of an answer in time. Raises RefusedError for any other."""
    if answer.reason:
        raise RefusedError(answer.status or 504, answer.reason, "no answer")
    return answer.body()
