"""How pairs are chosen, in words for everybody: what makes a pair impossible, and what counts how much. Pure."""

from collections.abc import Mapping

from bot.domain.matching import CRITERIA, WEIGHTS
from bot.ui.cards import Block, Bullets, Button, Buttons, Card, Heading, Note, Paragraph, card
from bot.ui.words import T, Text
from storage.tables import Round

NEVER = ("line", "team", "stage", "together", "teach", "wish")


def told(round_name: str | None, weights: Mapping[str, int] | None) -> Card:
    """The rules and the weights of a round, or the product's own."""
    return card(
        Heading(T("matching.rules_title")),
        T("matching.rules_never"),
        Bullets(tuple(T(f"matching.never_{rule}") for rule in NEVER)),
        *_weights(weights or WEIGHTS, round_name),
        Note(T("matching.rules_note")),
    )


def changed(round: Round) -> Card:
    """After the coordinator changed the weights."""
    blocks = _weights(round.weights, round.name)
    if round.state not in ("matching", "running"):
        return card(T("matching.weights_changed"), *blocks)
    again = Button(T("matching.run_again"), "matching.again", str(round.pk), "primary")
    return card(T("matching.weights_changed"), *blocks, Buttons((again,)))


def _weights(weights: Mapping[str, int], round_name: str | None) -> list[Block]:
    by_weight = sorted((name for name in CRITERIA if weights[name]), key=lambda name: -weights[name])
    lines: tuple[Text, ...] = tuple(T(f"matching.counts_{name}", weight=weights[name]) for name in by_weight)
    lead = T("matching.rules_count_in", round=round_name) if round_name else T("matching.rules_count")
    return [Paragraph(lead), Bullets(lines)]
