"""A certificate for those who led, when they ask for it."""

from collections.abc import Sequence

from bot.flows.certificate import printing
from bot.flows.turns import Command, Feature, Refused, Replace, Reply, Tell, Turn, Verb
from bot.ui.cards import Card, LinkButton, Row, card
from bot.ui.words import T
from storage.led import rounds_led
from storage.tables import Round

MOST = 10


async def ask(turn: Turn) -> Reply:
    """``certificate.ask``, id of a round: the address of the person's own, where they led a meeting of it."""
    rounds = await rounds_led(turn.uow, turn.person.pk)
    return Tell(_ready(turn, [round for round in rounds if round.pk == turn.number()]))


async def command(turn: Turn) -> Reply:
    """``certificate``: of each closed round that the person led a meeting of."""
    return Replace(_ready(turn, (await rounds_led(turn.uow, turn.person.pk))[:MOST]))


def _ready(turn: Turn, rounds: Sequence[Round]) -> Card:
    """Raises ``Refused`` where there is none."""
    if not rounds:
        raise Refused(T("certificate.none"))
    rows = [
        Row(
            T("programme.round_name", name=round.name),
            LinkButton(T("certificate.open"), printing.address(turn.uow, round.pk, turn.person, turn.base_url)),
        )
        for round in rounds
    ]
    return card(T("certificate.ready", n=len(rows)), *rows)


FEATURE = Feature(
    name="certificate",
    verbs={"certificate.ask": Verb(ask)},
    commands=(Command({"en": ("certificate",), "it": ("attestato", "certificato")}, command, help="certificate.help"),),
)
"""Its button stands on the thanks at the end of a round too."""
