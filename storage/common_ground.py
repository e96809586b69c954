"""Where two people can talk to each other, and what the bot passes on between those who have no chat in common."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from sqlmodel import col, select

from storage.accounts import reached
from storage.tables import PassedMessage, Person, Session, Workspace
from storage.uow import Uow

MOST_TOGETHER = 8
"""People whom a bot can bring into one private conversation where it opens any."""
TO_COME = ("planned", "scheduled", "postponed")


@dataclass(frozen=True)
class Ground:
    """``group``: the bot can open a conversation with both. ``link``: an address by which each of them opens a chat
    with the other, with ``{email}`` in it. Neither: they are on different platforms.
    """

    group: bool = True
    link: str = ""

    @property
    def apart(self) -> bool:
        return not self.group and not self.link

    def chat_with(self, person: Person) -> str:
        """The address of a chat with that person; empty where there is none."""
        return self.link.format(email=quote(person.email)) if self.link and not self.group else ""


async def common_ground(uow: Uow, *people: int) -> Ground:
    """Where these people meet, by the accounts that they can be reached by."""
    places = {person: actor.workspace for person, actor in (await reached(uow, people)).items()}
    if len(places) < len(people):
        return Ground()
    here = places[people[0]]
    return Ground(here.opens_groups, here.chat_link) if _all_on(here, places) else Ground(group=False)


def _all_on(workspace: Workspace, places: Mapping[int, Workspace]) -> bool:
    return all(place.pk == workspace.pk for place in places.values())


async def next_to_pass(uow: Uow, pairing_id: int, person_id: int) -> tuple[int | None, bool]:
    """The pair's next session, and whether this person's message for it was passed on already. None: none to come."""
    mine = (col(PassedMessage.session_id) == Session.id) & (col(PassedMessage.person_id) == person_id)
    statement = (
        select(col(Session.id), col(PassedMessage.id))
        .outerjoin(PassedMessage, mine)
        .where(
            Session.organisation_id == uow.organisation_id,
            Session.pairing_id == pairing_id,
            col(Session.state).in_(TO_COME),
        )
        .order_by(col(Session.number))
        .limit(1)
    )
    rows = await uow.rows(statement)
    return (rows[0][0], rows[0][1] is not None) if rows else (None, False)
