"""What was promised is said once, whatever the network does: the relay and Slack's sender before a faulty workspace."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from sqlmodel import select

from bot.flows.turns import Feature, JobKind, JobTurn, NotOwed, Outcome, Say
from bot.relay import Parcel, Receipt, Relay, Sender
from bot.ui.cards import card
from playground.workspace import Message
from storage.jobs import LEASE
from storage.tables import Account, Job, Nudge, Person
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
    bot.relay = Relay(bot.database, (FEATURE,), bot.relay.senders, stage.clock.now, random.Random(1))
    hand = stage.hand("Oliver Clarke")
    async with bot.database.uow(stage.clock.now(), 1) as uow:
        person = await uow.first(uow.of(Person).where(Person.name == "Oliver Clarke"))
        assert person is not None
    yield Post(stage, hand, person.pk)


async def test_a_promise_is_said_once_with_its_key(post: Post) -> None:
    await post.promise("say", "a")
    await post.stage.settle()
    await post.stage.move(hours=1)
    assert post.received() == ["say a"]
    assert (await post.job("a")).state == "done"


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "500", "429"])
async def test_no_fault_of_the_network_loses_or_doubles_a_message(post: Post, fault: str) -> None:
    post.stage.workspace.faults.next("chat.postMessage", fault)
    await post.promise("say", "a")
    await post.stage.settle()
    await post.stage.move(hours=2)
    assert post.received() == ["say a"]
    assert (await post.job("a")).state == "done"


@pytest.mark.parametrize("name", ["say", "nudge"])
@pytest.mark.parametrize("fault", ["429", "drop_before", "500"])
async def test_what_stands_in_the_way_of_looking_up_doubles_nothing(post: Post, name: str, fault: str) -> None:
    post.stage.workspace.faults.next("chat.postMessage", "drop_after")
    post.stage.workspace.faults.next("conversations.history", fault)
    await post.promise(name, "a")
    await post.stage.settle()
    await post.stage.move(hours=3)
    assert post.received() == [f"{name} a"]
    assert (await post.job("a")).state == "done"
    async with post.stage.inverso.database.uow(post.stage.clock.now(), 1) as uow:
        assert len(await uow.all(uow.of(Nudge))) == (name == "nudge")


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


async def killed_while_sending(post: Post, *, after: bool) -> None:
    """A worker claims what is due, begins to send, and is no more."""
    bot = post.stage.inverso
    sender = DyingSender(bot.relay.senders["slack"], after=after)
    dying = Relay(bot.database, (FEATURE,), {"slack": sender}, post.stage.clock.now, random.Random(1))
    dying.marking.put = lambda result: None  # type: ignore[method-assign]  # the dead write nothing
    life = asyncio.create_task(dying.run_due())
    await sender.reached.wait()
    life.cancel()
    await dying.working.end(0)


async def lease_ends(post: Post) -> None:
    await post.stage.move_to(post.stage.clock.now() + LEASE + timedelta(seconds=1))


@pytest.mark.parametrize("after", [False, True], ids=["before sending", "between sending and marking"])
@pytest.mark.parametrize("name", ["say", "nudge"])
async def test_killed_while_sending_it_is_said_once_after_the_lease(post: Post, name: str, after: bool) -> None:
    await post.promise(name, "a")
    await killed_while_sending(post, after=after)
    assert post.received() == [f"{name} a"] * after
    await lease_ends(post)
    assert post.received() == [f"{name} a"]
    assert (await post.job("a")).state == "done"


@pytest.mark.parametrize("name", ["say", "nudge"])
async def test_where_nothing_can_be_looked_up_a_duty_is_said_again_and_a_nudge_is_not(post: Post, name: str) -> None:
    post.stage.inverso.relay.senders["slack"].can_look_up = lambda address: False  # type: ignore[method-assign]
    await post.promise(name, "a")
    await killed_while_sending(post, after=True)
    await lease_ends(post)
    assert post.received() == [f"{name} a"] * (2 if name == "say" else 1)
    job = await post.job("a")
    assert (job.state, job.reason) == ("done", "" if name == "say" else "perhaps said")


async def test_a_worker_that_is_stopped_gives_back_what_it_has_not_begun_and_doubts_what_it_has(post: Post) -> None:
    for key in ("a", "b"):
        await post.promise("say", key)
    bot = post.stage.inverso
    sender = DyingSender(bot.relay.senders["slack"], after=False)
    stopped = Relay(bot.database, (FEATURE,), {"slack": sender}, post.stage.clock.now, random.Random(1))
    life = asyncio.create_task(stopped.run_due())
    await sender.reached.wait()
    await stopped.stop(seconds=0)
    assert await life == 2
    held = [await post.job(key) for key in ("a", "b")]
    assert [(job.owner, job.unsure, job.reason) for job in held] == [("", True, "stopped")] * 2
    await post.stage.settle()
    assert sorted(post.received()) == ["say a", "say b"]


async def test_patience_that_one_message_asks_for_holds_the_others_back_too(post: Post) -> None:
    for key in ("a", "b", "c"):
        await post.promise("say", key)
    post.stage.workspace.faults.next("chat.postMessage", "429")
    await post.stage.settle()
    assert len(post.received()) < 3
    await post.stage.move(minutes=5)
    assert sorted(post.received()) == ["say a", "say b", "say c"]


async def test_somebody_deactivated_is_marked_unreachable_and_not_insisted_on(post: Post) -> None:
    await post.stage.workspace.change_person(post.hand.user_id, deleted=True)
    await post.stage.settle()
    await post.promise("say", "a")
    await post.stage.move(hours=3)
    assert (await post.job("a")).state == "given_up"
    async with post.stage.inverso.database.uow(post.stage.clock.now(), 1) as uow:
        account = await uow.first(select(Account).where(Account.person_id == post.person_id))
        assert account is not None
        assert not account.reachable


async def test_a_fault_of_our_own_is_tried_again_then_given_up_with_a_reason(post: Post) -> None:
    await post.promise("break_down", "a")
    await post.promise("say", "b")
    await post.stage.move(days=2)
    job = await post.job("a")
    assert (job.state, job.reason) == ("given_up", "exhausted")
    assert post.received() == ["say b"]


async def test_what_is_no_longer_owed_and_what_nobody_knows_are_dropped(post: Post) -> None:
    await post.promise("let_go", "a")
    await post.promise("of an older version", "b")
    await post.stage.settle()
    assert [(await post.job(key)).state for key in "ab"] == ["dropped", "dropped"]


async def test_nudges_wait_for_working_hours_one_a_day_and_stop_when_two_are_ignored(post: Post) -> None:
    await post.stage.move(hours=12)
    for key in ("a", "b", "c"):
        await post.promise("nudge", key)
    await post.stage.settle()
    assert post.received() == []
    await post.stage.move(days=1)
    assert post.received() == ["nudge a"]
    await post.stage.move(days=1)
    assert post.received() == ["nudge a", "nudge b"]
    await post.stage.move(days=7)
    assert post.received() == ["nudge a", "nudge b"]
    job = await post.job("c")
    assert (job.state, job.reason) == ("dropped", "ignored")
    async with post.stage.inverso.database.uow(post.stage.clock.now(), 1) as uow:
        sent = [row.sent_at for row in await uow.all(uow.of(Nudge))]
    assert all(9 <= at.hour < 18 and at.weekday() < 5 for at in sent)


async def test_two_are_written_to_in_a_conversation_of_their_own(post: Post) -> None:
    async with post.stage.inverso.database.uow(post.stage.clock.now(), 1) as uow:
        other = await uow.first(uow.of(Person).where(Person.name == "Valentina Vitale"))
        assert other is not None
    await post.promise("to_two", "a", other=other.pk)
    await post.stage.settle()
    (group,) = post.hand.groups
    assert {post.hand.user_id, post.stage.hand("Valentina Vitale").user_id} <= set(group.members)
