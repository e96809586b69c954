"""The session's part of the present card: a date to find, the next meeting, what was promised."""

from collections.abc import Sequence

from bot.flows.scheduling.proposing import waiting
from bot.flows.session import cards
from bot.flows.session.actions import next_of_pairs, present
from bot.flows.standing import in_a_pair
from bot.flows.turns import HomeSection, Turn
from bot.ui.cards import Card
from storage.meeting import Meeting
from storage.sessions import meetings_and_promises

BOOK_NOW, NEXT, PROMISES = 0, 10, 20


async def sections(turn: Turn) -> Sequence[HomeSection]:
    """Of each pair the next session, and how many of the person's promises are open."""
    if not await in_a_pair(turn):
        return ()
    meetings, promises = await meetings_and_promises(turn.uow, turn.person.pk)
    coming = next_of_pairs(meetings, turn)
    proposed = await waiting(turn.uow, coming, turn.person.pk)
    found = [_section(one, turn, proposed.get(one.session.pk)) for one in coming]
    for pairing_id, count in promises.items():
        session = next(one.session for one in meetings if pairing_id in one.pairing_ids(turn.person.pk))
        found.append(HomeSection(PROMISES, cards.promises(session.pk, count)))
    return found


def _section(one: Meeting, turn: Turn, proposed: Card | None) -> HomeSection:
    return HomeSection(_rank(one, turn, proposed), present(one, turn, proposed))


def _rank(one: Meeting, turn: Turn, proposed: Card | None) -> int:
    """A date to find comes first for whoever fixes it, once the lessons are done: those have their own place.

    So does one that was proposed to them, also in place of another.
    """
    to_do = one.session.state != "scheduled" and one.books(turn.person.pk)
    is_free = one.is_ready or one.session.number == 0
    return BOOK_NOW if proposed or (to_do and is_free) else NEXT
