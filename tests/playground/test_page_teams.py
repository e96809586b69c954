"""The page with the real bot before a company on both platforms: a round opened on Slack, joined on Teams."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, Page, expect

from bot.cli.playing import completions
from playground.colleagues import Colleagues
from playground.server import PageSettings, make_playground
from tests.browser import needs_chromium
from tests.stage import Stage, department, on_stage, some_on_teams
from tests.stories import steps

SHOTS = os.environ.get("PLAYGROUND_SHOTS")
"""A folder for screenshots, to look at."""

pytestmark = [needs_chromium, pytest.mark.asyncio(loop_scope="module")]
expect.set_options(timeout=20_000)  # machines that test are busy


@pytest_asyncio.fixture(loop_scope="module")
async def mixed() -> AsyncIterator[Stage]:
    """Elena Sala is on Teams, everybody else on Slack."""
    roster = department("Human resources", "Finance")
    async with on_stage(roster=roster, platform=some_on_teams("Elena Sala")) as company:
        yield company


@pytest_asyncio.fixture(loop_scope="module")
async def address(mixed: Stage) -> AsyncIterator[str]:
    """Where the page of this company is."""
    colleagues = Colleagues(mixed.company, enabled=False)
    runner = web.AppRunner(
        make_playground(mixed.company, mixed.clock, colleagues, PageSettings(completions=completions()))
    )
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()
    colleagues.close()


async def visit(browser: Browser, address: str, who: str, complaints: list[str], **settings: Any) -> Page:
    """The page as this person sees it; what the browser complains about is collected."""
    context = await browser.new_context(**{"viewport": {"width": 1280, "height": 860}, "locale": "it-IT", **settings})
    page = await context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    await page.goto(f"{address}/?me={who}@aurea.example")
    await page.wait_for_selector("body[data-ready]")
    return page


async def shoot(page: Page, name: str) -> None:
    if SHOTS:
        await page.screenshot(path=Path(SHOTS) / f"{name}.png")


async def test_a_round_of_both_platforms(mixed: Stage, address: str, browser: Browser) -> None:
    complaints: list[str] = []
    await steps.draft_round(mixed, weeks=1, state="draft")
    vale = await visit(browser, address, "valentina.vitale", complaints)
    await vale.get_by_role("combobox", name="Messaggio").fill("/mentoring ciclo apri")
    await vale.keyboard.press("Enter")
    await vale.get_by_role("button", name=re.compile("Apri (il ciclo|e invita)")).first.click()
    await expect(vale.locator(".message").last).to_contain_text("Stanno partendo")
    await mixed.settle()
    await mixed.move(minutes=5)

    elena = await visit(browser, address, "elena.sala", complaints)
    assert await elena.locator("body").get_attribute("data-platform") == "teams"
    card = elena.locator(".message").last
    await expect(card).to_contain_text("Ti mostro come funziona?")
    await shoot(elena, "invitation")
    await card.get_by_role("button", name="Mostrami").click()
    dialog = elena.get_by_role("dialog")
    await expect(dialog.get_by_role("button", name="Chiudi")).to_be_visible()
    await shoot(elena, "dialog")
    await dialog.locator(".button.primary").click()
    await expect(dialog.locator("[aria-invalid]").first).to_be_visible()
    await shoot(elena, "refused")
    await dialog.get_by_label("Ho letto").check()
    await dialog.locator(".button.primary").click()
    await expect(dialog.get_by_text("Vorrei partecipare come")).to_be_visible()
    await shoot(elena, "second")
    await elena.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)

    await elena.get_by_role("combobox", name="Messaggio").fill("part")
    await expect(elena.get_by_role("option", name="partecipa")).to_be_visible()
    await elena.get_by_role("combobox", name="Messaggio").fill("aiuto")
    await elena.keyboard.press("Enter")
    await expect(elena.locator(".message.mine").last).to_contain_text("aiuto")
    await expect(elena.locator(".message").last).to_contain_text("corso di formazione")
    await elena.locator(".message").last.get_by_role("button", name="Mostra il JSON").click()
    await expect(elena.get_by_role("dialog").locator("pre").first).to_contain_text("AdaptiveCard")
    await shoot(elena, "drawer")
    assert complaints == []
