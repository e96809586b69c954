"""The bodies that Slack sends to an app.

Sources: https://docs.slack.dev/reference/interaction-payloads, https://docs.slack.dev/apis/events-api and
https://docs.slack.dev/interactivity/implementing-slash-commands.
"""

from __future__ import annotations

from typing import Any

from playground.model import Json
from playground.workspace import inputs
from playground.workspace.model import Message, Person, View
from playground.workspace.world import World

TOKEN = "playground-verification"  # noqa: S105 - Slack's long-retired verification token, proof of nothing


def escaped(text: str) -> str:
    """Typed words as Slack hands them over: & < > as entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _head(world: World, person: Person, kind: str) -> Json:
    identity = world.identity
    return {
        "type": kind,
        "team": {"id": identity.team_id, "domain": identity.domain},
        "user": {"id": person.id, "username": person.handle, "name": person.handle, "team_id": identity.team_id},
        "api_app_id": identity.app_id,
        "token": TOKEN,
        "enterprise": None,
        "is_enterprise_install": False,
    }


def command(world: World, person: Person, name: str, text: str, channel: str) -> dict[str, str]:
    """The form fields of a slash command, without trigger_id and response_url."""
    identity = world.identity
    kind = world.conversations[channel].kind
    return {
        "token": TOKEN,
        "team_id": identity.team_id,
        "team_domain": identity.domain,
        "channel_id": channel,
        "channel_name": "directmessage" if kind == "im" else "mpdm",
        "user_id": person.id,
        "user_name": person.handle,
        "command": name,
        "text": escaped(text),
        "api_app_id": identity.app_id,
        "is_enterprise_install": "false",
    }


def block_actions(world: World, person: Person, where: Message | View, action: Json) -> Json:
    """A press, without trigger_id and response_url."""
    body = _head(world, person, "block_actions")
    state = world.state(person.id, where)
    body["actions"] = [action]
    if isinstance(where, View):
        body["container"] = {"type": "view", "view_id": where.id}
        body["view"] = where.payload(world.identity, state)
        return body
    conversation = world.conversations[where.channel]
    ephemeral = where.ephemeral_to is not None
    body["container"] = {
        "type": "message", "message_ts": where.ts, "channel_id": where.channel, "is_ephemeral": ephemeral,
    }  # fmt: skip
    body["channel"] = {"id": where.channel, "name": "directmessage" if conversation.kind == "im" else "mpdm"}
    body["state"] = {"values": state}
    if not ephemeral:
        body["message"] = where.payload(world.identity)
    return body


def action(world: World, block: Json, element: Json, value: Any) -> Json:
    """One entry of `actions`; ValueError when the element does not offer the value."""
    kind = element["type"]
    entry: Json = {"type": kind, "action_id": element["action_id"], "block_id": block["block_id"]}
    entry["action_ts"] = world.next_ts()
    if kind == "button":
        entry |= {key: element[key] for key in ("text", "value", "style", "url") if key in element}
    elif kind == "overflow":
        entry["selected_option"] = inputs.typed_value(element, value)
    else:
        entry[inputs.VALUE_KEYS[kind][0]] = inputs.typed_value(element, value)
    if "placeholder" in element:
        entry["placeholder"] = element["placeholder"]
    return entry


def view_submission(world: World, person: Person, view: View) -> Json:
    """A submitted modal, without trigger_id."""
    body = _head(world, person, "view_submission")
    body["view"] = view.payload(world.identity, world.state(person.id, view))
    body["response_urls"] = []
    return body


def view_closed(world: World, person: Person, view: View, *, is_cleared: bool) -> Json:
    """A closed modal that asked for notice."""
    body = _head(world, person, "view_closed")
    body["view"] = view.payload(world.identity, world.state(person.id, view))
    body["is_cleared"] = is_cleared
    return body


def event(world: World, inner: Json) -> Json:
    """The outer body of an event."""
    identity = world.identity
    bot = {
        "enterprise_id": None, "team_id": identity.team_id, "user_id": identity.bot_user_id,
        "is_bot": True, "is_enterprise_install": False,
    }  # fmt: skip
    return {
        "token": TOKEN,
        "team_id": identity.team_id,
        "api_app_id": identity.app_id,
        "event": {**inner, "event_ts": inner.get("event_ts") or world.next_ts()},
        "type": "event_callback",
        "event_id": world.new_id("Ev"),
        "event_time": int(world.now().timestamp()),
        "authorizations": [bot],
        "is_ext_shared_channel": False,
        "event_context": world.new_id("4-"),
    }
