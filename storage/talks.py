"""Conversations in progress, found by their token or by whose they are. Built once: every form that is sent asks."""

from sqlalchemy import bindparam
from sqlmodel import col, select

from storage.tables import FlowSession
from storage.uow import Uow

_BY_TOKEN = (
    select(FlowSession)
    .where(col(FlowSession.organisation_id) == bindparam("organisation"), col(FlowSession.token) == bindparam("token"))
    .with_for_update()
)
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


async def by_token(uow: Uow, token: str) -> FlowSession | None:
    """The conversation of that token, held to the end (the same form sent twice at once)."""
    await uow.settle()
    given = {"organisation": uow.organisation_id, "token": token}
    return (await uow.session.execute(_BY_TOKEN, given)).scalars().first()


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
