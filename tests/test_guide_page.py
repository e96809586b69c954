"""The guide on one printed page: at a signed address, in the reader's language, and nothing confidential on it."""

import re
from datetime import UTC, datetime

import aiohttp

from tests.stage import Stage
from tests.stories.steps import a_pair

MENTOR, MENTEE = "Amelia Clarke", "Giulia Bruno"


async def read(stage: Stage, address: str) -> tuple[int, str]:
    path = re.sub(r"^https?://[^/]+", stage.workspace.bot_url, address)
    async with aiohttp.ClientSession() as http, http.get(path) as answer:
        return answer.status, await answer.text()


async def test_each_of_the_two_reads_the_page_in_their_language_until_it_expires(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    giulia, amelia = stage.hand(MENTEE), stage.hand(MENTOR)
    await giulia.types("/mentoring fissa")
    await giulia.clicks("Fissa giovedì 14 gennaio, 15:00")
    await stage.move_to(datetime(2027, 1, 13, 9, tzinfo=UTC))
    await amelia.types("/mentoring session")
    await amelia.clicks("Open the guide")
    found = re.search(r"https?://[^'\"|>)\s]+/guides/[^'\"|>)\s]+", str(amelia.last))
    assert found is not None
    address = found.group()
    status, page = await read(stage, address)
    assert status == 200 and "Kick-off: our pact" in page and "With Giulia Bruno, Thursday 14 January" in page
    assert "30 minutes" in page and 'lang="en"' in page
    assert (await read(stage, address[:-4] + "AAAA"))[0] == 404
    await stage.move_to(datetime(2027, 4, 1, tzinfo=UTC))
    assert (await read(stage, address))[0] == 404
