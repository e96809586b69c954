"""What somebody was nudged about, and what became of it."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Table, bindparam, func, select, update
from sqlmodel import col

from bot.domain.nudges import Sent
from storage.tables import Enrolment, Nudge, Round
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


_PHASE = (
    select(func.max(func.coalesce(col(Round.closing_at), col(Round.started_at))))
    .join(Enrolment, col(Enrolment.round_id) == Round.id)
    .where(col(Enrolment.person_id) == Nudge.person_id)
    .correlate(Nudge)
    .scalar_subquery()
)
"""When the last round of the one who got a nudge began to run, or to close: before that, nothing counts as ignored."""
_SENT = select(Nudge, _PHASE).where(
    col(Nudge.organisation_id) == bindparam("organisation"),
    col(Nudge.person_id).in_(bindparam("people", expanding=True)),
    col(Nudge.sent_at) >= bindparam("since"),
)


def as_sent(row: Nudge) -> Sent:
    """What the policy knows of a nudge."""
    return Sent(row.kind, row.sent_at, row.answered_at is not None)


async def sent_to(uow: Uow, people: Collection[int], since: datetime) -> list[tuple[Nudge, datetime | None]]:
    """What these people were sent unrequested since then, each with when the person's present phase began."""
    return [(row[0], row[1]) for row in await uow.rows(_SENT, people=list(people), since=since)]


async def forgive_ignored(uow: Uow, person_id: int, kind: str) -> None:
    """Count the nudges of this kind as answered, so that the kind may be said again."""
    mine = (col(Nudge.organisation_id) == uow.organisation_id, col(Nudge.person_id) == person_id)
    unanswered = (col(Nudge.kind) == kind, col(Nudge.answered_at).is_(None))
    await uow.execute(update(Nudge).where(*mine, *unanswered).values(answered_at=uow.now))
