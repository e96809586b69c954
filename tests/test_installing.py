"""Coming to a workspace: by the token at start, by OAuth, and again after the app was taken out."""

from tests.stage import Stage


async def test_who_takes_the_app_out_and_installs_it_again_finds_everybody_as_before(stage: Stage) -> None:
    oliver = stage.hand("Oliver Clarke")
    await stage.workspace.uninstall()
    stage.workspace.world.installed = True
    await stage.inverso.prepare()
    await oliver.types("/mentoring help")
    assert "Reverse mentoring" in oliver.said
