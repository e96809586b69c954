"""Setting, moving, proposing and taking back the date of a session."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.domain.calendar import local_day
from bot.domain.on_site import monday_of
from bot.flows import assisting
from bot.flows.calendar.reading import promise_again
from bot.flows.scheduling import cards
from bot.flows.scheduling.facts import KEPT_OFFERS, Facts, facts_of
from bot.flows.scheduling.views import booked_view
from bot.flows.session import ladder, timetable
from bot.flows.session.plan import mode_of
from bot.flows.turns import Outdated, Refused, Replace, Reply, Turn, outdated_button
from bot.ui.cards import Card
from bot.ui.words import Listing, T, When
from storage.calendars import Busy
from storage.meeting import BOOKABLE, Meeting
from storage.sessions import meeting_and_busy, with_calendars
from storage.tables import Session
from storage.uow import Uow


@dataclass(frozen=True)
class Case:
    """A session whose date is being looked for, held to the end of the turn, and what is known about it."""

    meeting: Meeting
    facts: Facts

    @property
    def is_booked(self) -> bool:
        return self.meeting.session.state == "scheduled"


async def case_of(turn: Turn, session_id: int, *, gate: bool = True, calendars: bool = True) -> Case:
    """The session for the person who asks. Raises ``Outdated`` for a stranger, ``Refused`` when no date can be set.

    ``gate``: sessions after the kick-off wait until both have done their lessons. ``calendars``: what people's own ones
    show counts too, because dates are offered.
    """
    found = await meeting_and_busy(turn.uow, session_id, calendars=calendars)
    if found is None or found[0].role_of(turn.person.pk) is None:
        raise outdated_button()
    meeting, busy = found
    check_goes_on(meeting, turn)
    check_open(meeting, turn)
    if gate:
        check_ready(meeting, turn)
    promise_again(turn.uow, busy.stale)
    return Case(meeting, facts_of(meeting, busy, turn.person.pk, turn.now))


def nothing_to_book(meetings: Sequence[Meeting]) -> T:
    """Why there is no meeting to speak of: the person's own (``meetings``) have their dates, or there is no pair."""
    return T("scheduling.nothing_to_book" if meetings else "scheduling.no_pair")


def check_goes_on(meeting: Meeting, turn: Turn) -> None:
    """Refuses kindly for a pair that ended or rests, and for a round that is over."""
    pairing = meeting.pairing_of(turn.person.pk)
    if pairing.state == "paused":
        if pairing.paused_until is None:
            raise Refused(T("scheduling.paused"))
        raise Refused(T("scheduling.paused_until", until=When(pairing.paused_until, turn.zone, "day")))
    if pairing.state != "active":
        raise Refused(T("scheduling.pair_ended"))
    if not meeting.is_on:
        raise Refused(T("scheduling.round_over", round=meeting.round.name))


def check_open(meeting: Meeting, turn: Turn) -> None:
    """Refuses for a session that was held, called off for good, or has begun."""
    session = meeting.session
    if session.state == "scheduled" and session.starts_at is not None and session.starts_at <= turn.now:
        raise Refused(T("scheduling.began"))
    if session.state not in BOOKABLE and session.state != "scheduled":
        raise Refused(T("scheduling.over"))


def check_ready(meeting: Meeting, turn: Turn) -> None:
    """Refuses a session after the kick-off until both have done their lessons; each reads about their own alone.

    In a group that others are ready to meet in, who has lessons left does not set the date.
    """
    if meeting.session.number == 0:
        return
    if not meeting.has_prepared(turn.person.pk):
        raise Refused(T("scheduling.gate_mine"))
    if meeting.is_ready:
        return
    raise Refused(T("scheduling.gate_waits" if meeting.books(turn.person.pk) else "scheduling.gate_later"))


def offers(case: Case, now: datetime) -> Card:
    """New times that suit both, remembered so that their buttons can be known again."""
    found = case.facts.suggest(now)
    remember(case, *found.starts)
    return cards.offer(case.facts, found)


def remember(case: Case, *starts: datetime) -> None:
    """Keep these moments among those that a button of the session may name."""
    session = case.meeting.session
    new = [start.astimezone(UTC).isoformat() for start in starts]
    session.offered = [*(one for one in session.offered if one not in new), *new][-KEPT_OFFERS:]


def offered(session: Session, stamp: int) -> datetime | None:
    """The offered moment that a button names; None when it is not among those kept."""
    moments = (datetime.fromisoformat(one) for one in session.offered)
    return next((moment for moment in moments if int(moment.timestamp()) == stamp), None)


async def settle(turn: Turn, case: Case, start: datetime) -> Reply:
    """Book for the mentee, propose for the mentor; new times instead when this one no longer suits."""
    session = case.meeting.session
    if case.is_booked and session.starts_at == start:
        return Replace(cards.already(booked_view(case.meeting, turn.person.pk)))
    problem = case.facts.problem(start, turn.now)
    if problem is not None:
        new = offers(await with_their_calendars(turn, case), turn.now)
        return Replace(cards.before(problem, new))
    if not case.facts.books:
        return _propose(turn, case, start)
    return await _book(turn, case, start)


async def with_their_calendars(turn: Turn, case: Case) -> Case:
    """The same for offering dates, where it was begun without what people's own calendars show."""
    busy = await with_calendars(turn.uow, case.meeting, Busy(case.facts.busy))
    return replace(case, facts=replace(case.facts, calendars=busy.calendars))


async def _book(turn: Turn, case: Case, start: datetime) -> Reply:
    fix(turn, case, start)
    return Replace(cards.booked(booked_view(case.meeting, turn.person.pk)))


def fix(turn: Turn, case: Case, start: datetime) -> None:
    """Give the session this date, in place of the one before if there was one; all hear who did."""
    was = case.meeting.session.starts_at if case.is_booked else None
    if was is not None:
        count_move(turn, case.meeting)
    set_date(turn.uow, case.meeting, start)
    timetable.promise(turn.uow, case.meeting, turn.person.pk, was)


def set_date(uow: Uow, meeting: Meeting, start: datetime) -> None:
    """Give the session its date, as the next version of its calendar event; what was owed about it is taken back."""
    session = meeting.session
    session.state, session.starts_at, session.offered = "scheduled", start, []
    _meet_where_all_are(meeting, start, uow.now)
    session.uid = session.uid or f"session-{secrets.token_hex(12)}@inverso"
    session.sequence += 1
    uow.cancel(f"session:{session.pk}:")


def _meet_where_all_are(meeting: Meeting, start: datetime, now: datetime) -> None:
    """A blended pair meets in person in a week in which a visit brings all to one site; what they chose stays."""
    session, zone = meeting.session, meeting.mentor.timezone
    if meeting.round.format != "blended":
        return
    weeks = meeting.common_weeks(local_day(now, zone))
    here = weeks.get(monday_of(local_day(start, zone)), "")
    chosen_before = session.place in weeks.values()
    if here and (not session.place or chosen_before):
        session.mode, session.place = "in_person", here
    elif chosen_before:
        session.mode = mode_of(meeting.round.format, session.number, meeting.rules.sessions_planned)
        session.place = ""


def _propose(turn: Turn, case: Case, start: datetime) -> Reply:
    meeting, session = case.meeting, case.meeting.session
    remember(case, start)
    stamp = int(start.timestamp())
    for mentee in meeting.mentees:
        turn.uow.promise(
            "scheduling.proposed",
            f"session:{session.pk}:{session.sequence}:proposed:{stamp}:{mentee.pk}",
            turn.now,
            person=mentee.pk,
            expires_at=start,
            session=session.pk,
            at=stamp,
        )
    return Replace(cards.asked_partner(Listing(meeting.names(turn.person.pk)), start, turn.zone))


def offers_soon(case: Case, now: datetime) -> Card:
    """Times within seven days for a date that fell through, remembered; later ones when there are none."""
    found = case.facts.soon(now)
    if not found.starts:
        return offers(case, now)
    remember(case, *found.starts)
    return cards.offer_soon(case.facts, found)


async def take_back(turn: Turn, case: Case) -> Reply:
    """Cancel a date: the others hear of it, and three others are there at once."""
    meeting, session = case.meeting, case.meeting.session
    if session.state != "scheduled" or session.starts_at is None:
        raise Outdated(T("scheduling.no_date"))
    count_move(turn, meeting)
    lose_date(turn.uow, meeting, turn.person.pk)
    for other in meeting.others(turn.person.pk):
        turn.uow.promise(
            "scheduling.cancelled",
            f"session:{session.pk}:{session.sequence}:cancelled:{other.pk}",
            turn.now,
            person=other.pk,
            expires_at=session.starts_at,
            session=session.pk,
            by=turn.person.pk,
        )
    return Replace(cards.cancelled(Listing(meeting.names(turn.person.pk)), offers_soon(case, turn.now)))


def lose_date(uow: Uow, meeting: Meeting, by: int | None = None) -> None:
    """A session is without its date again: what was owed about it is taken back, and the steps towards another owed.

    ``by``: who took it back.
    """
    session = meeting.session
    uow.cancel(f"session:{session.pk}:")
    session.sequence += 1
    session.state = "postponed"
    ladder.promise(uow, meeting, uow.now)
    assisting.owe(uow, meeting, by)


def count_move(turn: Turn, meeting: Meeting) -> None:
    """Owe the count of moves in a row (what follows from it is said later, and only as help)."""
    session = meeting.session
    key = f"{meeting.stem}:moved:{session.pk}:{session.sequence}"
    turn.uow.promise("session.moved", key, turn.now, session=session.pk)
