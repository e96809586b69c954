"""The product without a platform: the real store, dispatcher and relay, and a way out that hands cards to people."""

import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import select

from bot.clock import MovableClock
from bot.dispatch import Answer, Dispatcher
from bot.domain import retry
from bot.domain.lanes import Pace
from bot.domain.roster import RosterRow
from bot.flows.catalogue import FEATURES
from bot.flows.turns import Event, What
from bot.relay import Relay
from bot.relay.post import Address, Limit, Parcel, Receipt, Undelivered
from bot.ui.cards import Card
from storage import schema
from storage.accounts import Member, link_members
from storage.box import Box, new_key
from storage.database import Database, make_engine
from storage.organisations import name_coordinators, the_organisation
from storage.roster import import_roster
from storage.tables import Person, Workspace

START = datetime(2027, 1, 12, 9, 0, tzinfo=UTC)
KEY = new_key()
FAST = Limit("say", Pace(timedelta(milliseconds=1), 1000), Pace(timedelta(milliseconds=1), 1000))
COORDINATOR, SPONSOR = "p0@walk.example", "p1@walk.example"
PLACES = (*[("IT", "Europe/Rome")] * 6, ("GB", "Europe/London"), ("US", "America/New_York"), ("IN", "Asia/Kolkata"))


@dataclass(frozen=True)
class Message:
    """A card that came to one account; ``nudge``: it was unrequested."""

    account: str
    card: Card
    at: datetime
    key: str
    nudge: int | None = None


@dataclass
class Letterbox:
    """A platform's way out: what arrives is kept, accounts in ``gone`` take nothing; ``came`` hears of each."""

    clock: Callable[[], datetime]
    came: Callable[[Message], None] = lambda _: None
    sent: list[Message] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)

    async def send(self, parcel: Parcel) -> Receipt:
        accounts = [account.external_id for account in parcel.address.accounts]
        if self.gone & set(accounts):
            raise Undelivered(retry.Refused(), unreachable=True)
        for account in accounts:
            message = Message(account, parcel.card, self.clock(), parcel.key, parcel.nudge)
            self.sent.append(message)
            self.came(message)
        return Receipt(str(len(self.sent)), "+".join(accounts))

    def limit(self, _address: Address, *, edit: bool) -> Limit:
        return FAST

    def can_look_up(self, _address: Address) -> bool:
        return True


@dataclass(repr=False)
class Company:
    """The bot and its people. It is what the steps of the stories take for a stage, too."""

    database: Database
    dispatcher: Dispatcher
    relay: Relay
    clock: MovableClock
    letters: Letterbox
    rows: list[RosterRow]
    due: datetime | None = None

    @property
    def inverso(self) -> "Company":
        return self

    @property
    def now(self) -> datetime:
        return self.clock.now()

    async def does(self, account: str, what: What) -> Answer:
        """The answer to what the person of that account does now; what becomes due by it is done too."""
        answer = await self.dispatcher.handle(Event("slack", "T1", account, what))
        if self.due is not None and self.due <= self.now:
            await self.settle()
        return answer

    def wake(self, nearest: datetime | None) -> None:
        """Hear of the nearest promise that was made."""
        self.due = min(filter(None, (self.due, nearest)), default=None)

    async def all(self, table: Any) -> list[Any]:
        """All rows of a table."""
        async with self.database.uow(self.now) as uow:
            return await uow.all(select(table).order_by(table.id))

    async def settle(self) -> None:
        """Let everything that is due now happen."""
        self.due = None
        while await self.relay.run_due():
            await self.relay.nursery.settle()
            await self.relay.marking.nursery.settle()

    async def move_to(self, moment: datetime) -> None:
        self.clock.set(moment)
        await self.settle()

    async def roster(self, rows: list[RosterRow]) -> None:
        """HR brings a new list of people, as by the command line."""
        self.rows = rows
        async with self.database.uow(self.now) as uow:
            uow.organisation_id = await the_organisation(uow)
            await import_roster(uow, rows)
            uow.promise("pairing.look_at_lines", f"roster:lines:{self.now.isoformat()}", self.now)
            await uow.commit()

    async def leaves(self, email: str) -> None:
        """Somebody leaves the company: the platform's directory says so."""
        async with self.database.uow(self.now) as uow:
            uow.organisation_id = await the_organisation(uow)
            workspace = (await uow.all(select(Workspace)))[0]
            await link_members(uow, workspace, [Member(email.partition("@")[0], email, gone=True)])
            await uow.commit()


def people(count: int, chance: random.Random) -> list[RosterRow]:
    """So many people: who coordinates, the sponsor above all, three managers, and those who report to them."""
    rows = []
    for n in range(count):
        country, zone = PLACES[0] if n < 2 else chance.choice(PLACES)
        stage = "executive" if n < 2 else "manager" if n < 5 else ("early", "senior", "intermediate")[n % 3]
        boss = None if n == 1 else f"p{1 if n < 5 else chance.choice((2, 3, 4))}@walk.example"
        rows.append(
            RosterRow(
                line=n + 2,
                email=f"p{n}@walk.example",
                name=f"Person {n}" if n > 1 else ("Valentina Vitale", "Kwame Mensah")[n],
                department=chance.choice(("Finance", "Sales", "Research")),
                job_title="",
                career_stage=stage,
                tenure_band="3-5",
                site=zone,
                country=country,
                timezone=zone,
                languages=("it", "en") if country == "IT" else ("en", "it"),
                manager_email=boss,
                platform="slack",
                other_programme="",
            )
        )
    return rows


@asynccontextmanager
async def company_of(rows: list[RosterRow], chance: random.Random, start: datetime = START) -> AsyncIterator[Company]:
    """These people with the bot."""
    clock = MovableClock(start, frozen=True)
    database = Database(make_engine("sqlite:///:memory:"), Box(KEY))
    await schema.create(database.engine)
    letters = Letterbox(clock.now)
    relay = Relay(database, FEATURES, {"slack": letters}, clock.now, chance)
    dispatcher = Dispatcher(database, FEATURES, clock.now, lambda nearest: company.wake(nearest))
    company = Company(database, dispatcher, relay, clock, letters, list(rows))
    async with database.uow(clock.now()) as uow:
        uow.organisation_id = await the_organisation(uow)
        await import_roster(uow, rows)
        await name_coordinators(uow, [COORDINATOR])
        workspace = uow.add(Workspace(platform="slack", external_id="T1", name="Walk", installed_at=clock.now()))
        await uow.flush()
        members = [Member(row.email.partition("@")[0], row.email) for row in rows]
        await link_members(uow, workspace, members)
        await uow.commit()
    try:
        yield company
    finally:
        await relay.stop(0)
        await database.close()


def account_of(person: Person) -> str:
    """The account of a person."""
    return person.email.partition("@")[0]
