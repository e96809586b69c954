"""The page in a real browser: what people see, press, type and hear."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.browser import needs_chromium
from tests.playground.demo_bot import Demo, crowd, demonstration, fill_the_room

PEOPLE = crowd(30)
BEN = PEOPLE[0]

pytestmark = [needs_chromium, pytest.mark.long, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(loop_scope="module")
async def demo() -> AsyncIterator[Demo]:
    async with demonstration(PEOPLE, visitor=[BEN.id]) as demo:
        await fill_the_room(demo)
        yield demo


async def visit(browser: Browser, demo: Demo, **settings: Any) -> tuple[Page, list[str]]:
    """The page, ready, and a list that collects what the browser complains about."""
    context = await browser.new_context(**{"viewport": {"width": 1280, "height": 800}, "locale": "en-GB", **settings})
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    await page.goto(demo.url)
    await page.wait_for_selector("body[data-ready]")
    await page.wait_for_selector(".message")
    return page, complaints


async def test_a_message_is_drawn_as_it_was_meant(demo: Demo, browser: Browser) -> None:
    page, complaints = await visit(browser, demo)
    card = page.locator(".message").first
    await expect(card.get_by_role("heading", name="A reverse-mentoring round opens 🌱")).to_be_visible()
    await expect(card.locator("strong", has_text="Giulia Conti")).to_be_visible()
    await expect(card.locator("blockquote")).to_contain_text("Six meetings of 45 minutes.")
    await expect(card.locator(".bullet")).to_have_text(["• It takes six hours", "• It is private"])
    await expect(card.locator("code")).to_have_text("45")
    await expect(card.get_by_role("link", name="Privacy")).to_have_attribute("href", "https://example.org")
    await expect(card.locator(".fields .text")).to_have_count(2)
    wide = page.locator(".message").nth(1)
    await expect(wide).to_contain_text("Escaped: <script>alert(1)</script> & @channel press")
    await expect(wide.get_by_role("link", name="press")).to_have_count(0)
    await expect(wide.get_by_role("img", name="A green square")).to_be_visible()
    await expect(page.get_by_role("img", name="Twelve of twenty answered")).to_be_visible()
    assert await page.get_by_role("img", name="A green square").evaluate("image => image.naturalWidth") == 240
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Meeting on Tuesday").click()
    assert (await download.value).suggested_filename == "meeting.ics"
    assert complaints == []


async def test_a_form_is_filled_refused_mended_and_taken(demo: Demo, browser: Browser) -> None:
    page, complaints = await visit(browser, demo)
    await page.get_by_role("button", name="Show me").click()
    form = page.get_by_role("dialog", name="Your enrolment")
    await expect(form.get_by_label("Curious")).to_be_focused()
    await form.get_by_label("A goal in one sentence").fill("nothing much")
    await form.get_by_label("To be on time").check()
    await form.get_by_role("button", name="Next").click()
    await expect(form.locator(".field-error")).to_have_text(["Please complete this required field."])
    wants = form.get_by_role("combobox", name="What would you like to learn?")
    await expect(wants).to_be_focused()
    await form.get_by_role("button", name="Next").click()
    await expect(wants).to_be_focused()
    await wants.press_sequentially("skill 1")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Escape")
    await expect(form.locator(".token")).to_have_text(["Skill 1"])
    await form.get_by_role("button", name="Next").click()
    await expect(form.get_by_label("A goal in one sentence")).to_have_attribute("aria-invalid", "true")
    await expect(form.locator(".field-error")).to_have_text(["A little more, please."])
    await expect(form.get_by_label("A goal in one sentence")).to_have_value("nothing much")
    await form.get_by_label("A goal in one sentence").fill("Learn how people choose tools")
    await form.get_by_role("button", name="Next").click()
    time = page.get_by_role("dialog", name="Your time")
    hours = time.get_by_role("combobox", name="When can you usually meet?")
    await hours.press_sequentially("monday")
    for _ in range(3):
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
    await page.keyboard.press("Escape")
    await time.get_by_label("How often?").select_option("Every month")
    await time.get_by_label("From which day?").fill("2026-02-02")
    await time.get_by_label("How many meetings?").fill("6")
    await time.get_by_role("button", name="Done").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.locator(".message").last).to_contain_text("You are in.")
    answers = demo.enrolled[BEN.id]
    assert answers["goal"]["goal"]["value"] == "Learn how people choose tools"
    assert answers["role"]["role"]["selected_option"]["value"] == "curious"
    assert len(answers["hours"]["hours"]["selected_options"]) == 3
    assert answers["start"]["start"]["selected_date"] == "2026-02-02"
    assert answers["at"]["at"]["selected_time"] == "10:00"
    assert complaints == []


async def test_everything_is_reached_by_keyboard(demo: Demo, browser: Browser) -> None:
    page, _ = await visit(browser, demo)
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the conversation")).to_be_focused()
    composer = page.get_by_role("combobox", name="Message", exact=True)
    await composer.focus()
    await page.keyboard.type("/mentoring e")
    await expect(page.get_by_role("listbox", name="Commands").get_by_role("option")).to_have_text(["/mentoring enrol"])
    await page.keyboard.press("Tab")
    await expect(composer).to_have_value("/mentoring enrol")
    await page.keyboard.press("Enter")
    form = page.get_by_role("dialog", name="Your enrolment")
    await expect(form).to_be_visible()
    for _ in range(25):
        await page.keyboard.press("Tab")
        inside = "!document.hasFocus() || document.activeElement === document.body"
        assert await page.evaluate(f"{inside} || !!document.activeElement.closest('dialog')")
    await page.keyboard.press("Escape")
    await expect(form).to_have_count(0)
    await expect(composer).to_be_focused()
    messages = page.locator(".message")
    await messages.last.focus()
    await page.keyboard.press("ArrowUp")
    await expect(messages.nth(-2)).to_be_focused()
    await page.keyboard.press("Home")
    await expect(messages.first).to_be_focused()


async def test_the_visitor_becomes_somebody_else(demo: Demo, browser: Browser) -> None:
    page, _ = await visit(browser, demo)
    await page.get_by_role("button", name=re.compile("You are Ben Hill")).press("Enter")
    search = page.get_by_role("combobox", name="Find a colleague by name, job or department")
    await expect(search).to_be_focused()
    await page.keyboard.type("giulia engin")
    await expect(page.get_by_role("status").filter(has_text="people")).to_have_text(re.compile(r"^\d people$"))
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name=re.compile("Sei Giulia Rossi"))).to_be_visible()
    await expect(page.get_by_role("switch", name="I colleghi rispondono da soli")).to_be_checked()
    assert await page.evaluate("document.documentElement.lang") == "it"
    await page.get_by_role("button", name="Lingua della pagina: Italiano").click()
    await expect(page.get_by_role("button", name="To the next thing that happens")).to_be_visible()


BACKGROUND = "getComputedStyle(document.body).backgroundColor"


async def test_dark_when_the_system_is_dark_or_the_visitor_says_so(demo: Demo, browser: Browser) -> None:
    dark_page, _ = await visit(browser, demo, color_scheme="dark")
    dark = await dark_page.evaluate(BACKGROUND)
    page, _ = await visit(browser, demo, color_scheme="light")
    light = await page.evaluate(BACKGROUND)
    assert light != dark
    await page.get_by_role("button", name="Theme: as the system").click()
    await page.get_by_role("button", name="Theme: light").click()
    assert await page.evaluate(BACKGROUND) == dark
    await page.reload()
    await page.wait_for_selector(".message")
    assert await page.evaluate(BACKGROUND) == dark


async def test_time_moves_and_what_comes_is_shown_and_said(demo: Demo, browser: Browser) -> None:
    demo.colleagues.enabled = False
    page, _ = await visit(browser, demo)
    await expect(page.get_by_role("timer")).to_contain_text("08:30")
    before = await page.locator(".message").count()
    await page.get_by_role("button", name="To the next thing that happens").click()
    await expect(page.locator(".message")).to_have_count(before + 1)
    await expect(page.get_by_role("timer")).to_contain_text("Tue 13 Jan")
    said = page.get_by_role("log").filter(has_text="New message from Inverso: A round opens.")
    await expect(said).to_have_count(1)
    await page.get_by_role("button", name="+1 week").click()
    await expect(page.get_by_role("timer")).to_contain_text("Tue 20 Jan")


async def test_colleagues_answer_while_the_visitor_watches(demo: Demo, browser: Browser) -> None:
    page, _ = await visit(browser, demo)
    await page.get_by_role("button", name="+1 day").click()
    await expect(page.get_by_role("timer")).to_contain_text("Tue 13 Jan")
    assert len(demo.enrolled) > 10
    assert BEN.id not in demo.enrolled
    switch = page.get_by_role("switch", name="Colleagues answer by themselves")
    await switch.click()
    await expect(switch).not_to_be_checked()
    assert demo.colleagues.enabled is False


async def test_those_whom_the_page_offers_wait_for_the_visitor(demo: Demo, browser: Browser) -> None:
    page, _ = await visit(browser, demo)
    junior = page.get_by_role("button", name="Junior")
    waiting = await junior.locator(".badge").inner_text()
    await page.get_by_role("button", name="+1 day").click()
    await expect(page.locator(".toast")).to_contain_text(re.compile(r"Colleagues answered \d+ times"))
    await expect(junior.locator(".badge")).to_have_text(waiting)
    await junior.click()
    await expect(page.get_by_role("button", name="Show me")).to_have_count(1)  # the visitor before had two by now
    await expect(junior.locator(".badge")).to_have_count(0)


async def test_a_narrow_window_shows_one_thing_at_a_time(demo: Demo, browser: Browser) -> None:
    page, _ = await visit(browser, demo, viewport={"width": 380, "height": 740})
    assert await page.evaluate("document.documentElement.scrollWidth") <= 380
    await page.get_by_role("button", name="Back to conversations").click()
    await expect(page.get_by_role("main")).to_be_hidden()
    await page.locator(".conversation", has_text=PEOPLE[1].name).click()
    await expect(page.get_by_role("heading", name=f"{PEOPLE[1].name}, Inverso")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 380


async def test_confirmations_errors_ephemeral_answers_and_the_json(demo: Demo, browser: Browser) -> None:
    page, _ = await visit(browser, demo)
    await page.get_by_role("button", name="Not now").click()
    question = page.get_by_role("dialog", name="Leave it?")
    await question.get_by_role("button", name="Back").click()
    assert (BEN.id, "later") not in demo.heard
    await page.get_by_role("button", name="Not now").click()
    await question.get_by_role("button", name="Leave it").click()
    await expect(page.locator(".message").first).to_contain_text("That is fine.")
    composer = page.get_by_role("combobox", name="Message", exact=True)
    await composer.fill("/mentoring help")
    await composer.press("Enter")
    await expect(page.locator(".message").last).to_contain_text("Only visible to you")
    await page.locator(".message").last.get_by_role("button", name="Show the JSON behind this").click()
    drawer = page.get_by_role("dialog", name="Behind this message")
    await expect(drawer.locator(".json").first).to_contain_text('"type": "section"')
    await page.keyboard.press("Escape")
    await composer.fill("/mentoring slow")
    await composer.press("Enter")
    await expect(page.locator(".toast")).to_contain_text("operation_timeout")


async def test_home_shows_what_the_bot_published(demo: Demo, browser: Browser) -> None:
    page, _ = await visit(browser, demo)
    await page.get_by_role("tab", name="Home").click()
    await expect(page.get_by_role("heading", name="Good morning")).to_be_visible()
    await page.get_by_role("button", name="Move").click()
    await expect(page.locator(".button[aria-busy]")).to_have_count(0)
    assert (BEN.id, "home.move") in demo.heard
