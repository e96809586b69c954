"""Pictures of messages, fetched for the reader as Slack does it: only from the bot, and kept once they were read."""

from __future__ import annotations

from urllib.parse import urlsplit

import aiohttp
from aiohttp import web

MOST_BYTES = 8 * 2**20
MOST_KEPT = 64
CHUNK = 2**16
PATIENCE = aiohttp.ClientTimeout(total=10)


class Pictures:
    """The pictures that were looked at: an address that has expired by now still shows what it showed."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[bytes, str]] = {}

    async def fetch(self, url: str, bot_url: str) -> web.Response:
        """The picture at `url`; 403 when it is not the bot's, 502 when it cannot be had."""
        if not bot_url or _origin(url) != _origin(bot_url):
            raise web.HTTPForbidden(text="only pictures of the bot")
        if url not in self._kept:
            self._kept[url] = await _read(url)
            while len(self._kept) > MOST_KEPT:
                del self._kept[next(iter(self._kept))]
        content, content_type = self._kept[url]
        return web.Response(body=content, content_type=content_type)


async def _read(url: str) -> tuple[bytes, str]:
    content = bytearray()
    try:
        async with (
            aiohttp.ClientSession(timeout=PATIENCE) as session,
            session.get(url, allow_redirects=False) as answer,
        ):
            async for chunk in answer.content.iter_chunked(CHUNK):
                content += chunk
                if len(content) > MOST_BYTES:
                    raise web.HTTPBadGateway(text="the picture is too large")
    except (aiohttp.ClientError, TimeoutError) as trouble:
        raise web.HTTPBadGateway(text="the picture cannot be fetched") from trouble
    if answer.status != 200 or not answer.content_type.startswith("image/"):
        raise web.HTTPBadGateway(text="that is no picture")
    return bytes(content), answer.content_type


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc
