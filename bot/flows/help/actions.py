"""Answering a call for help."""

from bot.flows.help import cards
from bot.flows.turns import Replace, Reply, Turn


async def explain(_turn: Turn) -> Reply:
    """``/mentoring help``."""
    return Replace(cards.what_it_is())
