"""What is promised around a booked session: guide, reminder, agenda, and the questions of the day after."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.flows import assisting
from bot.flows.session.mornings import morning_after, morning_before
from storage.meeting import Meeting
from storage.tables import Person
from storage.uow import Uow

GUIDE_DAYS, REMINDER_DAYS = 3, 1
AGAIN_DAYS = 2
AFTER_KEPT = timedelta(days=10)


def promise(uow: Uow, meeting: Meeting, by: int | None, was: datetime | None = None) -> None:
    """Owe all that belongs to the session's present date. The earlier date's promises were taken back before.

    ``by``: who set the date. All are told of it at once; None when they are told of several together. ``was``: the date
    that it takes the place of.
    """
    starts, ends = meeting.session.starts_at, meeting.ends_at
    if starts is None or ends is None:
        raise ValueError(f"session {meeting.session.pk} has no date")
    if by is not None:
        tell(uow, meeting, by, was)
    for person in meeting.guided:
        guide = max(morning_before(starts, GUIDE_DAYS, meeting.site(person)), uow.now)
        _owe(uow, meeting, "guide", guide, person.pk, expires_at=starts)
    for person in meeting.reminded:
        _remind(uow, meeting, person, starts)
    uow.promise("session.agenda", f"{_key(meeting)}:agenda", starts, expires_at=ends, session=meeting.session.pk)
    for person in meeting.people:
        _after(uow, meeting, person, ends)
    uow.promise("session.went_by", f"{_key(meeting)}:went_by", ends, session=meeting.session.pk)


def welcome(uow: Uow, meetings: Sequence[Meeting], mentee: Person) -> None:
    """Owe somebody who joins a group the dates that it has fixed already, and what belongs to each of them."""
    booked = [
        one for one in meetings if one.session.state == "scheduled" and (one.session.starts_at or uow.now) > uow.now
    ]
    for one in booked:
        if one.session.starts_at is not None and one.ends_at is not None:
            _remind(uow, one, mentee, one.session.starts_at)
            _after(uow, one, mentee, one.ends_at)
    if booked:
        first = booked[0]
        key, by = f"{first.stem}:welcome:{mentee.pk}", first.mentor.pk
        uow.promise("scheduling.series_booked", key, uow.now, person=mentee.pk, session=first.session.pk, by=by)


def _remind(uow: Uow, meeting: Meeting, person: Person, starts: datetime) -> None:
    reminder = morning_before(starts, REMINDER_DAYS, meeting.site(person))
    if reminder > uow.now:  # a date set just now needs no reminding
        _owe(uow, meeting, "reminder", reminder, person.pk, expires_at=starts)


def tell(uow: Uow, meeting: Meeting, by: int, was: datetime | None = None) -> None:
    """Owe everybody the present date (or place) of the session, with the file for their calendars; assistants too.

    ``was``: the date that they knew before; the present one where something else about it has changed.
    """
    for person in meeting.people:
        key = f"{_key(meeting)}:booked:{person.pk}"
        uow.promise(
            "scheduling.booked",
            key,
            uow.now,
            person=person.pk,
            expires_at=meeting.session.starts_at,
            session=meeting.session.pk,
            by=by,
            was=int(was.timestamp()) if was else 0,
        )
    assisting.owe(uow, meeting, by)


def _after(uow: Uow, meeting: Meeting, person: Person, ends: datetime) -> None:
    """The morning after, and once more."""
    after = morning_after(ends, 1, meeting.site(person))
    again = morning_after(after, AGAIN_DAYS, meeting.site(person))
    for name, due in (("after", after), ("after_again", again)):
        uow.promise(
            f"session.{name}",
            f"{after_key(meeting, person.pk)}{name}",
            due,
            person=person.pk,
            expires_at=after + AFTER_KEPT,
            session=meeting.session.pk,
        )


def after_key(meeting: Meeting, person_id: int) -> str:
    """How the keys of the questions of the day after begin, for one of its people."""
    return f"{_key(meeting)}:after:{person_id}:"


def _owe(uow: Uow, meeting: Meeting, name: str, due_at: datetime, person_id: int, *, expires_at: datetime) -> None:
    key = f"{_key(meeting)}:{name}:{person_id}"
    uow.promise(f"session.{name}", key, due_at, person=person_id, expires_at=expires_at, session=meeting.session.pk)


def _key(meeting: Meeting) -> str:
    return f"session:{meeting.session.pk}:{meeting.session.sequence}"
