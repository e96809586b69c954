"""What is measured, each in a process of its own: Bolt's echo, the least that a persisted handler does, Inverso."""

import asyncio
import multiprocessing
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import uvloop
from aiohttp import ClientSession, web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool
from sqlmodel import Field, SQLModel, select

from benchmarks.load import SECRET
from storage.database import async_url

Serve = Callable[..., Any]


def free_port() -> int:
    """A port of loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(serve: Serve, *args: Any) -> Iterator[str]:
    """Run ``serve(port, *args)`` in a fresh process; yields its address once it answers."""
    port = free_port()
    process = multiprocessing.get_context("spawn").Process(target=_run, args=(serve, port, *args), daemon=True)
    process.start()
    address = f"http://127.0.0.1:{port}"
    try:
        asyncio.run(until_answering(f"{address}/healthz", process.is_alive))
        yield address
    finally:
        process.terminate()
        process.join(10)


def _run(serve: Serve, *args: Any) -> None:
    with suppress(KeyboardInterrupt):
        uvloop.run(serve(*args))


async def until_answering(url: str, alive: Callable[[], bool]) -> None:
    """Wait until that address answers. Raises RuntimeError when the process has ended, or after a minute."""
    for _ in range(600):
        with suppress(OSError):
            async with ClientSession() as session, session.get(url):
                return
        if not alive():
            raise RuntimeError("the server ended before it answered")
        await asyncio.sleep(0.1)
    raise RuntimeError("the server does not answer")


async def serve_app(app: web.Application, port: int) -> None:
    """Serve until the process is ended."""
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


def _bolt(*, before_response: bool) -> AsyncApp:
    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-1", bot_user_id="U1")

    return AsyncApp(
        signing_secret=SECRET,
        authorize=authorize,
        process_before_response=before_response,
        raise_error_for_unhandled_request=False,
    )


def _site(app: AsyncApp) -> web.Application:
    async def door(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    async def health(_request: web.Request) -> web.Response:
        return web.Response(text="ok")

    site = web.Application()
    site.add_routes([web.post("/slack/events", door), web.get("/healthz", health)])
    return site


def _on_everything(app: AsyncApp, listener: Callable[..., Any]) -> None:
    import re

    anything = re.compile(".*", re.DOTALL)
    app.command(anything)(listener)
    app.action(anything)(listener)
    app.view(anything)(listener)


async def echo(port: int) -> None:
    """(a) Bolt as it comes, with nothing behind it."""
    app = _bolt(before_response=False)

    async def listener(ack: AsyncAck) -> None:
        await ack()

    _on_everything(app, listener)
    await serve_app(_site(app), port)


class Seen(SQLModel, table=True):
    """The baseline's only table."""

    __tablename__ = "benchmark_seen"

    id: int | None = Field(default=None, primary_key=True)
    user: str = Field(index=True)
    at: datetime


def _plain_engine(database_url: str) -> AsyncEngine:
    """SQLAlchemy's engine as its documentation makes it; on SQLite with one connection, WAL and NORMAL, its fastest."""
    if not database_url.startswith("sqlite"):
        return create_async_engine(async_url(database_url), pool_size=4, max_overflow=0)
    engine = create_async_engine(
        async_url(database_url), poolclass=AsyncAdaptedQueuePool, pool_size=1, max_overflow=0, pool_timeout=60
    )

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.close()

    return engine


async def least(port: int, database_url: str) -> None:
    """(b) The least that a persisted handler does: one select, one insert by SQLModel, the commit, then the answer."""
    engine = _plain_engine(database_url)
    async with engine.begin() as connection:
        await connection.run_sync(lambda sync: SQLModel.metadata.tables["benchmark_seen"].create(sync, checkfirst=True))
    app = _bolt(before_response=True)

    async def listener(ack: AsyncAck, body: dict[str, Any]) -> None:
        user = body.get("user_id") or body["user"]["id"]
        async with AsyncSession(engine, expire_on_commit=False) as session:
            await session.execute(select(Seen).where(Seen.user == user).limit(1))
            session.add(Seen(user=user, at=datetime.now(UTC)))
            await session.commit()
        await ack()

    _on_everything(app, listener)
    await serve_app(_site(app), port)


async def inverso(port: int, database_url: str, api: str) -> None:
    """The whole bot, on a database that holds the company."""
    from bot.app import build
    from bot.garbage import spare_what_stays
    from bot.logs import configure_logs
    from bot.settings import Settings

    configure_logs(level=40)
    running_bot = await build(Settings(**settings_for(database_url, api, port)))
    await running_bot.prepare()
    await running_bot.nursery.settle()
    spare_what_stays()
    await serve_app(running_bot.site, port)


def settings_for(database_url: str, api: str, port: int) -> dict[str, Any]:
    """The environment of the measured bot."""
    return {
        "DATABASE_URL": database_url,
        "INVERSO_SECRET_KEY": "q3ZgT1lT0r7cXv2mR8p5sYwKj4uHn6bEaD9fGiLoPqM=",
        "INVERSO_COORDINATORS": "valentina.vitale@aurea.example",
        "SLACK_BOT_TOKEN": "xoxb-benchmark",
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": api,
        "PORT": port,
    }


async def sink(port: int, people: list[dict[str, Any]]) -> None:
    """A Web API that takes everything at once; ``/taken`` gives the views that were opened, by user."""
    views: dict[str, Any] = {}
    counter = iter(range(1, 10**9))

    async def method(request: web.Request) -> web.Response:
        name = request.match_info["name"]
        given: dict[str, Any] = dict(
            await (request.json() if request.content_type == "application/json" else request.post())
        )
        if name == "views.open":
            views[str(given["trigger_id"]).rpartition(".")[2]] = given["view"]
        answers: dict[str, dict[str, Any]] = {
            "auth.test": {"team_id": "T1", "team": "Benchmark", "user_id": "UBOT"},
            "users.list": {"members": people, "response_metadata": {"next_cursor": ""}},
            "conversations.open": {"channel": {"id": f"D{next(counter)}"}},
            "chat.postMessage": {"ts": f"{time.time():.6f}", "channel": "D1"},
        }
        return web.json_response({"ok": True, **answers.get(name, {})})

    async def taken(_request: web.Request) -> web.Response:
        return web.json_response(views)

    async def health(_request: web.Request) -> web.Response:
        return web.Response(text="ok")

    app = web.Application()
    app.add_routes([web.route("*", "/api/{name}", method), web.get("/taken", taken), web.get("/healthz", health)])
    await serve_app(app, port)
