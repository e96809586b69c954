"""A simulated platform over HTTP: served alone for tests and benchmarks, or mounted in the page's application."""

from __future__ import annotations

from typing import Self

from aiohttp import web

LARGEST = 64 * 2**20


class Server:
    """What has routes and can be served; the address is known once it is."""

    base_url: str

    def __init__(self) -> None:
        self._runner: web.AppRunner | None = None

    def mount(self, app: web.Application) -> None:
        """Add the routes to an app."""
        raise NotImplementedError

    async def serve(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Serve the routes alone; returns the address, without path."""
        app = web.Application(client_max_size=LARGEST)
        self._runner = web.AppRunner(app)
        self.mount(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        self.base_url = f"http://{host}:{self._runner.addresses[0][1]}"
        return self.base_url

    async def close(self) -> None:
        """Stop serving."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


def cut(request: web.Request) -> web.StreamResponse:
    """Cut the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=499)
