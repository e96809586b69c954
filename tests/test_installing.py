"""Coming to a workspace: by the token at start, by OAuth, and again after the app was taken out."""

import pytest

from bot.app import build
from bot.settings import Settings
from tests.stage import KEY, SECRET, Stage


async def test_who_takes_the_app_out_and_installs_it_again_finds_everybody_as_before(stage: Stage) -> None:
    oliver = stage.hand("Oliver Clarke")
    await stage.workspace.uninstall()
    stage.workspace.world.installed = True
    await stage.inverso.prepare()
    await oliver.types("/mentoring help")
    assert "Reverse mentoring" in oliver.said


@pytest.mark.parametrize(
    ("way", "open"), [({"SLACK_APP_TOKEN": "xapp-1"}, False), ({"SLACK_SIGNING_SECRET": SECRET}, True)]
)
async def test_the_door_for_slack_over_http_is_open_only_where_who_calls_is_proved(
    way: dict[str, str], open: bool
) -> None:
    given = {"DATABASE_URL": "sqlite:///:memory:", "INVERSO_SECRET_KEY": KEY, "SLACK_BOT_TOKEN": "xoxb-1", **way}
    inverso = await build(Settings.model_validate(given))
    await inverso.close()
    assert ("/slack/events" in {one.canonical for one in inverso.site.router.resources()}) is open
