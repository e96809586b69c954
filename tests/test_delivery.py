"""What was promised is said once, whatever the network does: the relay and Slack's sender before a faulty workspace."""

import asyncio
import random
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from bot.domain import retry
from bot.relay import Parcel, Receipt, Relay
from bot.relay.post import Undelivered
from storage.jobs import LEASE
from storage.tables import Account, Enrolment, Nudge, Person, Round
from tests.post import FEATURE, DyingSender, Post


async def test_a_promise_is_said_once_with_its_key(post: Post) -> None:
    await post.promise("say", "a")
    await post.stage.settle()
    await post.stage.move(hours=1)
    assert post.received() == ["say a"]
    assert (await post.job("a")).state == "done"


@pytest.mark.promised("5xx, a cut connection, a timeout (60 s)")
@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "500", "429"])
async def test_no_fault_of_the_network_loses_or_doubles_a_message(post: Post, fault: str) -> None:
    post.stage.workspace.faults.next("chat.postMessage", fault)
    await post.promise("say", "a")
    await post.stage.settle()
    await post.stage.move(hours=2)
    assert post.received() == ["say a"]
    assert (await post.job("a")).state == "done"


@pytest.mark.promised("5xx, a cut connection, a timeout (60 s)")
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


@pytest.mark.promised("`kill -9` before sending begins")
@pytest.mark.promised("`kill -9` after sending has begun, before marking")
@pytest.mark.parametrize("after", [False, True], ids=["before sending", "between sending and marking"])
@pytest.mark.parametrize("name", ["say", "nudge"])
async def test_killed_while_sending_it_is_said_once_after_the_lease(post: Post, name: str, after: bool) -> None:
    await post.promise(name, "a")
    await killed_while_sending(post, after=after)
    assert post.received() == [f"{name} a"] * after
    await lease_ends(post)
    assert post.received() == [f"{name} a"]
    assert (await post.job("a")).state == "done"


@pytest.mark.promised("`kill -9` after sending has begun, before marking")
@pytest.mark.parametrize("name", ["say", "nudge"])
async def test_where_nothing_can_be_looked_up_a_duty_is_said_again_and_a_nudge_is_not(post: Post, name: str) -> None:
    post.stage.inverso.relay.senders["slack"].can_look_up = lambda address: False  # type: ignore[method-assign]
    await post.promise(name, "a")
    await killed_while_sending(post, after=True)
    await lease_ends(post)
    assert post.received() == [f"{name} a"] * (2 if name == "say" else 1)
    job = await post.job("a")
    assert (job.state, job.reason) == ("done", "" if name == "say" else "perhaps said")


@pytest.mark.promised("SIGTERM")
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


@pytest.mark.promised("429")
async def test_patience_that_one_message_asks_for_holds_the_others_back_too(post: Post) -> None:
    for key in ("a", "b", "c"):
        await post.promise("say", key)
    post.stage.workspace.faults.next("chat.postMessage", "429")
    await post.stage.settle()
    said = post.received()
    assert len(said) < 3
    bot = post.stage.inverso
    another = Relay(bot.database, (FEATURE,), bot.relay.senders, post.stage.clock.now, random.Random(1))
    assert await another.run_due() == 0
    assert post.received() == said
    await post.stage.move(minutes=5)
    assert sorted(post.received()) == ["say a", "say b", "say c"]


@pytest.mark.promised("The account is deactivated, gone, or has blocked the bot")
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


async def test_of_several_in_one_conversation_nobody_is_taken_for_gone(post: Post, monkeypatch: Any) -> None:
    sender = post.stage.inverso.relay.senders["slack"]

    async def refuses(_parcel: Parcel) -> Receipt:
        raise Undelivered(retry.Refused(), unreachable=True)

    monkeypatch.setattr(sender, "send", refuses)
    await post.promise("to_two", "a", other=post.person_id + 1)
    await post.stage.settle()
    assert (await post.job("a")).state == "given_up"
    assert await _reachable(post) == [True, True]
    await post.promise("say", "b")
    await post.stage.settle()
    assert (await _reachable(post)).count(False) == 1


async def _reachable(post: Post) -> list[bool]:
    ids = (post.person_id, post.person_id + 1)
    async with post.stage.inverso.database.uow(post.stage.clock.now(), 1) as uow:
        found = await uow.all(select(Account).where(col(Account.person_id).in_(ids)))
        return [account.reachable for account in found]


@pytest.mark.promised("A fault of our own in a job")
async def test_a_fault_of_our_own_is_tried_again_then_given_up_with_a_reason(post: Post) -> None:
    await post.promise("break_down", "a")
    await post.promise("say", "b")
    await post.stage.move(days=2)
    job = await post.job("a")
    assert (job.state, job.reason) == ("given_up", "exhausted")
    assert post.received() == ["say b"]


async def test_what_is_of_no_use_any_more_is_not_said(post: Post) -> None:
    soon = timedelta(minutes=30)
    async with post.stage.inverso.database.uow(post.stage.clock.now(), 1) as uow:
        uow.promise("say", "a", uow.now + soon, person=post.person_id, expires_at=uow.now + soon)
        await uow.commit()
    await post.stage.move(hours=1)
    assert ((await post.job("a")).state, post.received()) == ("expired", [])


async def test_what_is_no_longer_owed_is_dropped(post: Post) -> None:
    await post.promise("let_go", "a")
    await post.stage.settle()
    assert (await post.job("a")).state == "dropped"


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
        round = uow.add(Round(name="R", coordinator_id=post.person_id, closing_at=uow.now, created_at=uow.now))
        await uow.flush()
        uow.add(Enrolment(round_id=round.pk, person_id=post.person_id))
        await uow.commit()
    assert all(9 <= at.hour < 18 and at.weekday() < 5 for at in sent)
    await post.promise("nudge", "in another phase")
    await post.stage.move(days=1)
    assert post.received()[2:] == ["nudge in another phase"]


async def test_two_are_written_to_in_a_conversation_of_their_own(post: Post) -> None:
    async with post.stage.inverso.database.uow(post.stage.clock.now(), 1) as uow:
        other = await uow.first(uow.of(Person).where(Person.name == "Valentina Vitale"))
        assert other is not None
    await post.promise("to_two", "a", other=other.pk)
    await post.stage.settle()
    (group,) = post.hand.groups
    assert {post.hand.user_id, post.stage.hand("Valentina Vitale").user_id} <= set(group.members)
