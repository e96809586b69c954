"""Asks the nudge policy for the unrequested among a few messages, with what it has to know of everybody at once."""

import zlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import col

from bot.domain import nudges
from bot.flows.turns import Say
from bot.relay.post import Address
from storage.jobs import Finished, Held, Postponed
from storage.nudges import as_sent, sent_to
from storage.sites import site_of
from storage.tables import Nudge, Organisation, Person
from storage.uow import Uow

SPREAD_SECONDS = 900
UNDATED = timedelta(days=30)


@dataclass(frozen=True)
class Letter:
    """A message on its way out of the store: its promise, what it says, to whom and where, and the nudge that it is."""

    job: Held
    say: Say
    people: tuple[Person, ...]
    address: Address
    nudge: Nudge | None = None

    @property
    def first(self) -> Person:
        return self.people[0]


Mark = Finished | Postponed


async def welcome(uow: Uow, letters: Sequence[Letter], marks: list[Mark]) -> list[Letter]:
    """The letters that may go now, each nudge with its row; ``marks`` gets what becomes of the others.

    A new row is not added yet: whoever has to wait for a turn is asked again when it comes.
    """
    history, phases, known = await _history(uow, [letter for letter in letters if letter.say.nudge])
    asking = [letter for letter in letters if letter.say.nudge and letter.job.key not in known]
    organisation = await uow.organisation() if asking else None
    for letter in asking:
        who = letter.first.pk
        verdict = _judge(uow, letter, history[who], phases.get(who), organisation)
        if isinstance(verdict, Nudge):
            history[who].append(nudges.Sent(verdict.kind, uow.now, answered=False))
            known[letter.job.key] = verdict
        else:
            marks.append(verdict)
    wanted = [letter for letter in letters if not letter.say.nudge or letter.job.key in known]
    return [replace(letter, nudge=known.get(letter.job.key)) for letter in wanted]


async def remember(uow: Uow, letters: Sequence[Letter]) -> None:
    """Write down the nudges that go now: each has its id from here on."""
    new = [letter.nudge for letter in letters if letter.nudge is not None and letter.nudge.id is None]
    if new:
        uow.add_all(new)
        await uow.flush()


async def _history(
    uow: Uow, letters: Sequence[Letter]
) -> tuple[dict[int, list[nudges.Sent]], dict[int, datetime | None], dict[str, Nudge]]:
    """What each of them was sent unrequested, and when the present phase of each began; and the nudges of earlier
    tries, by key: they were allowed then, and are not counted twice.

    The people are held: of two messages that fall due together, the second has to know of the first, whichever worker
    sends it.
    """
    history: dict[int, list[nudges.Sent]] = defaultdict(list)
    phases: dict[int, datetime | None] = {}
    begun: dict[str, Nudge] = {}
    ids = sorted({letter.first.pk for letter in letters})
    if not ids:
        return history, phases, begun
    keys = {letter.job.key for letter in letters}
    if uow.dialect != "sqlite":  # which has one writer at a time
        await uow.all(uow.of(Person).where(col(Person.id).in_(ids)).order_by(Person.id).with_for_update(key_share=True))
    for row, phase in await sent_to(uow, ids, uow.now - nudges.REMEMBERED):
        phases[row.person_id] = phase
        if row.job_key in keys and row.sent_at > uow.now - UNDATED:
            begun[row.job_key] = row
        else:
            history[row.person_id].append(as_sent(row))
    return history, phases, begun


def _judge(
    uow: Uow,
    letter: Letter,
    history: Sequence[nudges.Sent],
    phase: datetime | None,
    organisation: Organisation | None,
) -> Nudge | Mark:
    person, job, kind = letter.first, letter.job, letter.say.nudge or ""
    disturbable = nudges.Disturbable(
        stopped_kinds=frozenset(person.stopped_kinds),
        snoozed={kind: datetime.fromisoformat(until) for kind, until in person.snoozed.items()},
        paused_until=person.paused_until,
        phase_started_at=phase,
    )
    expires_at = job.expires_at or uow.now + UNDATED
    match nudges.decide(uow.now, disturbable, kind, history, site_of(person, organisation), expires_at):
        case nudges.Send():
            return Nudge(person_id=person.pk, kind=kind, job_key=job.key, sent_at=uow.now)
        case nudges.TryAt(moment):
            later = moment + _spread(job)
            return Postponed(job, later, "not now", due_at=later)
        case nudges.Drop(reason):
            return Finished(job, "dropped", reason)


def _spread(job: Held) -> timedelta:
    """A steady share of a quarter of an hour, so that a Monday morning does not come all at once."""
    return timedelta(seconds=zlib.crc32(job.key.encode()) % SPREAD_SECONDS)
