"""A closed-loop load generator on loopback: signed requests, a fixed number at once, percentiles of the answers."""

import asyncio
import hashlib
import hmac
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import aiohttp

SECRET = "benchmark-secret"
FORM = "application/x-www-form-urlencoded"
Request = tuple[bytes, dict[str, str]]
Sending = Callable[[bytes], Request]
Measure = Callable[[float], Awaitable["Load"]]
TURNS = 4


@dataclass(frozen=True)
class Load:
    """What was seen. ``spent``: the seconds of each request, in order; ``lasted``: of all of it."""

    spent: Sequence[float]
    lasted: float

    @property
    def per_second(self) -> float:
        return len(self.spent) / self.lasted

    @property
    def p50(self) -> float:
        """Milliseconds at the median."""
        return self._percentile(0.5)

    @property
    def p99(self) -> float:
        """Milliseconds at the 99th percentile."""
        return self._percentile(0.99)

    def _percentile(self, part: float) -> float:
        return 1000 * self.spent[int(len(self.spent) * part)]


def form_body(fields: dict[str, Any]) -> bytes:
    """A form-encoded body."""
    return urlencode(fields).encode()


def signed(body: bytes) -> dict[str, str]:
    """The headers that Slack would send with this body."""
    moment = str(int(time.time()))
    digest = hmac.new(SECRET.encode(), b"v0:" + moment.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"Content-Type": FORM, "X-Slack-Request-Timestamp": moment, "X-Slack-Signature": f"v0={digest}"}


def as_slack_sends(body: bytes) -> Request:
    """The body, signed."""
    return body, signed(body)


async def drive(
    url: str, bodies: Sequence[bytes], at_once: int, seconds: float, seed: int = 1, send: Sending = as_slack_sends
) -> Load:
    """Send bodies drawn by chance for so long, ``at_once`` in flight. Raises RuntimeError for any answer but 2xx.

    ``send`` makes of each body what goes out, with its headers.
    """
    chance = random.Random(seed)
    spent: list[float] = []
    connector = aiohttp.TCPConnector(limit=at_once)
    async with aiohttp.ClientSession(connector=connector) as session:
        end = time.perf_counter() + seconds

        async def one_after_the_other() -> None:
            while time.perf_counter() < end:
                body = chance.choice(bodies)
                begun = time.perf_counter()
                data, headers = send(body)
                async with session.post(url, data=data, headers=headers) as answer:
                    text = await answer.read()
                    if answer.status >= 300:
                        raise RuntimeError(f"HTTP {answer.status}: {text[:200]!r}")
                spent.append(time.perf_counter() - begun)

        begun = time.perf_counter()
        await asyncio.gather(*(one_after_the_other() for _ in range(at_once)))
        lasted = time.perf_counter() - begun
    return Load(sorted(spent), lasted)


async def in_turn(measured: Mapping[str, Measure], seconds: float) -> dict[str, Load]:
    """Each for so many seconds, a part after the other's: a machine whose speed swings is then as fast for all.

    ``measured``: what sends for so long, by name; each warms up for half a second.
    """
    loads: dict[str, list[Load]] = {}
    for measure in measured.values():
        await measure(0.5)
    for _ in range(TURNS):
        for name, measure in measured.items():
            loads.setdefault(name, []).append(await measure(seconds / TURNS))
    return {
        name: Load(sorted(one for load in parts for one in load.spent), sum(load.lasted for load in parts))
        for name, parts in loads.items()
    }
