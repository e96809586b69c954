"""Files that people send to the bot: described by an event, fetched with the bot's own token."""

from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.handlers.download import MOST_BYTES, Downloads

Json = dict[str, Any]


async def fetch(downloads: Downloads, client: AsyncWebClient, file: Json) -> bytes | None:
    """What the file holds; None for one that is too large, nothing for one that could not be fetched."""
    if int(file.get("size") or 0) > MOST_BYTES:
        return None
    address = str(file.get("url_private_download") or "")
    if not address:  # of a person from another company only the id is told
        file = (await client.files_info(file=str(file.get("id"))))["file"]
        address = str(file.get("url_private_download") or "")
    return await downloads.fetch(address, {"Authorization": f"Bearer {client.token}"})
