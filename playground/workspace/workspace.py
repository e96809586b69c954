"""The whole workspace: joins its state, its Web API and its people, and is what page, tests and benchmarks hold."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from aiohttp import web

from playground.clock import Clock
from playground.faults import Faults
from playground.model import Json, Outcome
from playground.reading import Button, Field
from playground.simulation import Simulation
from playground.workspace import reading
from playground.workspace.api import Api
from playground.workspace.client import Client
from playground.workspace.events import Events
from playground.workspace.limits import Limits
from playground.workspace.model import Event, Identity, Message, Person, View
from playground.workspace.responses import ResponseUrls
from playground.workspace.triggers import Triggers
from playground.workspace.wire import Wire
from playground.workspace.world import World

DEFAULT_SCOPES = frozenset(
    (
        *("commands", "chat:write", "im:write", "mpim:write", "im:history"),
        *("users:read", "users:read.email", "files:write", "files:read"),
    )
)


class Workspace(Simulation[Person, Message]):
    """People, their conversations with the bot, and Slack's protocol between the two.

    `bot_url` is the bot's address without path: requests go to `bot_url + "/slack/events"`; it may be set later.
    `limits_on` turns the rate limits on and off. `answer_seconds` is how long Slack waits for the bot (3 real seconds),
    `tick` the real, monotonic clock in seconds by which trigger ids expire.
    """

    kind = "slack"

    def __init__(
        self,
        people: Sequence[Person],
        bot_url: str,
        signing_secret: str,
        bot_token: str,
        clock: Clock,
        *,
        scopes: frozenset[str] = DEFAULT_SCOPES,
        identity: Identity | None = None,
        limits_on: bool = True,
        answer_seconds: float = 3.0,
        tick: Callable[[], float] = time.monotonic,
        log_size: int = 2000,
    ) -> None:
        self.world = World(people, clock, identity or Identity(), log_size)
        wire = Wire(self.world, bot_url, signing_secret, answer_seconds)
        super().__init__(self.world, wire)
        self.limits = Limits(on=limits_on)
        self.faults = Faults()
        triggers, responses = Triggers(tick), ResponseUrls(self.world)
        self.api = Api(self.world, bot_token, scopes, self.limits, self.faults, triggers, responses)
        self.client = Client(self.world, wire, triggers, responses)
        self.events = Events(self.world, wire)

    # Serving ----------------------------------------------------------------------------------------------------

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Serve the Web API alone (tests, benchmarks); returns its base for SLACK_API_URL: "http://…/api/"."""
        return await self.serve(host, port) + "/api/"

    def mount(self, app: web.Application) -> None:
        """Add the routes (/api/…, /upload/…, /response/…, /files/…) to an app; then set `base_url` once it is known."""
        self.api.mount(app)

    @property
    def limits_on(self) -> bool:
        """Whether rate limits are kept."""
        return self.limits.on

    @limits_on.setter
    def limits_on(self, on: bool) -> None:
        self.limits.on = on

    # What there is to see ---------------------------------------------------------------------------------------

    @property
    def identity(self) -> Identity:
        """Ids and names of team, app and bot."""
        return self.world.identity

    @property
    def name(self) -> str:
        """The company's name."""
        return self.identity.team_name

    @property
    def bot_id(self) -> str:
        """The bot's own id, as its messages are signed."""
        return self.identity.bot_user_id

    @property
    def bot_name(self) -> str:
        """The bot's name."""
        return self.identity.bot_name

    def messages(self, user_id: str, channel: str | None = None) -> list[Message]:
        """What the person sees in a conversation (default: the DM with the bot), oldest first."""
        conversation = self.world.conversations[channel] if channel else self.dm(user_id)
        return conversation.visible_to(user_id)

    def views(self, user_id: str) -> list[View]:
        """The person's open modals, the one on top last; at most three."""
        return list(self.world.stacks.get(user_id, ()))

    def home(self, user_id: str) -> View | None:
        """The person's Home tab as last published."""
        return self.world.homes.get(user_id)

    def state(self, user_id: str, where: Message | View) -> dict[str, Any]:
        """`state.values` of a message's or view's inputs as they stand for this person: {block_id: {action_id: …}}."""
        return self.world.state(user_id, where)

    def words(self, where: Message | View) -> str:
        """All visible words of a message, modal or Home, a line a part."""
        return reading.of_view(where) if isinstance(where, View) else reading.of_message(where)

    def buttons(self, where: Message | View) -> tuple[Button, ...]:
        """The buttons of a message, modal or Home in reading order, entries of folded menus too."""
        return reading.buttons_of(where.blocks)

    def fields(self, user_id: str, where: Message | View) -> tuple[Field, ...]:
        """The inputs of a message, modal or Home in reading order, with what stands in them for this person."""
        return reading.fields_of(where.blocks, self.state(user_id, where))

    def ends(self, form: View) -> tuple[str, str]:
        """The words that submit and that close a modal; empty where there are none."""
        return reading.ends_of(form)

    def shown(self, user_id: str, where: Message | View) -> Json:
        """A message, modal or Home as Slack would send it, with what stands in its inputs and what is wrong there."""
        state = self.state(user_id, where)
        if isinstance(where, View):
            return {**where.payload(self.identity, state), "errors": dict(where.errors)}
        body = where.payload(self.identity, with_metadata=True)
        body |= {"channel": where.channel, "at": float(where.ts), "ephemeral": where.ephemeral_to is not None}
        return {**body, "state": {"values": state}} if where.blocks else body

    # What people do ---------------------------------------------------------------------------------------------

    async def types(self, user_id: str, line: str, channel: str | None = None) -> Outcome:
        """Type a line: a slash command when it begins with "/", else a message."""
        if line.startswith("/"):
            command, _, text = line.partition(" ")
            return await self.command(user_id, command, text, channel)
        event = await self.say(user_id, channel, line)
        return Outcome(event.status, None if event.delivered else "event_failed") if event else Outcome()

    async def command(self, user_id: str, command: str, text: str = "", channel: str | None = None) -> Outcome:
        """Type a slash command ("/mentoring", "round new") in a conversation (default: the DM with the bot)."""
        return await self.client.command(user_id, command, text, channel)

    async def press(
        self,
        user_id: str,
        where: Message | View,
        action_id: str,
        value: Any = None,
        *,
        block_id: str | None = None,
        values: Mapping[str, Any] | None = None,
    ) -> Outcome:
        """Press a button or choose in an interactive element of a message, modal or Home.

        `value` is, by element: the button's value (only needed to tell two apart), an option's value, a list of
        options' values (checkboxes, multi-selects), "YYYY-MM-DD", "HH:MM", epoch seconds, a text, user ids. `values`
        are inputs typed but not yet kept (see `fill`). The message or view is sent as it is handed over: an old value
        is a stale press. LookupError when there is no such element.
        """
        return await self.client.press(user_id, where, action_id, value, block_id=block_id, values=values)

    def fill(self, user_id: str, where: Message | View, values: Mapping[str, Any]) -> None:
        """Type into inputs without sending: {action_id or block_id: typed value}, None empties.

        Typed values as in `press`. LookupError for an unknown field, ValueError for an option that is not offered.
        """
        self.world.fill(user_id, where, values)

    async def search(self, user_id: str, where: Message | View, name: str, words: str) -> list[tuple[str, str]]:
        """Names and ids of colleagues, as the client's own picker finds them by name, e-mail or id."""
        people = self.people.values()
        return [(one.name, one.id) for one in people if words in (one.id, one.email) or words in one.name]

    async def submit(self, user_id: str, view: View, values: Mapping[str, Any] | None = None) -> Outcome:
        """Submit a modal after typing `values`. Empty required fields and such never reach the bot (`field_errors`)."""
        return await self.client.submit(user_id, view, values)

    async def close_view(self, user_id: str, view: View, *, everything: bool = False) -> Outcome:
        """Close a modal by its close button, or the whole stack by the X (`everything`)."""
        return await self.client.close_view(user_id, view, everything=everything)

    async def say(self, user_id: str, channel: str | None, text: str) -> Event | None:
        """Write a message. In the DM with the bot (None) it is a message.im event; elsewhere the bot is not told."""
        return await self.events.say(user_id, channel, text)

    async def send_file(self, user_id: str, name: str, content: bytes) -> Event:
        """Send the bot a file in its DM: a message.im event of subtype file_share."""
        return await self.events.send_file(user_id, name, content)

    async def open_home(self, user_id: str) -> Event:
        """Look at the app's Home tab."""
        return await self.events.open_home(user_id)

    # What happens to the workspace ------------------------------------------------------------------------------

    async def join(self, person: Person) -> Event:
        """Somebody new: team_join."""
        return await self.events.join(person)

    async def change_person(self, user_id: str, **fields: Any) -> Event:
        """A profile changes (name, tz, locale, deleted=True for deactivation, …): user_change."""
        return await self.events.change_person(user_id, **fields)

    async def uninstall(self) -> Event:
        """The app is removed: app_uninstalled; afterwards the token answers account_inactive."""
        return await self.events.uninstall()

    async def redeliver(self, event: Event, reason: str = "http_timeout") -> Event:
        """Send an event again as Slack's next retry (x-slack-retry-num)."""
        return await self.events.redeliver(event, reason)
