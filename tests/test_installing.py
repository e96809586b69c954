"""Coming to a workspace: by the token at start, by OAuth, and again after the app was taken out."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from sqlmodel import select
from typer.testing import CliRunner

from bot.__main__ import app
from bot.app import Inverso, build
from bot.cli import serve
from bot.handlers.slack.clients import Clients
from bot.handlers.slack.people import Directory
from bot.settings import Settings
from storage.organisations import the_organisation
from storage.roster import import_roster
from storage.tables import Account, Job, Organisation, Person, Workspace
from tests.databases import fresh_postgres, with_tables
from tests.stage import KEY, ROSTER, SECRET, Stage, rows_of
from tests.test_doctor import answering
from tests.test_gateway import TEAM

IN_MEMORY = {"DATABASE_URL": "sqlite:///:memory:", "INVERSO_SECRET_KEY": KEY}
BY_OAUTH = {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "c", "SLACK_SIGNING_SECRET": SECRET}


async def test_who_takes_the_app_out_and_installs_it_again_finds_everybody_as_before(stage: Stage) -> None:
    oliver = stage.hand("Oliver Clarke")
    await stage.workspace.uninstall()
    stage.workspace.world.installed = True
    await stage.inverso.prepare()
    await stage.settle()
    await oliver.types("/mentoring help")
    assert "Reverse mentoring" in oliver.said


@pytest.mark.parametrize(
    ("way", "open"), [({"SLACK_APP_TOKEN": "xapp-1"}, False), ({"SLACK_SIGNING_SECRET": SECRET}, True)]
)
async def test_the_door_for_slack_over_http_is_open_only_where_who_calls_is_proved(
    way: dict[str, str], open: bool
) -> None:
    inverso = await build(Settings.model_validate({**IN_MEMORY, "SLACK_BOT_TOKEN": "xoxb-1", **way}))
    await inverso.close()
    assert ("/slack/events" in {one.canonical for one in inverso.site.router.resources()}) is open


@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated")  # by the Slack SDK
@pytest.mark.parametrize(
    ("teams", "language", "status", "said"),
    [
        ("t0acme, T0OTHER", "en-GB,en;q=0.9", 200, "Installed."),
        ("E0GROUP", "it-IT,it;q=0.9", 200, "Fatto"),
        ("T0OTHER,E0OTHER", "en;q=0.9", 403, "add T0ACME to INVERSO_SLACK_TEAMS"),
        ("T0OTHER", "it", 403, "aggiungere T0ACME a INVERSO_SLACK_TEAMS"),
    ],
)
async def test_only_a_workspace_of_the_company_is_installed_by_oauth(
    teams: str, language: str, status: int, said: str
) -> None:
    places = {"team": {"id": "T0ACME", "name": "Acme"}, "enterprise": {"id": "E0GROUP", "name": "Group"}}
    granted = {"ok": True, "access_token": "xoxb-1", "bot_user_id": "B1", "members": [], **places}
    slack, address = await answering(granted)
    given = {**IN_MEMORY, **BY_OAUTH, "SLACK_API_URL": address, "INVERSO_SLACK_TEAMS": teams}
    inverso = await build(Settings.model_validate(given))
    await with_tables(inverso.database.engine)
    async with TestClient(TestServer(inverso.site)) as browser:
        sent = await browser.get("/slack/install", allow_redirects=False)
        state = sent.cookies["inverso_install"].value
        back = {"params": {"code": "1", "state": state}, "headers": {"Accept-Language": language}}
        answer = await browser.get("/slack/oauth_redirect", **back)
        assert (answer.status, said in await answer.text()) == (status, True)
    async with inverso.database.uow(inverso.clock.now()) as uow:
        known = await uow.all(select(Workspace.external_id))
    await inverso.close()
    await slack.cleanup()
    assert known == (["T0ACME"] if status == 200 else [])


@pytest.mark.parametrize(
    ("teams", "answer", "served"),
    [
        ("T0ACME", {"ok": False}, True),
        ("T0OTHER", {"ok": False}, False),
        ("E0GROUP", {"ok": True, "enterprise_id": "E0GROUP"}, True),
        ("E0OTHER", {"ok": True, "enterprise_id": "E0GROUP"}, False),
        ("E0GROUP", {"ok": False, "error": "fatal_error"}, True),
    ],
)
async def test_a_workspace_that_is_taken_off_the_list_is_served_no_more_from_the_next_start_on(
    teams: str, answer: dict[str, object], served: bool
) -> None:
    slack, address = await answering(answer)
    given = {**IN_MEMORY, **BY_OAUTH, "SLACK_API_URL": address, "INVERSO_SLACK_TEAMS": teams}
    inverso = await build(Settings.model_validate(given))
    await with_tables(inverso.database.engine)
    async with inverso.database.uow(inverso.clock.now()) as uow:
        uow.organisation_id = await the_organisation(uow)
        person = uow.add(Person(email="ada@acme.example", name="Ada"))
        home = uow.add(Workspace(platform="slack", external_id="T0ACME", installed_at=uow.now))
        home.sealed_token = uow.box.seal("xoxb-1")
        await uow.flush()
        uow.add(Account(workspace_id=home.pk, external_id="U0ADA", person_id=person.pk))
        uow.promise("privacy.remove", "said-to-ada", uow.now, person=person.pk)
        await uow.commit()
    await inverso.prepare(reading=False)
    reached = await inverso.installer._clients.authorize("T0ACME")
    if not served:
        await inverso.relay.run_due()
    async with inverso.database.uow(inverso.clock.now()) as uow:
        (job,) = await uow.all(select(Job))
    await inverso.close()
    await slack.cleanup()
    assert (reached is not None, job.state) == ((True, "open") if served else (False, "given_up"))


async def test_the_directory_is_read_beside_what_is_served_and_by_no_worker(stage: Stage) -> None:
    def read() -> int:
        return sum(call.name == "users.list" for call in stage.workspace.world.log)

    before = read()
    await stage.inverso.prepare(reading=False)
    await stage.settle()
    assert read() == before
    await stage.inverso.prepare()
    assert read() == before
    await stage.settle()
    assert read() == before + 1


async def test_reading_the_directory_waits_for_as_long_as_slack_asks(stage: Stage) -> None:
    waits: list[float] = []

    async def wait(seconds: float) -> None:
        waits.append(seconds)

    for fault in ("429", "429", "500"):
        stage.workspace.faults.next("users.list", fault)
    directory = Directory(stage.inverso.database, stage.clock.now, wait)
    settings = stage.inverso.settings
    client = AsyncWebClient(settings.slack_bot_token, settings.slack_api_url, retry_handlers=[])
    assert await directory.take_all(client, TEAM) == len(stage.workspace.people)
    assert waits == [1, 1, 40]


async def test_a_token_that_another_process_was_given_is_used_within_a_minute(stage: Stage) -> None:
    database, now = stage.inverso.database, stage.clock.now
    clients = Clients("https://slack.example/api/", "", database, stage.inverso.http, now)
    used = []
    for token in ("xoxb-old", "xoxb-new", ""):
        async with database.uow(now()) as uow:
            (home,) = await uow.all(select(Workspace))
            home.sealed_token, home.removed_at = database.box.seal(token), None if token else uow.now
            await uow.commit()
        found = [await clients.authorize(TEAM)]
        await stage.move(minutes=1)
        found.append(await clients.authorize(TEAM))
        used += [one.bot_token if one else "" for one in found]
    assert used == ["xoxb-old", "xoxb-old", "xoxb-old", "xoxb-new", "xoxb-new", ""]


@pytest.mark.parametrize(("code", "told"), [("invalid_auth", "Copy it again."), ("ratelimited", "again in a minute.")])
def test_only_a_token_that_slack_refuses_is_blamed(monkeypatch: pytest.MonkeyPatch, code: str, told: str) -> None:
    async def refused(*_: object, **__: object) -> None:
        answer: dict[str, Any] = {"ok": False, "error": code}
        raise SlackApiError(
            "",
            AsyncSlackResponse(
                client=None, http_verb="POST", api_url="", req_args={}, data=answer, headers={}, status_code=200
            ),
        )

    monkeypatch.setattr(serve, "configure_logs", lambda: None)
    monkeypatch.setattr(serve, "_serve", refused)
    started = CliRunner().invoke(app, ["run"], env={"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s"})
    assert started.exit_code == 2
    assert told in started.output


async def test_processes_that_start_together_find_one_company_one_workspace_and_everybody_once(
    stage: Stage, postgres_server: str
) -> None:
    async with fresh_postgres(postgres_server) as url, AsyncExitStack() as stack:
        settings = stage.inverso.settings.model_copy(update={"database_url": url})
        both = [await build(settings, stage.clock.movable) for _ in ("web", "worker")]
        for one in both:
            stack.push_async_callback(one.close)
        await asyncio.gather(*(one.prepare() for one in both))
        await asyncio.gather(*(one.nursery.settle() for one in both))
        await with_roster(both[0])
        await asyncio.gather(*(one.prepare() for one in both))
        await asyncio.gather(*(one.nursery.settle() for one in both))
        async with both[0].database.uow(stage.clock.now()) as uow:
            counts = [await uow.count(select(table)) for table in (Organisation, Workspace, Account)]
    assert counts == [1, 1, len(stage.workspace.people)]


async def with_roster(inverso: Inverso) -> None:
    """The sample company is in the store."""
    async with inverso.database.uow(inverso.clock.now()) as uow:
        uow.organisation_id = await the_organisation(uow)
        await import_roster(uow, rows_of(ROSTER.read_bytes()))
        await uow.commit()
