"""One measured figure, printed for people or as one JSON object a line."""

import json
from dataclasses import asdict, dataclass


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


def show(results: list[Result], *, as_json: bool) -> None:
    """Print them all."""
    for result in results:
        print(result.line(as_json=as_json), flush=True)
