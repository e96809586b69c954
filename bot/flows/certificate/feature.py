"""A certificate for those who led, when they ask for it."""

from bot.flows.certificate import printing
from bot.flows.turns import Feature, Refused, Reply, Tell, Turn, Verb
from bot.ui.cards import Buttons, LinkButton, card
from bot.ui.words import T


async def ask(turn: Turn) -> Reply:
    """``certificate.ask``, id of a round: the address of the person's own, where they led a meeting of it."""
    if await printing.page(turn.uow, turn.number(), turn.person.pk) is None:
        raise Refused(T("certificate.none"))
    link = LinkButton(T("certificate.open"), printing.address(turn.uow, turn.number(), turn.person, turn.base_url))
    return Tell(card(T("certificate.ready"), Buttons((link,))))


FEATURE = Feature(name="certificate", verbs={"certificate.ask": Verb(ask)})
"""Its button stands on the thanks at the end of a round."""
