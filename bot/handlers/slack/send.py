"""Slack's way out. Posts once; tells the relay what went wrong; looks up what an unknown outcome did."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.lanes import Pace
from bot.handlers import network
from bot.handlers.slack import render
from bot.handlers.slack.calls import called
from bot.locales import speaker
from bot.relay import Address, Limit, Parcel, Receipt
from storage.tables import Workspace

log = structlog.get_logger()
Json = dict[str, Any]
# https://docs.slack.dev/apis/web-api/rate-limits: a message a second and conversation, several hundred a minute and
# workspace; fifty edits, and fifty conversations opened, a minute (tier 3). Kept a little below.
EACH = Pace(timedelta(seconds=1), 4)
POSTING = Limit("chat.postMessage", Pace(timedelta(milliseconds=102), 20), EACH)
EDITING = Limit("chat.update", Pace(timedelta(milliseconds=1250), 20), EACH)
OPENING = Limit("conversations.open", Pace(timedelta(milliseconds=1250), 20), EACH)


@dataclass
class SlackSender:
    """Sends parcels with clients that never retry by themselves."""

    client_of: Callable[[Workspace], AsyncWebClient]

    async def send(self, parcel: Parcel) -> Receipt:
        """Post (or edit) the message. Raises ``Undelivered``."""
        client = self.client_of(parcel.address.workspace)
        drawn = render.message_to_all(parcel.card, [speaker(one) for one in parcel.languages], parcel.nudge)
        if parcel.edit:
            return await self._edit(client, parcel, drawn)
        if parcel.unsure and (found := await self._look_up(client, parcel)):
            return found
        channel = await self._conversation(client, parcel)
        metadata = {"event_type": "inverso_job", "event_payload": {"key": parcel.key}}
        posted = await called(client.chat_postMessage(channel=channel, metadata=metadata, **drawn))
        channel = str(posted["channel"])
        await self._attach(client, channel, parcel)
        return Receipt(f"{channel}:{posted['ts']}", channel)

    def limit(self, address: Address, *, edit: bool) -> Limit:
        """A conversation of several is opened first, which Slack bears least of all."""
        if edit:
            return EDITING
        return POSTING if self.can_look_up(address) else OPENING

    def can_look_up(self, address: Address) -> bool:
        """A private chat's history is the only one that may be read."""
        return len(address.accounts) == 1

    async def _edit(self, client: AsyncWebClient, parcel: Parcel, drawn: Json) -> Receipt:
        channel, _, ts = parcel.edit.partition(":")
        await called(client.chat_update(channel=channel, ts=ts, **drawn))
        return Receipt(parcel.edit, channel)

    async def _conversation(self, client: AsyncWebClient, parcel: Parcel) -> str:
        """Where to post: a known conversation, or one person by their own id, which spares a slower call."""
        accounts = parcel.address.accounts
        if len(accounts) == 1:
            return accounts[0].conversation or accounts[0].external_id
        return await self._open(client, parcel)

    async def _open(self, client: AsyncWebClient, parcel: Parcel) -> str:
        users = ",".join(sorted(account.external_id for account in parcel.address.accounts))
        opened = await called(client.conversations_open(users=users))
        return str(opened["channel"]["id"])

    async def _look_up(self, client: AsyncWebClient, parcel: Parcel) -> Receipt | None:
        """The earlier message with this key, where it can be looked up."""
        if not self.can_look_up(parcel.address):
            return None
        channel = parcel.address.accounts[0].conversation or await self._open(client, parcel)
        history = await called(client.conversations_history(channel=channel, limit=50, include_all_metadata=True))
        for message in history["messages"]:
            payload = (message.get("metadata") or {}).get("event_payload") or {}
            if payload.get("key") == parcel.key:
                return Receipt(f"{channel}:{message['ts']}", channel)
        return None

    async def _attach(self, client: AsyncWebClient, channel: str, parcel: Parcel) -> None:
        """Files follow their message; the message stands without them (the calendar feed holds the same dates)."""
        say = speaker(parcel.languages[0])
        for item in parcel.card.attachments:
            title = say(item.title)
            try:
                await client.files_upload_v2(channel=channel, filename=item.name, content=item.data, title=title)
            except (SlackApiError, *network.FAILURES) as error:
                log.warning("attachment_not_sent", trouble=type(error).__name__)
