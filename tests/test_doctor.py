"""The doctor names what is wrong and what to do, and changes nothing."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy import delete, update

from bot.cli import doctor_outside
from bot.cli.doctor import examined
from bot.cli.doctor_store import Installed
from bot.cli.findings import Finding
from bot.settings import Settings
from manifests.slack import SCOPES
from storage.box import new_key
from storage.database import Database, make_engine
from storage.jobs import Promise, put
from storage.tables import FlowSession, Lane, Workspace
from storage.workers import beat
from tests.stage import Stage, department, on_stage


def told(findings: list[Finding]) -> dict[str, str]:
    """The grade of each finding by its name."""
    return {finding.words.key.removeprefix("doctor."): finding.grade for finding in findings}


async def test_a_bot_that_runs_is_well_and_one_without_a_worker_is_not(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'inverso.db'}"
    async with on_stage(address, department("Human resources"), start=datetime.now(UTC)) as stage:
        names = "valentina.vitale@aurea.example,typing.error@aurea.example"
        settings = stage.inverso.settings.model_copy(update={"database_url": address, "coordinators": names})
        now = datetime.now(UTC)
        async with stage.inverso.database.uow(now, 1) as uow:
            await put(uow.session, 1, [Promise("x", "x", now - timedelta(hours=1))], now)
            await uow.commit()
        found = told(await examined(settings))
        assert {name for name, grade in found.items() if grade == "bad"} == {"no_worker", "behind"}
        assert found["slack_good"] == found["coordinators"] == "good"
        assert found["unknown_coordinators"] == "warn"
        async with stage.inverso.database.uow(now, 1) as uow:
            await beat(uow.session, "a", now)
            await uow.commit()
        assert told(await examined(settings))["workers"] == "good"


async def test_a_token_that_slack_refuses_and_an_address_where_nobody_answers(stage: Stage) -> None:
    wrong = {"slack_bot_token": "xoxb-wrong", "slack_app_token": "", "base_url": "http://127.0.0.1:1"}
    settings = stage.inverso.settings.model_copy(update=wrong)
    async with aiohttp.ClientSession() as http:
        found = told(await doctor_outside.examined(settings, [], http, stage.clock.now))
    assert found == {"slack_refuses": "bad", "address_unreachable": "warn"}
    assert stage.workspace.complaints
    stage.workspace.complaints.clear()  # of the wrong token, which was the point


async def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "inverso.db"
    found = told(await examined(Settings(DATABASE_URL=f"sqlite:///{path}", SLACK_BOT_TOKEN="")))
    assert found["no_database"] == "warn"
    assert not path.exists()


async def test_an_older_database_is_named_with_the_command_that_mends_it(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'inverso.db'}"
    database = Database(make_engine(address), Settings(DATABASE_URL=address).box())
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql("CREATE TABLE alembic_version (version_num TEXT)")
        await connection.exec_driver_sql("INSERT INTO alembic_version VALUES ('0000')")
    await database.close()
    assert told(await examined(Settings(DATABASE_URL=address, SLACK_BOT_TOKEN="")))["database_old"] == "bad"


async def test_a_key_that_opens_nothing_is_told_and_not_what_follows_from_it(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'inverso.db'}"
    async with on_stage(address, department("Human resources"), start=datetime.now(UTC)) as stage:
        settings = stage.inverso.settings.model_copy(update={"database_url": address, "secret_key": new_key()})
        await stage.hand("Oliver Clarke").types("/mentoring pause")
        assert told(await examined(settings))["key_wrong"] == "bad"
        async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
            await uow.execute(delete(FlowSession))
            await uow.commit()
        assert "key_wrong" not in told(await examined(settings))
        async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
            await uow.execute(update(Workspace).values(sealed_token=uow.box.seal("xoxb-1")))
            await uow.commit()
        found = told(await examined(settings))
    assert found["key_wrong"] == "bad"


async def test_a_lane_that_waits_and_a_company_in_which_nobody_coordinates(tmp_path: Path) -> None:
    address, now = f"sqlite:///{tmp_path / 'inverso.db'}", datetime.now(UTC)
    async with on_stage(address, department("Human resources"), coordinators="", start=now) as stage:
        async with stage.inverso.database.uow(now, 1) as uow:
            home = await uow.first(uow.of(Workspace))
            assert home is not None
            later = now + timedelta(minutes=5)
            pace = {"interval_ms": 100, "burst": 20, "full_at": later, "opens_at": later, "paused_until": later}
            uow.add(Lane(workspace_id=home.pk, method="chat.postMessage", reason="Busy", **pace))
            await uow.commit()
        found = told(await examined(stage.inverso.settings.model_copy(update={"database_url": address})))
    assert (found["no_coordinator"], found["paused"]) == ("bad", "warn")


async def test_nothing_that_can_be_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor_outside, "LOGIN", "http://127.0.0.1:1/token")
    settings = Settings(
        DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing",
        INVERSO_SECRET_KEY=new_key(),
        SLACK_BOT_TOKEN="xoxb-1",
        SLACK_APP_TOKEN="xapp-1",
        SLACK_API_URL="http://127.0.0.1:1/api/",
        MICROSOFT_APP_ID="00000000-0000-0000-0000-000000000001",
        MICROSOFT_APP_PASSWORD="a-secret",
        MICROSOFT_APP_TENANT_ID="a-tenant",
    )
    found = await examined(settings)
    names = ["settings_good", "database_unreachable", "slack_unreachable", "slack_unreachable", "teams_unreachable"]
    assert [finding.words.key for finding in found] == [f"doctor.{name}" for name in names]


async def test_no_platform_at_all(tmp_path: Path) -> None:
    found = told(await examined(Settings(DATABASE_URL=f"sqlite:///{tmp_path / 'inverso.db'}", SLACK_BOT_TOKEN="")))
    assert found["no_platform"] == "bad"


async def answering(answer: dict[str, object], headers: dict[str, str] | None = None) -> tuple[web.AppRunner, str]:
    """A platform that says the same to everything; the address of its door."""

    async def say(_request: web.Request) -> web.Response:
        return web.json_response(answer, headers=headers)

    app = web.Application()
    app.router.add_route("*", "/{method}", say)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}/"


@pytest.mark.parametrize(
    ("scopes", "ahead", "name"),
    [("chat:write", timedelta(0), "slack_scopes"), (",".join(SCOPES), timedelta(minutes=2), "clock")],
)
async def test_what_slack_has_not_granted_and_a_clock_that_is_wrong(scopes: str, ahead: timedelta, name: str) -> None:
    runner, address = await answering({"ok": True, "team": "Aurea"}, {"x-oauth-scopes": scopes})
    settings = Settings(SLACK_BOT_TOKEN="xoxb-1", SLACK_SIGNING_SECRET="s", SLACK_API_URL=address)
    async with aiohttp.ClientSession() as http:
        found = told(await doctor_outside.examined(settings, [], http, lambda: datetime.now(UTC) + ahead))
    await runner.cleanup()
    assert [one for one, grade in found.items() if grade == "bad"] == [name]


async def test_a_workspace_that_is_none_of_the_companys() -> None:
    runner, address = await answering({"ok": True, "team": "Elsewhere", "team_id": "T0X", "enterprise_id": "E0X"})
    oauth = {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "c", "SLACK_API_URL": address, "SLACK_BOT_TOKEN": ""}
    installed = [Installed("slack", "Elsewhere", "xoxb-2")]
    found = []
    async with aiohttp.ClientSession() as http:
        for teams in ("T0Y", "T0Y,T0X", "E0X"):
            settings = Settings.model_validate({**oauth, "INVERSO_SLACK_TEAMS": teams})
            found.append(told(await doctor_outside.examined(settings, installed, http, lambda: datetime.now(UTC))))
    await runner.cleanup()
    assert [list(each) for each in found] == [["slack_not_served"], ["slack_good"], ["slack_good"]]


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ({"access_token": "a"}, "teams_good"),
        ({"error": "invalid_client", "error_codes": [7000222]}, "teams_secret_expired"),
        ({"error": "invalid_client", "error_codes": [7000215]}, "teams_secret_wrong"),
        ({"error": "unauthorized_client", "error_codes": [700016]}, "teams_refuses"),
    ],
)
async def test_what_microsoft_says_of_the_secret(
    answer: dict[str, object], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner, address = await answering(answer)
    monkeypatch.setattr(doctor_outside, "LOGIN", f"{address}token")
    settings = Settings(MICROSOFT_APP_ID="an-app", MICROSOFT_APP_PASSWORD="a-secret", SLACK_BOT_TOKEN="")
    async with aiohttp.ClientSession() as http:
        found = told(await doctor_outside.examined(settings, [], http, lambda: datetime.now(UTC)))
    await runner.cleanup()
    assert list(found) == [name]
