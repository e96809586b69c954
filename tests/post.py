"""Promises of five kinds to one person, and what reaches them: for tests of the relay before a faulty workspace."""

import asyncio
import random
from collections.abc import AsyncIterator

import pytest_asyncio

from bot.flows.turns import Feature, JobKind, JobTurn, NotOwed, Outcome, Say
from bot.relay import Parcel, Receipt, Relay, Sender
from bot.ui.cards import card
from playground.workspace import Message
from storage.tables import Job, Person
from tests.stage import Stage, StageHand


async def say(turn: JobTurn) -> Outcome:
    return Say((turn.job.person_id or 0,), card(f"say {turn.job.key}"))


async def nudge(turn: JobTurn) -> Outcome:
    return Say((turn.job.person_id or 0,), card(f"nudge {turn.job.key}"), nudge="session")


async def to_two(turn: JobTurn) -> Outcome:
    return Say((turn.job.person_id or 0, turn.arg("other")), card("to the two of you"), group=True)


async def break_down(turn: JobTurn) -> Outcome:
    raise RuntimeError("a fault of our own")


async def let_go(turn: JobTurn) -> Outcome:
    return NotOwed()


KINDS = {"say": say, "nudge": nudge, "to_two": to_two, "break_down": break_down, "let_go": let_go}
FEATURE = Feature("test", jobs={name: JobKind(run) for name, run in KINDS.items()})


class Post:
    """Promises to one person, and what reached them."""

    def __init__(self, stage: Stage, hand: StageHand, person_id: int) -> None:
        self.stage, self.hand, self.person_id = stage, hand, person_id

    async def promise(self, name: str, key: str, **more: int) -> None:
        async with self.stage.inverso.database.uow(self.stage.clock.now(), 1) as uow:
            uow.promise(name, key, uow.now, person=self.person_id, **more)
            await uow.commit()

    async def job(self, key: str) -> Job:
        async with self.stage.inverso.database.uow(self.stage.clock.now(), 1) as uow:
            found = await uow.first(uow.of(Job).where(Job.key == key))
            assert found is not None
            return found

    def received(self) -> list[str]:
        return [message.text for message in self.hand.messages() if message.by_bot]

    def message(self) -> Message:
        return self.hand.last


@pytest_asyncio.fixture
async def post(stage: Stage) -> AsyncIterator[Post]:
    bot = stage.inverso
    await bot.relay.run_due()  # what the start of the bot owed
    bot.relay = Relay(bot.database, (FEATURE,), bot.relay.senders, stage.clock.now, random.Random(1))
    hand = stage.hand("Oliver Clarke")
    async with bot.database.uow(stage.clock.now(), 1) as uow:
        person = await uow.first(uow.of(Person).where(Person.name == "Oliver Clarke"))
        assert person is not None
    yield Post(stage, hand, person.pk)


class DyingSender:
    """A way out whose process is killed while it sends: before the message has left, or after."""

    def __init__(self, real: Sender, *, after: bool) -> None:
        self.real, self.after = real, after
        self.reached = asyncio.Event()
        self.limit, self.can_look_up = real.limit, real.can_look_up

    async def send(self, parcel: Parcel) -> Receipt:
        if self.after:
            await self.real.send(parcel)
        self.reached.set()
        await asyncio.Event().wait()
        raise AssertionError("nobody lives to see this")
