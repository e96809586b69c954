"""`inverso run`, `web`, `worker`: serving people, doing what is due, or both."""

import asyncio
import fcntl
import signal
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path

import structlog
import typer
import uvloop
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler

from bot.app import Inverso, build
from bot.garbage import spare_what_stays
from bot.handlers.http import watching_routes
from bot.logs import configure_logs
from bot.settings import BadSettings, Settings

log = structlog.get_logger()
ANSWERING_SECONDS = 2.0


def run_forever(settings: Settings, *, with_web: bool, with_worker: bool) -> None:
    """Serve until SIGTERM or Ctrl-C. Exits with a sentence when no platform is set up."""
    configure_logs()
    if with_web and not (settings.has_slack or settings.has_teams):
        typer.echo(
            "No platform is set up. Set SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET, or MICROSOFT_APP_ID, "
            "MICROSOFT_APP_PASSWORD and MICROSOFT_APP_TENANT_ID (the README says where they are), or try the "
            "bot without credentials: inverso run --playground",
            err=True,
        )
        raise typer.Exit(2)
    uvloop.run(_serve(settings, with_web=with_web, with_worker=with_worker))


async def _serve(settings: Settings, *, with_web: bool, with_worker: bool) -> None:
    path = settings.sqlite_path()
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        if path is not None and with_worker:
            be_the_only_worker(path, stack)
        inverso = await build(settings)
        stack.push_async_callback(inverso.close)
        await inverso.prepare(reading=with_web)
        spare_what_stays()
        if settings.on_sqlite and with_worker:
            await inverso.relay.take_back()
        if with_web:
            await listen(inverso, stack)
        elif settings.metrics_port:
            await be_watched(inverso, stack, settings.metrics_host, settings.metrics_port)
        if with_worker:
            inverso.scheduler.start()
        log.info("ready", address=settings.address, web=with_web, worker=with_worker)
        await until_stopped()


def be_the_only_worker(database: Path, stack: ExitStack | AsyncExitStack) -> None:
    """Hold the SQLite file's worker lock, which the system lets go of however the process ends.

    Raises ``BadSettings`` when another process holds it.
    """
    lock = stack.enter_context(database.with_suffix(".worker").open("w"))
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as held:
        raise BadSettings(
            f"Another process already does what is due on {database}. With SQLite there is one: stop the other, "
            "or use PostgreSQL for several workers."
        ) from held


async def listen(inverso: Inverso, stack: AsyncExitStack, host: str = "0.0.0.0") -> None:  # noqa: S104  # containers
    """Open the HTTP door, and Socket Mode's where its token is set."""
    await _open(inverso.site, stack, host, inverso.settings.port)
    if inverso.slack is not None and inverso.settings.slack_app_token:
        handler = AsyncSocketModeHandler(inverso.slack, inverso.settings.slack_app_token)
        await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt leaves it untyped
        stack.push_async_callback(handler.close_async)


async def be_watched(inverso: Inverso, stack: AsyncExitStack, host: str, port: int) -> int:
    """Open a door at which only health, readiness and metrics are: for a worker, which has no other; its port."""
    site = web.Application()
    site.add_routes(watching_routes(inverso.database, inverso.clock.now))
    return await _open(site, stack, host, port)


async def _open(site: web.Application, stack: AsyncExitStack, host: str, port: int) -> int:
    """Serve the site until the stack ends; returns the port, chosen by the system where 0 was asked."""
    runner = web.AppRunner(site, access_log=None, shutdown_timeout=ANSWERING_SECONDS)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, host, port).start()
    return int(runner.addresses[0][1])


async def until_stopped() -> None:
    """Wait for SIGTERM or SIGINT."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    await stopped.wait()
