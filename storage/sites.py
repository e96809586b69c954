"""Places of work: their names, and the calendar of a person's."""

from datetime import date
from typing import Any

from sqlalchemy import bindparam, func
from sqlmodel import col, select

from bot.domain.calendar import Site
from storage.tables import Organisation, Person
from storage.uow import Uow


def site_of(person: Person, organisation: Organisation | None) -> Site:
    """The person's calendar: zone, public holidays, and the company's closures."""
    return Site(person.timezone, person.country, closures_of(organisation))


def closures_of(organisation: Organisation | None) -> tuple[tuple[date, date], ...]:
    """When the company is closed (``settings["closures"]``), as (first day, last day), both included."""
    found = organisation.settings.get("closures") if organisation else None
    closures = found if isinstance(found, list) else []
    return tuple((date.fromisoformat(str(first)[:10]), date.fromisoformat(str(last)[:10])) for first, last in closures)


def _each_site() -> Any:
    """Each from the one before it: as many looks into an index as there are sites, not people."""
    here = (col(Person.organisation_id) == bindparam("organisation"), col(Person.left_at).is_(None))
    first = select(func.min(Person.site).label("site")).where(*here, col(Person.site) > "")
    found = first.cte("sites", recursive=True)
    following = select(func.min(Person.site)).where(*here, col(Person.site) > found.c.site).correlate(found)
    found = found.union_all(select(following.scalar_subquery()).where(found.c.site.is_not(None)))
    return select(found.c.site).where(found.c.site.is_not(None))


EACH_SITE: Any = _each_site()
"""The names of the sites where somebody is, in one column."""


async def sites_of_company(uow: Uow) -> list[str]:
    """The names of the sites where somebody is, in alphabetical order."""
    return sorted(await uow.all(EACH_SITE.params(organisation=uow.organisation_id)))
