"""Appointments as iCalendar text (RFC 5545, published by RFC 5546): one event as a file, or a feed of many."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event

PRODUCT = "-//Inverso//Reverse mentoring//EN"
MIME = "text/calendar"


@dataclass(frozen=True, slots=True)
class Appointment:
    """One event. ``uid`` stays, ``sequence`` grows with each change; ``stamp`` is when this version was known."""

    uid: str
    sequence: int
    starts: datetime
    minutes: int
    title: str
    stamp: datetime
    place: str = ""
    link: str = ""
    description: str = ""
    cancelled: bool = False


def event_file(*appointments: Appointment) -> bytes:
    """A file of events, each of which replaces an earlier version of it in the calendar that takes it.

    Where all of them are called off, the file says so as a whole: that is what takes them out again.
    """
    method = "CANCEL" if all(one.cancelled for one in appointments) else "PUBLISH"
    return bytes(_calendar(appointments, method).to_ical())


def feed(appointments: Iterable[Appointment], name: str) -> bytes:
    """A calendar to subscribe to. The same appointments give the same bytes."""
    calendar = _calendar(appointments, "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    return bytes(calendar.to_ical())


def _calendar(appointments: Iterable[Appointment], method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    for appointment in appointments:
        calendar.add_component(_event(appointment))
    return calendar


def _event(appointment: Appointment) -> Event:
    event = Event()
    event.add("uid", appointment.uid)
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", appointment.stamp.astimezone(UTC))
    event.add("dtstart", appointment.starts.astimezone(UTC))
    event.add("dtend", (appointment.starts + timedelta(minutes=appointment.minutes)).astimezone(UTC))
    event.add("summary", appointment.title)
    event.add("status", "CANCELLED" if appointment.cancelled else "CONFIRMED")
    event.add("class", "PRIVATE")
    for name, value in (
        ("location", appointment.place or appointment.link),
        ("url", appointment.link),
        ("description", appointment.description),
    ):
        if value:
            event.add(name, value)
    return event
