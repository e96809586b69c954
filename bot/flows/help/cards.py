"""Help cards."""

from bot.ui.cards import Card, Heading, Paragraph, card
from bot.ui.words import T


def what_it_is() -> Card:
    """What reverse mentoring is, and what it is not, in a few lines."""
    return card(Heading(T("help.title")), Paragraph(T("help.what_it_is")))
