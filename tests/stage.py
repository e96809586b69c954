"""A company on stage: the real bot behind signed requests, a simulated workspace before it, a clock that moves."""

import csv
import io
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp import web

from bot.app import Inverso, build
from bot.clock import MovableClock
from bot.domain.roster import parse_roster
from bot.settings import Settings
from playground.hand import Hand
from playground.model import Outcome
from playground.workspace import Person, Workspace
from storage import schema
from storage.box import new_key
from storage.organisations import the_organisation
from storage.roster import import_roster

ROSTER = Path(__file__).parent.parent / "playground" / "data" / "roster.csv"
TUESDAY = datetime(2027, 1, 12, 9, 0, tzinfo=UTC)
SECRET, TOKEN = "a-signing-secret", "xoxb-stage"
KEY = new_key()


@dataclass
class StageClock:
    """The workspace's view of the bot's clock."""

    movable: MovableClock
    inverso: Inverso | None = None

    def now(self) -> datetime:
        return self.movable.now()

    async def next_due(self) -> datetime | None:
        assert self.inverso is not None
        return await self.inverso.relay.next_due()

    async def move(self, to: datetime) -> None:
        assert self.inverso is not None
        self.movable.set(to)
        await self.inverso.relay.run_due()
        await self.inverso.nursery.settle()


class StageHand(Hand):
    """A hand after whose every move the bot has finished what it does because of it."""

    def __init__(self, stage: "Stage", user_id: str) -> None:
        super().__init__(stage.workspace, user_id)
        self.stage = stage

    async def types(self, line: str, channel: str | None = None) -> Outcome:
        outcome = await super().types(line, channel)
        await self.stage.settle()
        return outcome

    async def clicks(self, words: str) -> Outcome:
        outcome = await super().clicks(words)
        await self.stage.settle()
        return outcome

    async def submits(self) -> Outcome:
        outcome = await super().submits()
        await self.stage.settle()
        return outcome

    async def opens_home(self) -> str:
        await self.platform.open_home(self.user_id)
        await self.stage.settle()
        return self.home_text


@dataclass
class Stage:
    """What a story holds: the bot, the workspace, the clock, and hands by name."""

    inverso: Inverso
    workspace: Workspace
    clock: StageClock

    def hand(self, name: str) -> StageHand:
        """The person of that name or e-mail."""
        for person in self.workspace.people.values():
            if name in (person.name, person.email, person.email.split("@")[0]):
                return StageHand(self, person.id)
        raise LookupError(name)

    async def settle(self) -> None:
        """Let everything that is due now happen."""
        await self.inverso.nursery.settle()
        await self.clock.move(self.clock.now())

    async def move(self, **by: float) -> None:
        """Let time pass (``days=3``), doing what becomes due on the way in its order."""
        await self.move_to(self.clock.now() + timedelta(**by))

    async def move_to(self, target: datetime) -> None:
        """Let time pass until ``target``."""
        while (due := await self.clock.next_due()) is not None and due <= target:
            await self.clock.move(max(due, self.clock.now()))
        await self.clock.move(target)


def department(name: str, *more: str) -> bytes:
    """The part of the sample company that works in these departments, with all managers above, as a roster file."""
    rows = list(csv.DictReader(ROSTER.read_text(encoding="utf-8").splitlines()))
    by_email = {row["email"]: row for row in rows}
    kept = {row["email"] for row in rows if row["department"] in (name, *more)}
    for email in tuple(kept):
        while (email := by_email[email]["manager_email"]) in by_email:
            kept.add(email)
    written = io.StringIO()
    writer = csv.DictWriter(written, list(rows[0]))
    writer.writeheader()
    writer.writerows(row for row in rows if row["email"] in kept)
    return written.getvalue().encode()


@asynccontextmanager
async def on_stage(
    database_url: str = "sqlite:///:memory:",
    roster: bytes | None = None,
    coordinators: str = "valentina.vitale@aurea.example",
    start: datetime = TUESDAY,
) -> AsyncIterator[Stage]:
    """Set the stage: a company from ``roster`` (the 240 people when None), its bot and its workspace."""
    report = parse_roster(roster or ROSTER.read_bytes())
    people = [
        Person.of(
            row.email,
            row.name,
            tz=row.timezone,
            locale="it-IT" if (row.languages or ("it",))[0] == "it" else "en-GB",
            department=row.department,
            title=row.job_title,
        )
        for row in report.good_rows
    ]
    movable = MovableClock(start, frozen=True)
    clock = StageClock(movable)
    async with Workspace(people, "http://127.0.0.1:1", SECRET, TOKEN, clock) as workspace:
        settings = Settings(
            DATABASE_URL=database_url,
            INVERSO_SECRET_KEY=KEY,
            SLACK_BOT_TOKEN=TOKEN,
            SLACK_SIGNING_SECRET=SECRET,
            SLACK_API_URL=await workspace.start(),
            INVERSO_COORDINATORS=coordinators,
        )
        inverso = clock.inverso = await build(settings, movable, random.Random(7))
        runner = web.AppRunner(inverso.site)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        workspace.bot_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            await schema.create(inverso.database.engine)
            async with inverso.database.uow(movable.now()) as uow:
                uow.organisation_id = await the_organisation(uow)
                await import_roster(uow, report.good_rows)
                await uow.commit()
            await inverso.prepare()
            yield Stage(inverso, workspace, clock)
            assert workspace.complaints == []
        finally:
            await runner.cleanup()
            await inverso.close()
