"""What is told of a run, from the question whether to begin to what came of it. Pure: values in, cards out."""

from collections.abc import Sequence

from bot.domain.programme import PEER
from bot.flows.matching.figures import figures, number, proposed, short_summary
from bot.flows.units import about, counted, unit
from bot.ui.cards import Button, Buttons, Card, Facts, Heading, Note, card
from bot.ui.words import Listing, T, Text
from storage.tables import MatchRun, Round

STAGES = ("reading", "scoring", "pairing", "proving", "explaining", "writing")


def end_enrolment(round: Round) -> Card:
    """Whether to end the enrolment now."""
    yes = Button(T("matching.end_enrolment"), "matching.begin", str(round.pk), "primary")
    ways = (yes, Button(T("matching.preview"), "matching.preview", str(round.pk)))
    words = T("matching.end_enrolment_text", **about(round))
    return card(words, Buttons(ways))


def run_again(round: Round, *, fixing: bool = False) -> Card:
    """Whether to compute anew; while ``fixing`` pairs by hand, another one may be chosen first."""
    ways = [_again(round, "primary")]
    if fixing:
        ways.append(Button(T("matching.fix_two"), "matching.fix_two", str(round.pk)))
    ways.append(Button(T("matching.change_weights"), "matching.weights", str(round.pk)))
    return card(T("matching.run_again_text", **about(round)), Buttons(tuple(ways)))


def run_first(round: Round, excluded: int) -> Card:
    """Pairs of this run were excluded: it is computed anew before it can be approved."""
    return card(T("matching.run_first", n=excluded), Buttons((_again(round, "primary"), _review(round))))


def computing(round: Round, *, already: bool = False) -> Card:
    """A run has been promised: the answer comes by itself.

    It may be stopped in words: the button is on the news of how far it is, from where it goes as the run ends.
    """
    key = "matching.already_running" if already else "matching.computing"
    return card(T(key, **about(round)), Note(T("matching.how_to_stop")))


def progress(round: Round, run: MatchRun) -> Card:
    """How far a run is, or how it ended."""
    if run.state != "computing":
        words = {"ready": "worked_out", "stopped": "stopped"}.get(run.state, "failed")
        return card(T(f"matching.{words}", **about(round)), Buttons((_review(round),)))
    stage, share = str(run.progress.get("stage")), run.progress.get("share")
    known = stage if stage in STAGES else "scoring"
    stop = Button(T("matching.stop"), "matching.stop", str(round.pk), "danger")
    return card(
        T("matching.progress", **about(round), share=share if isinstance(share, int) else 0),
        Note(T(f"matching.stage_{known}")),
        Buttons((stop,)),
    )


def none_yet(round: Round) -> Card:
    """There are no pairs to be read."""
    words = T("matching.none_yet", round=round.name, many=unit("many", round))
    return card(words, Buttons((_again(round, "primary"),)))


def stopped(round: Round) -> Card:
    """The coordinator stopped the run."""
    return card(T("matching.stopped", round=round.name), Buttons((_again(round), _review(round))))


def not_swapped(round: Round, why: Text) -> Card:
    """The swap was possible a moment ago, and is not any more."""
    return card(T("matching.not_swapped"), why, Buttons((_review(round),)))


def failed(round: Round) -> Card:
    """A run that could not be computed, again and again."""
    return card(T("matching.failed", **about(round)), Buttons((_again(round, "primary"), _review(round))))


def found(round: Round, run: MatchRun, none_instead: Sequence[str] = (), others: int = 0) -> Card:
    """A run is ready to be read.

    ``none_instead``: who has no pair, of those of whom the coordinator excluded one; ``others``: how many more.
    """
    names: tuple[Text, ...] = (*none_instead, *([T("matching.and_others", n=others)] if others else []))
    return card(
        Heading(T("matching.found_title", round=round.name)),
        *figures(round, run),
        *([T("matching.none_instead", names=Listing(names))] if names else []),
        Buttons((_review(round, "primary"),)),
        summary=short_summary(round, run),
    )


def approved(round: Round, run: MatchRun, formed: int | None = None) -> Card:
    """After approving. Who answers what is not for the coordinator: only what forms is told, as a number.

    ``formed``: how many there are by now; None at the moment of approving.
    """
    rows: list[tuple[Text, Text]] = [(T("matching.fact_proposed"), proposed(round, run))]
    if formed is not None:
        rows.append((T("matching.fact_formed", label=unit("label", round)), counted(formed, round)))
    see = Button(T("programme.see"), "programme.status", str(round.pk), "primary")
    return card(
        Heading(T("matching.approved_title", round=round.name)),
        T("matching.approved_peer" if round.format == PEER else "matching.approved", n=number(run, "matched")),
        Facts(tuple(rows)),
        _note(round),
        Buttons((see, _again(round))),
    )


def approved_some(round: Round, departments: tuple[Text, ...], pairs: int) -> Card:
    """After approving the pairs of some departments; the others wait."""
    return card(
        T("matching.approved_some", departments=Listing(departments), n=pairs),
        _note(round),
        Buttons((_review(round, "primary"),)),
    )


def _note(round: Round) -> Note:
    return Note(T("matching.approved_note", the_many=unit("the_many", round)))


def _review(round: Round, style: str = "plain") -> Button:
    label = T("matching.review", the_many=unit("the_many", round))
    return Button(label, "matching.review", str(round.pk), "primary" if style == "primary" else "plain")


def _again(round: Round, style: str = "plain") -> Button:
    return Button(
        T("matching.run_again"), "matching.again", str(round.pk), "primary" if style == "primary" else "plain"
    )
