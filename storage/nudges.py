"""What somebody was nudged about, and what became of it."""

from sqlalchemy import Table, bindparam, update

from storage.tables import Nudge
from storage.types import Moment
from storage.uow import Uow

_nudge: Table = Nudge.__table__  # type: ignore[attr-defined]  # SQLModel adds it at class creation
_ANSWERED = (
    update(_nudge)
    .where(
        _nudge.c.organisation_id == bindparam("organisation"),
        _nudge.c.person_id == bindparam("person"),
        _nudge.c.id == bindparam("nudge"),
        _nudge.c.answered_at.is_(None),
    )
    .values(answered_at=bindparam("now", type_=Moment))
)


async def answered(uow: Uow, person_id: int, nudge_id: int) -> None:
    """A button of that nudge was pressed by the person it went to; another person's changes nothing."""
    await uow.execute(_ANSWERED, person=person_id, nudge=nudge_id, now=uow.now)
