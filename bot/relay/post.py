"""What the relay and a platform's way out say to each other: addresses, parcels, receipts, limits, troubles."""

from dataclasses import dataclass
from typing import Protocol

from bot.domain import retry
from bot.domain.lanes import Pace
from bot.ui.cards import Card
from storage.tables import Account, Workspace


@dataclass(frozen=True)
class Address:
    """Where a message goes: a workspace and accounts in it (one: private chat; more: a conversation of all)."""

    workspace: Workspace
    accounts: tuple[Account, ...]


@dataclass(frozen=True)
class Receipt:
    """What the platform calls the message that it took, and its conversation."""

    message: str
    conversation: str


@dataclass(frozen=True)
class Parcel:
    """One message on its way. ``key`` goes along, to be looked up by; ``nudge`` is the id its buttons answer.

    ``languages``: the card is drawn in each of them, one below the other. ``edit``: the receipt of an earlier message
    that this one replaces. ``unsure``: an earlier try may have succeeded.
    """

    address: Address
    card: Card
    languages: tuple[str, ...]
    key: str
    nudge: int | None = None
    edit: str = ""
    unsure: bool = False


@dataclass(frozen=True)
class Limit:
    """What a platform bears of one kind of call: ``pace`` for the whole workspace, ``each`` for one conversation.

    ``method`` names the lane that all such calls to a workspace share.
    """

    method: str
    pace: Pace
    each: Pace


class Undelivered(Exception):  # carries a value for the retry decision
    """The platform did not take a message, or nobody knows: ``trouble`` says which."""

    def __init__(self, trouble: retry.Trouble, *, unreachable: bool = False) -> None:
        super().__init__(type(trouble).__name__)
        self.trouble = trouble
        self.unreachable = unreachable


class Sender(Protocol):
    """A platform's way out. Never retries by itself."""

    async def send(self, parcel: Parcel) -> Receipt:
        """Say it. A parcel that is ``unsure`` is looked up first where that can be done. Raises ``Undelivered``."""
        ...

    def limit(self, address: Address, *, edit: bool) -> Limit:
        """What bounds a message (or the edit of one) to this address."""
        ...

    def can_look_up(self, address: Address) -> bool:
        """Whether ``send`` finds out if an earlier try has succeeded."""
        ...
