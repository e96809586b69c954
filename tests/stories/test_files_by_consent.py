"""Files where a platform asks the person first: made again, by whatever made them, when they agree."""

import csv
import io

from tests.stage import ON_TEAMS, department, on_stage
from tests.stories.test_matching import enrolled, matched, pairs


async def test_the_sheet_of_pairs_comes_when_the_coordinator_allows_it(story_database: str) -> None:
    company = department("Human resources", "Finance")
    async with on_stage(story_database, company, platform=ON_TEAMS) as stage:
        await enrolled(stage)
        vale = await matched(stage)
        await vale.clicks("Scarica il foglio")
        sheet = (await vale.receives_files())["Spring.csv"]
        lines = list(csv.DictReader(io.StringIO(sheet.removeprefix("\ufeff")), delimiter=";"))
        assert sorted((line["mentor"], line["mentee"]) for line in lines) == sorted(await pairs(stage))
