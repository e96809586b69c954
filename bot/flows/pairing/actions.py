"""What each press about a proposal or an ended pair does. Every one reads the world again before it changes it."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from sqlmodel import col

from bot.domain.calendar import add_working_days
from bot.flows import talk
from bot.flows.engine import Place
from bot.flows.pairing import cards, group_cards
from bot.flows.pairing.answers import accept, decline, drop
from bot.flows.pairing.asking import ends_at
from bot.flows.pairing.conversation import REASONS, WHY
from bot.flows.pairing.ending import may_pair_again, pair_again
from bot.flows.standing import IN_A_PAIR, may_be_asked, places
from bot.flows.talk import said
from bot.flows.turns import HomeSection, Outdated, Replace, Reply, Tell, Turn, outdated_button
from bot.ui.cards import Card
from bot.ui.words import T, When
from storage import pairings as store
from storage.couples import GROUP, ROUND_IS_ON, Formed, Side
from storage.groups import all_in_groups_of
from storage.pairings import Asked
from storage.tables import Enrolment, FlowSession, Round


async def say_yes(turn: Turn) -> Reply:
    """``pairing.accept``, by the mentee and then by the mentor."""
    asked, side = await _mine(turn)
    if not _goes_ahead(turn, asked, side):
        return Replace(cards.present(asked, side))
    accept(turn.uow, asked)
    return Replace(cards.present(asked, side))


async def say_no(turn: Turn) -> Reply:
    """``pairing.decline``: "another name", "not this time". Free, silent, and nowhere by name."""
    asked, side = await _mine(turn)
    if not _goes_ahead(turn, asked, side):
        return Replace(cards.present(asked, side))
    decline(turn.uow, asked)
    return Replace(cards.declined(asked) if side == "mentee" else cards.declined_by_mentor())


async def think(turn: Turn) -> Reply:
    """``pairing.think``: the name stays open."""
    asked, side = await _mine(turn)
    if asked.turn != side or not asked.couple.available:
        return Replace(cards.present(asked, side))
    await store.reacted(turn.uow, asked.proposal.pk)
    days = asked.couple.rules.proposal_answer_working_days
    reminded_at = add_working_days(asked.proposal.asked_at or turn.now, days, asked.couple.site(side))
    return Tell(cards.thinking(When(ends_at(asked, side, reminded_at), turn.zone, "day")))


async def _mine(turn: Turn) -> tuple[Asked, Side]:
    """The proposal and its enrolments, held, and the person's side. A mentor who was not asked yet is a stranger."""
    asked = await store.asked(turn.uow, turn.number(), sides=True)
    side = asked.couple.side_of(turn.person.pk) if asked else None
    if asked is None or side is None or asked.proposal.state == "computed":
        raise outdated_button()
    if side == "mentor" and asked.proposal.state in store.MENTEE_TURN:
        raise outdated_button()
    return asked, side


def _goes_ahead(turn: Turn, asked: Asked, side: Side) -> bool:
    """Whether this answer is the one awaited. With a partner who has left meanwhile the proposal is off, kindly."""
    if asked.turn != side:
        return False
    if asked.couple.available:
        return True
    if asked.couple.round.state in ROUND_IS_ON:
        drop(turn.uow, asked, tell=None)
    return False


async def why(turn: Turn) -> Reply:
    """``pairing.why``: open the optional question, once."""
    asked, side = await _mine(turn)
    if side != "mentee" or asked.proposal.state != "declined":
        raise outdated_button()
    if await _told_already(turn, asked.proposal.pk):
        raise Outdated(T("pairing.why_told"))
    return await talk.start(turn, WHY, f"proposal:{asked.proposal.pk}", {"round": asked.couple.round.pk})


async def _told_already(turn: Turn, proposal_id: int) -> bool:
    statement = turn.uow.of(FlowSession).where(
        FlowSession.person_id == turn.person.pk,
        FlowSession.flow == WHY.name,
        FlowSession.subject == f"proposal:{proposal_id}",
        col(FlowSession.finished_at).is_not(None),
    )
    return await turn.uow.first(statement) is not None


async def told_why(turn: Turn, place: Place) -> Reply:
    """The reason joins a total; who gave it is not kept with it."""
    reason = place.one("reason")
    if reason in REASONS:
        store.note_reason(turn.uow, int(place.context["round"]), "decline", reason)
    return said(T("pairing.why_thanks"))


async def stay(turn: Turn) -> Reply:
    """``pairing.stay``: wait for a name in this round."""
    await _my_waiting(turn)
    return said(T("pairing.staying"))


async def next_round(turn: Turn) -> Reply:
    """``pairing.next_round``: leave this one; the priority is kept for the next."""
    enrolment = await _my_waiting(turn)
    enrolment.state = "withdrawn"
    return said(T("pairing.next_round_noted"))


async def _my_waiting(turn: Turn) -> Enrolment:
    enrolment = await turn.uow.get(Enrolment, turn.number(), lock=True)
    if enrolment is None or enrolment.person_id != turn.person.pk:
        raise outdated_button()
    round = await turn.uow.need(Round, enrolment.round_id)
    if round.state not in ROUND_IS_ON:
        raise Outdated(T("pairing.round_over"))
    if enrolment.state != "waitlisted":
        raise Outdated(T("pairing.not_waiting"))
    return enrolment


async def again(turn: Turn) -> Reply:
    """``pairing.again``: a new pairing after one that ended."""
    formed, side = await _my_ended(turn)
    enrolment = formed.couple.enrolment(side)
    if not may_pair_again(formed.couple.round, await store.ended_pairings(turn.uow, enrolment.pk), turn.now):
        raise Outdated(T("pairing.again_by_hand"))
    await pair_again(turn.uow, formed.couple, enrolment)
    return said(T("pairing.looking_again"))


async def stop(turn: Turn) -> Reply:
    """``pairing.stop``: enough for this round."""
    await _my_ended(turn)
    return said(T("pairing.stopped"))


async def _my_ended(turn: Turn) -> tuple[Formed, Side]:
    formed = await store.formed(turn.uow, turn.number(), lock=True)
    side = formed.couple.side_of(turn.person.pk) if formed else None
    if formed is None or side is None:
        raise outdated_button()
    if formed.couple.round.state not in ROUND_IS_ON:
        raise Outdated(T("pairing.round_over"))
    if formed.pairing.state != "ended_early" or formed.couple.enrolment(side).state != "withdrawn":
        raise Outdated(T("pairing.chosen_already"))
    return formed, side


def _questions(waiting: Sequence[Asked], person_id: int) -> Iterator[Card]:
    """What the person is asked; the mentor of a group once about all."""
    groups: dict[int, list[Asked]] = {}
    for asked in waiting:
        side = asked.couple.side_of(person_id)
        if side is None or side != asked.turn or not asked.couple.available:
            continue
        if side == "mentor" and asked.couple.round.format == GROUP:
            groups.setdefault(asked.couple.mentor_side.pk, []).append(asked)
        else:
            yield cards.question(asked, side)
    for willing in groups.values():
        yield group_cards.question(willing[-1].proposal.pk, willing)


def _said_yes(asked: Asked, turn: Turn) -> bool:
    """Whether the person has said yes as the mentee, and somebody else's answer is awaited."""
    mine = asked.couple.side_of(turn.person.pk) == "mentee" and asked.couple.available
    return mine and asked.turn != "mentee"


async def home(turn: Turn) -> list[HomeSection]:
    """A proposal to answer comes before everything; the pair itself is always there to be seen."""
    waiting = await store.waiting_for(turn.uow, turn.person.pk) if await may_be_asked(turn) else []
    formats = {place.round.format for place in await places(turn) if place.enrolment.state in IN_A_PAIR}
    pairs = await store.pairs_of(turn.uow, turn.person.pk) if formats - {GROUP} else []
    sections = [HomeSection(0, card) for card in _questions(waiting, turn.person.pk)]
    sections += [HomeSection(10, cards.present(asked, "mentee")) for asked in waiting if _said_yes(asked, turn)]
    for formed in pairs:
        side = formed.couple.side_of(turn.person.pk)
        if side is not None and not formed.couple.in_group:
            sections.append(HomeSection(10, cards.together(formed, side)))
    groups = await all_in_groups_of(turn.uow, turn.person.pk) if GROUP in formats else []
    for _, members in groupby(groups, lambda one: one.pairing.group_id):
        sections.append(HomeSection(10, group_cards.together(list(members), turn.person.pk)))
    return sections
