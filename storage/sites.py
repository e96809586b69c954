"""The calendar of a person's place of work."""

from datetime import date

from bot.domain.calendar import Site
from storage.tables import Organisation, Person


def site_of(person: Person, organisation: Organisation | None) -> Site:
    """The person's calendar: zone, public holidays, and the company's closures."""
    return Site(person.timezone, person.country, closures_of(organisation))


def closures_of(organisation: Organisation | None) -> tuple[tuple[date, date], ...]:
    """When the company is closed (``settings["closures"]``), as (first day, last day), both included."""
    found = organisation.settings.get("closures") if organisation else None
    closures = found if isinstance(found, list) else []
    return tuple((date.fromisoformat(str(first)[:10]), date.fromisoformat(str(last)[:10])) for first, last in closures)
