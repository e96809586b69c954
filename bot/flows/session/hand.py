"""A hand, raised at any time: who coordinates hears that the pair could use one, and nothing more. For what is serious
the company's own channels are shown; nothing about it can be typed here, and nothing is kept.
"""

from bot.domain.nudges import first_allowed
from bot.flows import standing, talk
from bot.flows.scheduling.booking import check_goes_on
from bot.flows.session import ladder_cards
from bot.flows.session.ladder_jobs import ASKED
from bot.flows.turns import Replace, Reply, Tell, Turn, outdated_button
from bot.ui.cards import Card
from bot.ui.words import Listing, T
from storage import pairings
from storage.meeting import Meeting, to_book
from storage.sessions import meetings_of_pair
from storage.sites import site_of
from storage.tables import Person


async def command(turn: Turn) -> Reply:
    """``hand``."""
    return Replace(await _card(turn))


async def show(turn: Turn) -> Reply:
    """The same by a button, beside what was pressed."""
    return Tell(await _card(turn))


async def _card(turn: Turn) -> Card:
    places = await standing.places(turn)
    pairs = await pairings.pairs_of(turn.uow, turn.person.pk)
    people = await turn.uow.by_id(Person, [place.round.coordinator_id for place in places])
    meeting: dict[object, tuple[int, list[str], str]] = {}
    for one in pairs:
        side, coordinator = one.couple.side_of(turn.person.pk), people.get(one.couple.round.coordinator_id)
        if side is not None and coordinator is not None:
            partner = one.couple.person("mentee" if side == "mentor" else "mentor").name
            group = ("group", one.pairing.group_id) if one.couple.in_group else one.pairing.pk
            meeting.setdefault(group, (one.pairing.pk, [], coordinator.name))[1].append(partner)
    raised = [(id, Listing(tuple(names)), coordinator) for id, names, coordinator in meeting.values()]
    return ladder_cards.hand(raised, await standing.written(turn, standing.CHANNELS))


async def raise_it(turn: Turn) -> Reply:
    """``session.raise``: told in the coordinator's next working hour, whether or not there is a date."""
    meetings = await meetings_of_pair(turn.uow, turn.number())
    found = to_book(meetings) or (meetings[-1] if meetings else None)
    if found is None or found.role_of(turn.person.pk) is None:
        raise outdated_button()
    check_goes_on(found, turn)
    coordinator = await tell_coordinator(turn, found)
    return talk.said(T("session.coordinator_told", coordinator=coordinator.name))


async def tell_coordinator(turn: Turn, found: Meeting) -> Person:
    """Owe the word that they could use a hand, once while it is unsettled; to whom."""
    coordinator = await turn.uow.need(Person, found.round.coordinator_id)
    if found.holder.help != "told":
        found.holder.help = "asked"
    turn.uow.promise(
        "session.told",
        f"{found.stem}:asked:{found.session.pk}:{found.session.sequence}:{turn.now:%Y%m%d}",
        first_allowed(turn.now, site_of(coordinator, found.organisation)),
        person=coordinator.pk,
        session=found.session.pk,
        why=ASKED,
    )
    return coordinator
