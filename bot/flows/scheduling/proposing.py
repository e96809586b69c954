"""What a mentor has proposed, while it waits for the answer of whoever fixes the date."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import col, or_

from bot.flows.scheduling import cards
from bot.flows.scheduling.booking import offered
from bot.ui.cards import Card
from storage.jobs import starts_with
from storage.meeting import BOOKABLE, Meeting
from storage.tables import Job
from storage.uow import Uow

OWED_OR_SAID = ("open", "done")


async def waiting(uow: Uow, meetings: Iterable[Meeting], reader: int) -> dict[int, Card]:
    """The mentor's last proposal for each of these sessions that waits for the reader's answer, by session."""
    known = {one.session.pk: one for one in meetings}
    found = await proposed_to(uow, ((one, reader) for one in known.values()))
    return {id: _card(known[id], reader, start) for id, start in found.items()}


async def proposed_to(uow: Uow, read: Iterable[tuple[Meeting, int]]) -> dict[int, datetime]:
    """The same by its moment alone, of sessions each with its own reader.

    A session to which nothing can be proposed, or for which no moment is kept, asks nothing of the store.
    """
    asked = {_stem(one): (one, reader) for one, reader in read if _may_be_proposed(one, reader, uow.now)}
    if not asked:
        return {}
    readers = {reader for _, reader in asked.values()}
    theirs = (col(Job.person_id).in_(readers), col(Job.state).in_(OWED_OR_SAID), or_(*map(starts_with, asked)))
    said: list[Job] = await uow.all(uow.of(Job).where(*theirs).order_by(col(Job.due_at)))
    found: dict[int, datetime] = {}
    for job in said:  # the last one stays
        one, reader = asked[f"{job.key.partition(':proposed:')[0]}:proposed:"]
        start = offered(one.session, int(str(job.args["at"])))
        if job.person_id == reader and start is not None and start > uow.now:
            found[one.session.pk] = start
    return found


def _stem(one: Meeting) -> str:
    return f"session:{one.session.pk}:{one.session.sequence}:proposed:"


def _may_be_proposed(one: Meeting, reader: int, now: datetime) -> bool:
    open_to_it = one.session.state in BOOKABLE or one.session.state == "scheduled"
    kept = (datetime.fromisoformat(moment) for moment in one.session.offered)
    return open_to_it and one.books(reader) and any(moment > now for moment in kept)


def _card(one: Meeting, reader: int, start: datetime) -> Card:
    person, mentor = one.person(reader), one.mentor
    return cards.proposed(one.session.pk, mentor.name, start, person.timezone, mentor.timezone)
