"""What did not arrive, or arrived late: a line on the coordinator's page, and who it was."""

from collections.abc import Sequence

from bot.flows.delivery import cards
from bot.flows.turns import Feature, HomeSection, Replace, Reply, Tell, Turn, Verb
from storage.rounds import unreached
from storage.watch import troubles

RANK = 5
"""Of the section: among what is the coordinator's to do now."""


async def home(turn: Turn) -> Sequence[HomeSection]:
    """To coordinators only, and only when something went wrong."""
    found = await troubles(turn.uow) if turn.person.coordinator else []
    return [HomeSection(RANK, cards.line(found))] if found else []


async def show(turn: Turn) -> Reply:
    """``delivery.show``: who was not reached, and why."""
    return Replace(cards.listed(await troubles(turn.uow), turn.zone))


async def of_round(turn: Turn) -> Reply:
    """``delivery.round``: whom a round cannot reach."""
    return Tell(cards.out_of_reach(await unreached(turn.uow, turn.number())))


FEATURE = Feature(
    name="delivery",
    verbs={"delivery.show": Verb(show, may="coordinator"), "delivery.round": Verb(of_round, may="coordinator")},
    home=home,
)
