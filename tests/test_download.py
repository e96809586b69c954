"""Files are fetched from where they may be, and from nowhere else, wherever an address points on to."""

import socket
from collections.abc import AsyncIterator
from typing import ClassVar

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.test_utils import TestServer

from bot.handlers import download
from bot.handlers.download import Downloads, is_public

Asked = list[tuple[str, str | None]]


@pytest_asyncio.fixture
async def server() -> AsyncIterator[tuple[str, Asked]]:
    """A server on this machine: its address, and what it was asked for."""
    asked: Asked = []

    async def handle(request: web.Request) -> web.Response:
        asked.append((request.path, request.headers.get("Authorization")))
        onward = {"/on": "/file", "/around": "/around", "/away": "http://files.example/x", "/deep": "file:///etc/hosts"}
        onward |= {"/inside": "https://inside.example/x", "/metadata": "https://169.254.169.254/latest"}
        if request.path in onward:
            raise web.HTTPFound(onward[request.path])
        if request.path == "/sign-in":
            return web.Response(text="<html>", content_type="text/html")
        if request.path == "/zipped":
            packed = web.Response(body=b"a" * 100, headers={"X": "y"})
            packed.enable_compression(web.ContentCoding.gzip)
            return packed
        return web.Response(body=b"a;b", content_type="text/csv")

    app = web.Application()
    app.router.add_get("/{path:.*}", handle)
    async with TestServer(app) as running:
        yield f"http://127.0.0.1:{running.port}", asked


async def test_files_come_from_safe_addresses_only(server: tuple[str, Asked], monkeypatch: pytest.MonkeyPatch) -> None:
    here, asked = server
    monkeypatch.setattr(download, "MOST_BYTES", 3)
    simulated = Downloads(local=True, resolver=Known)
    assert await simulated.fetch(f"{here}/file") == b"a;b"
    assert await simulated.fetch(f"{here}/on", {"Authorization": "Bearer x"}) == b"a;b"
    assert asked[-2:] == [("/on", "Bearer x"), ("/file", "Bearer x")]
    for path in ("/around", "/away", "/deep", "/sign-in", "/inside", "/metadata"):
        assert await simulated.fetch(here + path) == b""
    monkeypatch.setattr(download, "MOST_BYTES", 2)
    assert await simulated.fetch(f"{here}/file") is None

    asked.clear()
    real = Downloads()
    for address in (f"{here}/file", "http://files.example/x", "file:///etc/hosts", "", "https://"):
        assert await real.fetch(address) == b""
    assert asked == []


class Known(AbstractResolver):
    """Names that lead where a test wants them to."""

    machines: ClassVar[dict[str, list[str]]] = {
        "inside.example": ["10.0.0.5"],
        "both.example": ["93.184.216.34", "127.0.0.1"],
    }

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        if host not in self.machines:
            raise OSError("no such name")
        return [
            ResolveResult(hostname=host, host=one, port=port, family=family, proto=0, flags=0)
            for one in self.machines[host]
        ]

    async def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize(
    ("address", "trouble"),
    [
        ("http://calendar.example/a.ics", "refused"),
        ("https://127.0.0.1/a.ics", "refused"),
        ("https://[::1]/a.ics", "refused"),
        ("https://inside.example/a.ics", "refused"),
        ("https://both.example/a.ics", "refused"),
        ("https://me:secret@both.example/a.ics", "refused"),
        ("https://nobody.example/a.ics", "unreachable"),
        ("https://", "refused"),
        ("webcal", "refused"),
    ],
)
async def test_what_may_not_be_fetched_is_told_apart_from_what_cannot(address: str, trouble: str) -> None:
    assert (await Downloads(resolver=Known).get(address, most=9, seconds=5)).trouble == trouble


async def test_the_machine_that_was_judged_is_the_one_that_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name is looked up once for a connection: what a second look would give is never used."""
    asked: list[str] = []

    async def connect(addr_infos: list[tuple[object, ...]], **_: object) -> socket.socket:
        asked.extend(str(one[-1][0]) for one in addr_infos)  # type: ignore[index]  # (…, (host, port))
        raise OSError("nobody there")

    class Turning(Known):
        machines: ClassVar[dict[str, list[str]]] = {"turns.example": ["93.184.216.34"]}

        async def resolve(self, *which: object) -> list[ResolveResult]:
            found = await super().resolve(*which)  # type: ignore[arg-type]  # passed through
            self.machines["turns.example"] = ["127.0.0.1"]
            return found

    monkeypatch.setattr("aiohttp.connector.aiohappyeyeballs.start_connection", connect)
    got = await Downloads(resolver=Turning).get("https://turns.example/a.ics", most=9, seconds=5)
    assert (got.trouble, asked) == ("unreachable", ["93.184.216.34"])


async def test_what_is_packed_is_not_unpacked(server: tuple[str, Asked]) -> None:
    """A small file that unpacks to a large one would pass the limit."""
    here, _ = server
    got = await Downloads(local=True).get(f"{here}/zipped", most=99, seconds=5)
    assert len(got.data) < 99 and got.data != b"a" * 100


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("127.0.0.2", False),
        ("169.254.169.254", False),
        ("224.0.0.1", False),
        ("0.0.0.0", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:10.0.0.1", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::a00:1", False),
        ("2001:0:5ef5:79fd::1", False),
        ("nothing", False),
    ],
)
def test_machines_of_the_public_internet(address: str, public: bool) -> None:
    assert is_public(address) is public
