"""The signed addresses of pictures: what a picture is of and in whose language; they expire."""

from datetime import datetime, timedelta
from typing import Literal

from storage.tables import Person
from storage.uow import Uow

KEPT = timedelta(days=30)
What = Literal["picture", "run"]
"""Of a report's release, or of a run of the matching."""


def address(uow: Uow, what: What, id: int, person: Person, base_url: str) -> str:
    """The signed address of a picture in the person's language; it expires after ``KEPT``."""
    signed = uow.box.seal_json(
        {
            what: id,
            "organisation": uow.organisation_id,
            "language": person.language,
            "until": (uow.now + KEPT).isoformat(),
        }
    )
    return f"{base_url}/pictures/{signed}.png"


def named(signed: object, what: What, now: datetime) -> tuple[int, int, str] | None:
    """(id, organisation, language) of what ``address`` sealed; None when it is of something else, or expired."""
    match signed:
        case {"organisation": int(organisation), "language": str(language), "until": until, **rest}:
            id = rest.get(what)
            if isinstance(id, int) and now < datetime.fromisoformat(str(until)):
                return (id, organisation, language)
    return None
