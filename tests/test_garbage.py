"""What stays is taken out of what the collector looks through, while caches fill and no longer."""

import gc
from collections.abc import Iterator

import pytest

from bot import garbage


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    callbacks = list(gc.callbacks)
    yield
    gc.callbacks[:] = callbacks
    gc.unfreeze()


def test_what_stays_is_spared_while_caches_fill(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garbage, "WARMING", 2)
    garbage.spare_what_stays()
    kept = []
    for spared in (True, True, False):
        before = gc.get_freeze_count()
        kept.append([[] for _ in range(10_000)])
        gc.collect(1)
        assert (gc.get_freeze_count() >= before + 10_000) is spared
