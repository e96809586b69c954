"""The rows of the report's picture, and the same in words for those who do not see it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.flows.reports.lines import CONSTRUCTS, PULSES, Json, line, share
from bot.ui.words import Joined, T, Text

CHARTED = ("satisfaction", "usefulness", "relationship", "safety", "afterwards")


@dataclass(frozen=True)
class ChartRow:
    """One share: where its mark stands (0–1, None for a level or a hidden figure), its interval, its words."""

    group: Text
    label: Text
    figure: Text
    value: float | None
    low: float | None
    high: float | None


def rows(totals: Json) -> list[ChartRow]:
    """All shares of agreement that were asked, by construct; the taps after sessions last."""
    found = [
        _row(T(f"reports.group.{construct}"), T(f"reports.item.{code}"), totals["items"][code]["total"])
        for construct in CHARTED
        for code in CONSTRUCTS[construct]
        if code in totals["items"]
    ]
    meetings: Json = totals.get("meetings", {})
    pulses = [
        _row(T("reports.group.sessions"), T(f"reports.{name}"), meetings[name]) for name in PULSES if name in meetings
    ]
    return found + pulses


def _row(group: Text, label: Text, figure: Any) -> ChartRow:
    value = figure["x"] / figure["n"] if figure and "x" in figure else None
    low, high = (figure.get("low"), figure.get("high")) if figure else (None, None)
    return ChartRow(group, label, share(figure), value, low, high)


def alternative(totals: Json) -> Text:
    """Everything that the picture says, in words."""
    return Joined((T("reports.alt"), *_spoken(rows(totals))))


def _spoken(drawn: Iterable[ChartRow]) -> Iterable[Text]:
    return [line(row.label, row.figure) for row in drawn]
