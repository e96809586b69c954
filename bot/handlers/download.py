"""Fetching a file that somebody sent to the bot, from where its platform keeps it."""

from collections.abc import Mapping

import aiohttp
import structlog

log = structlog.get_logger()
MOST_BYTES = 20_000_000
PATIENCE = aiohttp.ClientTimeout(total=60)


async def download(address: str, headers: Mapping[str, str] | None = None) -> bytes | None:
    """What the file holds; None for one that is too large, nothing for one that could not be fetched."""
    try:
        async with aiohttp.ClientSession(timeout=PATIENCE) as http, http.get(address, headers=headers) as answer:
            if answer.status != 200 or answer.content_type == "text/html":  # a page to sign in, instead of the file
                log.warning("file_not_fetched", status=answer.status)
                return b""
            data = await answer.content.read(MOST_BYTES + 1)
            while len(data) <= MOST_BYTES and (more := await answer.content.read(MOST_BYTES)):
                data += more
            return data if len(data) <= MOST_BYTES else None
    except (aiohttp.ClientError, TimeoutError, ValueError) as trouble:
        log.warning("file_not_fetched", trouble=type(trouble).__name__)
        return b""
