"""Fetching a file that somebody sent to the bot, from where its platform keeps it."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp
import structlog
from yarl import URL

log = structlog.get_logger()
MOST_BYTES = 20_000_000
PATIENCE = aiohttp.ClientTimeout(total=60)
MOST_STEPS = 4
"""An address, and three that it may point on to."""


@dataclass(frozen=True)
class Downloads:
    """Fetches over HTTPS alone, also where an address points on to another. ``local``: the platform is a simulated
    one on this machine, whose addresses need no HTTPS.
    """

    local: bool = False

    async def fetch(self, address: str, headers: Mapping[str, str] | None = None) -> bytes | None:
        """What the file holds; None for one that is too large, nothing for one that could not be fetched."""
        try:
            async with aiohttp.ClientSession(timeout=PATIENCE) as http:
                return await self._follow(http, URL(address), headers or {})
        except (aiohttp.ClientError, TimeoutError, ValueError) as trouble:
            log.warning("file_not_fetched", trouble=type(trouble).__name__)
            return b""

    async def _follow(self, http: aiohttp.ClientSession, url: URL, headers: Mapping[str, str]) -> bytes | None:
        for _ in range(MOST_STEPS):
            if not (url.scheme == "https" or (self.local and url.scheme == "http" and is_local(url))):
                log.warning("file_not_fetched", scheme=url.scheme)
                return b""
            async with http.get(url, headers=headers, allow_redirects=False) as answer:
                if answer.status not in (301, 302, 303, 307, 308):
                    return await _body(answer)
                onward = url.join(URL(answer.headers.get("Location", "")))
            if onward.origin() != url.origin():
                headers = {}  # a token is for whom it was given to
            url = onward
        log.warning("file_not_fetched", trouble="led around")
        return b""


async def _body(answer: aiohttp.ClientResponse) -> bytes | None:
    if answer.status != 200 or answer.content_type == "text/html":  # a page to sign in, instead of the file
        log.warning("file_not_fetched", status=answer.status)
        return b""
    data = await answer.content.read(MOST_BYTES + 1)
    while len(data) <= MOST_BYTES and (more := await answer.content.read(MOST_BYTES)):
        data += more
    return data if len(data) <= MOST_BYTES else None


def is_local(url: URL) -> bool:
    """Whether the address is of this machine itself."""
    try:
        return url.host == "localhost" or ipaddress.ip_address(url.host or "").is_loopback
    except ValueError:
        return False
