"""A workspace of three people with a stock bot behind it; a browser for each file that looks at pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest_asyncio
from playwright.async_api import Browser
from slack_sdk.web.async_client import AsyncWebClient

from playground.clock import FixedClock
from playground.hand import Hand
from playground.workspace import Person, Workspace
from tests.browser import a_browser
from tests.playground.stock_bot import make_bot, serve

SECRET, TOKEN = "a-signing-secret", "xoxb-playground"
ANNA = Person.of("anna@example.org", "Anna Neri", locale="it-IT")
BEN = Person.of("ben@example.org", "Ben Hill", locale="en-GB", tz="Europe/London")
CARL = Person.of("carl@example.org", "Carl Gone", deleted=True)


class Tick:
    """Real seconds that a test sets."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class Rig:
    """The workspace, a client with the bot's token, a hand, and what the bot's listeners heard."""

    workspace: Workspace
    client: AsyncWebClient
    anna: Hand
    heard: list[tuple[str, dict[str, Any]]]
    clock: FixedClock
    tick: Tick


@pytest_asyncio.fixture
async def rig() -> AsyncIterator[Rig]:
    clock, tick = FixedClock(), Tick()
    async with Workspace([ANNA, BEN, CARL], "", SECRET, TOKEN, clock, tick=tick) as workspace:
        api_url = await workspace.start()
        bot, heard = make_bot(api_url, SECRET, TOKEN)
        runner, workspace.bot_url = await serve(bot)
        client = AsyncWebClient(token=TOKEN, base_url=api_url, retry_handlers=[])
        yield Rig(workspace, client, Hand(workspace, ANNA.id), heard, clock, tick)
        await runner.cleanup()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def one_browser() -> AsyncIterator[Browser]:
    async with a_browser() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="module")
async def browser(one_browser: Browser) -> AsyncIterator[Browser]:
    """One for all tests of a file, which live in the module's event loop; what a test opened is closed after it."""
    yield one_browser
    for context in one_browser.contexts:
        await context.close()
