"""The app as Slack is told of it: least scopes, every event, and texts within the limits of the manifest.

Limits: docs.slack.dev/reference/app-manifest.
"""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.__main__ import app
from manifests.slack import slack_manifest

BASE = "https://mentoring.example.com"
FORBIDDEN = ("channels", "groups", "mpim:history", "search", "admin", "reactions", "users.profile")


@pytest.fixture
def manifest() -> dict[str, Any]:
    return slack_manifest(BASE)


def addresses(value: object) -> list[str]:
    """Every address, however deep."""
    match value:
        case str() if value.startswith("http"):
            return [value]
        case Mapping():
            return [found for inner in value.values() for found in addresses(inner)]
        case list():
            return [found for inner in value for found in addresses(inner)]
    return []


def test_it_asks_for_these_scopes_and_no_other(manifest: dict[str, Any]) -> None:
    asked = manifest["oauth_config"]["scopes"]
    wanted = "commands chat:write im:write mpim:write im:history users:read users:read.email files:write"
    assert asked == {"bot": wanted.split()}
    assert not [scope for scope in asked["bot"] if scope.startswith(FORBIDDEN)]


def test_every_event_is_covered_by_a_scope(manifest: dict[str, Any]) -> None:
    needs = {
        "app_home_opened": None,
        "app_uninstalled": None,
        "message.im": "im:history",
        "team_join": "users:read",
        "tokens_revoked": None,
        "user_change": "users:read",
    }
    assert set(manifest["settings"]["event_subscriptions"]["bot_events"]) == set(needs)
    assert {scope for scope in needs.values() if scope} <= set(manifest["oauth_config"]["scopes"]["bot"])


def test_the_command_brings_ids_of_people_and_one_address_takes_all(manifest: dict[str, Any]) -> None:
    (command,) = manifest["features"]["slash_commands"]
    assert (command["command"], command["should_escape"]) == ("/mentoring", True)
    settings = manifest["settings"]
    doors = {command["url"], settings["event_subscriptions"]["request_url"], settings["interactivity"]["request_url"]}
    assert doors == {f"{BASE}/slack/events"}
    assert manifest["oauth_config"]["redirect_urls"] == [f"{BASE}/slack/oauth_redirect"]
    assert settings["socket_mode_enabled"] is False


def test_people_can_write_to_it_and_find_its_home(manifest: dict[str, Any]) -> None:
    home = manifest["features"]["app_home"]
    assert home["home_tab_enabled"] and home["messages_tab_enabled"]
    assert home["messages_tab_read_only_enabled"] is False


def test_socket_mode_needs_no_address() -> None:
    manifest = slack_manifest("", socket_mode=True)
    assert addresses(manifest) == []
    assert manifest["settings"]["socket_mode_enabled"] is True
    assert manifest["settings"]["interactivity"] == {"is_enabled": True}
    assert manifest["oauth_config"]["scopes"] == slack_manifest(BASE)["oauth_config"]["scopes"]


def test_texts_are_within_slack_s_limits(manifest: dict[str, Any]) -> None:
    shown = manifest["display_information"]
    (command,) = manifest["features"]["slash_commands"]
    assert 1 <= len(shown["name"]) <= 35
    assert 1 <= len(shown["description"]) <= 140
    assert 174 <= len(shown["long_description"]) <= 4000
    assert 1 <= len(manifest["features"]["bot_user"]["display_name"]) <= 80
    assert 1 <= len(command["description"]) <= 2000
    assert 1 <= len(command["usage_hint"]) <= 1000


def test_the_command_line_prints_it_and_refuses_an_address_that_slack_cannot_use() -> None:
    printed = CliRunner().invoke(app, ["manifest", "slack", "--base-url", f"{BASE}/"])
    assert json.loads(printed.output) == slack_manifest(BASE)
    socket = CliRunner().invoke(app, ["manifest", "slack", "--socket-mode"], env={"INVERSO_BASE_URL": ""})
    assert json.loads(socket.output)["settings"]["socket_mode_enabled"] is True
    for address in ("", "http://mentoring.example.com"):
        refused = CliRunner().invoke(app, ["manifest", "slack", "--base-url", address], env={"INVERSO_BASE_URL": ""})
        assert refused.exit_code == 2
        assert "https" in refused.output
