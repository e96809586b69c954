"""The report's picture: shares with their intervals, one row a question. Words come in the reader's language.

Meaning is never in colour alone: a full mark has an interval, a hollow one has too few answers for one, and each row
says its figure in words. The two colours are of the Okabe-Ito set, which colour-blind people tell apart.
"""

import io
from dataclasses import dataclass
from functools import lru_cache
from textwrap import fill
from threading import Lock
from typing import Any

INK, QUIET, RULE, MARK, BAND = "#1f2430", "#5b6472", "#d9dde3", "#0072b2", "#f4f6f9"
# Every row that there is fits into 1,024 by 1,024 pixels: Teams takes no larger pictures
# (learn.microsoft.com/microsoftteams/platform/bots/how-to/format-your-bot-messages).
WIDTH, ROW, TOP, BOTTOM, DPI = 10.0, 0.40, 1.05, 1.15, 100
LABELS, PLOT, FIGURES = 0.03, (0.42, 0.30), 0.74
NOTE_WIDTH = 120
drawing = Lock()


@dataclass(frozen=True)
class Row:
    """``value``, ``low``, ``high`` are shares from 0 to 1; None where there is nothing to mark."""

    group: str
    label: str
    figure: str
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Chart:
    """What is drawn, with its words."""

    title: str
    subtitle: str
    note: str
    rows: tuple[Row, ...]


@lru_cache(maxsize=32)
def draw(chart: Chart) -> bytes:
    """The chart as a PNG. Slow (a second the first time): call it in a thread."""
    lines = _lines(chart.rows)
    height = TOP + BOTTOM + ROW * len(lines)
    with drawing:
        figure = sheet(WIDTH, height)
        axes = figure.add_axes((PLOT[0], BOTTOM / height, PLOT[1], ROW * len(lines) / height))
        _scale(axes, len(lines))
        for place, line in enumerate(lines):
            _row(axes, place, line)
        figure.text(LABELS, 1 - 0.32 / height, chart.title, color=INK, size=17, weight="bold", va="center")
        figure.text(LABELS, 1 - 0.68 / height, chart.subtitle, color=QUIET, size=11, va="center")
        note = fill(chart.note, NOTE_WIDTH)
        figure.text(LABELS, 0.30 / height, note, color=QUIET, size=9.5, va="center", linespacing=1.5)
        return png(figure)


def sheet(width: float, height: float) -> Any:
    """An empty figure, of so many inches. Hold ``drawing`` from here until ``png``."""
    from matplotlib.figure import Figure  # loads for a second, and only pictures need it

    return Figure(figsize=(width, height), dpi=DPI, facecolor="white")


def png(figure: Any) -> bytes:
    """The figure as a file."""
    written = io.BytesIO()
    figure.savefig(written, format="png")
    return written.getvalue()


def _lines(rows: tuple[Row, ...]) -> list[Row | str]:
    """The rows with the names of their groups between them."""
    lines: list[Row | str] = []
    group = None
    for row in rows:
        if row.group != group:
            lines.append(row.group)
            group = row.group
        lines.append(row)
    return lines


def _scale(axes: Any, count: int) -> None:
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(count - 0.5, -0.5)
    axes.set_yticks([])
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0 %", "25 %", "50 %", "75 %", "100 %"], size=9.5, color=QUIET)
    axes.tick_params(axis="x", length=0, pad=6)
    axes.set_axisbelow(True)
    axes.grid(axis="x", color=RULE, linewidth=0.8)
    for side in axes.spines.values():
        side.set_visible(False)


def _row(axes: Any, place: int, line: Row | str) -> None:
    left, right = -PLOT[0] / PLOT[1] + LABELS / PLOT[1], (FIGURES - PLOT[0]) / PLOT[1]
    side = {"transform": axes.get_yaxis_transform(), "va": "center", "color": INK, "clip_on": False}
    if isinstance(line, str):
        axes.text(left, place + 0.08, line, size=10.5, weight="bold", **{**side, "color": QUIET})
        return
    axes.text(left, place, line.label, size=11.5, **side)
    known = line.value is not None
    axes.text(right, place, line.figure, size=11, **{**side, "color": INK if known else QUIET})
    if line.value is None:
        return
    measured = line.low is not None and line.high is not None
    if measured:
        axes.plot((line.low, line.high), (place, place), color=MARK, linewidth=2.4, alpha=0.55, solid_capstyle="butt")
        axes.plot((line.low, line.high), (place, place), color=MARK, linestyle="none", marker="|", markersize=9)
    face = MARK if measured else "white"
    axes.plot(
        line.value, place, "o", markersize=9, color=MARK, markerfacecolor=face, markeredgewidth=1.8, clip_on=False
    )
