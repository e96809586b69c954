"""The activities that Teams sends to a bot, as it shapes them.

Sources: https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations and
https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from playground.model import Json
from playground.tenant.model import SENT_FILE, Conversation, Person
from playground.tenant.world import World


def _activity(world: World, person: Person, conversation: Conversation, kind: str, source: str) -> Json:
    identity, now = world.identity, world.now()
    local = now.astimezone(ZoneInfo(person.tz))
    is_group = conversation.kind == "mpim"
    place: Json = {"id": conversation.id, "tenantId": identity.tenant_id}
    place["conversationType"] = "groupChat" if is_group else "personal"
    client = {
        "type": "clientInfo", "locale": person.locale, "country": person.country, "platform": "Web",
        "timezone": person.tz,
    }  # fmt: skip
    return {
        "type": kind,
        "id": world.next_ts() if kind == "message" else f"f:{world.new_name('activity')}",
        "timestamp": now.isoformat().replace("+00:00", "Z"),
        "localTimestamp": local.isoformat(),
        "localTimezone": person.tz,
        "serviceUrl": f"{world.base_url}/teams/",
        "channelId": "msteams",
        "from": person.account(),
        "conversation": {**place, **({"isGroup": True} if is_group else {})},
        "recipient": {"id": identity.bot_id, "name": identity.bot_name},
        "entities": [client],
        "channelData": {"tenant": {"id": identity.tenant_id}, "source": {"name": source}},
        "locale": person.locale,
    }


def message(world: World, person: Person, conversation: Conversation, text: str) -> Json:
    """Words typed; in a group chat the bot hears only what mentions it."""
    body = _activity(world, person, conversation, "message", "message")
    body |= {"text": text, "textFormat": "plain"}
    if conversation.kind == "mpim":
        bot = body["recipient"]
        tag = f"<at>{bot['name']}</at>"
        body["text"] = f"{tag} {text}"
        body["entities"].append({"type": "mention", "mentioned": bot, "text": tag})
    return body


def file_sent(world: World, person: Person, conversation: Conversation, name: str, content: Json) -> Json:
    """A file sent in the private chat: where its bytes can be fetched from, beside the empty words it came with."""
    body = _activity(world, person, conversation, "message", "message")
    file = {"contentType": SENT_FILE, "contentUrl": content["downloadUrl"], "name": name, "content": content}
    page = {"contentType": "text/html", "content": "<p></p>"}
    return {**body, "attachments": [page, file]}


def submitted(
    world: World, person: Person, conversation: Conversation, card_id: str, data: Any, inputs: Mapping[str, str]
) -> Json:
    """Action.Submit in a message: a message with a value and without words."""
    body = _activity(world, person, conversation, "message", "message")
    value: Any = {**data, **inputs} if isinstance(data, dict) else (dict(inputs) or data or {})
    body["channelData"]["legacy"] = {"replyToId": f"1:{card_id}"}
    return {**body, "replyToId": card_id, "value": value}


def executed(
    world: World, person: Person, conversation: Conversation, card_id: str, action: Json, inputs: Mapping[str, str]
) -> Json:
    """Action.Execute in a message: an invoke whose answer is shown at once."""
    body = _activity(world, person, conversation, "invoke", "message")
    given: Json = action["data"] if isinstance(action.get("data"), dict) else {}
    known: Json = {key: action[key] for key in ("id", "title", "verb") if key in action}
    pressed: Json = {"type": "Action.Execute", **known, "data": {**given, **inputs}}
    value = {"action": pressed, "trigger": "manual"}
    return {**body, "name": "adaptiveCard/action", "replyToId": card_id, "value": value}


def dialog(
    world: World,
    person: Person,
    conversation: Conversation,
    name: str,
    card_id: str | None,
    data: Any,
    inputs: Mapping[str, str],
) -> Json:
    """task/fetch (a button that opens a dialog) and task/submit (a button in it)."""
    body = _activity(world, person, conversation, "invoke", "message")
    merged: Any = {**data, **inputs} if isinstance(data, dict) else (dict(inputs) or data)
    value = {"data": merged, "context": {"theme": "default"}, "tabContext": {}}
    return {**body, "name": name, "value": value, **({"replyToId": card_id} if card_id else {})}


def search(world: World, person: Person, conversation: Conversation, dataset: str, words: str) -> Json:
    """What is typed into an input whose choices the bot looks up."""
    body = _activity(world, person, conversation, "invoke", "message")
    value = {"queryText": words, "queryOptions": {"skip": 0, "top": 15}, "dataset": dataset}
    return {**body, "name": "application/search", "value": value}


def file_consent(
    world: World, person: Person, conversation: Conversation, card_id: str, value: Mapping[str, Any]
) -> Json:
    """The answer to the question whether the bot may put a file into the person's own."""
    body = _activity(world, person, conversation, "invoke", "message")
    return {**body, "name": "fileConsent/invoke", "replyToId": card_id, "value": {"type": "fileUpload", **value}}


def installation(world: World, person: Person, conversation: Conversation, action: str) -> Json:
    """installationUpdate: "add", "add-upgrade" or "remove"."""
    body = _activity(world, person, conversation, "installationUpdate", "message")
    body["channelData"]["settings"] = {"selectedChannel": {"id": conversation.id}}
    return {**body, "action": action}


def membership(world: World, person: Person, conversation: Conversation, *, added: bool) -> Json:
    """conversationUpdate: the bot came into the conversation or left it."""
    body = _activity(world, person, conversation, "conversationUpdate", "message")
    return {**body, "membersAdded" if added else "membersRemoved": [{"id": world.identity.bot_id}]}
