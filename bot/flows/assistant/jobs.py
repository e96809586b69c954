"""What assistants are told: at once whose dates they keep and what becomes of these, as those who meet hear of it.

What asks something of them keeps the limits of messages that hold for everybody.
"""

from bot.flows.assistant import cards
from bot.flows.assistant.actions import OFFERED
from bot.flows.assistant.cards import KIND
from bot.flows.assistant.views import dates_kept_by, kept, offered
from bot.flows.scheduling.booking import Case
from bot.flows.scheduling.facts import facts_of
from bot.flows.turns import JobTurn, NotOwed, Outcome, Say
from storage.assistants import mentee_places
from storage.meeting import BOOKABLE
from storage.sessions import meeting_and_busy
from storage.tables import Person


async def named(turn: JobTurn) -> Outcome:
    """``assistant.named``: somebody named the reader."""
    mentee, me = turn.arg("mentee"), turn.job.person_id or 0
    places = await mentee_places(turn.uow, mentee)
    if all(place.assistant_id != me for place in places):
        return NotOwed()
    return Say((me,), cards.welcome(mentee, (await turn.uow.need(Person, mentee)).name))


async def changed(turn: JobTurn) -> Outcome:
    """``assistant.changed``: a date is another one than before; all as they are now."""
    me = await turn.uow.get(Person, turn.job.person_id)
    lines = await dates_kept_by(turn.uow, me.pk) if me else []
    if me is None or not lines:
        return NotOwed()
    return Say((me.pk,), cards.dates(lines, me.timezone, changed=True))


async def unbooked(turn: JobTurn) -> Outcome:
    """``assistant.unbooked``: a meeting still waits for a date; times that suit all."""
    found = await meeting_and_busy(turn.uow, turn.arg("session"))
    me = await turn.uow.get(Person, turn.job.person_id)
    mentee = found[0].assisted_by(me.pk) if found and me else None
    if found is None or me is None or mentee is None:
        return NotOwed()
    meeting, busy = found
    waits = meeting.is_on and meeting.session.state in BOOKABLE
    if not waits or (meeting.session.number > 0 and not meeting.is_ready):
        return NotOwed()
    one = kept(Case(meeting, facts_of(meeting, busy, mentee.pk, turn.now)), mentee)
    times = one.case.facts.suggest(turn.now, OFFERED)
    intro = cards.unbooked(mentee.name, one.date.others)
    return Say((me.pk,), cards.offer(await offered(turn.uow, one, times), times, me.timezone, intro), nudge=KIND)


async def ended(turn: JobTurn) -> Outcome:
    """``assistant.ended``: the mentee keeps the own dates again, or named somebody else."""
    mentee, me = turn.arg("mentee"), turn.job.person_id or 0
    if any(place.assistant_id == me for place in await mentee_places(turn.uow, mentee)):
        return NotOwed()
    return Say((me,), cards.ended((await turn.uow.need(Person, mentee)).name))


async def stepped_down(turn: JobTurn) -> Outcome:
    """``assistant.stepped_down``: to the mentee, who has no assistant now."""
    if any(place.assistant_id for place in await mentee_places(turn.uow, turn.job.person_id or 0)):
        return NotOwed()
    return Say(
        (turn.job.person_id or 0,), cards.stepped_down((await turn.uow.need(Person, turn.arg("assistant"))).name)
    )
