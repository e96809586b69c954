"""Dates as links into the calendar of Teams. Pure.

Facts: learn.microsoft.com/microsoftteams/platform/concepts/build-and-test/deep-link-workflow.
"""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from icalendar import Calendar

from bot.domain.calendar_files import MIME
from bot.ui.cards import Attachment

MEETING = "https://teams.microsoft.com/l/meeting/new"


def events_of(item: Attachment) -> list[Any]:
    """The events of a calendar file; none for other files."""
    return list(Calendar.from_ical(item.data).walk("VEVENT")) if item.mime == MIME else []


def calendar_link(item: Attachment) -> str | None:
    """The address that opens Teams' calendar with the event of the file filled in; None for other files, for a file of
    several events, and for an event that was called off.
    """
    events = events_of(item)
    if len(events) != 1:
        return None
    event = events[0]
    if event["STATUS"] == "CANCELLED":
        return None
    given = {
        "subject": str(event["SUMMARY"]),
        "startTime": _moment(event["DTSTART"].dt),
        "endTime": _moment(event["DTEND"].dt),
        "content": "\n".join(str(event[name]) for name in ("DESCRIPTION", "LOCATION") if name in event),
    }
    return f"{MEETING}?" + "&".join(f"{name}={quote(value, safe='')}" for name, value in given.items() if value)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
