"""`inverso run --playground`: the real bot before a simulated workspace and tenant, and a page in the browser."""

import csv
import random
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, time, timedelta
from importlib import resources
from pathlib import Path
from typing import TypeVar

import typer
import uvloop
from aiohttp import web

from bot.app import Inverso, build
from bot.cli.serve import listen, until_stopped
from bot.clock import MovableClock
from bot.domain.calendar import at_local
from bot.domain.roster import RosterRow, parse_roster
from bot.flows.catalogue import FEATURES
from bot.locales import LANGUAGES, speaker
from bot.logs import configure_logs
from bot.settings import Settings, random_secret
from bot.ui.words import T
from playground import tenant, workspace
from playground.colleagues import Colleagues
from playground.company import Company
from playground.model import Colleague
from playground.server import PageSettings, Quick, make_playground
from playground.tenant import Tenant
from playground.workspace import Workspace
from storage.organisations import the_organisation
from storage.roster import import_roster
from storage.schema import ensure_current

P = TypeVar("P", bound=Colleague)
TUESDAY = 1
COORDINATOR = "valentina.vitale@aurea.example"
JUNIOR = "aurora.barbieri@aurea.example"
SENIOR = "laura.barbieri@aurea.example"
ON_TEAMS = "elena.sala@aurea.example"


class PlaygroundClock:
    """The bot's clock as the playground sees and moves it.

    While the clock stands still, only an answered event can promise something nearer than what is known to be due
    next, and that is heard: a journey of thousands of steps does not ask the store at each of them.
    """

    def __init__(self, clock: MovableClock) -> None:
        self._clock = clock
        self._inverso: Inverso | None = None
        self._due: datetime | None = None
        self._known = False

    def moves(self, inverso: Inverso) -> None:
        """From now on it is this bot's clock."""
        self._inverso = inverso
        wake = inverso.dispatcher.wake

        def heard(nearest: datetime | None) -> None:
            if nearest is not None:
                self._due = min(self._due or nearest, nearest)
            wake(nearest)

        inverso.dispatcher.wake = inverso.relay.beside.wake = heard

    def now(self) -> datetime:
        return self._clock.now()

    async def next_due(self) -> datetime | None:
        if self._inverso is None:
            return None
        if not (self._known and self._clock.frozen):
            self._due, self._known = await self._inverso.relay.next_due(), True
        return self._due

    async def move(self, to: datetime) -> None:
        """Set the clock forward; returns when the bot has done what became due.

        What it is still drawing belongs to the moment before: Slack's addresses for answers would expire with it.
        """
        if self._inverso is None:
            self._clock.set(to)
            return
        await self._inverso.nursery.settle()
        self._clock.set(to)
        due = await self.next_due()
        if due is not None and due <= self._clock.now():
            self._known = False
            while await self._inverso.relay.run_due():
                await self._inverso.nursery.settle()


def play(port: int) -> None:
    """Serve the playground until Ctrl-C: the bot at ``port``, the page at the port after it."""
    configure_logs(level=30)
    with tempfile.TemporaryDirectory(prefix="inverso-") as folder:
        uvloop.run(_play(port, Path(folder)))


async def _play(port: int, folder: Path) -> None:
    rows = roster_rows(roster_bytes())
    moving = MovableClock(next_tuesday(datetime.now(UTC)))
    clock = PlaygroundClock(moving)
    secret, token = random_secret(), f"xoxb-{random_secret()}"
    page = f"http://127.0.0.1:{port + 1}"
    address = f"http://127.0.0.1:{port}"
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(Workspace(on_slack(rows), address, secret, token, clock))
        teams = await stack.enter_async_context(Tenant(on_teams(rows), address, clock))
        slack.base_url = teams.base_url = page
        company = Company(slack, teams)
        colleagues = Colleagues(company, seed=1)
        await _serve_page(stack, company, clock, colleagues, rows, port + 1)
        settings = Settings(
            DATABASE_URL=f"sqlite:///{folder / 'playground.db'}",
            PORT=port,
            INVERSO_BASE_URL=f"http://127.0.0.1:{port}",
            INVERSO_COORDINATORS=COORDINATOR,
            SLACK_BOT_TOKEN=token,
            SLACK_SIGNING_SECRET=secret,
            SLACK_API_URL=f"{page}/api/",
            SLACK_APP_TOKEN="",
            SLACK_CLIENT_ID="",
            SLACK_CLIENT_SECRET="",
            TEAMS_ALLOW_ANONYMOUS=True,
            MICROSOFT_APP_ID="",
            MICROSOFT_APP_PASSWORD="",
            MICROSOFT_APP_TENANT_ID="",
        )
        inverso = await build(settings, moving, random.Random(1))
        clock.moves(inverso)
        stack.push_async_callback(inverso.close)
        await bring_company(inverso, parse_roster(roster_bytes()).good_rows)
        await listen(inverso, stack, "127.0.0.1")
        await teams.install_for_everybody()
        await inverso.nursery.settle()
        colleagues.pass_over()
        inverso.scheduler.start()
        typer.echo(
            f"\n  Inverso's playground is open:  {page}\n  240 colleagues of a company are in it. Ctrl-C ends it.\n"
        )
        await until_stopped()


async def _serve_page(
    stack: AsyncExitStack,
    company: Company,
    clock: PlaygroundClock,
    colleagues: Colleagues,
    rows: list[dict[str, str]],
    port: int,
) -> None:
    ids = {person.email: person.id for person in company.people.values()}
    quick = (
        Quick({"en": "Coordinator", "it": "Coordinamento"}, ids[COORDINATOR]),
        Quick({"en": "A junior colleague", "it": "Una persona junior"}, ids[JUNIOR]),
        Quick({"en": "A senior colleague", "it": "Una persona con più esperienza"}, ids[SENIOR]),
        Quick({"en": "Somebody on Teams", "it": "Una persona su Teams"}, ids[ON_TEAMS]),
    )
    stages = {row["email"]: T(f"programme.stage_{row['career_stage']}") for row in rows}
    hints = {
        ids[email]: {language: speaker(language)(stage) for language in LANGUAGES} for email, stage in stages.items()
    }
    settings = PageSettings(quick, completions(), hints)
    runner = web.AppRunner(make_playground(company, clock, colleagues, settings), access_log=None)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", port).start()


async def bring_company(inverso: Inverso, rows: Sequence[RosterRow]) -> None:
    """A fresh database with the people of a roster, linked to the workspace."""
    await ensure_current(inverso.database.engine)
    async with inverso.database.uow(inverso.clock.now()) as uow:
        uow.organisation_id = await the_organisation(uow)
        await import_roster(uow, rows)
        await uow.commit()
    await inverso.prepare()
    await inverso.nursery.settle()


def roster_bytes() -> bytes:
    """The sample company of 240 people."""
    return resources.files("playground").joinpath("data/roster.csv").read_bytes()


def roster_rows(roster: bytes) -> list[dict[str, str]]:
    """The rows of a roster, as they are."""
    return list(csv.DictReader(roster.decode().splitlines()))


def on_slack(rows: Iterable[Mapping[str, str]]) -> list[workspace.Person]:
    """The people of a roster as the simulated workspace knows them."""
    return [_colleague(workspace.Person.of, row) for row in rows if row["platform"] != "teams"]


def on_teams(rows: Iterable[Mapping[str, str]]) -> list[tenant.Person]:
    """The people of a roster as the simulated tenant knows them."""
    return [_colleague(tenant.Person.of, row) for row in rows if row["platform"] == "teams"]


def _colleague(of: Callable[..., P], row: Mapping[str, str]) -> P:
    locale = {"it": "it-IT", "de": "de-DE"}.get(row["languages"].split(";")[0], "en-GB")
    return of(
        row["email"],
        row["name"],
        tz=row["timezone"],
        locale=locale,
        department=row["department"],
        title=row["job_title"],
    )


def completions() -> dict[str, list[str]]:
    """Every command of the bot by the language of the page: those of that language first, then the other's."""
    commands = [command for feature in FEATURES for command in feature.commands]
    lines = {
        language: sorted({f"/mentoring {command.words[language][0]}" for command in commands})
        for language in ("en", "it")
    }
    return {
        language: ["/mentoring", *own, *(line for other in lines.values() for line in other if line not in own)]
        for language, own in lines.items()
    }


def next_tuesday(now: datetime) -> datetime:
    """The coming Tuesday at ten, Italian time: a moment at which people may be written to."""
    day = now.date() + timedelta(days=(TUESDAY - now.weekday()) % 7 or 7)
    return at_local(day, time(10), "Europe/Rome")
