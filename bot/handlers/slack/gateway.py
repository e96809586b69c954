"""Slack's way in: Bolt verifies and routes, one listener a kind of payload; the dispatcher answers; this draws.

The HTTP answer goes out as soon as the transaction is committed (Slack waits three seconds); calls to the Web API
that draw the answer follow in the nursery.
"""

import re
from collections.abc import Awaitable
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any, assert_never

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.dispatch import Answer, Dispatcher, SeenBefore, UnknownActor, of_nobody
from bot.flows.turns import Close, Event, Filed, HomeOpened, Replace, ShowForm, ShowHome, Tell
from bot.handlers.download import Downloads
from bot.handlers.received import clean_text
from bot.handlers.slack import files, parse, render
from bot.handlers.slack.calls import code_of
from bot.handlers.slack.people import Directory
from bot.locales import Say, language_of, speaker
from bot.nursery import Nursery
from bot.ui.cards import Card, card
from bot.ui.words import T

log = structlog.get_logger()
ANY = re.compile(".*", re.DOTALL)
Json = dict[str, Any]


@dataclass
class Gateway:
    """Joins a Bolt app to the dispatcher."""

    app: AsyncApp
    dispatcher: Dispatcher
    directory: Directory
    nursery: Nursery
    downloads: Downloads = field(default_factory=Downloads)

    def listen(self) -> None:
        """Register the listeners; a catch-all for each kind, so that nothing is answered with 404."""
        self.app.command(ANY)(self._command)
        self.app.action(ANY)(self._action)
        self.app.shortcut(ANY)(self._shortcut)
        self.app.view(ANY)(self._submission)
        self.app.view_closed(ANY)(self._ignored)
        self.app.event("app_home_opened")(self._home)
        self.app.event("message")(self._message)
        for name in ("team_join", "user_change"):
            self.app.event(name)(self._member_changed)
        for name in ("app_uninstalled", "tokens_revoked"):
            self.app.event(name)(self._removed)
        self.app.event(ANY)(self._ignored)

    async def _answer(self, event: Event, client: AsyncWebClient) -> Answer | None:
        """The dispatcher's answer; links an unknown account to the roster first. None: acted on before."""
        try:
            return await self.dispatcher.handle(event)
        except SeenBefore:
            return None
        except UnknownActor:
            locale = await self.directory.link_one(client, event.workspace, event.account)
        try:
            return await self.dispatcher.handle(event)
        except (UnknownActor, SeenBefore):
            return of_nobody(event, language_of(locale))

    async def _ignored(self, ack: AsyncAck) -> None:
        await ack()

    async def _command(self, ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        answer = await self._answer(parse.command(body), client)
        if answer is None:
            await ack()
            return
        say = speaker(answer.language)
        match answer.reply:
            case ShowForm() as shown:
                await ack()
                self._later(
                    "views.open", client.views_open(trigger_id=body["trigger_id"], view=render.modal(shown, say))
                )
            case Replace(content) | Tell(content) | ShowHome(content):
                await ack(response_type="ephemeral", **render.message(content, say))
            case Close():
                await ack()
            case _:
                assert_never(answer.reply)

    async def _action(self, ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        event = parse.action(body)
        pressed = str((body.get("actions") or [{}])[0].get("action_id", ""))
        if pressed.startswith(f"link{render.SEPARATOR}"):
            await ack()
            return
        answer = await self._answer(event, client)
        await ack()
        if answer is not None:
            self._later("draw", self._draw(event, answer, body, client))
            self._keep_home(event, answer, body, client)

    async def _shortcut(self, ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        event = parse.shortcut(body)
        answer = await self._answer(event, client)
        await ack()
        if answer is not None:
            self._later("draw", self._draw(event, answer, body, client))

    async def _draw(self, event: Event, answer: Answer, body: Json, client: AsyncWebClient) -> None:
        """Show the answer to a press where it happened: in the message, the modal, or beside them."""
        say = speaker(answer.language)
        kind, _, place = event.origin.partition(":")
        match answer.reply:
            case ShowForm() as shown:
                view = render.following(render.modal(shown, say), home=parse.from_home(body))
                if kind == "v":
                    await client.views_update(view_id=place, view=view)
                else:
                    await client.views_open(trigger_id=body["trigger_id"], view=view)
            case Replace(content):
                await self._replace(event.origin, content, say, client, body)
            case Tell(content):
                await self._beside(event, content, say, client, body)
            case ShowHome(content):
                await client.views_publish(user_id=event.account, view=render.home(content, say))
            case Close():
                pass
            case _:
                assert_never(answer.reply)

    async def _replace(self, origin: str, content: Card, say: Say, client: AsyncWebClient, body: Json) -> None:
        kind, _, place = origin.partition(":")
        drawn = render.message(content, say)
        notice = render.following(render.notice(content, say), home=parse.from_home(body))
        if kind == "m":
            channel, _, ts = place.partition(":")
            await client.chat_update(channel=channel, ts=ts, **drawn)
        elif kind == "e" and place:
            await _respond(client, place, drawn, replace=True)
        elif kind == "v":
            await client.views_update(view_id=place, view=notice)
        elif "trigger_id" in body:
            await client.views_open(trigger_id=body["trigger_id"], view=notice)

    async def _beside(self, event: Event, content: Card, say: Say, client: AsyncWebClient, body: Json) -> None:
        kind = event.origin.partition(":")[0]
        notice = render.following(render.notice(content, say), home=parse.from_home(body))
        if kind in ("m", "e") and body.get("response_url"):
            await _respond(client, body["response_url"], render.message(content, say), replace=False)
        elif kind == "v":
            await client.views_push(trigger_id=body["trigger_id"], view=notice)
        else:
            await client.views_open(trigger_id=body["trigger_id"], view=notice)

    async def _submission(self, ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        event = parse.submission(body)
        if (body.get("view") or {}).get("callback_id") == "notice":
            await ack()
            return
        answer = await self._answer(event, client)
        if answer is None:
            await ack()
            return
        say, home = speaker(answer.language), parse.from_home(body)
        match answer.reply:
            case ShowForm() as shown if shown.errors:
                await ack(response_action="errors", errors=render.errors(shown, say))
            case ShowForm() as shown:
                await ack(response_action="update", view=render.following(render.modal(shown, say), home=home))
            case Replace(content) if answer.origin.startswith("m:"):
                await ack(response_action="clear")
                self._later("draw", self._replace(answer.origin, content, say, client, {}))
            case Replace(content) | Tell(content) | ShowHome(content):
                await ack(response_action="update", view=render.following(render.notice(content, say), home=home))
            case Close():
                await ack(response_action="clear")
            case _:
                assert_never(answer.reply)
        self._keep_home(event, answer, body, client)

    def _keep_home(self, event: Event, answer: Answer, body: Json, client: AsyncWebClient) -> None:
        """Home is drawn anew after what was done in it or in a modal that it opened: Slack does not ask for it."""
        if parse.from_home(body) and not isinstance(answer.reply, ShowForm | ShowHome):
            self._later("home", self._home_again(replace(event, what=HomeOpened(), origin="h", key=None), client))

    async def _home_again(self, event: Event, client: AsyncWebClient) -> None:
        await _publish(event, await self._answer(event, client), client)

    async def _home(self, ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        event = parse.home_opened(body)
        answer = await self._answer(event, client) if event else None
        await ack()
        if event is not None:
            self._later("home", _publish(event, answer, client))

    async def _message(self, ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        sent = parse.filed(body)
        if sent is not None:
            await ack()
            self._later("file", self._file(*sent, client))
            return
        event = parse.typed(body)
        answer = await self._answer(event, client) if event else None
        await ack()
        if event is not None and answer is not None:
            self._later("reply", _in_words(event, answer, client))

    async def _file(self, event: Event, file: Json, client: AsyncWebClient) -> None:
        """Fetching may take longer than Slack waits for an answer to the event."""
        data = await files.fetch(self.downloads, client, file)
        answer = await self._answer(replace(event, what=Filed(clean_text(file.get("name", "")), data)), client)
        if answer is not None:
            await _in_words(event, answer, client)

    async def _member_changed(self, ack: AsyncAck, body: Json) -> None:
        await ack()
        self._later("link", self.directory.take(str(body.get("team_id")), (body.get("event") or {}).get("user") or {}))

    async def _removed(self, ack: AsyncAck, body: Json) -> None:
        await self.directory.removed(str(body.get("team_id")))
        await ack()

    def _later(self, name: str, call: Awaitable[Any]) -> None:
        self.nursery.start(f"slack.{name}", _drawn(name, call))


async def _in_words(event: Event, answer: Answer, client: AsyncWebClient) -> None:
    """The answer as a message in the private conversation."""
    match answer.reply:
        case ShowForm():
            content = card(T("form.use_the_command"))
        case Replace(content) | Tell(content) | ShowHome(content):
            pass
        case Close():
            return
        case _:
            assert_never(answer.reply)
    drawn = render.message(content, speaker(answer.language))
    await client.chat_postMessage(channel=event.origin.removeprefix("d:"), **drawn)


async def _publish(event: Event, answer: Answer | None, client: AsyncWebClient) -> None:
    """Show the answer as the person's Home tab."""
    if answer is not None and isinstance(answer.reply, ShowHome | Tell):
        view = render.home(answer.reply.card, speaker(answer.language))
        await client.views_publish(user_id=event.account, view=view)


async def _respond(client: AsyncWebClient, url: str, drawn: Json, *, replace: bool) -> None:
    """Answer by the address that came with a press; like every call that posts, it is never tried again by itself."""
    webhook = AsyncWebhookClient(url, session=client.session, retry_handlers=[])
    answer = await webhook.send_dict({**drawn, "response_type": "ephemeral", "replace_original": replace})
    if answer.status_code != HTTPStatus.OK:
        log.warning("slack_call_failed", call="response_url", error=answer.status_code)


async def _drawn(name: str, call: Awaitable[Any]) -> None:
    """A drawing that failed is logged by its error code alone: the state is saved, and the next press shows it."""
    try:
        await call
    except SlackApiError as error:
        log.warning("slack_call_failed", call=name, error=code_of(error))
