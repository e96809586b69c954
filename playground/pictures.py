"""Pictures of messages, fetched for the reader as Slack does it; only from the bot's own address."""

from __future__ import annotations

from urllib.parse import urlsplit

import aiohttp
from aiohttp import web

MOST_BYTES = 8 * 2**20
PATIENCE = aiohttp.ClientTimeout(total=10)


async def fetch_picture(url: str, bot_url: str) -> web.Response:
    """The picture at `url`; 403 when it is not the bot's, 502 when it cannot be had."""
    if not bot_url or _origin(url) != _origin(bot_url):
        raise web.HTTPForbidden(text="only pictures of the bot")
    try:
        async with (
            aiohttp.ClientSession(timeout=PATIENCE) as session,
            session.get(url, allow_redirects=False) as answer,
        ):
            content = await answer.content.read(MOST_BYTES)
    except (aiohttp.ClientError, TimeoutError) as trouble:
        raise web.HTTPBadGateway(text="the picture cannot be fetched") from trouble
    if answer.status != 200 or not answer.content_type.startswith("image/"):
        raise web.HTTPBadGateway(text="that is no picture")
    return web.Response(body=content, content_type=answer.content_type)


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc
