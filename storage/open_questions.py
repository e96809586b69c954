"""Questions to all mentors of a round: who can be asked without being known, and the question itself."""

from typing import Any

from sqlalchemy import bindparam, func, select
from sqlmodel import col

from storage.tables import Enrolment, OpenQuestion
from storage.uow import Uow

_IN_PAIRS = (
    select(col(Enrolment.role), func.count())
    .where(col(Enrolment.organisation_id) == bindparam("organisation"))
    .where(col(Enrolment.round_id) == bindparam("round"), col(Enrolment.state) == "paired")
    .group_by(col(Enrolment.role))
)
_MENTORS = (
    select(col(Enrolment.person_id))
    .where(col(Enrolment.organisation_id) == bindparam("organisation"))
    .where(col(Enrolment.round_id) == bindparam("round"), col(Enrolment.state) == "paired")
    .where(col(Enrolment.role) == "mentor")
    .order_by(col(Enrolment.id))
)


async def in_pairs(uow: Uow, round_id: int) -> dict[str, int]:
    """How many people of each role are in a pair that goes on."""
    return {row[0]: row[1] for row in await uow.rows(_IN_PAIRS, round=round_id)}


async def mentors_in_pairs(uow: Uow, round_id: int) -> list[int]:
    """The mentors of the round who are in a pair that goes on."""
    return await uow.all(_MENTORS, round=round_id)


async def open_question(uow: Uow, id: int, *, lock: bool = False) -> OpenQuestion | None:
    """The question of that id; ``lock`` holds it: of two answers one comes first."""
    found: Any = await uow.get(OpenQuestion, id, lock=lock)
    return found if isinstance(found, OpenQuestion) else None
