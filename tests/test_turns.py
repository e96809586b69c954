"""Whoever is being answered goes before what the relay does, and for a moment at most."""

import asyncio

import aiohttp
import pytest
from yarl import URL

from bot.dispatch import Answer
from bot.flows.turns import Event
from bot.relay import turns
from bot.relay.turns import Turns
from tests.stage import ON_SLACK, ON_TEAMS, Platform, department, on_stage


async def let_others_go() -> None:
    """All that can go on now does."""
    for _ in range(10):
        await asyncio.sleep(0)


async def begins(given: Turns, order: list[str], name: str) -> None:
    async with given:
        order.append(name)


async def test_a_step_begins_when_nobody_is_being_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE_SECONDS", 600)
    given, order = Turns(1), list[str]()
    with given.answering():
        with given.answering():
            step = asyncio.create_task(begins(given, order, "step"))
            await let_others_go()
        await let_others_go()
        order.append("answered")
    await step
    assert order == ["answered", "step"]


async def test_where_somebody_is_always_being_answered_a_step_begins_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE_SECONDS", 0)
    given, order = Turns(1), list[str]()
    with given.answering():
        await begins(given, order, "step")
        await begins(given, order, "another")
    assert order == ["step", "another"]


async def test_a_step_that_is_called_off_while_it_waits_leaves_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE_SECONDS", 600)
    given, order = Turns(1), list[str]()
    with given.answering():
        step = asyncio.create_task(begins(given, order, "step"))
        await let_others_go()
        step.cancel()
        await let_others_go()
    await begins(given, order, "another")
    assert order == ["another"]


@pytest.mark.parametrize("platform", [ON_SLACK, ON_TEAMS], ids=["slack", "teams"])
async def test_who_stands_at_a_door_is_being_answered(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE_SECONDS", 600)
    async with on_stage(roster=department("Human resources"), platform=platform) as stage:
        bot, asked, may_answer = stage.inverso, asyncio.Event(), asyncio.Event()
        answer = bot.dispatcher.handle

        async def when_allowed(event: Event) -> Answer:
            asked.set()
            await may_answer.wait()
            return await answer(event)

        monkeypatch.setattr(bot.dispatcher, "handle", when_allowed)
        hand = stage.hand("Oliver Clarke")
        asking = asyncio.create_task(hand.platform.types(hand.user_id, "/mentoring", None))
        await asked.wait()
        order = list[str]()
        step = asyncio.create_task(begins(bot.relay.turns, order, "step"))
        await let_others_go()
        order.append("answered")
        may_answer.set()
        await asyncio.gather(step, asking)
        assert order == ["answered", "step"]


async def test_who_never_sends_what_they_began_holds_nothing_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE_SECONDS", 600)
    async with on_stage(roster=department("Human resources")) as stage:
        address = URL(stage.workspace.bot_url)
        _, writer = await asyncio.open_connection(address.host, address.port)
        writer.write(b"POST /slack/events HTTP/1.1\r\nHost: inverso\r\nContent-Length: 100\r\n\r\n")
        await writer.drain()
        async with aiohttp.ClientSession() as http, http.get(address / "healthz") as answer:
            assert answer.ok
        order = list[str]()
        async with asyncio.timeout(30):
            await begins(stage.inverso.relay.turns, order, "step")
        assert order == ["step"]
        writer.close()
