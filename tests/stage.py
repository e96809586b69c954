"""A company on stage: the real bot before simulated platforms, as both call it, and a clock that moves."""

import csv
import io
import random
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.app import Inverso, build
from bot.clock import MovableClock
from bot.domain.roster import RosterRow, parse_roster
from bot.flows.turns import Event, Reply, What
from bot.handlers.slack import render as slack_render
from bot.handlers.teams import render as teams_render
from bot.handlers.teams.render import Pen
from bot.locales import speaker
from bot.settings import Settings
from bot.ui.cards import Button, Buttons, card
from playground import tenant as teams
from playground.company import Company
from playground.hand import Hand
from playground.model import Outcome
from playground.reading import Button as Pressable
from playground.tenant import Tenant, adaptive
from playground.tenant.reading import ACCEPT
from playground.workspace import Person, Workspace
from storage.box import new_key
from tests import snapshots

ROSTER = Path(__file__).parent.parent / "playground" / "data" / "roster.csv"
TUESDAY = datetime(2027, 1, 12, 9, 0, tzinfo=UTC)
SECRET, TOKEN = "a-signing-secret", "xoxb-stage"
KEY = new_key()
Platform = Callable[[RosterRow], str]
"""Where somebody of the roster is: "slack" or "teams"."""


def everybody(platform: str) -> Platform:
    """All of them on that one."""
    return lambda _: platform


ON_SLACK, ON_TEAMS = everybody("slack"), everybody("teams")


def as_in_roster(row: RosterRow) -> str:
    """Where the roster says."""
    return row.platform or "slack"


def some_on_teams(*names: str) -> Platform:
    """These people on Teams, all others on Slack."""
    return lambda row: "teams" if row.name in names else "slack"


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
        await self.inverso.nursery.settle()  # what is still drawn belongs to the moment before
        self.movable.set(to)
        while await self.inverso.relay.run_due():
            await self.inverso.nursery.settle()


class StageHand(Hand):
    """A hand after whose every move the bot has finished what it does because of it.

    On a platform that answers words with a message that only opens a form, the hand opens it.
    """

    def __init__(self, stage: "Stage", platform: Workspace | Tenant, user_id: str) -> None:
        super().__init__(platform, user_id)
        self.stage = stage

    async def types(self, line: str, channel: str | None = None) -> Outcome:
        before = self._newest()
        return await self._settled(await super().types(line, channel), before)

    async def presses(self, place: Any, button: Pressable) -> Outcome:
        before = self._newest()
        return await self._settled(await super().presses(place, button), before)

    async def submits(self) -> Outcome:
        before = self._newest()
        return await self._settled(await super().submits(), before)

    @property
    def alone(self) -> Hand:
        """The same hand, after whose moves nobody waits for the bot."""
        return Hand(self.platform, self.user_id)

    def event(self, what: What) -> Event:
        """What the dispatcher gets when this person does something, whether or not it is to be seen anywhere."""
        if isinstance(self.platform, Workspace):
            return Event("slack", self.platform.identity.team_id, self.user_id, what)
        tenant = self.stage.tenant
        return Event("teams", tenant.identity.tenant_id, tenant.people[self.user_id].object_id, what)

    async def does(self, what: What) -> Reply:
        """The answer to it."""
        return (await self.stage.inverso.dispatcher.handle(self.event(what))).reply

    async def forges(self, verb: str, id: str = "") -> Outcome:
        """Press a button of that verb and id on a lasting message of the bot, as if it had been drawn there."""
        shown, say = card(Buttons((Button("x", verb, id),)), summary="x"), speaker("en")
        while not (lasting := [one for one in self.messages() if one.by_bot and not one.ephemeral_to]):
            await self.types("help")
        message = lasting[-1]
        if isinstance(self.platform, Workspace):
            forged = replace(message, blocks=tuple(slack_render.message(shown, say)["blocks"]))
        else:
            forms = frozenset(name for name, verb in self.stage.inverso.dispatcher.verbs.items() if verb.form)
            drawn = teams_render.message(shown, say, Pen(forms))["attachments"][0]["content"]
            forged = replace(message, cards=(drawn,), own=())
        return await self.presses(forged, self.platform.buttons(forged)[0])

    def reads_as_markup(self, text: str) -> bool:
        """Whether what somebody typed is more than words in any message: a mention, a link, emphasis."""
        drawn: list[Any] = [getattr(one, "blocks", ()) or getattr(one, "cards", ()) for one in self.messages()]
        pattern = re.compile(r"(?<!\\)" + re.escape(text))
        return any(pattern.search(words) for words in _marked_texts(drawn))

    @property
    def picture(self) -> tuple[str, str]:
        """The address of the picture in the newest message, and its alternative text."""
        if isinstance(self.platform, Workspace):
            found = next(block for block in self.last.blocks if block["type"] == "image")
            return found["image_url"], found["alt_text"]
        found = next(one for one in adaptive.elements(self.last.cards[0]) if one["type"] == "Image")
        return found["url"], found["altText"]

    async def receives_files(self) -> dict[str, str]:
        """The files in the private chat, by name, as text; where the person is asked for each, they allow it."""
        if isinstance(self.platform, Workspace):
            files = [file for message in self.messages() for file in message.files]
            return {file.name: (file.content or b"").decode() for file in files}
        for message in self.messages():
            for button in self.platform.buttons(message):
                if button.action == ACCEPT:
                    await self.presses(message, button)
        mine = [file for file in self.stage.tenant.world.uploads.values() if file.user_id == self.user_id]
        return {file.name: (file.content or b"").decode() for file in mine}

    async def sends_file(self, name: str, content: bytes) -> None:
        """Send the bot a file in the private conversation."""
        await self.platform.send_file(self.user_id, name, content)
        await self.stage.settle()

    def takes_no_messages(self) -> None:
        """Their account takes none from now on, and the bot is not told: it finds out when it writes."""
        if isinstance(self.platform, Workspace):
            world = self.platform.world
            world.put_person(replace(world.people[self.user_id], deleted=True))
        else:
            self.stage.tenant.block(self.user_id)

    async def opens_home(self) -> str:
        await self.platform.open_home(self.user_id)
        await self.stage.settle()
        return self.home_text

    def _newest(self) -> str:
        return max((message.ts for message in self.messages()), default="")

    async def _settled(self, outcome: Outcome, before: str) -> Outcome:
        await self.stage.settle()
        await self.opens_form(before)
        return outcome

    async def closes(self, *, everything: bool = False) -> Outcome:
        """Close what is open: where a form's answer stands in the message that it began with, nothing is."""
        return await super().closes(everything=everything) if self.sees_modal else Outcome()

    async def opens_form(self, before: str = "") -> None:
        """Press the button of the newest message (later than ``before``) if it does nothing but open a form."""
        answers = [message for message in self.messages() if message.by_bot and message.ts > before]
        buttons = self.platform.buttons(answers[-1]) if answers and not self.sees_modal else ()
        if len(buttons) == 1 and '"do": "open"' in (buttons[0].value or ""):
            await super().presses(answers[-1], buttons[0])
            await self.stage.settle()


def _marked_texts(part: Any) -> Iterator[str]:
    """Every text within that is read as markup: Slack's mrkdwn, the text blocks of Teams."""
    if isinstance(part, dict):
        if part.get("type") in ("mrkdwn", "TextBlock"):
            yield part["text"]
        part = list(part.values())
    if isinstance(part, list | tuple):
        for one in part:
            yield from _marked_texts(one)


@dataclass(repr=False)
class Stage:
    """What a story holds: the bot, the workspace and the tenant, the clock, and hands by name.

    Its text would be the whole company's: asyncio writes one of each fixture's result.
    """

    inverso: Inverso
    workspace: Workspace
    tenant: Tenant
    clock: StageClock

    @property
    def platform(self) -> str:
        """Where everybody is: "slack" or "teams", or "both"."""
        used = [name for name, one in (("slack", self.workspace), ("teams", self.tenant)) if one.people]
        return used[0] if len(used) == 1 else "both"

    @property
    def company(self) -> Company:
        """Both as one."""
        return Company(self.workspace, self.tenant)

    def hand(self, name: str) -> StageHand:
        """The person of that name or e-mail."""
        for platform in (self.workspace, self.tenant):
            for person in platform.people.values():
                if name in (person.name, person.email, person.email.split("@")[0]):
                    return StageHand(self, platform, person.id)
        raise LookupError(name)

    @property
    def hands(self) -> list[StageHand]:
        """Everybody's."""
        return [StageHand(self, one, id) for one in (self.workspace, self.tenant) for id in one.people]

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


@cache
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


@cache
def rows_of(roster: bytes) -> tuple[RosterRow, ...]:
    """The people of a roster file."""
    return parse_roster(roster).good_rows


def _somebody(of: Callable[..., Any], row: RosterRow) -> Any:
    """A row of the roster as a platform knows the person."""
    locale = "it-IT" if (row.languages or ("it",))[0] == "it" else "en-GB"
    more = {"department": row.department, "title": row.job_title}
    return of(row.email, row.name, tz=row.timezone, locale=locale, **more)


@asynccontextmanager
async def on_stage(
    database_url: str = "sqlite:///:memory:",
    roster: bytes | None = None,
    coordinators: str = "valentina.vitale@aurea.example",
    start: datetime = TUESDAY,
    platform: Platform = ON_SLACK,
) -> AsyncIterator[Stage]:
    """Set the stage: a company from ``roster`` (the 240 people when None), its bot and where its people are.

    Teams' limits are off: people press faster here than its windows of one second, in which the clock stands still.
    Slack waits longer for an answer than in life, and no trigger expires: a machine that tests is busy.
    """
    rows = rows_of(roster or ROSTER.read_bytes())
    on_slack = [_somebody(Person.of, row) for row in rows if platform(row) == "slack"]
    on_teams = [_somebody(teams.Person.of, row) for row in rows if platform(row) == "teams"]
    movable = MovableClock(start, frozen=True)
    clock = StageClock(movable)
    nowhere = "http://127.0.0.1:1"
    async with AsyncExitStack() as stack:
        workspace = await stack.enter_async_context(
            Workspace(on_slack, nowhere, SECRET, TOKEN, clock, answer_seconds=15, tick=lambda: 0.0)
        )
        tenant = await stack.enter_async_context(Tenant(on_teams, nowhere, clock, limits_on=False))
        api = await workspace.start()
        await tenant.serve()
        settings = Settings(
            DATABASE_URL=database_url,
            INVERSO_SECRET_KEY=KEY,
            INVERSO_COORDINATORS=coordinators,
            SLACK_BOT_TOKEN=TOKEN if on_slack else "",
            SLACK_SIGNING_SECRET=SECRET if on_slack else "",
            SLACK_API_URL=api,
            TEAMS_ALLOW_ANONYMOUS=bool(on_teams),
        )
        inverso = clock.inverso = await build(settings, movable, random.Random(7))
        stack.push_async_callback(inverso.close)
        runner = web.AppRunner(inverso.site)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        workspace.bot_url = tenant.bot_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        stage = Stage(inverso, workspace, tenant, clock)
        await snapshots.brought_on(stage, rows, coordinators)
        yield stage
        assert workspace.complaints == []
        assert tenant.complaints == []
