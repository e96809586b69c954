"""Circles of pairs: which pairs have none, who is in each, and who should not meet in one."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, select
from sqlmodel import col

from storage.couples import GOING_ON, Formed
from storage.pairings import with_couple
from storage.tables import Avoidance, Conflict, Pairing, Person
from storage.uow import Uow

_OF_ROUND = (
    with_couple(Pairing)
    .where(col(Pairing.organisation_id) == bindparam("organisation"), col(Pairing.round_id) == bindparam("round"))
    .order_by(col(Pairing.id))
)
_WITHOUT = _OF_ROUND.where(col(Pairing.group_id).is_(None), col(Pairing.state).in_(GOING_ON)).with_for_update(
    of=Pairing
)
_IN_CIRCLES = _OF_ROUND.where(col(Pairing.group_id).is_not(None), col(Pairing.state) != "ended_early")


async def without_circle(uow: Uow, round_id: int) -> list[Formed]:
    """The pairs of a round that go on and have no circle, held, the oldest first."""
    return [Formed.of(row) for row in await uow.rows(_WITHOUT, round=round_id)]


async def circles_of(uow: Uow, round_id: int) -> dict[int, list[Formed]]:
    """The pairs of each circle of a round, the oldest first."""
    found: dict[int, list[Formed]] = defaultdict(list)
    for row in await uow.rows(_IN_CIRCLES, round=round_id):
        formed = Formed.of(row)
        found[formed.pairing.group_id or 0].append(formed)
    return found


async def apart(uow: Uow) -> Mapping[int, Sequence[int]]:
    """By person: whom they do not speak openly before: those named to be avoided or in conflict, and their manager."""
    found: dict[int, list[int]] = defaultdict(list)
    pairs: list[tuple[int, int]] = []
    for table in (Avoidance, Conflict):
        statement = select(col(table.person_id), col(table.other_id)).where(
            col(table.organisation_id) == uow.organisation_id
        )
        pairs += [(person, other) for person, other in await uow.rows(statement)]
    managed = select(col(Person.id), col(Person.manager_id)).where(
        col(Person.organisation_id) == uow.organisation_id, col(Person.manager_id).is_not(None)
    )
    pairs += [(person, manager) for person, manager in await uow.rows(managed)]
    for one, other in pairs:
        found[one].append(other)
        found[other].append(one)
    return found
