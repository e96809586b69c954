"""Ten o'clock of working days: when the bot speaks about a session, by the site of the one who reads."""

from datetime import datetime, time, timedelta

from bot.domain.calendar import Site, add_working_days, at_local, local_day

MORNING = time(10)


def morning_after(moment: datetime, working_days: int, site: Site) -> datetime:
    """Ten o'clock of the n-th working day after the moment's own day (of the first one from it on, when n is 0)."""
    day = local_day(moment, site.zone)
    if working_days == 0:
        return at_local(add_working_days(day - timedelta(days=1), 1, site), MORNING, site.zone)
    return at_local(add_working_days(day, working_days, site), MORNING, site.zone)


def morning_before(moment: datetime, working_days: int, site: Site) -> datetime:
    """Ten o'clock of the n-th working day before the moment's own day, by the site's clock."""
    day = local_day(moment, site.zone)
    return at_local(add_working_days(day, -working_days, site), MORNING, site.zone)
