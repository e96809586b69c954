"""What a round does by itself: its enrolment ends, it closes, it is closed; a cancelled one is wound up."""

from datetime import timedelta

from bot.flows.programme import cards, kickoff
from bot.flows.programme.rounds import LAPSES, begin_closing, begin_matching, promise_lapse, sides
from bot.flows.reports.release import freeze
from bot.flows.scheduling.views import out_of_calendars
from bot.flows.turns import Did, JobTurn, NotOwed, Outcome, Say
from storage import rounds as store
from storage.couples import rules_of
from storage.sessions import dated_of_round
from storage.tables import Person, Round
from storage.uow import Uow


async def enrolment_ends(turn: JobTurn) -> Outcome:
    """Matching begins; with nobody on one side the coordinator is asked instead."""
    round = await _locked(turn)
    ends = round.enrolment_ends_at if round else None
    if round is None or round.state != "enrolling" or ends is None or ends > turn.now:
        return NotOwed()
    mentors, mentees = await sides(turn.uow, round.pk)
    if mentors and mentees:
        begin_matching(turn.uow, round)
        return Did()
    return Say((round.coordinator_id,), cards.one_side_empty(round, mentors, mentees))


async def lapse(turn: JobTurn) -> Outcome:
    """Weeks after its enrolment a round has no pair and asks nobody: it is cancelled, and everybody of it hears so."""
    round = await _locked(turn)
    if round is None or round.state not in ("enrolling", "matching"):
        return NotOwed()
    if await store.asks_somebody(turn.uow, round.pk):
        promise_lapse(turn.uow, round, turn.now + LAPSES / 4)
        return Did()
    round.state, round.closed_at = "cancelled", turn.now
    turn.uow.promise("programme.wind_up", f"round:{round.pk}:wind_up", turn.now, round=round.pk)
    _tell(turn.uow, round)
    return Did()


async def closing(turn: JobTurn) -> Outcome:
    """The weeks of the round are over."""
    round = await _locked(turn)
    if round is None or round.state != "running":
        return NotOwed()
    await begin_closing(turn.uow, round)
    _tell(turn.uow, round)
    return Did()


async def closed(turn: JobTurn) -> Outcome:
    """The closing survey has ended: totals are frozen, pairs end and are thanked."""
    round = await _locked(turn)
    if round is None or round.state != "closing":
        return NotOwed()
    round.state, round.closed_at = "closed", turn.now
    for pairing in await store.end_with_round(turn.uow, round.pk, rules_of(round)):
        key = f"pairing:{pairing.pk}:thanks"
        turn.uow.promise("feedback.thanks", key, turn.now, pairing=pairing.pk, round=round.pk)
    await freeze(turn.uow, round)
    if weeks := rules_of(round).followup_weeks:
        later = turn.now + timedelta(weeks=weeks)
        turn.uow.promise("feedback.followup", f"round:{round.pk}:followup", later, round=round.pk)
    _tell(turn.uow, round)
    return Did()


async def told(turn: JobTurn) -> Outcome:
    """The coordinator reads that the round has come to a new state."""
    round = await turn.uow.get(Round, turn.arg("round"))
    if round is None or round.state not in ("closing", "closed", "cancelled"):
        return NotOwed()
    return Say((round.coordinator_id,), cards.news(round))


def _tell(uow: Uow, round: Round) -> None:
    key, coordinator = f"round:{round.pk}:told:{round.state}", round.coordinator_id
    uow.promise("programme.told", key, uow.now, person=coordinator, round=round.pk)


async def wind_up(turn: JobTurn) -> Outcome:
    """After cancelling: what the round still owed is taken back, its pairs end, those who had enrolled are told."""
    round = await _locked(turn)
    if round is None or round.state != "cancelled":
        return NotOwed()
    await store.take_back_promises(turn.uow, round.pk)
    await store.end_pairs(turn.uow, round.pk)
    expecting = await kickoff.end_with_round(turn.uow, round.pk)
    for enrolment in await store.participants(turn.uow, round.pk):
        who = enrolment.person_id
        key = f"round:{round.pk}:cancelled:{who}"
        expects = int(who in expecting)
        turn.uow.promise("programme.cancelled", key, turn.now, person=who, round=round.pk, expects=expects)
    return Did()


async def cancelled(turn: JobTurn) -> Outcome:
    """One of those who had enrolled reads that the round is cancelled; what it had planned leaves their calendar."""
    round, person = await turn.uow.get(Round, turn.arg("round")), await turn.uow.get(Person, turn.job.person_id)
    if round is None or person is None:
        return NotOwed()
    files = await kickoff.taken_out(turn.uow, round, person) if turn.arg("expects") else ()
    meetings = out_of_calendars(await dated_of_round(turn.uow, round.pk, person.pk), person, turn.now)
    return Say((person.pk,), cards.told_cancelled(round, files, meetings))


async def _locked(turn: JobTurn) -> Round | None:
    return await turn.uow.get(Round, turn.arg("round"), lock=True)
