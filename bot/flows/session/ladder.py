"""What is promised while a session has no date: a word to the mentee, a question to both, help, the coordinator."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.calendar import Site, add_working_days, at_local, local_day
from storage.sessions import Meeting
from storage.uow import Uow

MORNING = time(10)
FIRST_STEPS = {"unbooked": 3, "help": 7, "offer": 10, "told": 15}
LATER_STEPS = {"unbooked": 3, "help": 5, "offer": 0, "told": 5}


def promise(uow: Uow, meeting: Meeting, since: datetime) -> None:
    """Owe the steps for a session that waits for a date from ``since`` on; booking it takes them all back.

    For the kick-off the days are counted from the announcement. Later sessions have their cadence: help is asked about
    when that has gone by, and offered when it has gone by twice.
    """
    for step, due in _dues(meeting, since).items():
        if step == "unbooked":
            _owe(uow, meeting, step, due, meeting.pairing.mentee_id)
        elif step == "told":
            _owe(uow, meeting, step, due, meeting.round.coordinator_id)
        else:
            for person_id in (meeting.pairing.mentee_id, meeting.pairing.mentor_id):
                _owe(uow, meeting, step, due, person_id)


def _dues(meeting: Meeting, since: datetime) -> dict[str, datetime]:
    site = meeting.site(meeting.mentee)
    if meeting.session.number == 0:
        return {step: morning_after(since, days, site) for step, days in FIRST_STEPS.items()}
    cadence = timedelta(weeks=meeting.rules.cadence_weeks)
    starts = {"unbooked": since, "help": since + cadence, "offer": since + 2 * cadence, "told": since + 2 * cadence}
    return {step: morning_after(starts[step], days, site) for step, days in LATER_STEPS.items()}


def _owe(uow: Uow, meeting: Meeting, step: str, due: datetime, person_id: int) -> None:
    session = meeting.session
    key = f"session:{session.pk}:{session.sequence}:{step}:{person_id}"
    uow.promise(f"session.{step}", key, due, person=person_id, session=session.pk, person_id=person_id)


def morning_after(moment: datetime, working_days: int, site: Site) -> datetime:
    """Ten o'clock of the n-th working day after the moment's own day (of the first one from it on, when n is 0)."""
    day = local_day(moment, site.zone)
    if working_days == 0:
        return at_local(add_working_days(day - timedelta(days=1), 1, site), MORNING, site.zone)
    return at_local(add_working_days(day, working_days, site), MORNING, site.zone)


def morning_before(moment: datetime, working_days: int, site: Site) -> datetime:
    """Ten o'clock of the n-th working day before the moment's own day, by the site's clock."""
    day = moment.astimezone(ZoneInfo(site.zone)).date()
    return at_local(add_working_days(day, -working_days, site), MORNING, site.zone)
