"""In a mixed round pairs find a circle: a few that meet together every third time, near in topic, place and clock.

Some days after a pair formed circles are made of all that have none yet. A pair that finds none is taken in by one that
has room, or meets alone then too.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain import circles
from bot.domain.calendar import add_working_days
from bot.flows.pairing import circle_cards
from bot.flows.session import plan, timetable
from bot.flows.turns import Did, JobTurn, NotOwed, Outcome, Say
from storage import circles as store
from storage import groups
from storage.couples import GOING_ON, Couple, Formed
from storage.sessions import meetings_of_pair
from storage.tables import MentoringGroup, Pairing
from storage.uow import Uow

AFTER_WORKING_DAYS = 8
"""From a pair's first day: others form meanwhile, and its first meeting in a circle is weeks away."""


def promise_circle(uow: Uow, pairing: Pairing, couple: Couple) -> None:
    """Owe the pair a circle."""
    due_at = add_working_days(uow.now, AFTER_WORKING_DAYS, couple.site("mentee"))
    uow.promise("pairing.circle", f"pairing:{pairing.pk}:circle", due_at, pairing=pairing.pk)


async def gather(turn: JobTurn) -> Outcome:
    """``pairing.circle``: circles of all pairs of the round that have none."""
    uow, pairing = turn.uow, await turn.uow.get(Pairing, turn.arg("pairing"))
    if pairing is None or pairing.group_id is not None or pairing.state not in GOING_ON:
        return NotOwed()
    waiting = await store.without_circle(uow, pairing.round_id)
    mine = next((one for one in waiting if one.pairing.pk == pairing.pk), None)
    if mine is None or mine.couple.round.state != "running":
        return NotOwed()
    apart = await store.apart(uow)
    by_key, rules = {one.pairing.pk: one for one in waiting}, mine.couple.rules
    seen = {key: _as_seen(one, turn.now) for key, one in by_key.items()}
    for circle in circles.circles(list(seen.values()), rules.group_least, rules.group_most, apart):
        await _begin(uow, [by_key[one.key] for one in circle])
    if mine.pairing.group_id is None and not await _join(uow, mine, seen[pairing.pk], apart, turn.now):
        await plan.meet_alone(uow, mine)
    return Did()


def _as_seen(one: Formed, now: datetime) -> circles.Couple:
    couple = one.couple
    offset = now.astimezone(ZoneInfo(couple.mentee.timezone)).utcoffset()
    both = frozenset(couple.mentor_side.languages) & frozenset(couple.mentee_side.languages)
    wants = (*plan.wants_of(couple.mentee_side), *plan.wants_of(couple.mentor_side))
    return circles.Couple(
        one.pairing.pk,
        (couple.mentor.pk, couple.mentee.pk),
        both or frozenset(couple.mentee_side.languages),
        couple.mentee.site,
        offset.total_seconds() / 3600 if offset else 0.0,
        frozenset(wants),
    )


async def _begin(uow: Uow, formed: Sequence[Formed]) -> None:
    circle = uow.add(MentoringGroup(round_id=formed[0].couple.round.pk, started_at=uow.now))
    await uow.flush()
    for one in formed:
        one.pairing.group_id = circle.pk
    await plan.begin_circle(uow, formed, circle)
    for one in formed:
        _tell(uow, one)


async def _join(
    uow: Uow, mine: Formed, seen: circles.Couple, apart: Mapping[int, Sequence[int]], now: datetime
) -> bool:
    """Whether a circle of the round takes the pair in: the nearest of those that have room."""
    most = mine.couple.rules.group_most
    known = await store.circles_of(uow, mine.couple.round.pk)
    rooms = {id: [_as_seen(one, now) for one in formed] for id, formed in known.items() if len(formed) < most}
    fitting = [
        (circles.nearness(seen, circle), -id) for id, circle in rooms.items() if circles.fits(seen, circle, apart)
    ]
    if not fitting:
        return False
    mine.pairing.group_id = -max(fitting)[1]
    await uow.flush()
    meetings = [one for one in await meetings_of_pair(uow, mine.pairing.pk) if one.circle]
    for person in (mine.couple.mentor, mine.couple.mentee):
        timetable.welcome(uow, meetings, person)
    _tell(uow, mine)
    return True


def _tell(uow: Uow, one: Formed) -> None:
    for person in (one.couple.mentee, one.couple.mentor):
        key = f"pairing:{one.pairing.pk}:circle_told:{person.pk}"
        uow.promise("pairing.circle_told", key, uow.now, person=person.pk, pairing=one.pairing.pk, person_id=person.pk)


async def told(turn: JobTurn) -> Outcome:
    """``pairing.circle_told``: to each: who is in the circle, and what it is for."""
    pairing = await turn.uow.get(Pairing, turn.arg("pairing"))
    if pairing is None or pairing.group_id is None or pairing.state not in GOING_ON:
        return NotOwed()
    together = await groups.members(turn.uow, pairing.group_id)
    meetings = [one for one in await meetings_of_pair(turn.uow, pairing.pk) if one.circle]
    if len(together) < 2 or not meetings:
        return NotOwed()
    reader = turn.arg("person_id")
    return Say((reader,), circle_cards.announced(together, meetings[0], reader))
