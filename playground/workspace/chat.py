"""Web API: chat.*.

Source: https://docs.slack.dev/reference/methods/chat.postMessage and its neighbours.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from playground.model import Json
from playground.workspace import checks
from playground.workspace.calls import Call, method
from playground.workspace.errors import RefusedError
from playground.workspace.model import Conversation, Message


def _where(call: Call) -> Conversation:
    """The conversation to post in: an id, or a person's id for the DM with them."""
    target = call.arguments["channel"]
    person = call.world.people.get(target)
    if person is None:
        return call.conversation()
    if person.deleted:
        raise RefusedError("user_disabled")
    return call.world.dm(target)


def _content(call: Call, *, update: bool = False) -> dict[str, Any]:
    arguments = call.arguments
    return {
        "text": checks.message_text(arguments, update=update),
        "blocks": checks.message_blocks(arguments.get("blocks"), call.block_id),
        "attachments": checks.attachments(arguments.get("attachments")),
    }


def _new(call: Call, channel: str, **more: Any) -> Message:
    identity = call.world.identity
    return Message(
        channel=channel,
        ts=call.world.next_ts(),
        user=identity.bot_user_id,
        bot_id=identity.bot_id,
        thread_ts=call.arguments.get("thread_ts"),
        **_content(call),
        **more,
    )


def post_message(call: Call) -> Json:
    """chat.postMessage."""
    world, conversation = call.world, _where(call)
    gone = [world.people[user_id] for user_id in conversation.members if world.people[user_id].deleted]
    message = _new(call, conversation.id, metadata=checks.metadata(call.arguments.get("metadata")))
    if gone and conversation.kind == "im":
        # Slack takes such a message in silence, and nobody ever reads it.
        world.complain(f"chat.postMessage: message to the deactivated {gone[0].id}")
    world.post(message)
    body = message.payload(world.identity, with_metadata=True)
    return {"channel": conversation.id, "ts": message.ts, "message": body}


def post_ephemeral(call: Call) -> Json:
    """chat.postEphemeral."""
    conversation = call.conversation()
    person = call.person()
    if person.id not in conversation.members:
        raise RefusedError("user_not_in_channel")
    message = _new(call, conversation.id, ephemeral_to=person.id)
    call.world.post(message)
    return {"message_ts": message.ts}


def update(call: Call) -> Json:
    """chat.update: text without blocks takes the blocks away; metadata stays unless given, {} takes it away."""
    old = call.own_message("cant_update_message")
    content = _content(call, update=True)
    if "metadata" in call.arguments:
        content["metadata"] = checks.metadata(call.arguments["metadata"])
    if "text" not in call.arguments and "markdown_text" not in call.arguments:
        content["text"] = old.text
    message = replace(old, **content, edited_ts=call.world.next_ts())
    call.world.post(message)
    body = message.payload(call.world.identity, with_metadata=True)
    return {"channel": message.channel, "ts": message.ts, "text": message.text, "message": body}


def delete(call: Call) -> Json:
    """chat.delete."""
    message = call.own_message("cant_delete_message")
    call.world.remove(message)
    return {"channel": message.channel, "ts": message.ts}


_CONTENT = "channel! text blocks:json attachments:json markdown_text parse link_names:bool"
_LOOKS = "icon_emoji icon_url username as_user:bool"

METHODS = {
    "chat.postMessage": method(
        post_message,
        "chat:write",
        None,
        f"{_CONTENT} {_LOOKS} metadata:json thread_ts reply_broadcast:bool mrkdwn:bool"
        " unfurl_links:bool unfurl_media:bool",
    ),
    "chat.postEphemeral": method(post_ephemeral, "chat:write", 4, f"{_CONTENT} {_LOOKS} user! thread_ts"),
    "chat.update": method(
        update, "chat:write", 3, f"{_CONTENT} ts! metadata:json file_ids:json as_user:bool reply_broadcast:bool"
    ),
    "chat.delete": method(delete, "chat:write", 3, "channel! ts! as_user:bool"),
}
