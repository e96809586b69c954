"""Words, button and form from Teams through the whole bot, beside the Bot Framework's own adapter with an echo.

(a) is ``CloudAdapter.process`` of the SDK as it comes, with a bot that sends each text back: the SDK's own invoke
answers fail, so that messages are all that it can be measured with. Both run without an app id, as their local clients
do, and send what they say to the same connector.
"""

import asyncio
import itertools
import json
import tempfile
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks.company import enrolling, members
from benchmarks.load import Load, Request, drive, in_turn
from benchmarks.results import Result, show
from benchmarks.servers import running
from benchmarks.teams_servers import TENANT, connector, settings_for, stock_echo, teams_bot
from bot.app import build
from bot.settings import Settings

AT_ONCE = (1, 10, 100)
KINDS = ("message", "button", "form")
NUMBER = b"@number@"
JSON = {"Content-Type": "application/json"}
Bodies = dict[str, list[bytes]]
_numbers = itertools.count()


def run(*, seconds: float, as_json: bool) -> None:
    """Measure on SQLite."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="inverso-bench-")))
        url = f"sqlite:///{folder / 'bot.db'}"
        round_id = asyncio.run(_fill(url))
        service = stack.enter_context(running(connector, members()))
        address = stack.enter_context(running(teams_bot, url))
        bodies = asyncio.run(_bodies(address, service, round_id))
        stock = stack.enter_context(running(stock_echo))
        for at_once in AT_ONCE:
            for kind in KINDS:
                sent = {"stock": (stock, bodies["message"]), "bot": (address, bodies[kind])}
                measured = {
                    name: partial(drive, f"{where}/api/messages", found, at_once, send=_as_teams_sends)
                    for name, (where, found) in sent.items()
                }
                loads = asyncio.run(in_turn(measured, seconds))
                show(_compare(kind, at_once, loads["bot"], loads["stock"]), as_json=as_json)


def _compare(kind: str, at_once: int, bot: Load, stock: Load) -> list[Result]:
    name, against = f"teams {kind} {at_once} at once", "(a) stock CloudAdapter echo of a message"
    return [
        Result(f"{name}: throughput", bot.per_second, "req/s", against, stock.per_second),
        Result(f"{name}: p99", bot.p99, "ms", against, stock.p99),
    ]


def _as_teams_sends(body: bytes) -> Request:
    """Each activity has an id of its own: what comes twice would be acted on once."""
    return body.replace(NUMBER, str(next(_numbers)).encode()), JSON


async def _fill(url: str) -> int:
    bot = await build(Settings(**settings_for(url, 3000)))
    try:
        return await enrolling(bot)
    finally:
        await bot.close()


async def _bodies(address: str, service: str, round_id: int) -> Bodies:
    """Activities of every person: the bare word, a press that opens the enrolment, its first form sent."""
    accounts = [member["id"] for member in members()]
    presses = [_press(service, account, str(round_id)) for account in accounts]
    forms = []
    async with aiohttp.ClientSession(headers=JSON) as session:
        for account, press in zip(accounts, presses, strict=True):
            data, _ = _as_teams_sends(press)
            async with session.post(f"{address}/api/messages", data=data) as answer:
                answer.raise_for_status()
                forms.append(_form(service, account, await answer.json()))
    return {
        "message": [_activity(service, one, "message", text="mentoring") for one in accounts],
        "button": presses,
        "form": forms,
    }


def _activity(service: str, account: str, kind: str, **more: Any) -> bytes:
    activity = {
        "type": kind,
        "id": NUMBER.decode(),
        "channelId": "msteams",
        "serviceUrl": service,
        "from": {"id": f"29:{account}", "aadObjectId": account, "name": account},
        "recipient": {"id": "28:bot", "name": "Inverso"},
        "conversation": {"conversationType": "personal", "id": f"a:{account}", "tenantId": TENANT},
        "channelData": {"tenant": {"id": TENANT}},
        "locale": "it-IT",
        "localTimezone": "Europe/Rome",
        "entities": [{"type": "clientInfo", "locale": "it-IT", "country": "IT", "timezone": "Europe/Rome"}],
        **more,
    }
    return json.dumps(activity).encode()


def _press(service: str, account: str, id: str) -> bytes:
    data = {"msteams": {"type": "task/fetch"}, "inverso": {"do": "press", "verb": "enrolment.show", "id": id}}
    return _activity(service, account, "invoke", name="task/fetch", value={"data": data}, replyToId="1")


def _form(service: str, account: str, dialog: Any) -> bytes:
    """The dialog as it was opened, every input answered with its first option."""
    body = dialog["task"]["value"]["card"]["content"]["body"]
    given = {one["id"]: one["choices"][0]["value"] for one in body if one["type"] == "Input.ChoiceSet"}
    value = {"data": {**body[-1]["actions"][0]["data"], **given}}
    return _activity(service, account, "invoke", name="task/submit", value=value)
