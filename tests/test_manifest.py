"""The app as Slack is told of it: least scopes, every event, and texts within the limits of the manifest.

Limits: docs.slack.dev/reference/app-manifest.
"""

import json
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import CliRunner

from bot.__main__ import app
from bot.cli.commands import listed_commands
from bot.flows.catalogue import FEATURES
from bot.flows.commands import Commands
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
    wanted = "commands chat:write im:write mpim:write im:history users:read users:read.email files:write files:read"
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


APP = "8f1b2c3d-0000-4000-8000-00000000a991"
DATA = Path(__file__).parent / "data"


def package(folder: Path, **environment: str) -> tuple[int, str, Path]:
    """``inverso manifest teams`` with this environment: exit code, what it said, and the zip."""
    written = folder / "app.zip"
    given = {"MICROSOFT_APP_ID": APP, "INVERSO_BASE_URL": BASE, **environment}
    result = CliRunner().invoke(app, ["manifest", "teams", "--output", str(written)], env=given)
    return result.exit_code, result.output, written


def test_the_teams_package_is_what_microsoft_s_schemas_describe(tmp_path: Path) -> None:
    code, said, written = package(tmp_path)
    assert (code, "admin.teams.microsoft.com" in said) == (0, True)
    with zipfile.ZipFile(written) as files:
        assert sorted(files.namelist()) == ["color.png", "it.json", "manifest.json", "outline.png"]
        manifest, italian = json.loads(files.read("manifest.json")), json.loads(files.read("it.json"))
        sizes = {name: struct.unpack(">II", files.read(f"{name}.png")[16:24]) for name in ("color", "outline")}
    assert sizes == {"color": (192, 192), "outline": (32, 32)}
    for value, name in ((manifest, "teams-app"), (italian, "teams-localisation")):
        schema = json.loads((DATA / f"{name}-1.30.schema.json").read_text(encoding="utf-8"))
        jsonschema.Draft4Validator(schema).validate(value)
    commands = manifest["bots"][0]["commandLists"][0]["commands"]
    assert len(commands) == 12
    for number in range(len(commands)):
        assert italian[f"bots[0].commandLists[0].commands[{number}].title"]


def test_what_the_teams_menu_offers_is_understood_in_both_languages() -> None:
    known = Commands([command for feature in FEATURES for command in feature.commands])
    for language, listed in listed_commands().items():
        for title, _ in listed:
            assert known.find(title, language, coordinator=False)[1] == ""


@pytest.mark.parametrize("wrong", [{"MICROSOFT_APP_ID": ""}, {"MICROSOFT_APP_ID": "x"}, {"INVERSO_BASE_URL": ""}])
def test_a_teams_package_is_not_written_without_what_it_needs(tmp_path: Path, wrong: dict[str, str]) -> None:
    code, said, written = package(tmp_path, **wrong)
    assert (code, written.exists()) == (2, False)
    assert next(iter(wrong)) in said
