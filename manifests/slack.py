"""The Slack app manifest (docs.slack.dev/reference/app-manifest), with the least scopes that the bot needs."""

from typing import Any

SCOPES = (
    "commands",
    "chat:write",
    "im:write",
    "mpim:write",
    "im:history",
    "users:read",
    "users:read.email",
    "files:write",
    "files:read",
)
EVENTS = ("app_home_opened", "app_uninstalled", "message.im", "team_join", "tokens_revoked", "user_change")
SHORTCUT = {
    "name": "For our next meeting",
    "type": "message",
    "callback_id": "session.bring",
    "description": "Take this message to your next session · Porta questo messaggio al tuo prossimo incontro",
}
"""On a message: its words go into the form for a question."""


def slack_manifest(base_url: str, *, socket_mode: bool = False) -> dict[str, Any]:
    """The manifest for a bot at ``base_url`` (https, without a trailing slash); none is needed in Socket Mode."""
    door = {} if socket_mode else {"request_url": f"{base_url}/slack/events"}
    command: dict[str, Any] = {
        "command": "/mentoring",
        "description": "Reverse mentoring: what is yours to do now",
        "usage_hint": "help · aiuto",
        "should_escape": True,
    }
    if not socket_mode:
        command["url"] = f"{base_url}/slack/events"
    oauth: dict[str, Any] = {"scopes": {"bot": list(SCOPES)}}
    if not socket_mode:
        oauth["redirect_urls"] = [f"{base_url}/slack/oauth_redirect"]
    return {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": "Inverso",
            "description": "Reverse mentoring, where you already work",
            "long_description": (
                "Inverso runs reverse-mentoring programmes: a junior colleague shares what they do well, a senior "
                "colleague shares what experience has taught. It invites, prepares, proposes pairs, asks both before "
                "anything is final, helps to fix dates, brings a guide to each session and asks how it went. It reads "
                "only its own private chats, never channels or group conversations. Coordinators see totals of five "
                "people or more, never what a pair said."
            ),
            "background_color": "#1f3a5f",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Inverso", "always_online": True},
            "slash_commands": [command],
            "shortcuts": [SHORTCUT],
        },
        "oauth_config": oauth,
        "settings": {
            "event_subscriptions": {**door, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **door},
            "org_deploy_enabled": False,
            "socket_mode_enabled": socket_mode,
            "token_rotation_enabled": False,
        },
    }
