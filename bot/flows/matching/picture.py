"""The distribution of a run as a picture: what is drawn, in the reader's language."""

from bot.flows.matching.figures import bars
from bot.histogram import Bar, Histogram
from bot.locales import Say
from bot.ui.words import T
from storage.tables import MatchRun, Round


def histogram(round: Round, run: MatchRun, say: Say) -> Histogram:
    """What is drawn."""
    drawn = tuple(
        Bar(say(T("matching.bar_label", first=first, last=last)), count, say(T("matching.bar_count", count=count)))
        for first, last, count in bars(run)
    )
    return Histogram(
        say(T("matching.spread_title", round=round.name)), say(T("matching.spread_axis")).replace("**", ""), drawn
    )
