"""Conversations in progress: found by whose they are, changed once by whoever comes first."""

from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, bindparam, update
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import col, select

from storage.tables import FlowSession
from storage.uow import Uow

_talk: Table = FlowSession.__table__  # type: ignore[attr-defined]  # SQLModel adds it at class creation


def can_go_on(now: Any) -> ColumnElement[bool]:
    """Of a conversation: it is neither finished nor too old at ``now``, a moment or an expression of one."""
    return and_(col(FlowSession.finished_at).is_(None), col(FlowSession.expires_at) > now)


_UNFINISHED = (
    select(FlowSession)
    .where(
        col(FlowSession.organisation_id) == bindparam("organisation"),
        col(FlowSession.person_id) == bindparam("person"),
        col(FlowSession.flow) == bindparam("flow"),
        col(FlowSession.subject) == bindparam("subject"),
        can_go_on(bindparam("now")),
    )
    .order_by(col(FlowSession.id).desc())
    .limit(1)
)


@lru_cache(maxsize=16)
def _change(names: tuple[str, ...]) -> Any:
    """The statement of ``write`` for these columns, built once."""
    this = (_talk.c.organisation_id == bindparam("organisation"), _talk.c.id == bindparam("talk"))
    new: Any = {name: bindparam(f"new_{name}") for name in names}
    return update(_talk).where(*this, _talk.c.finished_at.is_(None)).values(new)


async def write(uow: Uow, talk: FlowSession, **values: Any) -> bool:
    """Change an unfinished conversation; False when it was finished meanwhile (the same form sent twice at once).

    Whoever finishes holds it to the end: the other one waits here.
    """
    new = {f"new_{name}": value for name, value in values.items()}
    changed = await uow.execute(_change(tuple(values)), talk=talk.pk, **new)
    for name, value in values.items():
        set_committed_value(talk, name, value)
    return bool(changed.rowcount)


async def unfinished(uow: Uow, person_id: int, flow: str, subject: str) -> FlowSession | None:
    """The person's newest conversation of that flow about that subject that can still go on."""
    return await uow.first(_UNFINISHED, person=person_id, flow=flow, subject=subject, now=uow.now)
