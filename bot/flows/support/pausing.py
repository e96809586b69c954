"""A pause without questions: a person, their enrolments and their pairs rest until a moment, and deadlines too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.flows import assisting
from bot.flows.session import ladder
from storage.meeting import Meeting
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
from storage.sessions import meeting
from storage.tables import Person, Session
from storage.uow import Uow


def pause_until(uow: Uow, person: Person, until: datetime) -> timedelta:
    """Pause the person until then, or move the end of their pause; ``until`` = now ends it. Returns by how much.

    This alone keeps the bot quiet; what else rests because of it is brought up to date by ``rest``.
    """
    length = until - _end(person.paused_until, uow.now)
    person.paused_until = until if until > uow.now else None
    return length


async def end_pause(uow: Uow, person: Person) -> None:
    """Whoever leaves rests no more, and what rested because of them goes on."""
    await rest(uow, person, pause_until(uow, person, uow.now))


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
    rests = _rests(pairs, moved, Rest(length, until if resting else None))
    sessions = await sessions_to_come(uow, list(moved), _led(pairs)) if moved else []
    await _free(uow, rests, sessions)
    await move_promises(uow, [*moves, *_moves(rests, sessions, uow.now)])
    return [pair for pair in pairs if moved[pair.pairing.pk] or pair.pairing.state != before[pair.pairing.pk]]


@dataclass(frozen=True)
class Rest:
    """By how much the deadlines of a pair or a group move, and until when it rests; None: it goes on."""

    by: timedelta
    until: datetime | None


def _rests(pairs: Sequence[Pair], moved: Mapping[int, timedelta], own: Rest) -> dict[str, Rest]:
    """What rests, by the stem of its keys. A group goes on without one of its mentees, and rests with its mentor."""
    of_pairs = {f"pairing:{pair.pairing.pk}": Rest(moved[pair.pairing.pk], pair.pairing.paused_until) for pair in pairs}
    return of_pairs | dict.fromkeys((f"group:{group}" for group in _led(pairs)), own)


def _led(pairs: Sequence[Pair]) -> list[int]:
    """The groups whose mentor the person is."""
    return sorted({pair.led for pair in pairs if pair.led is not None})


def _stem(session: Session) -> str:
    return f"group:{session.group_id}" if session.group_id else f"pairing:{session.pairing_id}"


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


def _moves(rests: Mapping[str, Rest], sessions: Sequence[Session], now: datetime) -> list[Move]:
    """How the promises about pairs, groups and sessions move; the sessions' own deadlines move here."""
    moves = [Move(f"{stem}:", rest.by) for stem, rest in rests.items()]
    for session in sessions:
        rest = rests[_stem(session)]
        session.due_by = session.due_by + rest.by if session.due_by else None
        booked = session.state == "scheduled"
        moves.append(Move(f"session:{session.pk}:", rest.by, _end(rest.until, now) if booked else None))
    return moves


async def _free(uow: Uow, rests: Mapping[str, Rest], sessions: Sequence[Session]) -> None:
    """Take the date from sessions booked inside the pause; when all are back, the date is asked for as ever."""
    for session in sessions:
        end = rests[_stem(session)].until
        if end is None or session.state != "scheduled" or session.starts_at is None or session.starts_at >= end:
            continue
        if session.starts_at < uow.now:
            continue
        uow.cancel(f"session:{session.pk}:")
        session.state, session.sequence = "postponed", session.sequence + 1
        found = await meeting(uow, session.pk)
        if found is not None:
            ladder.promise(uow, found, end)
            _tell_freed(uow, found)


def _tell_freed(uow: Uow, meeting: Meeting) -> None:
    session = meeting.session
    for person in meeting.people:
        key = f"session:{session.pk}:{session.sequence}:freed:{person.pk}"
        uow.promise(
            "support.date_freed", key, uow.now, person=person.pk, expires_at=session.starts_at, session=session.pk
        )
    assisting.owe(uow, meeting)
