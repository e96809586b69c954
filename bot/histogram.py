"""A distribution as a picture: one bar a class, each with its number in words, so that nothing rests on colour."""

from dataclasses import dataclass
from functools import lru_cache

from bot.pictures import INK, MARK, QUIET, drawing, png, sheet

WIDTH, HEIGHT = 10.0, 4.6


@dataclass(frozen=True)
class Bar:
    """A class and how many are in it; ``figure`` says the number."""

    label: str
    count: int
    figure: str


@dataclass(frozen=True)
class Histogram:
    """What is drawn, with its words."""

    title: str
    axis: str
    bars: tuple[Bar, ...]


@lru_cache(maxsize=32)
def draw(histogram: Histogram) -> bytes:
    """The histogram as a PNG. Slow (a second the first time): call it in a thread."""
    with drawing:
        figure = sheet(WIDTH, HEIGHT)
        axes = figure.add_axes((0.04, 0.17, 0.92, 0.66))
        places = range(len(histogram.bars))
        axes.bar(places, [bar.count for bar in histogram.bars], width=0.82, color=MARK)
        axes.set_xticks(places, [bar.label for bar in histogram.bars], size=10, color=QUIET)
        axes.tick_params(length=0, pad=6)
        axes.set_yticks([])
        for place, bar in zip(places, histogram.bars, strict=True):
            axes.annotate(
                bar.figure, (place, bar.count), (0, 5), textcoords="offset points", ha="center", color=INK, size=10.5
            )
        for side in ("top", "left", "right"):
            axes.spines[side].set_visible(False)
        figure.text(0.04, 0.93, histogram.title, color=INK, size=17, weight="bold", va="center")
        figure.text(0.04, 0.05, histogram.axis, color=QUIET, size=10.5, va="center")
        return png(figure)
