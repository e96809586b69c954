"""Hopes and worries before a round: words with neither a person nor a moment, in an order that tells nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select, union_all
from sqlmodel import col

from storage.tables import Hope
from storage.uow import Uow


def keep(uow: Uow, round_id: int, said: Mapping[str, str]) -> None:
    """Keep the words, by kind (``hope``, ``worry``)."""
    uow.add_all(
        Hope(round_id=round_id, kind=kind, sealed_text=uow.box.seal_undated(text)) for kind, text in said.items()
    )


async def some_of(uow: Uow, round_id: int, kinds: Sequence[str], most: int) -> dict[str, list[str]]:
    """Up to ``most`` of the round's words of each kind, drawn at random, in one query."""

    def drawn(kind: str) -> Any:
        of_kind: Any = (Hope.organisation_id == uow.organisation_id, Hope.round_id == round_id, Hope.kind == kind)
        some = select(col(Hope.kind), col(Hope.sealed_text)).where(*of_kind).order_by(func.random()).limit(most)
        return select(some.subquery())

    rows = await uow.rows(union_all(*map(drawn, kinds)))
    return {kind: [uow.box.open(sealed) for of, sealed in rows if of == kind] for kind in kinds}
