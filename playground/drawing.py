"""What the page is told about the workspace, as JSON. Pure reading: nothing here changes anything.

A snapshot is all that one person sees; the page draws itself from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from playground.model import Exchange, Json
from playground.workspace import Conversation, Message, Person, View, Workspace

MOST_MESSAGES = 300
MOST_EXCHANGES = 20


def person(one: Person, hint: str) -> Json:
    """Somebody as the person picker shows them."""
    return {
        "id": one.id, "name": one.name, "email": one.email, "title": one.title, "department": one.department,
        "locale": one.locale, "tz": one.tz, "deleted": one.deleted, "hint": hint,
    }  # fmt: skip


def clock(now: datetime, next_due: datetime | None) -> Json:
    """The clock: both moments in ISO 8601, `next_due` null when nothing is waiting."""
    return {"now": now.isoformat(), "next_due": next_due.isoformat() if next_due else None}


def snapshot(workspace: Workspace, user_id: str, channel: str | None) -> Json:
    """All that the person sees, with the messages of `channel` (default: the DM with the bot)."""
    shown = workspace.conversations.get(channel or "")
    if shown is None or user_id not in shown.members:
        shown = workspace.dm(user_id)
    home = workspace.home(user_id)
    return {
        "channel": shown.id,
        "conversations": [_conversation(workspace, one, user_id) for one in _in_order(workspace, user_id)],
        "messages": [_message(workspace, one, user_id) for one in shown.visible_to(user_id)[-MOST_MESSAGES:]],
        "home": _view(workspace, home) if home else None,
        "views": [_view(workspace, one) for one in workspace.views(user_id)],
    }


def unread(workspace: Workspace) -> dict[str, int]:
    """How many messages wait for each person who has any."""
    counts: dict[str, int] = {}
    for conversation in workspace.conversations.values():
        for user_id in conversation.members:
            waiting = conversation.unread(user_id)
            if waiting:
                counts[user_id] = counts.get(user_id, 0) + waiting
    return counts


def unread_of(workspace: Workspace, user_id: str) -> int:
    """How many messages wait for one person."""
    return sum(one.unread(user_id) for one in workspace.conversations_of(user_id))


def exchanges(workspace: Workspace, channel: str, ts: str) -> list[Json]:
    """The recorded requests that made or changed a message, oldest first."""
    found = [_exchange(one) for one in workspace.log if one.channel == channel and one.ts == ts]
    return found[-MOST_EXCHANGES:]


def _in_order(workspace: Workspace, user_id: str) -> list[Conversation]:
    """The DM with the bot first, then the rest as the workspace orders them."""
    direct = workspace.dm(user_id)
    return [direct, *(one for one in workspace.conversations_of(user_id) if one.id != direct.id)]


def _conversation(workspace: Workspace, one: Conversation, user_id: str) -> Json:
    visible = one.visible_to(user_id)
    return {
        "id": one.id, "kind": one.kind, "members": list(one.members), "name": _name(workspace, one, user_id),
        "unread": one.unread(user_id), "preview": visible[-1].text if visible else "",
    }  # fmt: skip


def _name(workspace: Workspace, one: Conversation, user_id: str) -> str:
    if one.kind == "im":
        return workspace.identity.bot_name
    others = [workspace.people[member].name for member in one.members if member != user_id]
    return ", ".join([*others, workspace.identity.bot_name])


def _message(workspace: Workspace, message: Message, user_id: str) -> Json:
    body = message.payload(workspace.identity, with_metadata=True)
    body |= {"channel": message.channel, "ephemeral": message.ephemeral_to is not None}
    if message.blocks:
        body["state"] = {"values": workspace.state(user_id, message)}
    return body


def _view(workspace: Workspace, view: View) -> Json:
    body = view.payload(workspace.identity, workspace.state(view.user_id, view))
    errors: Mapping[str, str] = dict(view.errors)
    return {**body, "errors": errors}


def _exchange(one: Exchange) -> dict[str, Any]:
    return {
        "direction": one.direction, "name": one.name, "at": one.at.isoformat(),
        "request": one.request, "status": one.status, "answer": one.answer,
    }  # fmt: skip
