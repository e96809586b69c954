"""What the playground's server gives to its page and to nobody else."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web as web_server
from aiohttp.test_utils import TestServer

from playground.pictures import Pictures
from tests.playground.demo_bot import Demo, crowd, demonstration, fill_the_room, picture

PEOPLE = crowd(5)
BEN, LUCA, ROSA = PEOPLE[0], PEOPLE[1], PEOPLE[3]


@pytest_asyncio.fixture
async def demo() -> AsyncIterator[Demo]:
    async with demonstration(PEOPLE, visitor=[BEN.id]) as demo:
        yield demo


@pytest_asyncio.fixture
async def web(demo: Demo) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(demo.url) as session:
        yield session


async def look(web: aiohttp.ClientSession, who: str = BEN.id, channel: str = "") -> dict[str, Any]:
    async with web.get(f"/playground/{who}?channel={channel}") as answer:
        assert answer.status == 200
        body: dict[str, Any] = await answer.json()
        return body


async def do(
    web: aiohttp.ClientSession, verb: str, body: dict[str, Any], who: str = BEN.id
) -> tuple[int, dict[str, Any]]:
    async with web.post(f"/playground/{who}/{verb}", json=body) as answer:
        return answer.status, await answer.json()


async def test_the_page_runs_only_what_is_its_own(web: aiohttp.ClientSession) -> None:
    async with web.get("/") as answer:
        text = await answer.text()
        assert "default-src 'none'; script-src 'self'" in answer.headers["Content-Security-Policy"]
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert "://" not in text
    for sheet in ("theme.css", "layout.css", "messages.css", "dialogs.css", "teams.css"):
        async with web.get(f"/page/css/{sheet}") as answer:
            assert answer.status == 200
            assert f"/page/css/{sheet}" in text


async def test_other_sites_may_not_press_anything(web: aiohttp.ClientSession) -> None:
    foreign = {"Sec-Fetch-Site": "cross-site"}
    async with web.post(f"/playground/{BEN.id}/say", json={"text": "x"}, headers=foreign) as answer:
        assert answer.status == 403
    async with web.post(f"/playground/{BEN.id}/say", data="text=x") as answer:
        assert answer.status == 415


@pytest.mark.parametrize(("body", "status"), [("[]", 400), ("{", 400)])
async def test_broken_requests_are_refused(web: aiohttp.ClientSession, body: str, status: int) -> None:
    headers = {"Content-Type": "application/json"}
    async with web.post(f"/playground/{BEN.id}/say", data=body, headers=headers) as answer:
        assert answer.status == status


async def test_the_page_knows_everybody_and_what_to_offer(web: aiohttp.ClientSession) -> None:
    async with web.get("/playground/boot") as answer:
        boot = await answer.json()
    assert [person["name"] for person in boot["people"]] == [person.name for person in PEOPLE]
    assert boot["people"][0]["hint"] == "coordinator"
    assert "/mentoring help" in boot["completions"]["en"]
    assert boot["completions"]["it"][0] == "/mentoring aiuto"
    assert boot["quick"][0] == {"label": {"en": "Coordinator", "it": "Coordinamento"}, "id": BEN.id}


async def test_a_snapshot_holds_what_one_person_sees(demo: Demo, web: aiohttp.ClientSession) -> None:
    await fill_the_room(demo)
    seen = await look(web)
    direct, group = seen["conversations"]
    assert direct["unread"] == 4
    assert group["name"] == f"{LUCA.name}, Inverso"
    assert len(seen["messages"]) == 4
    async with web.get(f"/playground/{BEN.id}?read=1") as answer:
        assert (await answer.json())["conversations"][0]["unread"] == 0
    other = await look(web, PEOPLE[3].id, group["id"])
    assert other["channel"] == demo.workspace.dm(PEOPLE[3].id).id
    async with web.get("/playground/unread") as answer:
        assert (await answer.json())["unread"] == {person.id: 2 if person == LUCA else 1 for person in PEOPLE}


async def test_a_press_opens_a_form_and_a_form_that_is_gone_is_told(demo: Demo, web: aiohttp.ClientSession) -> None:
    await demo.invite([BEN])
    message = (await look(web))["messages"][0]
    where = {"channel": message["channel"], "ts": message["ts"]}
    status, outcome = await do(web, "press", {"where": where, "action_id": "invitation.show"})
    assert (status, outcome["ok"]) == (200, True)
    view = (await look(web))["views"][0]
    status, outcome = await do(web, "submit", {"view": view["id"], "values": {"goal": "short"}})
    assert set(outcome["errors"]) == {"wants", "goal", "promise"}
    assert (await look(web))["views"][0]["errors"] == outcome["errors"]
    await do(web, "close", {"view": view["id"], "everything": True})
    assert (await do(web, "submit", {"view": view["id"]}))[0] == 409
    assert (await do(web, "press", {"where": where, "action_id": "nothing"}))[0] == 409
    assert (await do(web, "press", {"where": where, "action_id": "invitation.show"}, LUCA.id))[0] == 409


async def test_a_slow_bot_is_told_to_the_person(web: aiohttp.ClientSession) -> None:
    status, outcome = await do(web, "command", {"command": "/mentoring", "text": "slow"})
    assert status == 200
    assert outcome["ok"] is False
    assert "operation_timeout" in outcome["toasts"][0]


async def test_pictures_come_from_the_bot_only(demo: Demo, web: aiohttp.ClientSession) -> None:
    async with web.get("/playground/picture", params={"url": f"{demo.workspace.bot_url}/green.png"}) as answer:
        assert await answer.read() == picture()
    for url, status in ((f"{demo.url}/", 403), ("file:///etc/hosts", 403), (f"{demo.workspace.bot_url}/none.png", 502)):
        async with web.get("/playground/picture", params={"url": url}) as answer:
            assert answer.status == status


async def test_a_large_picture_comes_whole_and_is_kept() -> None:
    parts = [b"a" * 100_000, b"b" * 100_000, b"c"]
    asked = 0

    async def show(request: web_server.Request) -> web_server.StreamResponse:
        nonlocal asked
        asked += 1
        answer = web_server.StreamResponse(headers={"Content-Type": "image/png"})
        await answer.prepare(request)
        for part in parts:
            await answer.write(part)
            await asyncio.sleep(0)
        return answer

    app = web_server.Application()
    app.router.add_get("/large.png", show)
    async with TestServer(app) as server:
        pictures, address = Pictures(), str(server.make_url("/large.png"))
        for _ in range(2):
            shown = await pictures.fetch(address, str(server.make_url("/")))
            assert shown.body == b"".join(parts)
    assert asked == 1


async def test_the_stream_tells_what_changed_and_time_moves_to_what_comes(
    demo: Demo, web: aiohttp.ClientSession
) -> None:
    await fill_the_room(demo)
    demo.colleagues.enabled = False
    due = await demo.clock.next_due()
    async with web.get("/playground/events", params={"user": BEN.id}) as stream:

        async def heard() -> dict[str, Any]:
            while True:
                line = await asyncio.wait_for(stream.content.readline(), 20)
                if line.startswith(b"data: "):
                    told: dict[str, Any] = json.loads(line[6:])
                    return told

        first = await heard()
        assert first["colleagues"] == {"enabled": False}
        async with web.post("/playground/clock", json={"next": True}) as answer:
            assert (await answer.json())["travel"] is True
        told = await heard()
        while told["travel"] or not told["draw"]:
            told = await heard()
        assert due is not None
        assert told["clock"]["now"] == due.isoformat()
    assert len((await look(web))["messages"]) == 5


@pytest.mark.parametrize("days", [-1, 400, "7"])
async def test_time_goes_forward_and_not_for_ever(web: aiohttp.ClientSession, days: Any) -> None:
    async with web.post("/playground/clock", json={"days": days}) as answer:
        assert answer.status == 400


async def test_being_somebody_takes_their_hands(demo: Demo, web: aiohttp.ClientSession) -> None:
    async with web.get("/playground/boot") as answer:
        waiting = set((await answer.json())["waiting"])
    assert demo.colleagues.except_for == waiting
    await do(web, "be", {}, LUCA.id)
    assert demo.colleagues.except_for == waiting | {LUCA.id}
    await do(web, "be", {}, ROSA.id)
    assert demo.colleagues.except_for == waiting | {ROSA.id}
    async with web.post("/playground/nobody/be", json={}) as answer:
        assert answer.status == 404


async def test_the_requests_behind_a_message_are_shown(demo: Demo, web: aiohttp.ClientSession) -> None:
    await demo.invite([BEN])
    message = (await look(web))["messages"][0]
    async with web.get("/playground/exchanges", params={"channel": message["channel"], "ts": message["ts"]}) as answer:
        exchanges = (await answer.json())["exchanges"]
    assert [one["name"] for one in exchanges] == ["chat.postMessage"]


async def test_the_page_sends_files_as_bytes_in_text(web: aiohttp.ClientSession) -> None:
    status, said = await do(web, "send_file", {"name": "pairs.csv", "content": b64encode(b"a;b").decode()})
    assert (status, said["ok"]) == (200, True)
    [file] = [file for message in (await look(web))["messages"] for file in message.get("files", ())]
    assert (file["name"], file["size"]) == ("pairs.csv", 3)
    assert (await do(web, "send_file", {"name": "pairs.csv", "content": "é!"}))[0] == 409
