"""One measured figure, printed for people or as one JSON object a line."""

import json
import time
from dataclasses import asdict, dataclass
from functools import cache

STEPS = 1_000_000


@dataclass(frozen=True)
class Result:
    """``ratio`` is value / baseline_value, where a baseline was measured in the same run."""

    metric: str
    value: float
    unit: str
    baseline: str | None = None
    baseline_value: float | None = None

    @property
    def ratio(self) -> float | None:
        return self.value / self.baseline_value if self.baseline_value else None

    def line(self, *, as_json: bool) -> str:
        """The figure as a line."""
        if as_json:
            ratio = {} if self.ratio is None else {"ratio": round(self.ratio, 4)}
            told = {key: value for key, value in asdict(self).items() if value is not None}
            return json.dumps({**told, "value": round(self.value, 4), **ratio})
        against = "" if self.ratio is None else f"   {self.ratio:6.2f} x {self.baseline} ({self.baseline_value:,.2f})"
        return f"{self.metric:<58} {self.value:>12,.2f} {self.unit:<8}{against}"


@cache
def _tell_yardstick(*, as_json: bool) -> None:
    """Print how fast the machine is just now: seconds mean little without it, where a machine's speed swings."""
    took = []
    for _ in range(3):
        begun, total = time.perf_counter(), 0
        for step in range(STEPS):
            total += step * step % 7
        took.append(time.perf_counter() - begun)
    print(Result("yardstick: a loop of a million steps", 1000 * min(took), "ms").line(as_json=as_json), flush=True)


def show(results: list[Result], *, as_json: bool) -> None:
    """Print them all, after the machine's yardstick (once a process)."""
    _tell_yardstick(as_json=as_json)
    for result in results:
        print(result.line(as_json=as_json), flush=True)
