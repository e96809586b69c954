"""Conversations in progress: found by whose they are, changed once by whoever comes first."""

from typing import Any

from sqlalchemy import bindparam, update
from sqlmodel import col, select

from storage.tables import FlowSession
from storage.uow import Uow

_UNFINISHED = (
    select(FlowSession)
    .where(
        col(FlowSession.organisation_id) == bindparam("organisation"),
        col(FlowSession.person_id) == bindparam("person"),
        col(FlowSession.flow) == bindparam("flow"),
        col(FlowSession.subject) == bindparam("subject"),
        col(FlowSession.finished_at).is_(None),
        col(FlowSession.expires_at) > bindparam("now"),
    )
    .order_by(col(FlowSession.id).desc())
    .limit(1)
)


async def write(uow: Uow, talk: FlowSession, **values: Any) -> bool:
    """Change an unfinished conversation; False when it was finished meanwhile (the same form sent twice at once).

    Whoever finishes holds it to the end: the other one waits here.
    """
    await uow.settle()
    mine = (col(FlowSession.organisation_id) == uow.organisation_id, col(FlowSession.id) == talk.pk)
    going_on = update(FlowSession).where(*mine, col(FlowSession.finished_at).is_(None))
    changed = await uow.session.execute(going_on.values(**values))
    return bool(changed.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result is a CursorResult


async def unfinished(uow: Uow, person_id: int, flow: str, subject: str) -> FlowSession | None:
    """The person's newest conversation of that flow about that subject that can still go on."""
    await uow.settle()
    given = {
        "organisation": uow.organisation_id,
        "person": person_id,
        "flow": flow,
        "subject": subject,
        "now": uow.now,
    }
    return (await uow.session.execute(_UNFINISHED, given)).scalars().first()
