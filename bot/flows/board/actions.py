"""What a coordinator does about one pair: looks, says that it is settled, or ends it without fault."""

from bot.flows import talk
from bot.flows.board import cards
from bot.flows.board.conversation import PAIR
from bot.flows.engine import Place
from bot.flows.pairing.ending import end_by_rule
from bot.flows.session import ladder
from bot.flows.turns import FormErrors, Outdated, Replace, Reply, Tell, Turn, outdated_button
from bot.ui.words import T
from storage import groups
from storage import pairings as store
from storage.boards import Hand
from storage.couples import GOING_ON, Formed
from storage.meeting import to_book
from storage.naming import persons_of
from storage.sessions import meetings_of_pair
from storage.tables import MentoringGroup, Round


async def ask_whom(turn: Turn) -> Reply:
    """``round pair``: one of the two is named."""
    return await talk.start(turn, PAIR, fresh=True)


async def found(turn: Turn, place: Place) -> Reply:
    """The pairs of that person which go on, a group once."""
    account = place.one("person")
    people = await persons_of(turn.uow, turn.actor.workspace.pk, [account])
    if (person := people.get(account)) is None:
        raise FormErrors({"person": T("matching.not_in_roster")})
    hands: dict[object, tuple[Round, Hand, bool]] = {}
    for formed in await store.pairs_of(turn.uow, person.pk):
        group_id = _group_of(formed)
        if ("group", group_id) not in hands:
            hands["group" if group_id else "pair", group_id or formed.pairing.pk] = await _hand(turn, formed)
    return Replace(cards.pairs(list(hands.values())) if hands else cards.no_pair(person.name))


async def hand(turn: Turn) -> Reply:
    """``board.hand``: a pair that could use a hand, and what can be done."""
    return Tell(cards.pairs([await _hand(turn, await _going_on(turn))]))


async def _hand(turn: Turn, formed: Formed) -> tuple[Round, Hand, bool]:
    together, group = await _together(turn, formed)
    told = (group or formed.pairing).help == "told"
    mentees = tuple(one.couple.mentee.name for one in together)
    return formed.couple.round, Hand(formed.pairing.pk, formed.couple.mentor.name, mentees), told


def _group_of(formed: Formed) -> int | None:
    """The group that the pair stands and falls with; a circle is not one."""
    return formed.pairing.group_id if formed.couple.in_group else None


async def _together(turn: Turn, formed: Formed) -> tuple[list[Formed], MentoringGroup | None]:
    """The pair, or all of its group that go on."""
    group_id = _group_of(formed)
    if group_id is None:
        return [formed], None
    members = await groups.members(turn.uow, group_id)
    return [one for one in members if one.pairing.state in GOING_ON], await turn.uow.get(MentoringGroup, group_id)


async def _going_on(turn: Turn) -> Formed:
    formed = await store.formed(turn.uow, turn.number(), lock=True)
    if formed is None:
        raise outdated_button()
    if formed.pairing.state not in GOING_ON:
        raise Outdated(T("board.over_already"), cards.over_already())
    return formed


async def settled(turn: Turn) -> Reply:
    """``board.settled``: the coordinator has seen to it; a session without a date is followed up anew."""
    formed = await _going_on(turn)
    group = await turn.uow.get(MentoringGroup, _group_of(formed), lock=True)
    holder = group or formed.pairing
    if holder.help == "told":
        holder.help, holder.postponed = "", 0
        waiting = to_book(await meetings_of_pair(turn.uow, formed.pairing.pk))
        if waiting is not None:
            ladder.promise(turn.uow, waiting, turn.now, again=True)
    return Replace(cards.settled())


async def end(turn: Turn) -> Reply:
    """``board.end``: the pair, or its group, ends at once; each of them reads it in neutral words."""
    together, _ = await _together(turn, await _going_on(turn))
    mentor_told = False
    for formed in together:
        end_by_rule(turn.uow, formed.pairing)
        people = [formed.pairing.mentee_id, *([] if mentor_told else [formed.pairing.mentor_id])]
        mentor_told = True
        for person in people:
            key, pairing = f"by_hand:{formed.pairing.pk}:{person}", formed.pairing.pk
            turn.uow.promise("pairing.ended_for_other", key, turn.now, person=person, pairing=pairing, person_id=person)
    return Replace(cards.ended())
