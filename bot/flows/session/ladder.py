"""What is promised while a session has no date: a word to the mentees, a question to all, help, the coordinator."""

from datetime import datetime, timedelta

from bot.domain.programme import MIXED
from bot.flows.session.mornings import morning_after
from storage.meeting import Meeting
from storage.uow import Uow

FIRST_STEPS = {"unbooked": 3, "help": 7, "offer": 10, "told": 15}
LATER_STEPS = {"unbooked": 3, "help": 5, "offer": 0, "told": 5}


def promise(uow: Uow, meeting: Meeting, since: datetime, *, again: bool = False) -> None:
    """Owe the steps for a session that waits for a date from ``since`` on; booking it takes them all back.

    For the kick-off the days are counted from the announcement. Later sessions have their cadence: help is asked about
    when that has gone by, and offered when it has gone by twice. ``again``: they have been gone through before.
    """
    occasion = f":{since:%Y%m%dT%H%M}" if again else ""
    for step, due in _dues(meeting, since).items():
        if step == "unbooked":
            for booker in meeting.bookers:
                _owe(uow, meeting, step, due, booker.pk, occasion)
        elif step == "told":
            _owe(uow, meeting, step, due, meeting.round.coordinator_id, occasion)
        else:
            for person in meeting.people:
                _owe(uow, meeting, step, due, person.pk, occasion)


def forget(uow: Uow, meeting: Meeting) -> None:
    """Take the steps back: the session was held after all."""
    session = meeting.session
    for step in FIRST_STEPS:
        uow.cancel(f"session:{session.pk}:{session.sequence}:{step}:")


def _dues(meeting: Meeting, since: datetime) -> dict[str, datetime]:
    site = meeting.site(meeting.mentees[0])
    if meeting.session.number == 0:
        return {step: morning_after(since, days, site) for step, days in FIRST_STEPS.items()}
    cadence = timedelta(weeks=meeting.rules.cadence_weeks)
    if meeting.round.format == MIXED and meeting.session.due_by:  # what lies between is another's meeting
        since = max(since, meeting.session.due_by - cadence)
    starts = {"unbooked": since, "help": since + cadence, "offer": since + 2 * cadence, "told": since + 2 * cadence}
    return {step: morning_after(starts[step], days, site) for step, days in LATER_STEPS.items()}


def _owe(uow: Uow, meeting: Meeting, step: str, due: datetime, person_id: int, occasion: str) -> None:
    session = meeting.session
    key = f"session:{session.pk}:{session.sequence}:{step}:{person_id}{occasion}"
    uow.promise(f"session.{step}", key, due, person=person_id, session=session.pk)
