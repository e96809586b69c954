"""Files that people send to the bot: described by an event, fetched with the bot's own token."""

from typing import Any

import aiohttp
import structlog
from slack_sdk.web.async_client import AsyncWebClient

log = structlog.get_logger()
MOST_BYTES = 20_000_000
PATIENCE = aiohttp.ClientTimeout(total=60)
Json = dict[str, Any]


async def fetch(client: AsyncWebClient, file: Json) -> bytes | None:
    """What the file holds; None for one that is too large, nothing for one that could not be fetched."""
    if int(file.get("size") or 0) > MOST_BYTES:
        return None
    address = str(file.get("url_private_download") or "")
    if not address:  # of a person from another company only the id is told
        file = (await client.files_info(file=str(file.get("id"))))["file"]
        address = str(file.get("url_private_download") or "")
    headers = {"Authorization": f"Bearer {client.token}"}
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
