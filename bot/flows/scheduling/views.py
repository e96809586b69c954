"""From stored rows to what cards and calendars show."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot import content
from bot.domain.calendar_files import MIME, Appointment, event_file
from bot.flows.scheduling.cards import Booked
from bot.flows.scheduling.conversation import is_link
from bot.locales import speaker
from bot.ui.cards import Attachment
from bot.ui.words import Listing, T
from storage.meeting import Meeting
from storage.tables import Person


def booked_view(meeting: Meeting, person_id: int, *, with_file: bool = False) -> Booked:
    """A booked session as this person sees it. Raises ValueError for one without a date."""
    session, me = meeting.session, meeting.person(person_id)
    if session.starts_at is None:
        raise ValueError(f"session {session.pk} has no date")
    return Booked(
        session_id=session.pk,
        number=session.number,
        at=session.starts_at,
        minutes=session.minutes,
        mode=session.mode,
        place=session.place,
        topic=content.topics()[session.topic].title,
        zone=me.timezone,
        others=tuple((other.name, other.timezone) for other in meeting.others(person_id)),
        version=session.sequence,
        subscribed=me.feed_token is not None,
        files=(file_of(appointment(meeting, me)),) if with_file else (),
    )


def appointment(meeting: Meeting, person: Person, *, cancelled: bool = False) -> Appointment:
    """The session as an event in this person's calendar, in their language; nothing confidential is in it.

    Raises ValueError for one without a date.
    """
    session, say = meeting.session, speaker(person.language)
    if session.starts_at is None:
        raise ValueError(f"session {session.pk} has no date")
    link = session.place if is_link(session.place) else ""
    return Appointment(
        uid=session.uid,
        sequence=session.sequence,
        starts=session.starts_at,
        minutes=session.minutes,
        title=say(T("scheduling.event_title", partner=Listing(meeting.names(person.pk)))),
        stamp=meeting.holder.started_at + timedelta(seconds=session.sequence),
        place="" if link else session.place,
        link=link,
        description=say(content.topics()[session.topic].title),
        cancelled=cancelled,
    )


def file_of(*events: Appointment) -> Attachment:
    """The events as one file to send along."""
    return Attachment("reverse-mentoring.ics", MIME, event_file(*events), T("scheduling.file_title"))


def out_of_calendars(meetings: Iterable[Meeting], person: Person, now: datetime) -> tuple[Attachment, ...]:
    """The file that takes what was still to come out of the person's calendar; none when nothing had a date."""
    dated = [one for one in meetings if one.session.state != "held" and (one.session.starts_at or now) > now]
    return (file_of(*(appointment(one, person, cancelled=True) for one in dated)),) if dated else ()
