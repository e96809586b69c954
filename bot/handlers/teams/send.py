"""Teams' way out. Posts once; tells the relay what went wrong.

Facts: learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit, …/conversations/send-proactive-messages.
"""

from collections.abc import Awaitable, Container
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import structlog

from bot.domain import retry
from bot.domain.lanes import Pace
from bot.handlers import network
from bot.handlers.teams import render
from bot.handlers.teams.calendar import events_of
from bot.handlers.teams.connector import Connector, ConnectorError
from bot.handlers.teams.files import consent
from bot.handlers.teams.parse import Spot
from bot.handlers.teams.render import Pen
from bot.handlers.wording import Json
from bot.locales import speaker
from bot.relay import Address, Limit, Parcel, Receipt, Undelivered

R = TypeVar("R")
log = structlog.get_logger()
NOTHING_WAS_DONE = {401, 412, 502, 504}
"""The answers after which Teams asks to try again; 401 because an own token may be refused for a while."""
# learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit: fifty calls a second and tenant; seven messages
# a second and conversation, sixty in thirty. The steady pace and the burst together stay below the fifty.
TALKING = Limit("conversations", Pace(timedelta(milliseconds=22), 4), Pace(timedelta(milliseconds=500), 5))
GONE = {"ConversationNotFound"}


@dataclass
class TeamsSender:
    """Sends parcels with a connector that never retries by itself."""

    connector: Connector
    forms: Container[str] = ()

    async def send(self, parcel: Parcel) -> Receipt:
        """Post (or edit) the message. Raises ``Undelivered``."""
        if len(parcel.address.accounts) > 1:
            raise Undelivered(retry.Refused())  # a bot opens no conversation of several people
        pen = Pen(self.forms, parcel.nudge)
        drawn = render.message(parcel.card, speaker(parcel.languages[0]), pen, alert=True)
        if parcel.edit:
            return await self._edit(parcel, drawn)
        account, tenant = parcel.address.accounts[0], parcel.address.workspace.external_id
        spot, posted = await _call(self._post(Spot.of(account.conversation), tenant, account.external_id, drawn))
        await self._ask_for_files(spot, parcel)
        return Receipt(f"{spot}|{posted}", str(spot))

    async def _post(self, spot: Spot, tenant: str, account: str, drawn: Json) -> tuple[Spot, str]:
        """Post in the private chat that is known; a chat that is gone is opened anew."""
        try:
            return spot, await self.connector.post(spot, drawn)
        except ConnectorError as error:
            if error.code not in GONE:
                raise
        spot = await self.connector.open(spot, tenant, account)
        return spot, await self.connector.post(spot, drawn)

    async def _ask_for_files(self, spot: Spot, parcel: Parcel) -> None:
        """Files are asked for after their message, which stands without them."""
        for item in parcel.card.attachments:
            if len(events_of(item)) != 1:  # one event is a button of the message
                try:
                    await self.connector.post(spot, consent(item, speaker(parcel.languages[0]), parcel.key))
                except (ConnectorError, *network.FAILURES) as error:
                    log.warning("attachment_not_sent", trouble=type(error).__name__)

    def limit(self, address: Address, *, edit: bool) -> Limit:
        """Teams counts calls of every kind together."""
        return TALKING

    def can_look_up(self, address: Address) -> bool:
        """A bot cannot read in Teams what it said."""
        return False

    async def _edit(self, parcel: Parcel, drawn: Json) -> Receipt:
        place, _, activity = parcel.edit.partition("|")
        await _call(self.connector.update(Spot.of(place), activity, drawn))
        return Receipt(parcel.edit, place)


async def _call(call: Awaitable[R]) -> R:
    """Await a call out; every failure becomes ``Undelivered`` with the trouble that the retry decision needs."""
    try:
        return await call
    except ConnectorError as error:
        raise _trouble(error) from error
    except PermissionError as error:
        log.warning("no_token")
        raise Undelivered(retry.Down()) from error
    except network.FAILURES as error:
        raise network.undelivered(error) from error


def _trouble(error: ConnectorError) -> Undelivered:
    if error.status == 429:
        return Undelivered(retry.Busy(timedelta(seconds=error.wait or 1)))
    if error.status in NOTHING_WAS_DONE:
        return Undelivered(retry.Down())
    if error.status >= 500 or error.status == 408:
        return Undelivered(retry.Unknown())
    log.warning("teams_refused", status=error.status, error=error.code)
    return Undelivered(retry.Refused(), unreachable=error.status == 403 or error.code in GONE)
