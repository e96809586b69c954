"""Files are fetched from where they may be, and from nowhere else, wherever an address points on to."""

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.handlers import download
from bot.handlers.download import Downloads


async def test_files_come_from_safe_addresses_only(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str | None]] = []

    async def handle(request: web.Request) -> web.Response:
        asked.append((request.path, request.headers.get("Authorization")))
        onward = {"/on": "/file", "/around": "/around", "/away": "http://files.example/x", "/deep": "file:///etc/hosts"}
        if request.path in onward:
            raise web.HTTPFound(onward[request.path])
        if request.path == "/sign-in":
            return web.Response(text="<html>", content_type="text/html")
        return web.Response(body=b"a;b", content_type="text/csv")

    app = web.Application()
    app.router.add_get("/{path:.*}", handle)
    monkeypatch.setattr(download, "MOST_BYTES", 3)
    async with TestServer(app) as server:
        here = f"http://127.0.0.1:{server.port}"
        simulated = Downloads(local=True)
        assert await simulated.fetch(f"{here}/file") == b"a;b"
        assert await simulated.fetch(f"{here}/on", {"Authorization": "Bearer x"}) == b"a;b"
        assert asked[-2:] == [("/on", "Bearer x"), ("/file", "Bearer x")]
        for path in ("/around", "/away", "/deep", "/sign-in"):
            assert await simulated.fetch(here + path) == b""
        monkeypatch.setattr(download, "MOST_BYTES", 2)
        assert await simulated.fetch(f"{here}/file") is None

        asked.clear()
        real = Downloads()
        for address in (f"{here}/file", "http://files.example/x", "file:///etc/hosts", "", "https://"):
            assert await real.fetch(address) == b""
        assert asked == []
