"""What comes next, snooze, stop, start again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.nudges import DEFAULTS, SnoozeChoice, first_allowed, snooze_until
from bot.flows.support import cards, kinds
from bot.flows.turns import Replace, Reply, Tell, Turn, outdated_button
from bot.locales import speaker
from bot.ui.cards import Card
from storage.pauses import forgive_ignored, ignored_kinds, promises_to
from storage.sites import site_of
from storage.tables import Job, Organisation, Person

SHOWN = 8
REMEMBERED = timedelta(days=60)
CHOICES: tuple[SnoozeChoice, ...] = ("tomorrow", "next_week")


async def what_next(turn: Turn) -> Reply:
    """``/mentoring what next``, and its button: beside the message that the button stands on."""
    return Replace(await _next(turn))


async def show_next(turn: Turn) -> Reply:
    """The same from a button, beside what was pressed."""
    return Tell(await _next(turn))


async def _next(turn: Turn) -> Card:
    person = turn.person
    messages = speaker(person.language).messages
    sayable = [key.removeprefix("next.").replace("_", ".", 1) for key in messages if key.startswith("next.")]
    jobs = await promises_to(turn.uow, person.pk, sayable)
    site = site_of(person, await turn.uow.session.get(Organisation, turn.uow.organisation_id))
    paused = person.paused_until if person.paused_until and person.paused_until > turn.now else None
    ignored = await ignored_kinds(turn.uow, person.pk, turn.now - REMEMBERED, DEFAULTS.ignored_stop)
    stopped = kinds.families({*person.stopped_kinds, *ignored})
    coming = [
        cards.Coming(f"next.{job.name.replace('.', '_')}", first_allowed(_wanted(job, person, turn.now), site))
        for job in jobs
        if job.name.partition(".")[0] not in stopped
    ]
    coming.sort(key=lambda one: one.at)
    families = kinds.of_jobs(job.name for job in jobs)
    return cards.what_next(coming[:SHOWN], families, stopped, person.timezone, paused)


def _wanted(job: Job, person: Person, now: datetime) -> datetime:
    """When a promise falls due, or the end of the pause or the snooze that is in its way."""
    snoozed = person.snoozed.get(job.name.partition(".")[0])
    ends = [job.due_at, now]
    if person.paused_until is not None:
        ends.append(person.paused_until)
    if snoozed is not None:
        ends.append(datetime.fromisoformat(snoozed))
    return max(ends)


async def later(turn: Turn) -> Reply:
    """“Later” on a nudge: how long, or never?"""
    kinds.members(turn.id)
    return Tell(cards.choose_later(turn.id))


async def snooze(turn: Turn) -> Reply:
    """Put off messages of one kind, or of all, until tomorrow or next week."""
    kind, _, choice = turn.id.partition(":")
    if choice not in CHOICES:
        raise outdated_button()
    concerned = _all_kinds() if kind == cards.ALL else kinds.members(kind)
    person = await _me(turn)
    site = site_of(person, await turn.uow.session.get(Organisation, turn.uow.organisation_id))
    until = snooze_until("tomorrow" if choice == "tomorrow" else "next_week", turn.now, site)
    person.snoozed = {**person.snoozed, **dict.fromkeys(concerned, until.isoformat())}
    return Replace(cards.snoozed(kind, first_allowed(until, site), person.timezone))


def _all_kinds() -> Sequence[str]:
    return [kind for members in kinds.FAMILIES.values() for kind in members]


async def stop(turn: Turn) -> Reply:
    """Never again messages of this kind."""
    concerned = kinds.members(turn.id)
    person = await _me(turn)
    person.stopped_kinds = sorted({*person.stopped_kinds, *concerned})
    return Replace(cards.stopped(turn.id))


async def resume_kind(turn: Turn) -> Reply:
    """Messages of this kind again, at once: a snooze ends too."""
    concerned = kinds.members(turn.id)
    person = await _me(turn)
    person.stopped_kinds = [kind for kind in person.stopped_kinds if kind not in concerned]
    person.snoozed = {kind: until for kind, until in person.snoozed.items() if kind not in concerned}
    await forgive_ignored(turn.uow, person.pk, concerned)
    return Replace(cards.resumed_kind(turn.id))


async def _me(turn: Turn) -> Person:
    return await turn.uow.need(Person, turn.person.pk, lock=True)
