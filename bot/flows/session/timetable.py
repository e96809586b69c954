"""What is promised around a booked session: guide, reminder, agenda, and the questions of the day after."""

from datetime import datetime, timedelta

from bot.flows.session.mornings import morning_after, morning_before
from storage.sessions import Meeting
from storage.uow import Uow

GUIDE_DAYS, REMINDER_DAYS = 3, 1
AGAIN_DAYS = 2
AFTER_KEPT = timedelta(days=10)


def promise(uow: Uow, meeting: Meeting, by: int | None) -> None:
    """Owe all that belongs to the session's present date. The earlier date's promises were taken back before.

    ``by``: who set the date. All are told of it at once; None when they are told of several together.
    """
    starts, ends = meeting.session.starts_at, meeting.ends_at
    if starts is None or ends is None:
        raise ValueError(f"session {meeting.session.pk} has no date")
    if by is not None:
        tell(uow, meeting, by)
    mentor = meeting.mentor
    guide = max(morning_before(starts, GUIDE_DAYS, meeting.site(mentor)), uow.now)
    _owe(uow, meeting, "guide", guide, mentor.pk, expires_at=starts)
    for mentee in meeting.mentees:
        reminder = morning_before(starts, REMINDER_DAYS, meeting.site(mentee))
        if reminder > uow.now:  # a date set just now needs no reminding
            _owe(uow, meeting, "reminder", reminder, mentee.pk, expires_at=starts)
    uow.promise("session.agenda", f"{_key(meeting)}:agenda", starts, expires_at=ends, session=meeting.session.pk)
    _after(uow, meeting, ends)
    uow.promise("session.went_by", f"{_key(meeting)}:went_by", ends, session=meeting.session.pk)


def tell(uow: Uow, meeting: Meeting, by: int) -> None:
    """Owe everybody the present date (or place) of the session, with the file for their calendars."""
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
        )


def _after(uow: Uow, meeting: Meeting, ends: datetime) -> None:
    """The morning after, and once more."""
    for person in meeting.people:
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
