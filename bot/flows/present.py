"""The present card: what is this person's to do now, gathered from the features that have something to say."""

from collections.abc import Sequence

from bot.flows.home import cards
from bot.flows.standing import places
from bot.flows.turns import Command, Feature, HomeSection, Replace, Reply, Turn
from bot.ui.cards import Button, Card

OWN_PAGE_BLOCKS = 100
MESSAGE_BLOCKS = 50


async def present(turn: Turn, features: tuple[Feature, ...], *, home: bool = False) -> Card:
    """All sections in order of rank, for the bot's own page; in answer to a bare command what is to do now alone.

    When nothing is, the bare command shows what comes first of the rest: the pair and its next session.
    """
    sections: list[HomeSection] = []
    for feature in features:
        if feature.home is not None:
            sections.extend(await feature.home(turn))
    sections.sort(key=lambda section: section.rank)
    rest = await _rest(turn)
    if not sections:
        return cards.whole([cards.empty()], MESSAGE_BLOCKS, rest)
    if home:
        return cards.whole(_with_headings(sections), OWN_PAGE_BLOCKS, rest)
    now = [section for section in sections if section.rank < cards.NOW_UNTIL]
    now = now or [section for section in sections if section.rank == sections[0].rank]
    return cards.whole([section.card for section in now], MESSAGE_BLOCKS, rest)


def home_of(others: Sequence[Feature]) -> Feature:
    """The words that ask for the present card, as the bare command does."""

    async def status(turn: Turn) -> Reply:
        return Replace(await present(turn, tuple(others)))

    words = {"en": ("status", "board", "home"), "it": ("stato", "bacheca", "inizio")}
    return Feature(name="home", commands=(Command(words, status, help="home.help"),))


async def _rest(turn: Turn) -> Button | None:
    """The way into a pause for whoever has a place in a round, and out of it for whoever rests."""
    paused = turn.person.paused_until is not None and turn.person.paused_until > turn.now
    return cards.pause(paused=paused) if paused or await places(turn) else None


def _with_headings(sections: Sequence[HomeSection]) -> list[Card]:
    """The cards, with a heading above what is to do now, or the word that nothing is."""
    now = any(section.rank < cards.NOW_UNTIL for section in sections)
    first = cards.yours_to_do() if now else cards.nothing_to_do()
    return [first, *(section.card for section in sections)]
