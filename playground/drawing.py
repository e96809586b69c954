"""What the page is told about the company, as JSON. Pure reading: nothing here changes anything.

A snapshot is all that one person sees; the page draws itself from it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from playground.company import Company
from playground.model import Colleague, Conversation, Exchange, Json
from playground.page_settings import Words

MOST_MESSAGES = 300
MOST_EXCHANGES = 20


def person(one: Colleague, platform: str, hint: Words) -> Json:
    """Somebody as the person picker shows them."""
    return {
        "id": one.id, "name": one.name, "email": one.email, "title": one.title, "department": one.department,
        "locale": one.locale, "tz": one.tz, "deleted": one.deleted, "hint": hint, "platform": platform,
    }  # fmt: skip


def clock(now: datetime, next_due: datetime | None) -> Json:
    """The clock: both moments in ISO 8601, `next_due` null when nothing is waiting."""
    return {"now": now.isoformat(), "next_due": next_due.isoformat() if next_due else None}


def snapshot(company: Company, user_id: str, channel: str | None) -> Json:
    """All that the person sees, with the messages of `channel` (default: the DM with the bot)."""
    here = company.of(user_id)
    shown = here.conversations.get(channel or "")
    if shown is None or user_id not in shown.members:
        shown = here.dm(user_id)
    home = here.home(user_id) if here.kind == "slack" else None
    return {
        "channel": shown.id,
        "conversations": [_conversation(company, one, user_id) for one in _in_order(company, user_id)],
        "messages": [here.shown(user_id, one) for one in here.messages(user_id, shown.id)[-MOST_MESSAGES:]],
        "home": here.shown(user_id, home) if home else None,
        "views": [here.shown(user_id, one) for one in here.views(user_id)],
    }


def unread(company: Company) -> dict[str, int]:
    """How many messages wait for each person who has any."""
    counts: dict[str, int] = {}
    for conversation in company.conversations.values():
        for user_id in conversation.members:
            waiting = conversation.unread(user_id)
            if waiting:
                counts[user_id] = counts.get(user_id, 0) + waiting
    return counts


def unread_of(company: Company, user_id: str) -> int:
    """How many messages wait for one person."""
    return sum(one.unread(user_id) for one in company.conversations_of(user_id))


def exchanges(company: Company, channel: str, ts: str) -> list[Json]:
    """The recorded requests that made or changed a message, oldest first."""
    found = [_exchange(one) for one in company.log if one.channel == channel and one.ts == ts]
    return found[-MOST_EXCHANGES:]


def _in_order(company: Company, user_id: str) -> list[Conversation[Any]]:
    """The DM with the bot first, then the rest as the workspace orders them."""
    direct = company.dm(user_id)
    return [direct, *(one for one in company.conversations_of(user_id) if one.id != direct.id)]


def _conversation(company: Company, one: Conversation[Any], user_id: str) -> Json:
    visible = one.visible_to(user_id)
    return {
        "id": one.id, "kind": one.kind, "members": list(one.members), "name": _name(company, one, user_id),
        "unread": one.unread(user_id), "preview": _preview(visible[-1]) if visible else "",
    }  # fmt: skip


def _preview(message: Any) -> str:
    """What the list of conversations says of a message."""
    return str(message.text or getattr(message, "summary", ""))


def _name(company: Company, one: Conversation[Any], user_id: str) -> str:
    if one.kind == "im":
        return company.bot_name
    others = [company.people[member].name for member in one.members if member != user_id]
    return ", ".join([*others, company.bot_name])


def _exchange(one: Exchange) -> dict[str, Any]:
    return {
        "direction": one.direction, "name": one.name, "at": one.at.isoformat(),
        "request": one.request, "status": one.status, "answer": one.answer,
    }  # fmt: skip
