"""Addresses of what is shown in a browser: sealed by us, so that nobody makes one up, and they expire."""

from datetime import datetime, timedelta
from typing import Any, Literal

from storage.box import Box, SealBroken
from storage.tables import Person
from storage.uow import Uow

PICTURES_KEPT = timedelta(days=30)


def sealed(uow: Uow, kept: timedelta, **what: int | str) -> str:
    """The last part of an address that names ``what`` and expires after ``kept``."""
    return uow.box.seal_json({"organisation": uow.organisation_id, "until": (uow.now + kept).isoformat(), **what})


def opened(box: Box, part: str, now: datetime) -> dict[str, Any] | None:
    """What ``sealed`` named, with its ``organisation``; None when it was not sealed here, or has expired."""
    try:
        named: Any = box.open_json(part)
        return named if isinstance(named, dict) and now < datetime.fromisoformat(named["until"]) else None
    except (SealBroken, ValueError, KeyError, TypeError):
        return None


def picture(uow: Uow, what: Literal["release", "run"], id: int, person: Person, base_url: str) -> str:
    """The address of the picture of a report's release, or of a run of the matching, in the person's language."""
    return f"{base_url}/pictures/{sealed(uow, PICTURES_KEPT, language=person.language, **{what: id})}.png"
