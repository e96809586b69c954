"""The playground's page without a browser: what it asks of its server, over HTTP, as the page does."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import aiohttp
from aiohttp.test_utils import TestServer

from playground.colleagues import Colleagues
from playground.server import PageSettings, Quick, make_playground
from tests.stage import Stage, StageHand


@dataclass
class PageDriver:
    """One visitor at the page."""

    web: aiohttp.ClientSession
    hand: StageHand
    pressed: set[tuple[str, str]] = field(default_factory=set)

    async def writes(self, line: str) -> None:
        """Write a command to the bot."""
        command, _, text = line.partition(" ")
        await self._does("command", command=command, text=text)

    async def presses_the_main_button(self) -> None:
        """Press it in the newest message that has one, unless it was pressed before."""
        async with self.web.get(f"/playground/{self.hand.user_id}") as answer:
            shown = (await answer.json())["messages"]
        messages = self.hand.messages()
        assert [one["ts"] for one in shown[-1:]] == [one.ts for one in messages[-1:]]
        main = [(at, one) for at in messages for one in self.hand.platform.buttons(at) if one.style == "primary"]
        for message, button in main[-1:]:
            if (message.ts, button.action) not in self.pressed:
                self.pressed.add((message.ts, button.action))
                where = {"channel": message.channel, "ts": message.ts}
                await self._does("press", where=where, action_id=button.action, block_id=button.block)

    async def lets_time_pass(self, days: int) -> None:
        """Move the clock, and wait until the page hears that it stands again, there."""
        target = self.hand.stage.clock.now() + timedelta(days=days)
        async with self.web.get(f"/playground/events?user={self.hand.user_id}") as stream:
            async with self.web.post("/playground/clock", json={"days": days}) as answer:
                assert (await answer.json())["travel"] is True
            async for line in stream.content:
                told: dict[str, Any] = json.loads(line[6:]) if line.startswith(b"data: ") else {"travel": True}
                if told["travel"] is False and (told["trouble"] or told["clock"]["now"] == target.isoformat()):
                    assert told["trouble"] is None
                    return

    async def _does(self, verb: str, **given: Any) -> None:
        async with self.web.post(f"/playground/{self.hand.user_id}/{verb}", json=given) as answer:
            assert (await answer.json())["ok"], verb
        await self.hand.stage.settle()


@asynccontextmanager
async def at_the_page(stage: Stage, name: str, seed: int) -> AsyncIterator[PageDriver]:
    """The page of the company, with colleagues who answer by themselves, before a visitor who plays this person."""
    hand = stage.hand(name)
    colleagues = Colleagues(stage.company, seed)
    settings = PageSettings((Quick(name, hand.user_id),))
    page = make_playground(stage.company, stage.clock, colleagues, settings)
    async with TestServer(page) as server, aiohttp.ClientSession(server.make_url("/")) as web:
        yield PageDriver(web, hand)
    colleagues.close()
