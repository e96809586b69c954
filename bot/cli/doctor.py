"""`inverso doctor`: whether everything that the bot needs is there, and what to do about what is not."""

import asyncio
from typing import Annotated

import aiohttp
import typer
from rich.console import Console
from rich.text import Text

from bot.cli import doctor_outside, doctor_store
from bot.cli.findings import BAD, Finding, bad, good
from bot.clock import SystemClock
from bot.locales import language_of, speaker
from bot.settings import BadSettings, Settings
from bot.ui.words import T

SIGNS = {"good": ("✓", "green"), "warn": ("!", "yellow"), "bad": ("✗", "red")}
PATIENCE = aiohttp.ClientTimeout(total=15)


def examine(language: Annotated[str, typer.Option(envvar="LANG", help="Of the report: it or en.")] = "en") -> None:
    """Check database, clock, credentials, addresses and workers. Exits with 1 when something has to be mended."""
    say, console = speaker(language_of(language)), Console()
    with console.status(say(T("doctor.working"))):
        findings = asyncio.run(examined(Settings()))
    for finding in findings:
        sign, colour = SIGNS[finding.grade]
        console.print(Text.assemble((f"{sign} ", colour), say(finding.words)), soft_wrap=True)
    if any(finding.grade == BAD for finding in findings):
        raise typer.Exit(1)
    console.print(say(T("doctor.all_well")))


async def examined(settings: Settings) -> list[Finding]:
    """All findings, what everything else rests on first."""
    try:
        settings.check()
        box = settings.box()
    except BadSettings as problem:
        return [bad(T("doctor.settings", problem=str(problem)))]
    now = SystemClock().now()
    store, workspaces = await doctor_store.examined(settings, box, now)
    async with aiohttp.ClientSession(timeout=PATIENCE) as http:
        outside = await doctor_outside.examined(settings, workspaces, http, SystemClock().now)
    return [good(T("doctor.settings_good")), *store, *outside]
