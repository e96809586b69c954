"""A large round as its coordinator meets it: worked out beside the chat, read by page, out and in as a sheet, approved.

The people come from a roster file, as a company's do; what they ticked when they enrolled is written beside it.

The bot is the real one on a SQLite file; messages are taken by a sender that only counts them. While the long work goes
on, the coordinator asks for a page again and again, and a watch on the event loop notes how long it was ever held.
"""

import asyncio
import random
import tempfile
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import insert
from sqlmodel import col, select

from benchmarks.results import Result, show
from bot import content
from bot.app import Inverso, build
from bot.domain.lanes import Pace
from bot.domain.programme import CAREER_STAGES, STANDARD
from bot.domain.roster import REQUIRED, parse_roster
from bot.domain.slots import SLOTS
from bot.flows.turns import Event, Filed, Pressed
from bot.garbage import spare_what_stays
from bot.relay.post import Address, Limit, Parcel, Receipt
from bot.settings import Settings
from storage import schema
from storage.organisations import the_organisation
from storage.parts import parts
from storage.roster import import_roster
from storage.tables import Account, Enrolment, MatchRun, Person, Round, Workspace
from storage.uow import Uow

VALE = "vale@example.com"
SITES = (
    *(("Milano", "IT", "Europe/Rome"), ("Roma", "IT", "Europe/Rome"), ("Torino", "IT", "Europe/Rome")),
    *(("Berlin", "DE", "Europe/Berlin"), ("London", "GB", "Europe/London")),
)
DEPARTMENTS = tuple(f"Department {number}" for number in range(40))
BULK = 5000
AT_WILL = Pace(timedelta(milliseconds=1), 1000)
IDLE_PAGES = 60
SPAN = 8  # direct reports of a manager


@dataclass
class Counting:
    """Takes every message; keeps the last card, for its files."""

    taken: list[Parcel] = field(default_factory=list)

    async def send(self, parcel: Parcel) -> Receipt:
        self.taken.append(parcel)
        return Receipt(f"D:{len(self.taken)}", "D")

    def limit(self, address: Address, *, edit: bool) -> Limit:
        return Limit("count", AT_WILL, AT_WILL)

    def can_look_up(self, address: Address) -> bool:
        return False


@dataclass
class Held:
    """How long the event loop was held by its own work, and how long a page took, meanwhile; in milliseconds."""

    loop: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)


def run(*, people: int, seed: int = 1, as_json: bool = False) -> None:
    """Measure ``people`` a side."""
    show(asyncio.run(_measure(people, seed)), as_json=as_json)


async def _measure(people: int, seed: int) -> list[Result]:
    with tempfile.TemporaryDirectory(prefix="inverso-") as folder:
        settings = Settings(
            DATABASE_URL=f"sqlite:///{Path(folder) / 'review.db'}", SLACK_BOT_TOKEN="xoxb-0", SLACK_SIGNING_SECRET="0"
        )
        inverso = await build(settings)
        sender = Counting()
        inverso.relay.senders["slack"] = sender  # type: ignore[index]  # the root hands a dict
        inverso.relay.senders = {"slack": sender}
        try:
            began = time.perf_counter()
            round_id = await _company(inverso, people, random.Random(seed))
            spare_what_stays()  # as the bot that serves does
            taken = Result(f"roster of {2 * people:,} and their enrolments taken", time.perf_counter() - began, "s")
            return [taken, *await _figures(inverso, sender, round_id, people)]
        finally:
            await inverso.close()


async def _figures(inverso: Inverso, sender: Counting, round_id: int, people: int) -> list[Result]:
    took, _ = await _long(inverso, Pressed("matching.begin", str(round_id)), round_id)
    results = [Result(f"matching, {people} a side", took, "s")]
    idle = await _idle(inverso, round_id)
    took, held = await _long(inverso, Pressed("matching.again", str(round_id)), round_id)
    results += [Result(f"running again, {people} a side", took, "s"), *_held("running again", held, idle)]
    async with inverso.database.uow(inverso.clock.now()) as uow:
        summary = (await uow.all(select(MatchRun).order_by(col(MatchRun.id).desc())))[0].summary
    results.append(Result("pairs", summary["matched"], "pairs"))
    pages = [await _page(inverso, round_id, number * summary["matched"] // 20) for number in range(20)]
    results.append(Result("a page of the review, median", median(pages), "ms"))
    results.append(Result("a page of the review, longest", max(pages), "ms"))
    took, held = await _long(inverso, Pressed("matching.sheet", str(round_id)), round_id)
    sheet = next(parcel.card.attachments[0] for parcel in reversed(sender.taken) if parcel.card.attachments)
    results += [Result(f"sheet out, {len(sheet.data) / 1e6:.1f} MB", took, "s"), *_held("sheet out", held, idle)]
    took, held = await _long(inverso, Filed("pairs.csv", sheet.data), round_id)
    results += [Result("sheet in", took, "s"), *_held("sheet in", held, idle)]
    async with inverso.database.uow(inverso.clock.now(), 1) as uow:
        newest = max(await uow.all(uow.of(MatchRun).where(MatchRun.state == "ready")), key=lambda run: run.pk)
    held, began = Held(), time.perf_counter()
    async with _watched(held):
        await inverso.dispatcher.handle(_event(Pressed("matching.approve", f"{round_id}:{newest.pk}")))
    took = 1000 * (time.perf_counter() - began)
    return [*results, Result("approved", took, "ms"), *_held("approving", held, idle)]


def _held(name: str, held: Held, idle: Held) -> Iterable[Result]:
    """Beside the same answers while nothing else goes on: a machine has hiccups of its own."""
    beside = "nothing else going on"
    yield Result(f"{name}: event loop held (CPU), longest", max(held.loop), "ms", beside, max(idle.loop))
    if held.pages:
        yield Result(f"{name}: an answer meanwhile, median", median(held.pages), "ms", beside, median(idle.pages))
        yield Result(f"{name}: an answer meanwhile, longest", max(held.pages), "ms", beside, max(idle.pages))


async def _idle(inverso: Inverso, round_id: int) -> Held:
    held = Held()
    async with _watched(held):
        for _ in range(IDLE_PAGES):
            held.pages.append(await _page(inverso, round_id, 0))
            await asyncio.sleep(0.05)
    return held


async def _long(inverso: Inverso, what: Pressed | Filed, round_id: int) -> tuple[float, Held]:
    """Do it, and all that follows from it; how long that took, and what else could be done meanwhile."""
    held, began = Held(), time.perf_counter()
    async with _watched(held):
        await inverso.dispatcher.handle(_event(what))
        await inverso.relay.run_due()
        while inverso.relay.beside.desks:
            held.pages.append(await _page(inverso, round_id, 0))
            await inverso.relay.run_due()
            await asyncio.sleep(0.05)
        took = time.perf_counter() - began
        while await inverso.relay.run_due():
            await inverso.nursery.settle()
    return took, held


async def _page(inverso: Inverso, round_id: int, offset: int) -> float:
    began = time.perf_counter()
    await inverso.dispatcher.handle(_event(Pressed("matching.page", f"{round_id}:{offset}")))
    return 1000 * (time.perf_counter() - began)


def _event(what: Pressed | Filed) -> Event:
    return Event("slack", "T1", "U1", what)


@asynccontextmanager
async def _watched(held: Held) -> AsyncIterator[None]:
    """Notes what the loop's thread computes between two looks, in CPU time: the machine's own hiccups are not ours."""

    async def watch() -> None:
        while True:
            began = time.thread_time()
            await asyncio.sleep(0.001)
            held.loop.append(1000 * (time.thread_time() - began))

    task = asyncio.create_task(watch())
    try:
        yield
    finally:
        task.cancel()


# ── The company ──────────────────────────────────────────────────────────────────────────────────────────────────────


async def _company(inverso: Inverso, people: int, chance: random.Random) -> int:
    """Twice ``people`` persons under managers, all enrolled in a round; its key."""
    await schema.ensure_current(inverso.database.engine)
    now = inverso.clock.now()
    async with inverso.database.uow(now) as uow:
        uow.organisation_id = await the_organisation(uow)
        home = uow.add(Workspace(platform="slack", external_id="T1", installed_at=now))
        await uow.flush()
        vale = uow.add(Person(email=VALE, name="Vale", coordinator=True))
        await uow.flush()
        uow.add(Account(workspace_id=home.pk, external_id="U1", person_id=vale.pk, conversation="D"))
        round = uow.add(
            Round(
                name="Benchmark",
                state="enrolling",
                coordinator_id=vale.pk,
                objectives=["digital_gap"],
                rules=asdict(STANDARD),
                created_at=now,
                opened_at=now,
                enrolment_ends_at=now + timedelta(weeks=2),
            )
        )
        await uow.flush()
        await import_roster(uow, parse_roster(_roster(people, chance), {VALE}).good_rows)
        key = {email: id for id, email in await uow.rows(uow.of(Person).with_only_columns(Person.id, Person.email))}
        rows = (_enrolment(uow, round.pk, key[_email(n)], n < people, chance) for n in range(2 * people))
        for part in parts(rows, BULK):
            await uow.session.execute(insert(Enrolment), part)
        await uow.commit()
        return round.pk


def _roster(people: int, chance: random.Random) -> bytes:
    """A roster of mentors, then as many mentees, in lines of managers with `SPAN` direct reports."""
    return "\n".join([",".join(REQUIRED), *(_line(number, people, chance) for number in range(2 * people))]).encode()


def _line(number: int, people: int, chance: random.Random) -> str:
    stage = chance.choice(CAREER_STAGES[:2] if number < people else CAREER_STAGES[2:])
    site, country, zone = chance.choice(SITES)
    languages = chance.choice(("it;en", "it", "en", "en;de"))
    place = number if number < people else number - people - 1  # mentees lead: mentors, and each other
    manager = _email(people + place // SPAN) if place >= 0 else VALE
    who = f"{_email(number)},Person {number},{chance.choice(DEPARTMENTS)}"
    return f"{who},{stage},{site},{country},{zone},{languages},{manager}"


def _email(number: int) -> str:
    return f"p{number}@example.com"


def _enrolment(uow: Uow, round_id: int, person: int, mentor: bool, chance: random.Random) -> dict[str, Any]:
    digital, human = _skills()
    mine, theirs = (digital, human) if mentor else (human, digital)
    row = Enrolment(
        organisation_id=uow.organisation_id,
        round_id=round_id,
        person_id=person,
        state="prepared",
        role="mentor" if mentor else "mentee",
        offers={code: chance.randint(2, 4) for code in chance.sample(mine, 4)},
        wants=[[code, chance.randint(0, 1)] for code in chance.sample(theirs, 3)],
        languages=[],
        slots=chance.sample(list(SLOTS), 5),
        formats=[chance.choice(("remote", "blended"))],
        prepared_at=uow.now,
    )
    return row.model_dump(exclude={"id"})


def _skills() -> tuple[list[str], list[str]]:
    codes = sorted(content.skills())
    return [code for code in codes if code[0].isdigit()], [code for code in codes if not code[0].isdigit()]
