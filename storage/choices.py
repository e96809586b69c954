"""What the forms of enrolment offer: the company's sites, and whom the person asked not to meet."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, literal
from sqlmodel import col, select

from storage.naming import behind
from storage.sites import EACH_SITE
from storage.tables import Account, Avoidance, Person
from storage.uow import Uow

_BETWEEN = "\x1f"  # between the names of one list: ASCII's unit separator, which nobody types
_MINE = (col(Avoidance.organisation_id) == bindparam("organisation"), col(Avoidance.person_id) == bindparam("person"))
_ACCOUNTS: Any = (
    select(col(Account.external_id).label("name"))
    .join(Avoidance, col(Avoidance.other_id) == Account.person_id)
    .where(*_MINE, col(Account.workspace_id) == bindparam("workspace"))
)
_ADDRESSES: Any = (
    select(col(Person.email).label("name")).join(Avoidance, col(Avoidance.other_id) == Person.id).where(*_MINE)
)


def _joined(names: Any) -> Any:
    """All names of a query of one column, as one text."""
    found = names.subquery()
    return select(func.aggregate_strings(next(iter(found.c)), _BETWEEN)).scalar_subquery()


CHOICES = {
    by_accounts: (_joined(EACH_SITE), _joined(_ACCOUNTS if by_accounts else _ADDRESSES))
    for by_accounts in (True, False)
}
"""The columns of a query that ``Choices.of`` reads; colleagues by account, or by e-mail address."""


@dataclass(frozen=True)
class Choices:
    """What the forms of enrolment offer and show: the company's sites by name, and those whom the person asked not to
    meet: by their accounts of a workspace, or by e-mail address.
    """

    places: list[str]
    avoided: list[str]

    @classmethod
    def of(cls, places: str | None, avoided: str | None) -> "Choices":
        """Of the names as a query joins them."""
        return cls(*(sorted(names.split(_BETWEEN)) if names else [] for names in (places, avoided)))


async def choices(uow: Uow, person_id: int, workspace_id: int | None) -> Choices:
    """What the forms of enrolment offer to the person; colleagues by e-mail address where no workspace names them."""
    found = await uow.rows(select(*CHOICES[workspace_id is not None]), person=person_id, workspace=workspace_id)
    return Choices.of(*found[0])


async def change_avoided(
    uow: Uow, person_id: int, workspace_id: int, chosen: Iterable[str], shown: Iterable[str]
) -> None:
    """Make the "please not with" list hold the people whom ``chosen`` names.

    Only people who were ``shown`` can be taken off it. Unknown names and the person's own are passed over.
    """
    added, removed = sorted(set(chosen) - set(shown)), sorted(set(shown) - set(chosen))
    mine = (col(Avoidance.organisation_id) == uow.organisation_id, col(Avoidance.person_id) == person_id)
    if removed:
        await uow.execute(
            delete(Avoidance).where(
                *mine, col(Avoidance.other_id).in_(select(behind(uow, workspace_id, removed).c.person_id))
            )
        )
    if added:
        named = behind(uow, workspace_id, added)
        others = select(literal(uow.organisation_id), literal(person_id), named.c.person_id).where(
            named.c.person_id != person_id, named.c.person_id.not_in(select(Avoidance.other_id).where(*mine))
        )
        values = others.distinct()
        await uow.execute(insert(Avoidance).from_select(["organisation_id", "person_id", "other_id"], values))
