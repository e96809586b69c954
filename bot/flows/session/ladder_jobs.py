"""The steps while a session has no date, and what follows from moves in a row."""

from datetime import timedelta

from bot.flows import assisting
from bot.flows.scheduling import booking
from bot.flows.scheduling import cards as dates
from bot.flows.scheduling.facts import facts_of
from bot.flows.scheduling.proposing import waiting
from bot.flows.session import ladder_cards
from bot.flows.session.mornings import morning_after
from bot.flows.turns import Did, JobTurn, NotOwed, Outcome, Say
from bot.ui.cards import Button
from bot.ui.words import Listing
from storage.jobs import Held, starts_with
from storage.meeting import BOOKABLE, Meeting, to_book
from storage.pairings import going_on
from storage.sessions import meeting, meeting_and_busy, meetings_of_pair
from storage.tables import Job, Person

SECOND, THIRD = 2, 3
WAIT, MOVES, ASKED = "wait", "moves", "asked"
NOTICE_DAYS = 5
NOTICE = timedelta(days=3)


async def unbooked(turn: JobTurn) -> Outcome:
    """The date is the mentees' to fix, or either peer's: times that suit all. Their assistants are offered them too."""
    found = await meeting_and_busy(turn.uow, turn.arg("session"))
    reader = turn.job.person_id or 0
    if found is None or not _waits(found[0]) or not found[0].books(reader):
        return NotOwed()
    one, busy = found
    if one.session.number > 0 and not (one.is_ready and one.has_prepared(reader)):
        return NotOwed()
    assisting.owe_unbooked(turn.uow, one)
    if proposed := await waiting(turn.uow, (one,), reader):  # the date is then no longer to be found
        return Say((reader,), proposed[one.session.pk], nudge=ladder_cards.BOOKING)
    case = booking.Case(one, facts_of(one, busy, reader, turn.now))
    times = case.facts.suggest(turn.now)
    booking.remember(case, *times.starts)
    intro = ladder_cards.unbooked_intro(Listing(one.names(reader)), one.session.number)
    card = dates.offer(case.facts, times, intro)
    return Say((reader,), card, nudge=ladder_cards.BOOKING)


async def prepared(turn: JobTurn) -> Outcome:
    """Somebody has done their lessons: each of their pairs may be waiting for just that."""
    for pairing in await going_on(turn.uow, turn.arg("enrolment")):
        for person in (pairing.mentee_id, pairing.mentor_id):
            key = f"pairing:{pairing.pk}:both_ready:{turn.arg('enrolment')}:{person}"
            turn.uow.promise("session.both_ready", key, turn.now, person=person, pairing=pairing.pk)
    return Did()


async def both_ready(turn: JobTurn) -> Outcome:
    """The session after the kick-off can be booked now, to whoever fixes its date."""
    found = to_book(await meetings_of_pair(turn.uow, turn.arg("pairing")))
    if found is None or not found.is_on or not found.is_ready or found.session.number == 0:
        return NotOwed()
    reader = turn.job.person_id or 0
    if not found.books(reader):
        return NotOwed()
    return Say((reader,), ladder_cards.both_ready(found.session.pk, Listing(found.names(reader))))


async def help_(turn: JobTurn) -> Outcome:
    """What would help? To each alone."""
    found, person = await _with_reader(turn)
    if found is None or person is None or not _waits(found):
        return NotOwed()
    partner = Listing(found.names(person.pk))
    if _waits_for_lessons(found):
        if found.has_prepared(person.pk):
            return NotOwed()
        lessons = ladder_cards.lessons_first(found.sides[person.pk].pk, partner)
        return Say((person.pk,), lessons, nudge=ladder_cards.BOOKING)
    coordinator = await turn.uow.need(Person, found.round.coordinator_id)
    books = found.books(person.pk)
    card = ladder_cards.what_would_help(found.session.pk, partner, coordinator.name, books=books)
    return Say((person.pk,), card, nudge=ladder_cards.BOOKING)


async def offer(turn: JobTurn) -> Outcome:
    """Help with notice, to each alone."""
    found, person = await _with_reader(turn)
    if found is None or person is None or not found.is_on or not _still_owed(turn, found):
        return NotOwed()
    notice_of: Job | None = await turn.uow.first(
        turn.uow.of(Job).where(starts_with(f"{_stem(turn.job)}told:"), Job.state == "open")
    )
    if notice_of is None or found.holder.help == "fine":
        return NotOwed()
    if not found.holder.help:
        found.holder.help = "offered"
    coordinator = await turn.uow.need(Person, found.round.coordinator_id)
    by = max(notice_of.due_at, turn.now + NOTICE)
    card = ladder_cards.support_offer(found, coordinator.name, by, person.timezone, first=_first_button(found, person))
    return Say((person.pk,), card, nudge=ladder_cards.SUPPORT)


async def told(turn: JobTurn) -> Outcome:
    """To the coordinator: a pair could use a hand. Never without notice, never when both said that all is fine."""
    found = await meeting(turn.uow, turn.arg("session"))
    if found is None or not found.is_on or found.holder.help in ("", "fine", "told"):
        return NotOwed()
    if turn.job.args.get("why") != ASKED:
        if not _still_owed(turn, found):
            return NotOwed()
        notices = await _notices(turn)
        if any(job.state == "open" or (job.done_at or turn.now) > turn.now - NOTICE for job in notices):
            return _later(turn, found)
        if not any(job.state == "done" for job in notices):
            return NotOwed()
    found.holder.help = "told"
    others = Listing(found.names(found.mentor.pk))
    card = ladder_cards.could_use_a_hand(found.mentor.name, others, found.round.name)
    return Say((found.round.coordinator_id,), card)


async def _notices(turn: JobTurn) -> list[Job]:
    """The offers that gave notice of this message."""
    statement = turn.uow.of(Job).where(starts_with(f"{_stem(turn.job)}offer:"), Job.name == "session.offer")
    return await turn.uow.all(statement)


def _later(turn: JobTurn, found: Meeting) -> Outcome:
    """One of the two has not had the notice yet (away, or quiet hours): the promise moves on by its days."""
    due = morning_after(turn.now, NOTICE_DAYS, found.site(found.mentees[0]))
    key = f"{turn.job.key}:{due.date().isoformat()}"
    why = str(turn.job.args.get("why", WAIT))
    turn.uow.promise(turn.job.name, key, due, person=turn.job.person_id, session=found.session.pk, why=why)
    return Did()


async def moved(turn: JobTurn) -> Outcome:
    """A date was moved or cancelled: the second in a row asks what would help, the third offers help with notice."""
    found = await meeting(turn.uow, turn.arg("session"), lock=True)
    if found is None or not found.is_on:
        return NotOwed()
    holder, session = found.holder, found.session
    holder.postponed += 1
    stem = f"{found.stem}:moves:{session.pk}:{session.sequence}:"
    if holder.postponed == SECOND:
        for booker in found.bookers:
            key = f"{stem}postponed:{booker.pk}"
            turn.uow.promise("session.postponed", key, turn.now, person=booker.pk, session=session.pk)
    elif holder.postponed == THIRD:
        due = morning_after(turn.now, NOTICE_DAYS, found.site(found.mentees[0]))
        for person in found.people:
            key = f"{stem}offer:{person.pk}"
            turn.uow.promise("session.offer", key, turn.now, person=person.pk, session=session.pk, why=MOVES)
        key = f"{stem}told:{found.round.coordinator_id}"
        turn.uow.promise("session.told", key, due, person=found.round.coordinator_id, session=session.pk, why=MOVES)
    return Did()


async def postponed(turn: JobTurn) -> Outcome:
    """The second move in a row, to whoever fixes the date."""
    found = await meeting(turn.uow, turn.arg("session"))
    reader = turn.job.person_id or 0
    if found is None or not found.is_on or found.holder.postponed < SECOND or not found.books(reader):
        return NotOwed()
    if found.session.state not in (*BOOKABLE, "scheduled"):
        return NotOwed()
    booked = found.session.state == "scheduled"
    partner = Listing(found.names(reader)) if found.peers or found.circle else found.mentor.name
    card = ladder_cards.moved_twice(found.session.pk, partner, booked=booked)
    return Say((reader,), card, nudge=ladder_cards.BOOKING)


def _waits_for_lessons(found: Meeting) -> bool:
    """What stands in the way of a date is no full diary."""
    return found.session.number > 0 and not found.is_ready


def _first_button(found: Meeting, person: Person) -> Button | None:
    """What this person can do towards a date."""
    if not _waits_for_lessons(found):
        return ladder_cards.times(found.session.pk, books=found.books(person.pk))
    return None if found.has_prepared(person.pk) else ladder_cards.lessons(found.sides[person.pk].pk)


def _waits(found: Meeting) -> bool:
    return found.is_on and found.session.state in BOOKABLE


def _still_owed(turn: JobTurn, found: Meeting) -> bool:
    """Whether what the offer is about still stands: no date yet, or dates that keep moving."""
    if turn.job.args.get("why") == MOVES:
        return found.holder.postponed >= THIRD
    return found.session.state in BOOKABLE


async def _with_reader(turn: JobTurn) -> tuple[Meeting | None, Person | None]:
    found = await meeting(turn.uow, turn.arg("session"))
    if found is None or turn.job.person_id is None or found.role_of(turn.job.person_id) is None:
        return None, None
    return found, found.person(turn.job.person_id)


def _stem(job: Held) -> str:
    """The key up to its step: ``session:42:0:`` or ``pairing:7:moves:42:3:``."""
    for step in ("offer:", "told:"):
        if f":{step}" in job.key:
            return job.key[: job.key.index(f":{step}") + 1]
    return job.key
