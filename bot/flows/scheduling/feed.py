"""A person's own calendar address: what it lists, giving it out, renewing it."""

import secrets
from datetime import timedelta

from bot.domain.calendar_files import feed
from bot.flows.programme import kickoff
from bot.flows.scheduling import cards
from bot.flows.scheduling.views import appointment
from bot.flows.turns import Replace, Reply, Tell, Turn
from bot.locales import speaker
from bot.ui.words import T
from storage.kickoffs import kickoffs_of
from storage.sessions import booked_of, person_of_feed
from storage.tables import Person
from storage.uow import Uow

KEPT = timedelta(days=90)


async def feed_of(uow: Uow, token: str) -> bytes | None:
    """The iCalendar text behind a feed's token: the person's sessions of the last months and all to come.

    None for a token that nobody has.
    """
    person = await person_of_feed(uow, token) if token else None
    if person is None:
        return None
    meetings = await booked_of(uow, person.pk, uow.now - KEPT)
    name = speaker(person.language)(T("scheduling.calendar_name"))
    kickoffs = await kickoffs_of(uow, person.pk, uow.now - KEPT)
    events = [kickoff.appointment(round, one, person.language) for one, round in kickoffs]
    return feed((*events, *(appointment(one, person) for one in meetings)), name)


async def subscribe(turn: Turn) -> Reply:
    """The address of the person's calendar, made when they first ask."""
    person = await turn.uow.need(Person, turn.person.pk, lock=True)
    if person.feed_token is None:
        person.feed_token = _new_token()
    return Tell(cards.feed(_address(turn, person.feed_token)))


async def renew(turn: Turn) -> Reply:
    """Another address: the earlier one stops working."""
    person = await turn.uow.need(Person, turn.person.pk, lock=True)
    person.feed_token = _new_token()
    return Replace(cards.feed(_address(turn, person.feed_token)))


def _new_token() -> str:
    """Hexadecimal: an address that is shown in a message must survive the escaping of markup."""
    return secrets.token_hex(24)


def _address(turn: Turn, token: str) -> str:
    return f"{turn.base_url.rstrip('/')}/calendar/{token}.ics"
