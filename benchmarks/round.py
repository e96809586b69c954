"""A whole round of 240 people: simulated colleagues, the real protocol, the clock as fast as it goes."""

import random
import resource
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import uvloop
from sqlmodel import col, func, select

from benchmarks.results import Result, show
from benchmarks.servers import free_port
from bot.app import Inverso, build
from bot.cli.playing import COORDINATOR, PlaygroundClock, bring_company, on_slack, roster_bytes, roster_rows
from bot.cli.serve import listen
from bot.clock import MovableClock
from bot.domain.programme import CHECKLIST, STANDARD
from bot.domain.roster import parse_roster
from bot.garbage import spare_what_stays
from bot.logs import configure_logs
from bot.settings import Settings
from playground.colleagues import Colleagues
from playground.hand import Hand
from playground.time_machine import TimeMachine
from playground.workspace import Workspace
from storage.organisations import the_organisation
from storage.tables import Enrolment, Job, Nudge, Pairing, Person, Round, Session, SurveyResponse

TUESDAY = datetime(2027, 1, 12, 9, 0, tzinfo=UTC)
LONGEST = timedelta(weeks=40)
ROME = ZoneInfo("Europe/Rome")


@dataclass
class Company:
    """The bot, its workspace and its colleagues."""

    inverso: Inverso
    workspace: Workspace
    colleagues: Colleagues
    clock: PlaygroundClock
    pressed: set[tuple[str, str]] = field(default_factory=set)

    @property
    def coordinator(self) -> Hand:
        return Hand(self.workspace, self.workspace.person(COORDINATOR).id)


@asynccontextmanager
async def company(folder: Path, seed: int) -> AsyncIterator[Company]:
    """The sample company on a frozen clock; the coordinator is left to the benchmark."""
    moving = MovableClock(TUESDAY, frozen=True)
    clock = PlaygroundClock(moving)
    people = on_slack({**row, "platform": "slack"} for row in roster_rows(roster_bytes()))
    async with AsyncExitStack() as stack:
        workspace = await stack.enter_async_context(
            Workspace(people, "http://127.0.0.1:1", "secret", "xoxb-benchmark", clock, log_size=10)
        )
        api = await workspace.start()
        port = free_port()
        settings = Settings(
            DATABASE_URL=f"sqlite:///{folder / 'round.db'}",
            PORT=port,
            INVERSO_COORDINATORS=COORDINATOR,
            SLACK_BOT_TOKEN="xoxb-benchmark",
            SLACK_SIGNING_SECRET="secret",
            SLACK_API_URL=api,
        )
        inverso = await build(settings, moving, random.Random(seed))
        clock.moves(inverso)
        stack.push_async_callback(inverso.close)
        await bring_company(inverso, parse_roster(roster_bytes()).good_rows)
        await listen(inverso, stack, "127.0.0.1")
        workspace.bot_url = f"http://127.0.0.1:{port}"
        colleagues = Colleagues(workspace, seed, {workspace.person(COORDINATOR).id})
        yield Company(inverso, workspace, colleagues, clock)


async def draft(inverso: Inverso) -> int:
    """A complete draft of a round for everybody, the Standard preset."""
    async with inverso.database.uow(inverso.clock.now()) as uow:
        uow.organisation_id = await the_organisation(uow)
        people: list[Person] = await uow.all(select(Person))
        coordinator = next(person for person in people if person.coordinator)
        sponsor = next(person for person in people if person.career_stage == "executive")
        round = uow.add(
            Round(
                name="Benchmark",
                coordinator_id=coordinator.pk,
                sponsor_id=sponsor.pk,
                objectives=["digital_gap", "engagement"],
                rules=asdict(STANDARD),
                checklist=dict.fromkeys(CHECKLIST, "confirmed"),
                created_at=uow.now,
                enrolment_ends_at=uow.now + timedelta(days=14),
            )
        )
        await uow.commit()
        return round.pk


async def whole_round(at: Company, round_id: int) -> timedelta:
    """From the opening to the end of the round; returns how long it lasted for the people in it."""
    begun = at.clock.now()
    await at.coordinator.types("/mentoring round open")
    await press_primary(at)
    machine = TimeMachine(at.clock, at.colleagues)
    while at.clock.now() < begun + LONGEST and (await round_of(at, round_id)).state != "closed":
        await machine.advance(timedelta(days=1))
        await press_primary(at)
    return at.clock.now() - begun


async def press_primary(at: Company) -> None:
    """The coordinator presses the main button of the newest message that has one, once."""
    hand = at.coordinator
    main = [
        (message.ts, element["action_id"], element["text"]["text"])
        for message in hand.messages()
        for block in message.blocks
        for element in block.get("elements", [])
        if message.by_bot and element.get("style") == "primary"
    ]
    for ts, action, label in main[-1:]:
        if (ts, action) not in at.pressed:
            at.pressed.add((ts, action))
            await hand.clicks(label)
            await at.clock.move(at.clock.now())


async def round_of(at: Company, round_id: int) -> Round:
    async with at.inverso.database.uow(at.clock.now(), 1) as uow:
        return await uow.need(Round, round_id)


def messages_a_week(workspace: Workspace) -> tuple[float, int]:
    """Messages of the bot a person a week: the mean over the weeks of the round, and the most for anyone in one."""
    counted: Counter[tuple[str, tuple[int, int]]] = Counter()
    weeks: set[tuple[int, int]] = set()
    for user in workspace.people:
        for message in workspace.messages(user):
            if message.by_bot and message.ephemeral_to is None:
                year, week, _ = datetime.fromtimestamp(float(message.ts), ROME).isocalendar()
                weeks.add((year, week))
                counted[user, (year, week)] += 1
    return sum(counted.values()) / max(1, len(workspace.people) * len(weeks)), max(counted.values(), default=0)


async def unrequested(at: Company) -> int:
    """The most unrequested messages that anybody got in one week."""
    async with at.inverso.database.uow(at.clock.now(), 1) as uow:
        rows: list[Nudge] = await uow.all(uow.of(Nudge))
    counted = Counter((row.person_id, row.sent_at.astimezone(ROME).isocalendar()[:2]) for row in rows)
    return max(counted.values(), default=0)


async def figures(at: Company) -> dict[str, int]:
    """How much happened, so that a round in which nothing happens cannot pass for a fast one."""
    counts = {
        "enrolled": select(func.count()).select_from(Enrolment).where(col(Enrolment.enrolled_at).is_not(None)),
        "pairs": select(func.count()).select_from(Pairing),
        "sessions held": select(func.count()).select_from(Session).where(Session.state == "held"),
        "answers": select(func.count()).select_from(SurveyResponse),
        "promises kept": select(func.count()).select_from(Job).where(Job.state == "done"),
    }
    async with at.inverso.database.uow(at.clock.now(), 1) as uow:
        return {name: int(await uow.session.scalar(statement) or 0) for name, statement in counts.items()}


async def _measure(seed: int) -> list[Result]:
    with tempfile.TemporaryDirectory(prefix="inverso-bench-") as folder:
        async with company(Path(folder), seed) as at:
            round_id = await draft(at.inverso)
            spare_what_stays()  # as the bot that serves does
            begun = time.perf_counter()
            lasted = await whole_round(at, round_id)
            seconds = time.perf_counter() - begun
            state = (await round_of(at, round_id)).state
            mean, most = messages_a_week(at.workspace)
            happened = await figures(at)
            pushed = await unrequested(at)
            if state != "closed":
                raise RuntimeError(f"the round did not come to its end: {state}, {happened}")
            if at.workspace.complaints:
                raise RuntimeError(f"the workspace refused: {at.workspace.complaints[:3]}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        Result("round of 240: wall time", seconds, "s"),
        Result("round of 240: lasted", lasted / timedelta(weeks=1), "weeks"),
        Result("round of 240: peak memory, bot and playground", peak, "MB"),
        Result("messages a person a week: mean", mean, "messages"),
        Result("messages a person a week: most for anyone", most, "messages"),
        Result("unrequested a person a week: most for anyone", pushed, "messages"),
        *(Result(f"round of 240: {name}", count, "") for name, count in happened.items()),
    ]


def run(*, seed: int = 1, as_json: bool = False) -> None:
    """Measure one round."""
    configure_logs(level=40)
    show(uvloop.run(_measure(seed)), as_json=as_json)
