"""Every story is told twice from one script: by people on Slack, and by people on Teams."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.duties import duties_are_known
from tests.stage import ON_SLACK, ON_TEAMS, Stage, department, on_stage


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """``@pytest.mark.slack_alone``: the story forges what Slack itself sends, or tells of what only Slack has; so
    ``@pytest.mark.teams_alone``.
    """
    if "platform" in metafunc.fixturenames:
        platforms = {"slack": ON_SLACK, "teams": ON_TEAMS}
        alone = [name for name in platforms if metafunc.definition.get_closest_marker(f"{name}_alone")]
        told_on = {name: platforms[name] for name in alone or platforms}
        metafunc.parametrize("platform", list(told_on.values()), ids=list(told_on), scope="function")


@pytest_asyncio.fixture
async def stage(story_database: str, platform: object) -> AsyncIterator[Stage]:
    """A few dozen people of the sample company, with the bot where they are, on a Tuesday morning."""
    roster = department("Human resources", "Finance")
    async with on_stage(story_database, roster, platform=platform) as company, duties_are_known(company):
        yield company
