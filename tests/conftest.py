"""Fixtures that every story shares."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.databases import postgres_server
from tests.stage import Stage, department, on_stage


@pytest_asyncio.fixture
async def stage() -> AsyncIterator[Stage]:
    """A few dozen people of the sample company, with the bot in their workspace, on a Tuesday morning."""
    async with on_stage(roster=department("Human resources", "Finance")) as company:
        yield company


@pytest_asyncio.fixture
async def company() -> AsyncIterator[Stage]:
    """All 240 people of the sample company."""
    async with on_stage() as whole:
        yield whole


__all__ = ["postgres_server"]
