"""The same announcement to a simulated Teams tenant, which keeps Teams' limits."""

import random
import tempfile
import time
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path

import uvloop
from aiohttp import web

from benchmarks.announce import COORDINATOR, TUESDAY, Time, announced, cost, count_refusals, roster_of, unsent
from benchmarks.results import Result, show
from bot.app import Inverso, build
from bot.cli.playing import bring_company
from bot.clock import MovableClock
from bot.domain.roster import RosterRow, parse_roster
from bot.logs import configure_logs
from bot.settings import Settings
from playground.tenant import Person as Colleague
from playground.tenant import Tenant
from playground.tenant.limits import TENANT


async def _bring(inverso: Inverso, rows: tuple[RosterRow, ...], tenant: Tenant) -> None:
    """The people into the store, and the app to each of them; what greets them is not counted."""
    await bring_company(inverso, rows)
    for user_id in list(tenant.people):
        await tenant.install(user_id)
    await inverso.nursery.settle()
    for conversation in tenant.conversations.values():
        conversation.messages.clear()
    tenant.limits.on = True


async def _measure(people: int) -> list[Result]:
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="inverso-announce-"))
        clock = MovableClock(TUESDAY, frozen=True)
        rows = parse_roster(roster_of(people)).good_rows
        colleagues = [Colleague.of(row.email, row.name, tz="Europe/Rome", locale="it-IT") for row in rows]
        tenant = Tenant(colleagues, "http://127.0.0.1:1", Time(clock), limits_on=False, log_size=10)
        await stack.enter_async_context(tenant)
        await tenant.serve()
        settings = Settings(
            DATABASE_URL=f"sqlite:///{Path(folder) / 'announce.db'}",
            INVERSO_COORDINATORS=COORDINATOR,
            SLACK_BOT_TOKEN="",
            SLACK_CLIENT_ID="",
            TEAMS_ALLOW_ANONYMOUS=True,
        )
        inverso = await build(settings, clock, random.Random(1))
        stack.push_async_callback(inverso.close)
        runner = web.AppRunner(inverso.site)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        tenant.bot_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        await _bring(inverso, rows, tenant)
        refused = count_refusals(tenant.limits)
        begun, cpu = time.perf_counter(), time.process_time()
        told, lasted = await announced(inverso, clock)
        seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
        said = Counter(len(conversation.messages) for conversation in tenant.conversations.values())
        left = await unsent(inverso)
    (most, each), name = TENANT[0], f"announce on teams to {told:,}"
    return [
        Result(
            f"{name}: lasted (virtual time)", lasted.total_seconds(), "s", "bound of the limits", told * each / most
        ),
        Result(f"{name}: refused for their pace", 100 * len(refused) / max(1, told), "%"),
        Result(f"{name}: lost", told - sum(times for count, times in said.items() if count), "messages"),
        Result(f"{name}: not sent", left, "messages"),
        Result(f"{name}: said twice", sum((count - 1) * times for count, times in said.items() if count), "messages"),
        *cost(name, told, seconds, cpu),
    ]


def run(*, people: int, as_json: bool = False) -> None:
    """Measure one announcement."""
    configure_logs(level=40)
    show(uvloop.run(_measure(people)), as_json=as_json)
