"""A round of many people announced to a simulated workspace that keeps Slack's limits, the clock as fast as it goes."""

import random
import tempfile
import time
from collections import Counter
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import uvloop
from sqlmodel import col, select

from benchmarks.results import Result, show
from bot.app import Inverso, build
from bot.cli.playing import bring_company
from bot.clock import MovableClock
from bot.domain.roster import parse_roster
from bot.flows.programme.rounds import open_enrolment
from bot.logs import configure_logs
from bot.settings import Settings
from playground.workspace import Person as Colleague
from playground.workspace import Workspace
from playground.workspace.limits import WORKSPACE_BURST, WORKSPACE_RATE
from storage.organisations import the_organisation
from storage.tables import Job, Person, Round

TUESDAY = datetime(2027, 1, 12, 8, 0, tzinfo=UTC)
COORDINATOR = "person.0@big.example"
HEADER = "email,name,department,job_title,career_stage,site,country,timezone,languages,manager_email"


class Time:
    """The workspace's view of the clock; the benchmark itself moves it."""

    def __init__(self, clock: MovableClock) -> None:
        self._clock = clock

    def now(self) -> datetime:
        return self._clock.now()

    async def next_due(self) -> datetime | None:
        return None

    async def move(self, to: datetime) -> None:
        self._clock.set(to)


def count_refusals(limits: Any) -> list[int]:
    """The waits of calls that were refused for their pace, as they come: the simulations keep no count of their own."""
    refused: list[int] = []
    asked = limits.retry_after

    def counted(*call: Any) -> int | None:
        wait: int | None = asked(*call)
        if wait is not None:
            refused.append(wait)
        return wait

    limits.retry_after = counted
    return refused


async def announced(inverso: Inverso, clock: MovableClock) -> tuple[int, timedelta]:
    """Open a round for everybody and let time pass until all are told; to how many, and how long it took them."""
    async with inverso.database.uow(clock.now()) as uow:
        uow.organisation_id = await the_organisation(uow)
        key: int = (await uow.all(select(Person.id).where(Person.coordinator)))[0]
        ends = clock.now() + timedelta(weeks=2)
        row = Round(name="Big", coordinator_id=key, sponsor_id=key, created_at=uow.now, enrolment_ends_at=ends)
        round = uow.add(row)
        round.state, round.opened_at = "enrolling", uow.now
        await uow.flush()
        people = await open_enrolment(uow, round)
        await uow.commit()
    begun = last = clock.now()
    while (due := await inverso.relay.next_due()) is not None and due < begun + timedelta(days=1):
        clock.set(max(due, clock.now()))
        if await inverso.relay.run_due():
            last = clock.now()
    return people, last - begun


def roster_of(people: int) -> bytes:
    """A roster file of so many people, all of whom report to the coordinator."""
    rest = "Job,intermediate,Torino,IT,Europe/Rome,it"
    bosses = ["", *[COORDINATOR] * (people - 1)]
    rows = (f"person.{n}@big.example,Person {n},Department {n % 50},{rest},{boss}" for n, boss in enumerate(bosses))
    return "\n".join((HEADER, *rows)).encode()


async def _measure(people: int) -> list[Result]:
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="inverso-announce-"))
        clock = MovableClock(TUESDAY, frozen=True)
        rows = parse_roster(roster_of(people)).good_rows
        colleagues = [Colleague.of(row.email, row.name, tz="Europe/Rome", locale="it-IT") for row in rows]
        workspace = Workspace(colleagues, "http://127.0.0.1:1", "secret", "xoxb-benchmark", Time(clock), log_size=10)
        await stack.enter_async_context(workspace)
        settings = Settings(
            DATABASE_URL=f"sqlite:///{Path(folder) / 'announce.db'}",
            INVERSO_COORDINATORS=COORDINATOR,
            SLACK_BOT_TOKEN="xoxb-benchmark",
            SLACK_SIGNING_SECRET="secret",
            SLACK_API_URL=await workspace.start(),
        )
        inverso = await build(settings, clock, random.Random(1))
        stack.push_async_callback(inverso.close)
        await bring_company(inverso, rows)
        refused = count_refusals(workspace.limits)
        begun, cpu = time.perf_counter(), time.process_time()
        told, lasted = await announced(inverso, clock)
        seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
        return [
            *_told(workspace, told, lasted, refused, await unsent(inverso)),
            *cost(f"announce to {told:,}", told, seconds, cpu),
        ]


async def unsent(inverso: Inverso) -> int:
    """Invitations that were not sent."""
    async with inverso.database.uow(inverso.clock.now()) as uow:
        invitations = select(Job).where(Job.name == "enrolment.invite", col(Job.state) != "done")
        return await uow.count(invitations)


def _told(workspace: Workspace, people: int, lasted: timedelta, refused: list[int], unsent: int) -> list[Result]:
    said = (message for place in workspace.conversations.values() for message in place.messages.values())
    keys = Counter(message.metadata["event_payload"]["key"] for message in said if message.metadata)
    invited = Counter({key: times for key, times in keys.items() if ":invite:" in key})
    bound = max(0.0, (people - WORKSPACE_BURST) / WORKSPACE_RATE)
    name = f"announce to {people:,}"
    return [
        Result(f"{name}: lasted (virtual time)", lasted.total_seconds(), "s", "bound of the limits", bound),
        Result(f"{name}: refused for their pace", 100 * len(refused) / max(1, people), "%"),
        Result(f"{name}: lost", people - len(invited), "messages"),
        Result(f"{name}: not sent", unsent, "messages"),
        Result(f"{name}: said twice", sum(times - 1 for times in invited.values()), "messages"),
    ]


def cost(name: str, people: int, seconds: float, cpu: float) -> list[Result]:
    """What it took in real time and in CPU, of bot and playground together."""
    return [
        Result(f"{name}: real time, bot and playground", seconds, "s"),
        Result(f"{name}: CPU a message, bot and playground", 1000 * cpu / max(1, people), "ms"),
    ]


def run(*, people: int, as_json: bool = False) -> None:
    """Measure one announcement."""
    configure_logs(level=40)
    show(uvloop.run(_measure(people)), as_json=as_json)
