"""What is said and done later about a proposal: ask, remind, let lapse, settle, form the pair, tell."""

from collections.abc import Callable

from bot.flows.matching.runs import promise_asking, promise_rematch
from bot.flows.pairing import cards, group_cards
from bot.flows.pairing.answers import decline, settle
from bot.flows.pairing.asking import NUDGE, SPACING, WAITING, ask, key, waitlist, was_asked, was_reminded
from bot.flows.pairing.ending import may_pair_again
from bot.flows.pairing.forming import form
from bot.flows.pairing.gathering import gather_all, settle_group
from bot.flows.scheduling.views import out_of_calendars
from bot.flows.turns import Did, JobTurn, NotOwed, Outcome, Say
from bot.ui.cards import Card
from bot.ui.words import T
from storage import groups
from storage import pairings as store
from storage import runs as runs_store
from storage.common_ground import MOST_TOGETHER, common_ground
from storage.couples import GOING_ON, GROUP, ROUND_IS_ON, Couple, Formed, Side, is_available, rules_of
from storage.matching import latecomers, waiting_for_a_name
from storage.pairings import Asked
from storage.sessions import meetings_of_pair
from storage.tables import Enrolment, MatchRun, MentoringGroup, Pairing, Person, Round

PART = 500


async def propose(turn: JobTurn) -> Outcome:
    """``pairing.propose``: pairs of a run were approved. A part of their mentees is asked; then the next part."""
    run = await turn.uow.need(MatchRun, turn.arg("run"))
    round = await turn.uow.need(Round, run.round_id)
    if run.begun_at is None or round.state not in ROUND_IS_ON:
        return NotOwed()
    asked = await runs_store.approve(turn.uow, run, PART)
    await ask(turn.uow, round, asked)
    if len(asked) == PART:
        promise_asking(turn.uow, run, turn.arg("part") + 1, turn.now + PART * SPACING)
    elif run.approved_at is not None:
        await gather_all(turn.uow, run)
        if run.kind == "whole" and await latecomers(turn.uow, round.pk):
            promise_rematch(turn.uow, round.pk)
        await _wait_listed(turn, round, run, 0)
    return Did()


async def leave_out(turn: JobTurn) -> Outcome:
    """``pairing.leave_out``: the next part of those without a name in an approved run."""
    run = await turn.uow.need(MatchRun, turn.arg("run"))
    round = await turn.uow.need(Round, run.round_id)
    if round.state not in ROUND_IS_ON:
        return NotOwed()
    await _wait_listed(turn, round, run, turn.arg("after"))
    return Did()


async def _wait_listed(turn: JobTurn, round: Round, run: MatchRun, after: int) -> None:
    """Who has no name is told so; of a repair, only those who wait for one."""
    uow = turn.uow
    alone = await runs_store.left_out_after(uow, run.pk, after, PART)
    told = alone
    if run.kind == "repair":
        told = [one.pk for one in await waiting_for_a_name(uow, alone)]
    await waitlist(uow, round, told)
    if len(alone) == PART:
        key, due_at = f"round:{round.pk}:leave_out:{run.pk}:{alone[-1]}", turn.now + PART * SPACING
        uow.promise("pairing.leave_out", key, due_at, run=run.pk, after=alone[-1])


async def ask_mentee(turn: JobTurn) -> Outcome:
    """``pairing.ask_mentee``: a name, and why."""
    return await _ask(turn, "mentee")


async def ask_mentor(turn: JobTurn) -> Outcome:
    """``pairing.ask_mentor``: after the mentee's yes, which ends what was promised about asking the mentee."""
    turn.uow.cancel(key(turn.arg("proposal"), "mentee"))
    await store.reacted(turn.uow, turn.arg("proposal"))
    return await _ask(turn, "mentor")


async def _ask(turn: JobTurn, side: Side) -> Outcome:
    asked = await _still_open(turn, side)
    if asked is None:
        return NotOwed()
    return Say((asked.couple.person(side).pk,), await _question(turn, asked, side), nudge=NUDGE)


async def _question(turn: JobTurn, asked: Asked, side: Side, *, reminder: bool = False) -> Card:
    """A mentor of a group is asked once about all."""
    if side == "mentor" and asked.couple.round.format == GROUP:
        willing = await groups.waiting_for_mentor(turn.uow, asked.couple.mentor_side.pk)
        return group_cards.question(asked.proposal.pk, willing, reminder=reminder)
    return cards.question(asked, side, reminder=reminder)


async def mentee_asked(turn: JobTurn, _conversation: str) -> None:
    """The mentee has the question."""
    asked = await _still_open(turn, "mentee")
    if asked is not None:
        asked.proposal.state, asked.proposal.asked_at = "proposed_to_mentee", turn.now
        await was_asked(turn.uow, asked, "mentee")


async def mentor_asked(turn: JobTurn, _conversation: str) -> None:
    """The mentor has the question."""
    asked = await _still_open(turn, "mentor")
    if asked is not None:
        asked.proposal.asked_at = turn.now
        await was_asked(turn.uow, asked, "mentor")


async def remind(turn: JobTurn) -> Outcome:
    """``pairing.remind``: once, the whole question again."""
    side = _side(turn)
    asked = await _still_open(turn, side)
    if asked is None:
        return NotOwed()
    return Say((asked.couple.person(side).pk,), await _question(turn, asked, side, reminder=True), nudge=NUDGE)


async def reminded(turn: JobTurn, _conversation: str) -> None:
    """The reminder has arrived."""
    side = _side(turn)
    asked = await _still_open(turn, side)
    if asked is not None:
        await was_reminded(turn.uow, asked, side)


async def expire(turn: JobTurn) -> Outcome:
    """``pairing.expire``: silence is neutral; the name lapses and the next one is looked for."""
    asked = await store.asked(turn.uow, turn.arg("proposal"), sides=True)
    if asked is None or asked.turn != _side(turn):
        return NotOwed()
    decline(turn.uow, asked, "expired")
    return Did()


async def settle_one(turn: JobTurn) -> Outcome:
    """``pairing.settle``: what follows from a proposal that came to nothing."""
    asked = await store.asked(turn.uow, turn.arg("proposal"), sides=True)
    if asked is None or asked.turn is not None or asked.proposal.state == "accepted":
        return NotOwed()
    await settle(turn.uow, asked)
    if asked.couple.round.format == GROUP:
        await settle_group(turn.uow, asked, by_mentor=turn.job.args.get("by") == "mentor")
    return Did()


async def form_pair(turn: JobTurn) -> Outcome:
    """``pairing.form``: both said yes."""
    asked = await store.asked(turn.uow, turn.arg("proposal"), sides=True)
    if asked is None or asked.proposal.state != "accepted":
        return NotOwed()
    return Did() if await form(turn.uow, asked) else NotOwed()


async def not_available(turn: JobTurn) -> Outcome:
    """``pairing.not_available``: not this time; who is on the waiting list by now reads that instead."""
    asked = await store.asked(turn.uow, turn.arg("proposal"))
    side = asked.couple.side_of(turn.arg("person_id")) if asked else None
    if asked is None or side is None or asked.couple.round.state not in ROUND_IS_ON:
        return NotOwed()
    enrolment = asked.couple.enrolment(side)
    if not is_available(enrolment) or enrolment.proposals >= asked.couple.rules.max_proposals:
        return NotOwed()
    return Say((turn.arg("person_id"),), cards.not_available(asked.couple, side))


async def no_group(turn: JobTurn) -> Outcome:
    """``pairing.no_group``: too few said yes; who is on the waiting list by now reads that instead."""
    asked = await store.asked(turn.uow, turn.arg("proposal"))
    if asked is None or not asked.couple.available or asked.couple.mentee_side.state == "waitlisted":
        return NotOwed()
    return Say((asked.couple.mentee.pk,), group_cards.did_not_gather(asked.couple.mentor.name))


async def joined(turn: JobTurn) -> Outcome:
    """``pairing.joined``: to the mentor of a group that somebody came to later."""
    formed = await _going_on(turn)
    if formed is None:
        return NotOwed()
    return Say((formed.couple.mentor.pk,), group_cards.joined(formed.couple))


async def waitlisted(turn: JobTurn) -> Outcome:
    """``pairing.waitlisted``: no name for now."""
    enrolment = await turn.uow.get(Enrolment, turn.arg("enrolment"))
    round = await turn.uow.get(Round, turn.arg("round"))
    if enrolment is None or round is None or enrolment.state != "waitlisted" or round.state not in ROUND_IS_ON:
        return NotOwed()
    return Say((enrolment.person_id,), cards.waitlisted(round.name, enrolment.pk), nudge=WAITING)


async def announce(turn: JobTurn) -> Outcome:
    """``pairing.announce``: to each of the pair or the group."""
    formed = await _going_on(turn)
    side = formed.couple.side_of(turn.arg("person_id")) if formed else None
    if formed is None or side is None:
        return NotOwed()
    person = formed.couple.person(side)
    kickoff = await store.kickoff_of(turn.uow, formed.pairing.pk)
    if formed.couple.in_group and formed.pairing.group_id is not None:
        together = await groups.members(turn.uow, formed.pairing.group_id)
        return Say((person.pk,), group_cards.announced(formed, side, together, kickoff, person.timezone))
    ground = await common_ground(turn.uow, formed.pairing.mentor_id, formed.pairing.mentee_id)
    return Say((person.pk,), cards.announced(formed, side, kickoff, person.timezone, ground))


async def introduce(turn: JobTurn) -> Outcome:
    """``pairing.introduce``: the conversation of the two and the bot, with a first question each.

    Where the bot can open none, the announcement has told each of them how to write to the other.
    """
    formed = await _going_on(turn)
    if formed is None or formed.pairing.conversation:
        return NotOwed()
    if formed.couple.in_group and formed.pairing.group_id is not None:
        return await _introduce_group(turn, formed.pairing.group_id)
    two = (formed.pairing.mentee_id, formed.pairing.mentor_id)
    if not (await common_ground(turn.uow, *two)).group:
        return NotOwed()
    return Say(two, cards.introduced(formed.couple), group=True)


async def _introduce_group(turn: JobTurn, group_id: int) -> Outcome:
    together = await groups.members(turn.uow, group_id)
    people = (*(one.couple.mentee.pk for one in together), together[0].couple.mentor.pk)
    if len(people) > MOST_TOGETHER or not (await common_ground(turn.uow, *people)).group:
        return NotOwed()
    return Say(people, group_cards.introduced(together), group=True)


async def introduced(turn: JobTurn, conversation: str) -> None:
    """Remember the conversation of the pair or the group."""
    pairing = await turn.uow.get(Pairing, turn.arg("pairing"))
    group = await turn.uow.get(MentoringGroup, pairing.group_id) if pairing else None
    if (holder := group if group is not None and group.led else pairing) is not None:
        holder.conversation = conversation


async def ended_for_other(turn: JobTurn) -> Outcome:
    """``pairing.ended_for_other``: the pair has ended, and nobody is at fault."""
    return await _ended(turn, lambda couple: "pairing.ended_group" if couple.in_group else "pairing.ended")


async def ended_by_line(turn: JobTurn) -> Outcome:
    """``pairing.ended_by_line``: to each of the two, one of whom reports to the other now: the pair ends by rule."""
    return await _ended(turn, lambda _: "pairing.ended_by_line")


async def _ended(turn: JobTurn, words: Callable[[Couple], str]) -> Outcome:
    """To one of the two, while the pair is over: ``words`` (by their key), and what they may choose."""
    formed = await store.formed(turn.uow, turn.arg("pairing"))
    side = formed.couple.side_of(turn.arg("person_id")) if formed else None
    if formed is None or side is None or formed.pairing.state != "ended_early":
        return NotOwed()
    couple, pairing_id = formed.couple, formed.pairing.pk
    before = await store.ended_pairings(turn.uow, couple.enrolment(side).pk)
    again = may_pair_again(couple.round, before, turn.now)
    files = out_of_calendars(await meetings_of_pair(turn.uow, pairing_id), couple.person(side), turn.now)
    said = T(words(couple), partner=couple.person(cards.OTHER[side]).name)
    ask = None if again else await turn.uow.need(Person, couple.round.coordinator_id)
    return Say((turn.arg("person_id"),), cards.ended(said, pairing_id, ask, files))


async def group_ended(turn: JobTurn) -> Outcome:
    """``pairing.group_ended``: to the coordinator, without a name: what room there is for those who were in it."""
    round = await turn.uow.get(Round, turn.arg("round"))
    if round is None or round.state not in ROUND_IS_ON:
        return NotOwed()
    places, mentors = await groups.room(turn.uow, round.pk, rules_of(round).group_most)
    return Say((round.coordinator_id,), group_cards.ended_for_coordinator(round, places, mentors))


async def left_group(turn: JobTurn) -> Outcome:
    """``pairing.left_group``: to the mentor of a group that goes on without somebody."""
    formed = await store.formed(turn.uow, turn.arg("pairing"))
    if formed is None or formed.pairing.state != "ended_early":
        return NotOwed()
    return Say((turn.arg("person_id"),), group_cards.left(formed))


async def _still_open(turn: JobTurn, side: Side) -> Asked | None:
    """The proposal, if it still waits for that side's answer and both still take part."""
    asked = await store.asked(turn.uow, turn.arg("proposal"), lock=True)
    return asked if asked is not None and asked.turn == side and asked.couple.available else None


async def _going_on(turn: JobTurn) -> Formed | None:
    formed = await store.formed(turn.uow, turn.arg("pairing"))
    return formed if formed is not None and formed.pairing.state in GOING_ON else None


def _side(turn: JobTurn) -> Side:
    return "mentor" if turn.job.args["side"] == "mentor" else "mentee"
