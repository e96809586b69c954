"""How pairs are chosen, in words for everybody: what makes a pair impossible, and what counts how much. Pure."""

from collections.abc import Mapping

from bot.domain.matching import CRITERIA, WEIGHTS
from bot.domain.programme import PEER
from bot.ui.cards import Block, Bullets, Button, Buttons, Card, Heading, Note, Paragraph, card
from bot.ui.words import T, Text
from storage.tables import Round

NEVER = ("line", "team", "stage", "together", "teach", "wish")
NEVER_OF_PEERS = ("line", "team", "together", "teach_peer", "wish")


def told(round_name: str | None, weights: Mapping[str, int] | None, *, peers: bool = False) -> Card:
    """The rules and the weights of a round, or the product's own; among ``peers`` career stages do not count."""
    return card(
        Heading(T("matching.rules_title")),
        T("matching.rules_never"),
        Bullets(tuple(T(f"matching.never_{rule}") for rule in (NEVER_OF_PEERS if peers else NEVER))),
        *_weights(weights or WEIGHTS, round_name, peers=peers),
        Note(T("matching.rules_note")),
    )


def changed(round: Round) -> Card:
    """After the coordinator changed the weights."""
    blocks = _weights(round.weights, round.name, peers=round.format == PEER)
    if round.state not in ("matching", "running"):
        return card(T("matching.weights_changed", round=round.name), *blocks)
    again = Button(T("matching.run_again"), "matching.again", str(round.pk), "primary")
    return card(T("matching.weights_changed", round=round.name), *blocks, Buttons((again,)))


def _weights(weights: Mapping[str, int], round_name: str | None, *, peers: bool) -> list[Block]:
    counted = {name: weights[name] for name in CRITERIA}
    if peers:  # each wants as much of the other
        counted = {"peer_wants": counted.pop("mentee_wants") + counted.pop("mentor_wants"), **counted}
    by_weight = sorted((name for name, weight in counted.items() if weight), key=lambda name: -counted[name])
    lines: tuple[Text, ...] = tuple(T(f"matching.counts_{name}", weight=counted[name]) for name in by_weight)
    lead = T("matching.rules_count_in", round=round_name) if round_name else T("matching.rules_count")
    return [Paragraph(lead), Bullets(lines)]
