"""Who is let in by the door for Teams: whoever holds a token of Microsoft's for this app and tenant; nobody else."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import pytest_asyncio
from botframework.connector.auth.jwt_token_extractor import JwtTokenExtractor
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.settings import BadSettings, Settings
from tests.teams import APP, KEYS, TENANT, Door, bearer, teams_door

RIGHT = rsa.generate_private_key(public_exponent=65537, key_size=2048)
WRONG = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Keys:
    """Microsoft's published keys: one, for the Teams channel."""

    async def get(self, key_id: str) -> Any:
        if key_id != "k1":
            raise IndexError(key_id)
        return SimpleNamespace(public_key=RIGHT.public_key(), endorsements=["msteams"])


@pytest_asyncio.fixture
async def door(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Door]:
    """A bot with an app id, where Microsoft's keys are known."""
    monkeypatch.setitem(JwtTokenExtractor.metadataCache, KEYS, Keys())
    own = {"MICROSOFT_APP_ID": APP, "MICROSOFT_APP_PASSWORD": "secret", "MICROSOFT_APP_TENANT_ID": TENANT}
    async with teams_door(**own, TEAMS_ALLOW_ANONYMOUS=False) as opened:
        yield opened


async def test_a_call_with_microsoft_s_token_is_let_in(door: Door) -> None:
    ignored = door.activity("Oliver Clarke", "typing")
    assert await door.knock(ignored, Authorization=bearer(RIGHT, ignored["serviceUrl"])) == (200, {})


BAD: dict[str, dict[str, Any]] = {
    "for another app": {"aud": "somebody-else"},
    "for another address": {"serviceurl": "https://elsewhere.example/"},
    "by another issuer": {"iss": "https://elsewhere.example"},
    "too old": {"exp": datetime.now(UTC) - timedelta(hours=1)},
}


async def test_a_token_that_does_not_fit_is_refused(door: Door) -> None:
    activity = door.activity("Oliver Clarke", text="help")
    service = activity["serviceUrl"]
    forged = [bearer(RIGHT, service, **claims) for claims in BAD.values()]
    for header in (*forged, bearer(WRONG, service), "", "Bearer", "Bearer x.y.z", "Basic abc", "Bearer " + "a" * 3000):
        status, said = await door.knock(activity, Authorization=header)
        assert (header, status, door.connector.said) == (header, 401, [])
        assert "token" in said["error"]["message"]
    assert (await door.knock(activity))[0] == 401


async def test_when_microsoft_s_keys_cannot_be_read_nobody_is_let_in(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Unread:
        async def get(self, key_id: str) -> Any:
            raise ConnectionError

    monkeypatch.setitem(JwtTokenExtractor.metadataCache, KEYS, Unread())
    activity = door.activity("Oliver Clarke", text="help")
    assert (await door.knock(activity, Authorization=bearer(RIGHT, activity["serviceUrl"])))[0] == 401


async def test_another_tenant_is_turned_away(door: Door) -> None:
    activity = door.activity("Oliver Clarke", text="help")
    activity["channelData"] = {"tenant": {"id": "somebody-else-s"}}
    status, _ = await door.knock(activity, Authorization=bearer(RIGHT, activity["serviceUrl"]))
    assert (status, door.connector.said) == (403, [])


async def test_without_an_app_id_a_call_by_way_of_a_proxy_is_refused() -> None:
    async with teams_door() as door:
        activity = door.activity("Oliver Clarke", text="help")
        assert (await door.knock(activity))[0] == 200
        assert (await door.knock(activity, **{"X-Forwarded-For": "203.0.113.7"}))[0] == 401


def test_an_app_id_without_its_secret_or_tenant_does_not_start() -> None:
    for given in ({"MICROSOFT_APP_ID": APP}, {"MICROSOFT_APP_ID": APP, "MICROSOFT_APP_PASSWORD": "secret"}):
        with pytest.raises(BadSettings, match="MICROSOFT_APP_TENANT_ID"):
            Settings(**given).check()


def test_without_an_app_id_the_door_stays_shut_unless_it_is_opened_for_a_local_client() -> None:
    assert not Settings(MICROSOFT_APP_ID="", MICROSOFT_APP_TENANT_ID=TENANT).has_teams
    assert Settings(MICROSOFT_APP_ID="", TEAMS_ALLOW_ANONYMOUS=True).has_teams
