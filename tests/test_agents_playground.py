"""The bot before Microsoft's own client of Teams: what it really draws, and what its buttons really send.

That client draws no dialogs, so Amelia fills the form of enrolment on another client of hers, the simulated one. It
always says that it is in English; so is Amelia.
"""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests import agents_playground
from tests.stage import Stage, department, on_stage, some_on_teams
from tests.stories import steps
from tests.stories.enrolling import enrols
from tests.stories.test_pairing import DIGITAL, SOFT, WEEK

WHY = agents_playground.missing()
MENTOR, MENTEE = "Amelia Clarke", "Elena Sala"
SHOTS = os.environ.get("AGENTS_PLAYGROUND_SHOTS")
"""A folder for screenshots, to look at."""

pytestmark = pytest.mark.skipif(bool(WHY), reason=WHY)


@pytest_asyncio.fixture
async def mixed() -> AsyncIterator[Stage]:
    """Amelia Clarke is on Teams, everybody else on Slack."""
    roster = department("Human resources", "Finance")
    async with on_stage(roster=roster, platform=some_on_teams(MENTOR)) as company:
        yield company


async def writes(page: Page, words: str) -> None:
    box = page.get_by_role("textbox")
    await box.click()
    await box.press_sequentially(words)
    await box.press("Enter")


async def reads(page: Page, words: str) -> None:
    """The words come to be seen; a picture of the page is kept where one is asked for."""
    await expect(page.get_by_text(words).last).to_be_visible(timeout=30_000)
    if SHOTS:
        await page.screenshot(path=Path(SHOTS) / f"{words[:20]}.png")


async def test_greeting_enrolment_proposal_and_reminder(mixed: Stage, tmp_path: Path) -> None:
    amelia, elena = mixed.hand(MENTOR), mixed.hand(MENTEE)
    await mixed.tenant.uninstall(amelia.user_id)
    async with agents_playground.opened(mixed.tenant, mixed.tenant.people[amelia.user_id], tmp_path) as page:
        await reads(page, "Nothing is waiting for you")

        round_id = await steps.open_round(mixed, weeks=2)
        await mixed.move(minutes=5)
        await reads(page, "Curious?")
        await mixed.move(days=8)
        await reads(page, "this is my only reminder")

        mixed.tenant.world.installed.add(amelia.user_id)
        await amelia.types("join")
        await enrols(amelia, "en", "mentor")
        await writes(page, "profile")
        await reads(page, "Open the form")

        await steps.enrol(mixed, round_id, [MENTEE], "mentee", offers=SOFT, wants=[["5.3", 1]], slots=WEEK)
        await steps.enrol(mixed, round_id, [MENTOR], "mentor", offers=DIGITAL, wants=[["S1", 1]], slots=WEEK)
        await steps.approve_pairs(mixed, round_id)
        await elena.clicks("Sì, volentieri")
        await page.get_by_role("button", name="Yes, gladly").click()
        await reads(page, "You and Elena Sala have both said yes")
        await mixed.settle()
        await mixed.move(minutes=2)
        await reads(page, "You are paired!")
