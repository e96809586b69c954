"""The company's closures, and what a new one does to deadlines that were counted without it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, update
from sqlmodel import col, select

from bot.domain.calendar import (
    ONE_DAY,
    Site,
    add_working_days,
    at_local,
    local_day,
    working_days_between,
)
from storage import jobs
from storage.sites import closures_of, site_of
from storage.tables import Job, Organisation, Person, Session
from storage.uow import Uow

Span = tuple[date, date]
END_OF_DAY = time(18)
MOVED_BY = "moved_by"


@dataclass(frozen=True)
class Withdrawn:
    """A closure that was taken away, and the promises, by their keys, that were made while it was known."""

    span: Span
    after: int
    until: int


def id_of(span: Span) -> str:
    """As buttons and keys name a closure."""
    return f"{span[0]:%Y%m%d}:{span[1]:%Y%m%d}"


async def write(
    uow: Uow, change: Callable[[Collection[Span]], Collection[Span]]
) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Change the closures of the organisation, which is held to the end: as they were, and as they are, in order."""
    statement = select(Organisation).where(Organisation.id == uow.organisation_id).with_for_update()
    organisation: Organisation | None = await uow.first(statement.execution_options(populate_existing=True))
    if organisation is None:
        return (), ()
    before = closures_of(organisation)
    known = tuple(sorted(change(before)))
    gone = [one for one in _withdrawn(organisation) if one.span[1] >= uow.now.date()]
    gone += [await _withdraw(uow, span) for span in before if span not in known]
    organisation.settings = {
        **organisation.settings,
        "closures": [_listed(span) for span in known],
        "withdrawn": [[*_listed(one.span), one.after, one.until] for one in gone],
    }
    return before, known


async def _withdraw(uow: Uow, span: Span) -> Withdrawn:
    """Known since it was told, behind which its work was promised; of long ago that is no longer to be found."""
    told = uow.of(Job).where(Job.name == "programme.closure", jobs.starts_with(f"closure:{id_of(span)}:"))
    since = await uow.first(told.with_only_columns(func.max(col(Job.id))))
    return Withdrawn(span, since or 0, await uow.first(select(func.max(col(Job.id)))) or 0)


def _withdrawn(organisation: Organisation | None) -> list[Withdrawn]:
    found = organisation.settings.get("withdrawn") if organisation else None
    rows = found if isinstance(found, list) else []
    return [
        Withdrawn((date.fromisoformat(first), date.fromisoformat(last)), after, until)
        for first, last, after, until in rows
    ]


def _listed(span: Span) -> list[str]:
    return [span[0].isoformat(), span[1].isoformat()]


def slid(moment: datetime, span: Span, site: Site, already: Collection[Span] = ()) -> datetime:
    """Where a deadline goes that was counted without a closure; ``site`` knows the closure already.

    The working days of its count that lie in or after the closure are counted again behind it. ``already``: closures
    that it has moved on by, or was counted with, which may have been taken away since and told anew: none moves it
    twice.
    """
    closures = {one for one in site.closures if one != span}.union(already)
    before = Site(site.zone, site.country, tuple(sorted(closures)))
    eve, day = span[0] - ONE_DAY, local_day(moment, site.zone)
    count = working_days_between(eve, day, before)
    if count <= 0:
        return moment
    clock = moment.astimezone(ZoneInfo(site.zone)).time()
    return max(moment, at_local(add_working_days(eve, count, site), clock, site.zone))


async def slide_promises(
    uow: Uow, names: Collection[str], span: Span, nobodys: Site, between: tuple[int, int], most: int
) -> int:
    """Move the open promises of these names that the closure falls before or on, ``most`` at a time, by key.

    ``between``: the last key looked at, and the first of those that were promised with the closure known. ``nobodys``:
    the calendar for promises to nobody. Returns the last key looked at; 0 at the end. Done again it moves nothing.
    """
    begins = datetime.combine(span[0] - ONE_DAY, time(), ZoneInfo("UTC"))
    statement = (
        select(Job, Person)
        .outerjoin(Person, col(Person.id) == Job.person_id)
        .where(Job.organisation_id == uow.organisation_id, Job.state == "open", col(Job.name).in_(names))
        .where(col(Job.due_at) >= begins, col(Job.id) > between[0], col(Job.id) < between[1])
        .order_by(col(Job.id))
        .limit(most)
    )
    organisation, rows = await uow.organisation(), await uow.rows(statement)
    withdrawn = _withdrawn(organisation)
    for job, person in rows:
        known = [one.span for one in withdrawn if one.after < job.pk <= one.until]
        _slide(job, span, site_of(person, organisation) if person else nobodys, known)
    return rows[-1][0].pk if len(rows) == most else 0


def _slide(job: Job, span: Span, site: Site, known: Collection[Span]) -> None:
    """Move one promise, which keeps by which closures it has moved. ``known``: it was counted with them."""
    already = str(job.args.get(MOVED_BY, "")).split()
    to = slid(job.due_at, span, site, [*map(_read, already), *known])
    if to == job.due_at:
        return
    if job.expires_at is not None:
        job.expires_at += to - job.due_at
    jobs.move(job, to)
    job.args = {**job.args, MOVED_BY: " ".join((*already, _written(span)))}


def _written(span: Span) -> str:
    return f"{span[0]}/{span[1]}"


def _read(written: str) -> Span:
    first, last = written.split("/")
    return date.fromisoformat(first), date.fromisoformat(last)


async def slide_sessions(uow: Uow, span: Span, site: Site) -> None:
    """Sessions that were to be held by a day of the closure have until the first working day after it."""
    after = at_local(add_working_days(span[1], 1, site), END_OF_DAY, site.zone)
    within = (at_local(span[0], time(), site.zone), at_local(span[1] + timedelta(days=1), time(), site.zone))
    due = (col(Session.due_by) >= within[0], col(Session.due_by) < within[1])
    waiting = (col(Session.organisation_id) == uow.organisation_id, col(Session.state) != "held")
    await uow.execute(update(Session).where(*waiting, *due).values(due_by=after))


async def booked_about(uow: Uow, span: Span, after: int, most: int) -> list[Session]:
    """The sessions to come that are booked on a day of the closure, or next to one: whose day it is, zones tell."""
    begins, ends = (
        datetime.combine(day, time(), ZoneInfo("UTC")) for day in (span[0] - ONE_DAY, span[1] + 2 * ONE_DAY)
    )
    statement = (
        uow.of(Session)
        .where(col(Session.state) == "scheduled", col(Session.starts_at) > uow.now, col(Session.id) > after)
        .where(col(Session.starts_at) >= begins, col(Session.starts_at) < ends)
        .order_by(col(Session.id))
        .limit(most)
    )
    found: list[Session] = await uow.all(statement)
    return found
