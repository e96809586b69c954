"""Group totals that HR enters: so many of so many people, before and after, of the programme and of others."""

from collections.abc import Mapping

from sqlalchemy import delete, insert
from sqlmodel import col

from storage.tables import Indicator
from storage.uow import Uow

BEFORE, AFTER = "before", "after"
PROGRAMME, COMPARISON = "programme", "comparison"
Counts = Mapping[tuple[str, str], tuple[int, int]]
"""(moment, group) → (how many, of how many people)."""


async def of_round(uow: Uow, round_id: int) -> dict[str, Counts]:
    """What was entered for a round, by indicator."""
    rows: list[Indicator] = await uow.all(uow.of(Indicator).where(Indicator.round_id == round_id))
    found: dict[str, dict[tuple[str, str], tuple[int, int]]] = {}
    for row in rows:
        found.setdefault(row.code, {})[row.moment_of, row.group] = (row.count, row.people)
    return dict(found)


async def replace(uow: Uow, round_id: int, code: str, counts: Counts) -> None:
    """Keep these totals of an indicator instead of those that were entered before."""
    ours = (col(Indicator.organisation_id) == uow.organisation_id, col(Indicator.round_id) == round_id)
    await uow.execute(delete(Indicator).where(*ours, col(Indicator.code) == code))
    same = {"organisation_id": uow.organisation_id, "round_id": round_id, "code": code, "entered_at": uow.now}
    rows = [
        {**same, "moment_of": moment, "group": group, "count": count, "people": people}
        for (moment, group), (count, people) in counts.items()
    ]
    await uow.execute(insert(Indicator).values(rows))
