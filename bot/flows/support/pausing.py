"""A pause without questions: a person, their enrolments and their pairs rest until a moment, and deadlines too."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.flows.session import ladder
from storage.pauses import (
    Move,
    Pair,
    Part,
    move_promises,
    open_proposals,
    pairs_of,
    parts_of,
    sessions_to_come,
)
from storage.sessions import Meeting, meetings_of_pair
from storage.tables import Pairing, Person, Session
from storage.uow import Uow


def pause_until(uow: Uow, person: Person, until: datetime) -> timedelta:
    """Pause the person until then, or move the end of their pause; ``until`` = now ends it. Returns by how much.

    This alone keeps the bot quiet; what else rests because of it is brought up to date by ``rest``.
    """
    length = until - _end(person.paused_until, uow.now)
    person.paused_until = until if until > uow.now else None
    return length


async def rest(uow: Uow, person: Person, length: timedelta) -> list[Pair]:
    """Bring what hangs on the person to the pause that holds now, which became longer by ``length``. They are locked.

    A pair rests until both are back. Sessions booked inside the pause lose their date; deadlines move by its length.
    Returns the pairs whose rest began, ended or moved.
    """
    until = _end(person.paused_until, uow.now)
    resting = until > uow.now
    parts = await parts_of(uow, person.pk, lock=True)
    for part in parts:
        _rest_part(part, resting)
    pairs = await pairs_of(uow, person.pk, lock=True)
    moves = [Move(f"proposal:{id}:", length) for id in await _proposals(uow, parts, pairs)]
    before = {pair.pairing.pk: pair.pairing.state for pair in pairs}
    moved = {pair.pairing.pk: _rest_pair(pair, until, uow.now) for pair in pairs}
    sessions = await sessions_to_come(uow, list(moved)) if moved else []
    await _free(uow, pairs, sessions)
    moves += [move for pair in pairs for move in _moves(pair.pairing, moved[pair.pairing.pk], sessions, uow.now)]
    await move_promises(uow, moves)
    return [pair for pair in pairs if moved[pair.pairing.pk] or pair.pairing.state != before[pair.pairing.pk]]


def _end(paused_until: datetime | None, now: datetime) -> datetime:
    return max(paused_until, now) if paused_until else now


def _rest_part(part: Part, resting: bool) -> None:
    enrolment = part.enrolment
    if resting and enrolment.state != "paused":
        enrolment.before_pause, enrolment.state = enrolment.state, "paused"
    elif not resting and enrolment.state == "paused":
        enrolment.state, enrolment.before_pause = enrolment.before_pause or "enrolled", ""


def _rest_pair(pair: Pair, until: datetime, now: datetime) -> timedelta:
    """Bring the pair's state up to date; by how much its deadlines move."""
    before = _end(pair.pairing.paused_until, now)
    after = max(_end(until, now), _end(pair.partner.paused_until, now))
    pair.pairing.state = "paused" if after > now else "active"
    pair.pairing.paused_until = after if after > now else None
    return after - before


async def _proposals(uow: Uow, parts: Sequence[Part], pairs: Sequence[Pair]) -> list[int]:
    """Only those who have no pair yet can have a name to answer about."""
    paired = {id for pair in pairs for id in (pair.pairing.mentor_enrolment_id, pair.pairing.mentee_enrolment_id)}
    waiting = [part.enrolment.pk for part in parts if part.enrolment.pk not in paired]
    return await open_proposals(uow, waiting) if waiting else []


def _moves(pairing: Pairing, by: timedelta, sessions: Sequence[Session], now: datetime) -> list[Move]:
    """How the promises about the pair and its sessions move; the sessions' own deadlines move here."""
    moves = [Move(f"pairing:{pairing.pk}:", by)]
    for session in sessions:
        if session.pairing_id != pairing.pk:
            continue
        session.due_by = session.due_by + by if session.due_by else None
        booked = session.state == "scheduled"
        moves.append(Move(f"session:{session.pk}:", by, _end(pairing.paused_until, now) if booked else None))
    return moves


async def _free(uow: Uow, pairs: Sequence[Pair], sessions: Sequence[Session]) -> None:
    """Take the date from sessions booked inside the pause; when the pair is back, the date is asked for as ever."""
    ends: Mapping[int, datetime] = {
        pair.pairing.pk: pair.pairing.paused_until for pair in pairs if pair.pairing.paused_until
    }
    for session in sessions:
        end = ends.get(session.pairing_id)
        if end is None or session.state != "scheduled" or session.starts_at is None or session.starts_at >= end:
            continue
        if session.starts_at < uow.now:
            continue
        uow.cancel(f"session:{session.pk}:")
        session.state, session.sequence = "postponed", session.sequence + 1
        meeting = await _meeting(uow, session)
        if meeting is not None:
            ladder.promise(uow, meeting, end)
            _tell_freed(uow, meeting)


def _tell_freed(uow: Uow, meeting: Meeting) -> None:
    session = meeting.session
    for person in (meeting.mentor, meeting.mentee):
        key = f"session:{session.pk}:{session.sequence}:freed:{person.pk}"
        uow.promise(
            "support.date_freed", key, uow.now, person=person.pk, expires_at=session.starts_at, session=session.pk
        )


async def _meeting(uow: Uow, session: Session) -> Meeting | None:
    meetings = await meetings_of_pair(uow, session.pairing_id)
    return next((meeting for meeting in meetings if meeting.session.pk == session.pk), None)
