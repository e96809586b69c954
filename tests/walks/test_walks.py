"""A short walk; ``python -m tests.walks`` walks as many as one likes."""

import pytest

from tests.walks.walk import walk


@pytest.mark.parametrize("seed", [2])
async def test_whatever_people_do(seed: int) -> None:
    one = await walk(seed, most=9)
    assert one.faults == []
    assert len(one.company.letters.sent) > 30
