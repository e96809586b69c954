"""Pause and resume: asked for, ended by wish or by date, and what the other one of a pair is told."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from bot.domain.calendar import at_local, local_day
from bot.domain.nudges import first_allowed
from bot.domain.programme import STANDARD
from bot.flows import talk
from bot.flows.engine import Place
from bot.flows.scheduling.views import appointment, file_of
from bot.flows.support import cards
from bot.flows.support.conversation import PAUSE
from bot.flows.support.pausing import pause_until, rest
from bot.flows.turns import Did, JobTurn, NotOwed, Outcome, Refused, Replace, Reply, Say, Turn
from bot.ui.cards import Row
from bot.ui.words import Listing, T
from storage.couples import rules_of
from storage.meeting import Meeting
from storage.pauses import Pair, Part, pairs_of, parts_of, person_held
from storage.sessions import meeting, meetings_of
from storage.sites import site_of
from storage.tables import Organisation, Person
from storage.uow import Uow

MORNING = time(9)


async def pause(turn: Turn) -> Reply:
    """``pause``: for how many weeks? No reason is asked."""
    most = _most_weeks(await parts_of(turn.uow, turn.person.pk))
    if most == 0:
        raise Refused(T("support.no_pause_in_round"))
    return await talk.start(turn, PAUSE, context={"most": most}, fresh=True)


def _most_weeks(parts: Sequence[Part]) -> int:
    return min((rules_of(part.round).pause_weeks_max for part in parts), default=STANDARD.pause_weeks_max)


async def begin_pause(turn: Turn, place: Place) -> Reply:
    """The weeks are chosen: the bot is quiet from now on, and everything else rests at once behind it."""
    person = turn.person
    organisation = await turn.uow.organisation()
    until = _end(turn.now, int(place.one("weeks")), person, organisation)
    pairs = await pairs_of(turn.uow, person.pk)
    turn.uow.promise("support.pause_ends", f"support:{person.pk}:pause:{_stamp(until)}", until, person=person.pk)
    _owe_rest(turn.uow, person, until)
    return Replace(cards.paused(until, person.timezone, [pair.partner.name for pair in pairs]))


def _end(now: datetime, weeks: int, person: Person, organisation: Organisation | None) -> datetime:
    """The morning after that many weeks, or of the first working day that follows."""
    day = local_day(now, person.timezone) + timedelta(weeks=weeks)
    return first_allowed(at_local(day, MORNING, person.timezone), site_of(person, organisation))


async def resume(turn: Turn) -> Reply:
    """``resume``: the pause is over now."""
    if turn.person.paused_until is None:
        return Replace(cards.not_paused())
    turn.uow.cancel(f"support:{turn.person.pk}:pause:")
    _owe_rest(turn.uow, turn.person, turn.now)
    return Replace(cards.resumed(await _lost_dates(turn.uow, turn.person)))


async def _lost_dates(uow: Uow, reader: Person, pairing_id: int | None = None) -> list[Row]:
    """The person's meetings that lost their date, where no pause of another stands before a new one.

    ``pairing_id``: of this pair alone. They can be seen before what rests with a pause that just ended goes on.
    """
    found = [
        one
        for one in await meetings_of(uow, reader.pk)
        if one.session.state == "postponed"
        and pairing_id in (None, one.pairing_of(reader.pk).pk)
        and not _waits_for_another(one, reader.pk, uow.now)
    ]
    return [
        cards.lost_date(
            one.session.pk,
            Listing(one.names(reader.pk)),
            one.session.starts_at,
            reader.timezone,
            books=one.books(reader.pk),
        )
        for one in found
        if one.session.starts_at is not None
    ]


def _waits_for_another(one: Meeting, reader: int, now: datetime) -> bool:
    """A pair rests until both are back; a group without one of its mentees goes on."""
    others = one.others(reader) if one.group is None else (one.mentor,)
    return any(other.pk != reader and (other.paused_until or now) > now for other in others)


def _owe_rest(uow: Uow, person: Person, until: datetime) -> None:
    """Each change of a pause is an occasion of its own, also of two in one moment: their lengths add up."""
    length = pause_until(uow, person, until)
    key = f"support:{person.pk}:rest:{uow.now.timestamp()}:{length.total_seconds()}"
    uow.promise("support.rest", key, uow.now, person_id=person.pk, seconds=int(length.total_seconds()))


async def rest_with_pause(turn: JobTurn) -> Outcome:
    """A pause began, moved or ended: the person's enrolments, pairs, sessions and deadlines follow it."""
    person = await person_held(turn.uow, turn.arg("person_id"))
    if person is None or person.left_at is not None:
        return NotOwed()
    await _rest(turn.uow, person, timedelta(seconds=turn.arg("seconds")))
    return Did()


async def _rest(uow: Uow, person: Person, length: timedelta) -> None:
    pairs = await rest(uow, person, length)
    if person.paused_until is not None:
        _tell_partners(uow, "support.partner_paused", pairs, person.paused_until)
        return
    _tell_partners(uow, "support.partner_back", [pair for pair in pairs if pair.pairing.state == "active"], uow.now)


def _tell_partners(uow: Uow, name: str, pairs: Sequence[Pair], at: datetime) -> None:
    for pair in pairs:
        key = f"support:{pair.partner.pk}:{name.partition('.')[2]}:{pair.pairing.pk}:{_stamp(at)}"
        reader = pair.partner.pk
        uow.promise(name, key, uow.now, person=reader, pairing=pair.pairing.pk, person_id=reader)


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y%m%d%H%M")


async def pause_ends(turn: JobTurn) -> Outcome:
    """The pause is over by its date: everything goes on, and the person hears it."""
    person = await person_held(turn.uow, turn.job.person_id)
    if person is None or person.left_at is not None or person.paused_until is None or person.paused_until > turn.now:
        return NotOwed()
    await _rest(turn.uow, person, pause_until(turn.uow, person, turn.now))
    return Say((person.pk,), cards.pause_over(await _lost_dates(turn.uow, person)))


async def partner_paused(turn: JobTurn) -> Outcome:
    """Tell the other one of a pair that it rests."""
    found = await _pair(turn)
    if found is None or found.pairing.state != "paused" or found.pairing.paused_until is None:
        return NotOwed()
    me = turn.arg("person_id")
    reader = await turn.uow.need(Person, me)
    return Say((me,), cards.partner_paused(found.partner.name, found.pairing.paused_until, reader.timezone))


async def partner_back(turn: JobTurn) -> Outcome:
    """Tell the other one of a pair that it goes on."""
    found = await _pair(turn)
    if found is None or found.pairing.state != "active":
        return NotOwed()
    reader = await turn.uow.need(Person, turn.arg("person_id"))
    lost = await _lost_dates(turn.uow, reader, found.pairing.pk)
    return Say((reader.pk,), cards.partner_back(found.partner.name, lost))


async def date_freed(turn: JobTurn) -> Outcome:
    """A meeting inside the pause has lost its date: take it from the calendar too."""
    found = await meeting(turn.uow, turn.arg("session"))
    if found is None or found.session.state != "postponed" or found.session.starts_at is None:
        return NotOwed()
    if found.role_of(turn.job.person_id or 0) is None:
        return NotOwed()
    person = found.person(turn.job.person_id or 0)
    file = file_of(appointment(found, person, cancelled=True))
    others = Listing(found.names(person.pk))
    return Say((person.pk,), cards.date_freed(others, found.session.starts_at, person.timezone, file))


async def _pair(turn: JobTurn) -> Pair | None:
    pairs = await pairs_of(turn.uow, turn.arg("person_id"))
    return next((pair for pair in pairs if pair.pairing.pk == turn.arg("pairing")), None)
