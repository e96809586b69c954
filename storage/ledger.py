"""What the people of a pair write down: promises, questions for the next session, what they taught and learned."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, insert, literal, select, true, union_all
from sqlmodel import col

from storage.tables import (
    ActionItem,
    Question,
    Session,
)
from storage.uow import Uow

OPEN_ITEM = ("open", "not_yet")
KEPT = "kept"


def _noted(table: Any, signed: Any, *where: Any) -> Any:
    ours = table.organisation_id == bindparam("organisation")
    asked = literal(table is Question).label("asked")
    kind: Any = table.kind if table is ActionItem else literal("").label("kind")
    return select(asked, table.id.label("id"), table.person_id, table.sealed_text, signed, kind).where(ours, *where)


_NOTED = union_all(
    _noted(
        ActionItem,
        true(),
        col(ActionItem.pairing_id).in_(bindparam("pairings", expanding=True)),
        col(ActionItem.state).in_(OPEN_ITEM),
    ),
    _noted(Question, col(Question.signed), col(Question.session_id) == bindparam("session")),
).order_by("asked", "id")


@dataclass(frozen=True)
class Noted:
    """A promise or a question: its id, whose it is, its text, sealed; whether the others read whose.

    ``kind``: that of a promise (see ``ActionItem``); empty for a question.
    """

    id: int
    person_id: int
    sealed_text: str
    signed: bool
    kind: str


async def noted(uow: Uow, pairing_ids: Collection[int], session_id: int) -> tuple[list[Noted], list[Noted]]:
    """What the people of these pairs promised and have neither done nor dropped, and the questions left for the
    session; the oldest first, in one query.
    """
    rows = await uow.rows(_NOTED, pairings=list(pairing_ids), session=session_id)
    found: tuple[list[Noted], list[Noted]] = ([], [])
    for asked, *what in rows:
        found[asked].append(Noted(*what))
    return found


_LEDGER = (
    select(ActionItem, Session)
    .join(Session, col(Session.id) == ActionItem.session_id)
    .where(col(ActionItem.organisation_id) == bindparam("organisation"))
    .where(col(ActionItem.pairing_id).in_(bindparam("pairings", expanding=True)), col(ActionItem.state) == KEPT)
    .order_by(col(Session.number), col(ActionItem.person_id), col(ActionItem.id))
)


async def write_down(uow: Uow, items: Iterable[ActionItem]) -> None:
    """Keep what somebody wrote after a session, in one statement."""
    values = [{**item.model_dump(exclude={"id"}), "organisation_id": uow.organisation_id} for item in items]
    if values:
        await uow.execute(insert(ActionItem).values(values))


async def ledger_of(uow: Uow, pairing_ids: Collection[int]) -> list[tuple[ActionItem, Session]]:
    """What each of a pair wrote that they taught and learned, with its session, in order; sealed."""
    return [(row[0], row[1]) for row in await uow.rows(_LEDGER, pairings=list(pairing_ids))]
