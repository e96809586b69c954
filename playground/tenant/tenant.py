"""The whole tenant: joins its state, its connector and its people, and is what page, tests and benchmarks hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from aiohttp import web

from playground.client_words import Words, words_of
from playground.clock import Clock
from playground.faults import Faults
from playground.model import Json, Outcome
from playground.reading import Button, Field
from playground.simulation import Simulation
from playground.tenant import activities, reading
from playground.tenant.client import Client
from playground.tenant.connector import Connector
from playground.tenant.limits import Limits
from playground.tenant.model import Dialog, Event, Identity, Message, Person
from playground.tenant.wire import Wire
from playground.tenant.world import World, cards_of

HOME = "mentoring"


class Tenant(Simulation[Person, Message]):
    """People, their conversations with the bot, and the Bot Connector protocol between the two.

    `bot_url` is the bot's address without path: activities go to `bot_url + "/api/messages"`; it may be set later.
    `answer_seconds` is how long Teams waits for the bot (15 real seconds). Nobody has the app at first: see `install`.
    """

    kind = "teams"

    def __init__(
        self,
        people: Sequence[Person],
        bot_url: str,
        clock: Clock,
        *,
        identity: Identity | None = None,
        limits_on: bool = True,
        answer_seconds: float = 15.0,
        log_size: int = 2000,
    ) -> None:
        self.world = World(people, clock, identity or Identity(), log_size)
        wire = Wire(self.world, bot_url, answer_seconds)
        super().__init__(self.world, wire)
        self.limits = Limits(on=limits_on)
        self.faults = Faults()
        self._connector = Connector(self.world, self.limits, self.faults)
        self._client = Client(self.world, wire)
        self._asked_home: dict[str, int] = {}

    # Serving ----------------------------------------------------------------------------------------------------

    def mount(self, app: web.Application) -> None:
        """Add the connector's routes (/teams/…) to an app; then set `base_url` once it is known."""
        self._connector.mount(app)

    # What there is to see ---------------------------------------------------------------------------------------

    @property
    def identity(self) -> Identity:
        """Ids and names of tenant, app and bot."""
        return self.world.identity

    @property
    def name(self) -> str:
        """The company's name."""
        return self.identity.tenant_name

    @property
    def bot_id(self) -> str:
        """The bot's own id, as its messages are signed."""
        return self.identity.bot_id

    @property
    def bot_name(self) -> str:
        """The bot's name."""
        return self.identity.bot_name

    def messages(self, user_id: str, channel: str | None = None) -> list[Message]:
        """What the person sees in a conversation (default: the private chat with the bot), oldest first."""
        conversation = self.world.conversations[channel] if channel else self.dm(user_id)
        return sorted(conversation.visible_to(user_id), key=lambda message: int(message.ts))

    def views(self, user_id: str) -> list[Dialog]:
        """The person's open dialog, if there is one."""
        dialog = self.world.dialogs.get(user_id)
        return [dialog] if dialog else []

    def home(self, user_id: str) -> Message | None:
        """The bot's own page: in Teams it is the newest answer to its bare name."""
        asked = self._asked_home.get(user_id)
        if asked is None:
            return None
        after = (one for one in self.messages(user_id) if one.by_bot and int(one.ts) > asked)
        return next(after, None)

    def words(self, where: Message | Dialog) -> str:
        """All visible words of a message or dialog, a line a part."""
        if isinstance(where, Dialog):
            return reading.of_dialog(where)
        reader = self._reader(where)
        return reading.of_message(where, cards_of(where, reader), self._words(reader))

    def buttons(self, where: Message | Dialog) -> list[Button]:
        """The buttons of a message or dialog in reading order; not the one that sends the dialog."""
        if isinstance(where, Dialog):
            sends = reading.submit_of(where)
            return [button for button in reading.of_card(where.card) if sends is None or button.block != sends.block]
        reader = self._reader(where)
        return reading.buttons_of(where, cards_of(where, reader), self._words(reader))

    def fields(self, user_id: str, where: Message | Dialog) -> list[Field]:
        """The inputs of a message or dialog in reading order, with what stands in them for this person."""
        standing = self.world.state(user_id, where)
        return reading.fields_of(cards_of(where, user_id), standing, in_form=isinstance(where, Dialog))

    def ends(self, form: Dialog) -> tuple[str, str]:
        """The words that send a dialog; Teams closes it by a cross without words."""
        sends = reading.submit_of(form)
        return (sends.words if sends else "", "")

    def shown(self, user_id: str, where: Message | Dialog) -> Json:
        """A message or dialog with its cards as the person has them, what stands in their inputs and is wrong there."""
        kept = {"cards": list(cards_of(where, user_id)), "state": self.world.state(user_id, where)}
        if isinstance(where, Dialog):
            return {"id": where.id, "title": where.title, "errors": dict(where.refused), **kept}
        return {
            "channel": where.channel, "ts": where.ts, "at": int(where.ts) / 1000, "user": where.user,
            "text": where.text, "summary": where.summary, "edited": where.edited,
            "ephemeral": where.ephemeral_to is not None, "attachments": list(where.attachments), **kept,
        }  # fmt: skip

    # What people do ---------------------------------------------------------------------------------------------

    async def types(self, user_id: str, line: str, channel: str | None = None) -> Outcome:
        """Write to the bot. A slash command of elsewhere is said without its name here ("/mentoring help": help)."""
        command, _, text = line.partition(" ")
        words = text or command.removeprefix("/") if line.startswith("/") else line
        event = await self.say(user_id, channel, words)
        return Outcome(event.status, None if event.delivered else "event_failed")

    async def say(self, user_id: str, channel: str | None, text: str) -> Event:
        """Write a message in the private chat (None) or, mentioning the bot, in a group chat."""
        return await self._client.say(user_id, channel, text)

    async def send_file(self, user_id: str, name: str, content: bytes) -> Event:
        """Send the bot a file in the private chat."""
        return await self._client.send_file(user_id, name, content)

    async def press(
        self,
        user_id: str,
        where: Message | Dialog,
        action_id: str,
        value: Any = None,
        *,
        block_id: str | None = None,
        values: Mapping[str, Any] | None = None,
    ) -> Outcome:
        """Press the action at the place `block_id`; the card is the one handed over: an old one is a stale press."""
        return await self._client.press(user_id, where, block_id or action_id, values or {})

    def fill(self, user_id: str, where: Message | Dialog, values: Mapping[str, Any]) -> None:
        """Type plain values into inputs by id without sending; None empties. LookupError, ValueError."""
        self.world.fill(user_id, where, values)

    async def search(self, user_id: str, where: Message | Dialog, name: str, words: str) -> list[tuple[str, str]]:
        """Type into an input whose choices the bot looks up; titles and values that it offers."""
        return await self._client.search(user_id, where, name, words)

    async def submit(self, user_id: str, view: Dialog, values: Mapping[str, Any] | None = None) -> Outcome:
        """Press the button that sends a dialog. What the client itself refuses never reaches the bot."""
        return await self._client.submit(user_id, view, values or {})

    async def close_view(self, user_id: str, view: Dialog, *, everything: bool = False) -> Outcome:
        """Close a dialog: the bot is not told."""
        self.world.close_dialog(user_id)
        return Outcome()

    async def open_home(self, user_id: str) -> Event:
        """Teams has no page of the bot's own in its chat: ask for it by the bot's bare name."""
        event = await self.say(user_id, None, HOME)
        self._asked_home[user_id] = int(event.activity["id"])
        return event

    # What happens to the tenant ---------------------------------------------------------------------------------

    async def install(self, user_id: str, action: str = "add") -> list[Event]:
        """The person has the app from now on ("add-upgrade": a newer one): both events that Teams sends for it."""
        person = self.world.active(user_id)
        self.world.installed.add(user_id)
        conversation = self.world.dm(user_id)
        joined = activities.membership(self.world, person, conversation, added=True)
        installed = activities.installation(self.world, person, conversation, action)
        return [await self._client.emit(joined), await self._client.emit(installed)]

    async def install_for_everybody(self) -> None:
        """What an administrator does by a set-up policy; the limits of calls do not hold meanwhile."""
        kept, self.limits.on = self.limits.on, False
        for person in list(self.people.values()):
            if not person.deleted:
                await self.install(person.id)
        self.limits.on = kept

    async def uninstall(self, user_id: str) -> Event:
        """The person no longer has the app."""
        self.world.installed.discard(user_id)
        person, conversation = self.world.people[user_id], self.world.dm(user_id)
        return await self._client.emit(activities.installation(self.world, person, conversation, "remove"))

    def block(self, user_id: str, *, blocked: bool = True) -> None:
        """The person blocks the bot, or lets it in again; the bot is not told."""
        (self.world.blocked.add if blocked else self.world.blocked.discard)(user_id)

    def change_person(self, user_id: str, **fields: Any) -> None:
        """Somebody changes or leaves (deleted=True); the bot is not told."""
        self.world.put_person(replace(self.world.people[user_id], **fields))

    async def redeliver(self, event: Event) -> Event:
        """Send an activity again, as Teams does when the bot was slow."""
        return await self._client.redeliver(event)

    def _reader(self, message: Message) -> str:
        """Who looks at a message: in a private chat there is one person."""
        return message.ephemeral_to or self.world.conversations[message.channel].members[0]

    def _words(self, user_id: str) -> Words:
        return words_of(self.world.people[user_id].locale)
