"""The figures of a run in words: how many, how good, how they are spread, what was proved. Pure."""

from collections.abc import Mapping

from bot.flows.matching.solve import BIN
from bot.flows.units import counted, unit
from bot.ui.cards import Block, Facts, Note, Paragraph
from bot.ui.words import Joined, Listing, T, Text
from storage.couples import GROUP
from storage.tables import MatchRun, Round


def figures(round: Round, run: MatchRun) -> list[Block]:
    """How many, how good at worst and in the middle, how the rest is spread, and how sure it is."""
    if not number(run, "people"):
        return [Paragraph(T("matching.nobody_enrolled"))]
    rows: list[tuple[Text, Text]] = [
        (T("matching.fact_matched"), proposed(round, run)),
        (T("matching.fact_left_out", without=unit("without", round)), T("matching.people", n=number(run, "left_out"))),
    ]
    if run.summary.get("worst") is not None:
        rows.append((T("matching.fact_worst"), T("matching.points", score=points(number(run, "worst")))))
        rows.append((T("matching.fact_median"), T("matching.points", score=points(number(run, "median")))))
        rows.append((T("matching.fact_spread"), _bands(run)))
    return [Facts(tuple(rows)), *_proof(run)]


def _proof(run: MatchRun) -> list[Block]:
    if not run.summary.get("most") or not number(run, "matched"):
        return []
    if idle := number(run, "idle"):
        return [Note(T("matching.proved_idle", score=points(idle)))]
    return [Note(T("matching.proved_within" if number(run, "gap") else "matching.proved"))]


def _bands(run: MatchRun) -> Text:
    bands = run.summary.get("bands")
    counts = bands if isinstance(bands, Mapping) else {}
    return Listing(tuple(T(f"matching.band_{band}", n=int(count)) for band, count in counts.items() if count))


def bars(run: MatchRun) -> list[tuple[int, int, int]]:
    """The distribution: from and to (points of 100), and how many pairs, from the lowest to the highest that occurs."""
    found = run.summary.get("bars")
    counts = {int(bar): int(count) for bar, count in found} if isinstance(found, list) else {}
    if not counts:
        return []
    width = BIN // 100
    return [(bar * width, (bar + 1) * width, counts.get(bar, 0)) for bar in range(min(counts), max(counts) + 1)]


def alternative(run: MatchRun) -> Text:
    """Everything that the picture of the distribution says."""
    lines = (T("matching.bar", first=first, last=last, n=count) for first, last, count in bars(run) if count)
    return Joined((T("matching.spread_alt"), *lines))


def unfixed(run: MatchRun) -> list[object]:
    """The fixed pairs that were no longer possible."""
    found = run.summary.get("unfixed")
    return found if isinstance(found, list) else []


def short_summary(round: Round, run: MatchRun) -> Text:
    """The run in a line."""
    return T(
        "matching.summary",
        proposed=proposed(round, run),
        without=unit("without", round),
        people=number(run, "left_out"),
    )


def proposed(round: Round, run: MatchRun) -> T:
    """How many pairs, or how many groups of how many mentees, the run proposes."""
    matched = number(run, "matched")
    if round.format != GROUP:
        return counted(matched, round)
    return T("matching.mentees_in", groups=counted(number(run, "groups"), round), n=matched)


def points(hundredths: int) -> int:
    """Points out of 100."""
    return round(hundredths / 100)


def waiting(run: MatchRun) -> int:
    """How many pairs still wait for the coordinator."""
    return number(run, "waiting" if "waiting" in run.summary else "matched")


def shown(round: Round, run: MatchRun) -> int:
    """How many pairs, or how many groups, the review leafs through."""
    return number(run, "groups") if round.format == GROUP else waiting(run)


def number(run: MatchRun, name: str) -> int:
    """A figure of the run's summary; 0 when it has none."""
    value = run.summary.get(name)
    return value if isinstance(value, int) else 0
