"""The present card: what is this person's to do now, gathered from the features that have something to say."""

from bot.flows.turns import Feature, HomeSection, Turn
from bot.ui.cards import Block, Card, Divider, Paragraph
from bot.ui.words import T


async def present(turn: Turn, features: tuple[Feature, ...], *, home: bool = False) -> Card:
    """All sections in order of rank, for the bot's own page; only the first of them in answer to a bare command."""
    sections: list[HomeSection] = []
    for feature in features:
        if feature.home is not None:
            sections.extend(await feature.home(turn))
    sections.sort(key=lambda section: section.rank)
    if not sections:
        return Card((Paragraph(T("home.nothing_now")),))
    if not home:
        return sections[0].card
    blocks: list[Block] = []
    for section in sections:
        blocks.extend([Divider(), *section.card.blocks] if blocks else section.card.blocks)
    return Card(tuple(blocks))
