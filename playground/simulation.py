"""What every simulated platform is to those who hold it: it is served, looked at and listened to in the same way."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from typing import Generic, Protocol, Self, TypeVar

from aiohttp import web

from playground.clock import Clock
from playground.ground import Ground
from playground.model import Change, Colleague, Conversation, Exchange, Shown, Toast

LARGEST = 64 * 2**20
P = TypeVar("P", bound=Colleague)
M = TypeVar("M", bound=Shown)


class Wire(Protocol):
    """The connection to the bot."""

    bot_url: str

    async def close(self) -> None:
        """Let go of connections."""
        ...


class Simulation(Generic[P, M]):
    """A platform over HTTP: served alone for tests and benchmarks, or mounted in the page's application."""

    def __init__(self, world: Ground[P, M], wire: Wire) -> None:
        self._ground = world
        self._wire = wire
        self._runner: web.AppRunner | None = None

    # Serving ----------------------------------------------------------------------------------------------------

    def mount(self, app: web.Application) -> None:
        """Add the routes that the bot calls to an app; then set `base_url` once it is known."""
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
        """Stop serving and let go of connections."""
        await self._wire.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def base_url(self) -> str:
        """Where the platform is reached, without path and trailing slash: goes into the addresses that it hands out."""
        return self._ground.base_url

    @base_url.setter
    def base_url(self, url: str) -> None:
        self._ground.base_url = url.rstrip("/")

    @property
    def bot_url(self) -> str:
        """The bot's address without path."""
        return self._wire.bot_url

    @bot_url.setter
    def bot_url(self, url: str) -> None:
        self._wire.bot_url = url.rstrip("/")

    # What there is to see ---------------------------------------------------------------------------------------

    @property
    def clock(self) -> Clock:
        """Time as everybody sees it."""
        return self._ground.clock

    @property
    def people(self) -> Mapping[str, P]:
        """Everybody by id, the deactivated too, in the order given."""
        return self._ground.people

    def person(self, id_or_email: str) -> P:
        """One person by id or e-mail; KeyError when there is none."""
        return self._ground.person(id_or_email)

    @property
    def conversations(self) -> Mapping[str, Conversation[M]]:
        """Every conversation by id."""
        return self._ground.conversations

    def conversations_of(self, user_id: str) -> list[Conversation[M]]:
        """The person's conversations, the one that moved last first."""
        return self._ground.conversations_of(user_id)

    def dm(self, user_id: str) -> Conversation[M]:
        """The person's private conversation with the bot; made when they have none yet."""
        return self._ground.dm(user_id)

    def toasts(self, user_id: str) -> list[Toast]:
        """The errors that the client itself showed to the person, oldest first."""
        return [toast for toast in self._ground.toasts if toast.user_id == user_id]

    @property
    def log(self) -> deque[Exchange]:
        """The last HTTP exchanges, both directions, oldest first."""
        return self._ground.log

    @property
    def complaints(self) -> list[str]:
        """Everything that the platform would refuse in what the bot sent or answered; empty when the bot behaves."""
        return self._ground.complaints

    def mark_read(self, user_id: str, channel: str) -> None:
        """The person has looked at the conversation."""
        self._ground.mark_read(user_id, channel)

    # Listening --------------------------------------------------------------------------------------------------

    def subscribe(self, queue: asyncio.Queue[Change] | None = None) -> asyncio.Queue[Change]:
        """A queue (or this one) that receives every change from now on; give it back with `unsubscribe`."""
        return self._ground.subscribe(queue)

    def unsubscribe(self, queue: asyncio.Queue[Change]) -> None:
        """Stop a subscription."""
        self._ground.subscribers.discard(queue)


def cut(request: web.Request) -> web.StreamResponse:
    """Close the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=499)
