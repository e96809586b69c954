"""Fetching what people name or send by its address: the one place that follows an address from outside.

Over HTTPS alone and from the public internet alone, at each step that an address points on to: whoever names an
address must not reach what lies beside the bot. The connection goes to the very address that was judged, so a name
that is looked up twice with two answers gains nothing.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import aiohttp
import structlog
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import DefaultResolver
from yarl import URL

from bot.flows.turns import Fetched

log = structlog.get_logger()
MOST_BYTES = 20_000_000
PATIENCE = 60.0
MOST_STEPS = 4
"""An address, and three that it may point on to."""
ONWARD = (301, 302, 303, 307, 308)
GONE = (401, 403, 404, 410)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class NotPublic(OSError):  # names the fact
    """A name leads to a machine that is not of the public internet."""


class _Refused(Exception):  # names the fact
    """The address is none that may be fetched."""


@dataclass(frozen=True)
class Downloads:
    """Fetches over HTTPS alone. ``local``: the platform is a simulated one on this machine, whose addresses need no
    HTTPS. ``resolver`` makes what looks names up.
    """

    local: bool = False
    resolver: Callable[[], AbstractResolver] = DefaultResolver

    async def fetch(self, address: str, headers: Mapping[str, str] | None = None) -> bytes | None:
        """What a file holds; None for one that is too large, nothing for one that could not be fetched."""
        got = await self.get(address, headers, most=MOST_BYTES, seconds=PATIENCE)
        return None if got.trouble == "too_large" else got.data

    async def get(
        self, address: str, headers: Mapping[str, str] | None = None, *, most: int, seconds: float
    ) -> Fetched:
        """What lies at the address, of ``most`` bytes at the most, within so many seconds; or what was in the way."""
        connector = aiohttp.TCPConnector(resolver=PublicOnly(self.resolver(), self.local), use_dns_cache=False)
        session = aiohttp.ClientSession(
            connector=connector,
            timeout=aiohttp.ClientTimeout(total=seconds),
            headers={"Accept-Encoding": "identity"},  # what unpacks to more than it seems would pass the limit
            auto_decompress=False,
        )
        try:
            async with session, asyncio.timeout(seconds):
                got = await self._follow(session, URL(address), headers or {}, most)
        except (_Refused, ValueError):
            got = Fetched(trouble="refused")
        except aiohttp.ClientConnectorDNSError as trouble:
            got = Fetched(trouble="refused" if isinstance(trouble.os_error, NotPublic) else "unreachable")
        except (aiohttp.ClientError, TimeoutError, OSError):
            got = Fetched(trouble="unreachable")
        if got.trouble:
            log.warning("not_fetched", trouble=got.trouble)
        return got

    async def _follow(self, http: aiohttp.ClientSession, url: URL, headers: Mapping[str, str], most: int) -> Fetched:
        for _ in range(MOST_STEPS):
            self._check(url)
            async with http.get(url, headers=headers, allow_redirects=False) as answer:
                if answer.status not in ONWARD:
                    return await _body(answer, most)
                onward = url.join(URL(answer.headers.get("Location", "")))
            if onward.origin() != url.origin():
                headers = {}  # a token is for whom it was given to
            url = onward
        raise _Refused

    def _check(self, url: URL) -> None:
        """Names are judged when they are looked up; an address in numbers is never looked up."""
        if self.local and is_local(url) and url.scheme in ("http", "https"):
            return
        if url.scheme != "https" or not url.host or url.user or (_is_number(url.host) and not is_public(url.host)):
            raise _Refused


class PublicOnly(AbstractResolver):
    """Finds machines of the public internet alone; ``local``: and this one, by its usual name."""

    def __init__(self, inner: AbstractResolver, local: bool = False) -> None:
        self.inner, self.local = inner, local

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Raises ``NotPublic`` when one of the machines is not: such a name is set up to mislead."""
        found = await self.inner.resolve(host, port, family)
        if not (self.local and host == "localhost") and not all(is_public(one["host"]) for one in found):
            raise NotPublic(f"not public: {len(found)} addresses")
        return found

    async def close(self) -> None:
        await self.inner.close()


async def _body(answer: aiohttp.ClientResponse, most: int) -> Fetched:
    if answer.status != 200 or answer.content_type == "text/html":  # a page to sign in, instead of the file
        gone = answer.status in GONE or answer.status == 200
        return Fetched(trouble="gone" if gone else "unreachable")
    if (answer.content_length or 0) > most:
        return Fetched(trouble="too_large")
    data = bytearray()
    async for part in answer.content.iter_any():
        data += part
        if len(data) > most:
            return Fetched(trouble="too_large")
    return Fetched(bytes(data))


def is_public(host: str) -> bool:
    """Whether an address in numbers is of the public internet; what wraps another one is judged by that one."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        wrapped = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            wrapped = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if wrapped is not None:
            return is_public(str(wrapped))
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def is_local(url: URL) -> bool:
    """Whether the address is of this machine itself."""
    try:
        return url.host == "localhost" or ipaddress.ip_address(url.host or "").is_loopback
    except ValueError:
        return False
