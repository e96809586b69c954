"""Half a year across a change of clocks: meetings keep their local hour, and what is said about them comes right."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from bot.domain.calendar import Site, add_working_days, is_working_day, local_day
from bot.flows.turns import Pressed, Replace
from storage.tables import Job, Nudge, Session
from tests.stories import steps
from tests.walks.company import Company, company_of, people
from tests.walks.people import buttons_of

ROME, NEW_YORK, KOLKATA, LONDON = "Europe/Rome", "America/New_York", "Asia/Kolkata", "Europe/London"
COUNTRY = {ROME: "IT", NEW_YORK: "US", KOLKATA: "IN", LONDON: "GB"}
SPRING, AUTUMN = datetime(2027, 1, 12, 9, tzinfo=UTC), datetime(2027, 8, 31, 9, tzinfo=UTC)
MENTOR, MENTEE = 5, 6
DAYS = ("mon", "tue", "wed", "thu", "fri")


@pytest.mark.parametrize(
    ("begins", "mentor", "mentee", "windows"),
    [
        (SPRING, ROME, ROME, ("09", "11")),
        (AUTUMN, LONDON, ROME, ("14", "16")),
        (SPRING, NEW_YORK, ROME, ("09", "16")),
        (AUTUMN, ROME, NEW_YORK, ("09", "16")),
        (SPRING, KOLKATA, ROME, ("09", "11", "14")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_pair_meets_for_half_a_year(begins: datetime, mentor: str, mentee: str, windows: Sequence[str]) -> None:
    rows = people(8, random.Random(1))
    for place, zone in ((MENTOR, mentor), (MENTEE, mentee)):
        rows[place] = replace(rows[place], timezone=zone, country=COUNTRY[zone], site=zone)
    async with company_of(rows, random.Random(1), begins) as company:
        slots = [f"{day}-{hour}" for day in DAYS for hour in windows]
        await steps.a_pair(company, rows[MENTOR].name, rows[MENTEE].name, slots=slots)  # type: ignore[arg-type]  # it has what they use
        sessions = await _books_all(company)
        assert len(sessions) == 7 and sessions[-1].starts_at - begins > timedelta(weeks=20)
        _keep_their_hours(sessions, windows, mentor, mentee)
        await _lives_on(company, sessions[-1].starts_at + timedelta(days=3))
        _came_right(company, sessions, mentor, mentee)
        assert [job.key for job in await company.all(Job) if job.state == "given_up" or job.faults] == []


async def _books_all(company: Company) -> list[Session]:
    """All dates of the pair in two taps."""
    first = (await company.all(Session))[0]
    offered = (await company.does(f"p{MENTEE}", Pressed("scheduling.series", str(first.pk)))).reply
    assert isinstance(offered, Replace)
    (book,) = [button for button in buttons_of(offered.card) if button.verb == "scheduling.book_all"]
    await company.does(f"p{MENTEE}", Pressed(book.verb, book.id))
    return [one for one in await company.all(Session) if one.state == "scheduled"]


def _keep_their_hours(sessions: Sequence[Session], windows: Sequence[str], *zones: str) -> None:
    """Each meeting lies in the hours that both ticked, by the clock of each, before the change and after it."""
    hours = {hour for window in windows for hour in (int(window), int(window) + 1)}
    for one in sessions:
        for zone in zones:
            local = one.starts_at.astimezone(ZoneInfo(zone))
            assert local.hour in hours, (zone, local)
            assert is_working_day(local.date(), Site(zone, COUNTRY[zone])), (zone, local)
    offsets = [{one.starts_at.astimezone(ZoneInfo(zone)).utcoffset() for one in sessions} for zone in zones]
    assert any(len(found) == 2 for found in offsets)  # the clocks have changed meanwhile


async def _lives_on(company: Company, until: datetime) -> None:
    """Everybody reacts to what they are written: who does not would be written less."""
    while (due := await company.relay.next_due()) is not None and due <= until:
        await company.move_to(max(due, company.now))
        async with company.database.uow(company.now, 1) as uow:
            await uow.execute(update(Nudge).values(answered_at=uow.now))
            await uow.commit()
    await company.move_to(until)


def _came_right(company: Company, sessions: Sequence[Session], mentor: str, mentee: str) -> None:
    """Guide, reminder, agenda and the question of the day after, each by the clock of who reads it."""
    came = {(*_of(message.key), message.account): message.at for message in company.letters.sent}
    zones = {f"p{MENTOR}": mentor, f"p{MENTEE}": mentee}
    for one in sessions:
        for what, who, days in (("guide", f"p{MENTOR}", -3), ("reminder", f"p{MENTEE}", -1)):
            zone = zones[who]
            at = came.get((str(one.pk), what, who))
            if at is None or one.number == 0:
                continue
            local, site = at.astimezone(ZoneInfo(zone)), Site(zone, COUNTRY[zone])
            asked = add_working_days(local_day(one.starts_at, zone), days, site)
            assert (local.date(), local.hour) == (asked, 10), (what, local, one.starts_at)
        for who in zones:
            assert came[str(one.pk), "agenda", who] == one.starts_at
    counted = sum(what == "reminder" for _, what, _ in came)
    assert counted >= 6


def _of(key: str) -> tuple[str, str]:
    """Which session a message is about, and what it is; empty for others."""
    parts = key.split(":")
    return (parts[1], parts[3]) if parts[0] == "session" and len(parts) > 3 else ("", key)
