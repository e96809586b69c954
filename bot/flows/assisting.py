"""What is owed to assistants when a date changes."""

from datetime import timedelta

from storage.meeting import Meeting
from storage.uow import Uow

SETTLED = timedelta(minutes=15)
"""Who fixes a date often adds the place, or moves it, in the same sitting."""


def owe(uow: Uow, meeting: Meeting, by: int | None = None) -> None:
    """Owe the mentees' assistants the dates as they are now; not the one who set them (``by``).

    Several changes are one message: it tells all dates, so an earlier one that still waits is taken back.
    """
    for assistant in meeting.assistants:
        if assistant != by:
            prefix = f"assistant:{assistant}:changed:"
            uow.cancel(prefix)
            key = f"{prefix}{uow.now.timestamp()}"
            uow.promise("assistant.changed", key, uow.now + SETTLED, person=assistant)


def owe_unbooked(uow: Uow, meeting: Meeting) -> None:
    """Owe them a word about a session that still waits for a date."""
    session = meeting.session
    for assistant in meeting.assistants:
        key = f"session:{session.pk}:{session.sequence}:assistant:{assistant}"
        uow.promise("assistant.unbooked", key, uow.now, person=assistant, session=session.pk)
