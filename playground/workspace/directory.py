"""Web API: who is there and where they talk: auth.*, team.*, users.*, conversations.*.

Source: https://docs.slack.dev/reference/methods, one page a method.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from playground.model import Json
from playground.workspace.calls import Call, method
from playground.workspace.errors import RefusedError
from playground.workspace.model import Conversation, Person

MOST_USERS = 8
MOST_A_PAGE = 1000


def api_test(call: Call) -> Json:
    """api.test."""
    if "error" in call.arguments:
        raise RefusedError(call.arguments["error"])
    return {"args": call.arguments}


def auth_test(call: Call) -> Json:
    """auth.test."""
    identity = call.world.identity
    return {
        "url": f"https://{identity.domain}.slack.com/", "team": identity.team_name, "team_id": identity.team_id,
        "user": identity.bot_name.lower(), "user_id": identity.bot_user_id, "bot_id": identity.bot_id,
        "is_enterprise_install": False,
    }  # fmt: skip


def team_info(call: Call) -> Json:
    """team.info."""
    identity = call.world.identity
    return {"team": {"id": identity.team_id, "name": identity.team_name, "domain": identity.domain}}


def _user(call: Call, person: Person) -> Json:
    return person.payload(
        call.world.identity.team_id,
        call.world.now(),
        with_email="users:read.email" in call.scopes,
        with_locale=call.arguments.get("include_locale", False),
    )


def _other_users(call: Call) -> list[Json]:
    identity = call.world.identity
    bot = {"id": identity.bot_user_id, "name": identity.bot_name.lower(), "is_bot": True, "is_app_user": False}
    slackbot = {"id": "USLACKBOT", "name": "slackbot", "is_bot": False, "is_app_user": False}
    return [
        {**user, "team_id": identity.team_id, "deleted": False, "real_name": user["name"], "profile": {}}
        for user in (bot, slackbot)
    ]


def users_list(call: Call) -> Json:
    """users.list: the deactivated, the bot and Slackbot are in it too."""
    members = [_user(call, person) for person in call.world.people.values()] + _other_users(call)
    page, cursor = _page(members, call.arguments)
    return {
        "members": page,
        "cache_ts": int(call.world.now().timestamp()),
        "response_metadata": {"next_cursor": cursor},
    }


def users_info(call: Call) -> Json:
    """users.info."""
    other = next((user for user in _other_users(call) if user["id"] == call.arguments["user"]), None)
    return {"user": other or _user(call, call.person())}


def lookup_by_email(call: Call) -> Json:
    """users.lookupByEmail: the deactivated are not found."""
    try:
        person = call.world.person(call.arguments["email"])
    except KeyError:
        raise RefusedError("users_not_found") from None
    if person.deleted:
        raise RefusedError("users_not_found")
    return {"user": _user(call, person)}


def _page(entries: list[Json], arguments: Json) -> tuple[list[Json], str]:
    limit = arguments.get("limit", 0)
    if limit < 0 or limit > MOST_A_PAGE:
        raise RefusedError("invalid_limit")
    cursor = arguments.get("cursor", "")
    try:
        start = int(base64.b64decode(cursor).decode().removeprefix("offset:")) if cursor else 0
    except (ValueError, binascii.Error):
        raise RefusedError("invalid_cursor") from None
    end = start + (limit or len(entries))
    following = base64.b64encode(f"offset:{end}".encode()).decode() if end < len(entries) else ""
    return entries[start:end], following


def conversations_open(call: Call) -> Json:
    """conversations.open: one person is a DM, two to eight a group DM; the same people, the same conversation."""
    arguments = call.arguments
    if "channel" in arguments:
        return _opened(call, call.conversation(), already=True)
    users = list(dict.fromkeys(user for user in arguments.get("users", []) if user))
    if not users:
        raise RefusedError("users_list_not_supplied")
    if len(users) > MOST_USERS:
        raise RefusedError("too_many_users")
    call.need("im:write" if len(users) == 1 else "mpim:write")
    if users == [call.world.identity.bot_user_id] or users == ["USLACKBOT"]:
        raise RefusedError("cannot_dm_bot")
    for user_id in users:
        person = call.world.people.get(user_id)
        if person is None:
            raise RefusedError("user_not_found")
        if person.deleted:
            raise RefusedError("user_disabled")
    conversation, already = call.world.conversation_with(users)
    return _opened(call, conversation, already=already)


def _opened(call: Call, conversation: Conversation, *, already: bool) -> Json:
    whole = call.arguments.get("return_im", False)
    channel = _channel(call, conversation) if whole else {"id": conversation.id}
    return {"channel": channel, **({"no_op": True, "already_open": True} if already else {})}


def _channel(call: Call, conversation: Conversation) -> Json:
    body: Json = {"id": conversation.id, "created": 0, "is_im": conversation.kind == "im"}
    body |= {"is_mpim": conversation.kind == "mpim", "is_open": True, "is_archived": False}
    if conversation.kind == "im":
        body["user"] = conversation.members[0]
    else:
        handles = "--".join(call.world.people[user_id].handle for user_id in conversation.members)
        body["name"] = f"mpdm-{handles}-1"
    return body


def history(call: Call) -> Json:
    """conversations.history, newest first. The metadata's payload only with include_all_metadata."""
    conversation, arguments = call.conversation(), call.arguments
    call.need(f"{conversation.kind}:history")
    oldest, latest = arguments.get("oldest", "0"), arguments.get("latest", "9999999999.999999")
    inclusive = arguments.get("inclusive", False)
    found = [
        message.payload(call.world.identity, with_metadata=arguments.get("include_all_metadata", False))
        for message in reversed(conversation.messages.values())
        if not message.ephemeral_to and _within(message.ts, oldest, latest, inclusive=inclusive)
    ]
    page, cursor = _page(found, {"limit": 100, **arguments})
    more: dict[str, Any] = {"response_metadata": {"next_cursor": cursor}} if cursor else {}
    return {"messages": page, "has_more": bool(cursor), "pin_count": 0, **more}


def _within(ts: str, oldest: str, latest: str, *, inclusive: bool) -> bool:
    if inclusive:
        return float(oldest) <= float(ts) <= float(latest)
    return float(oldest) < float(ts) < float(latest)


def conversations_info(call: Call) -> Json:
    """conversations.info."""
    conversation = call.conversation()
    call.need(f"{conversation.kind}:read")
    return {"channel": _channel(call, conversation)}


def members(call: Call) -> Json:
    """conversations.members."""
    conversation = call.conversation()
    call.need(f"{conversation.kind}:read")
    everybody = [{"id": user_id} for user_id in (*conversation.members, call.world.identity.bot_user_id)]
    page, cursor = _page(everybody, {"limit": 100, **call.arguments})
    return {"members": [entry["id"] for entry in page], "response_metadata": {"next_cursor": cursor}}


METHODS = {
    "api.test": method(api_test, "", 0, "error foo"),
    "auth.test": method(auth_test, "", 0),
    "team.info": method(team_info, "team:read", 3, "team domain"),
    "users.list": method(users_list, "users:read", 2, "cursor limit:int include_locale:bool"),
    "users.info": method(users_info, "users:read", 4, "user! include_locale:bool"),
    "users.lookupByEmail": method(lookup_by_email, "users:read.email", 3, "email!"),
    "conversations.open": method(conversations_open, "", 3, "channel users:list return_im:bool prevent_creation:bool"),
    "conversations.history": method(
        history,
        "",
        3,
        "channel! cursor limit:int oldest latest inclusive:bool include_all_metadata:bool",
    ),
    "conversations.info": method(conversations_info, "", 3, "channel! include_locale:bool include_num_members:bool"),
    "conversations.members": method(members, "", 4, "channel! cursor limit:int"),
}
