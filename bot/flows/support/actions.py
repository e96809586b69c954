"""What comes next, snooze, stop, start again."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.nudges import REMEMBERED, SnoozeChoice, first_allowed, ignored_kinds, snooze_until
from bot.flows.standing import places
from bot.flows.support import cards, kinds
from bot.flows.turns import Replace, Reply, Tell, Turn, outdated_button
from bot.locales import speaker
from bot.ui.cards import Card
from storage.nudges import as_sent, forgive_ignored, sent_to
from storage.pauses import promises_to
from storage.sites import site_of
from storage.tables import Job, Person

SHOWN = 8
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
    answered = await _answered(turn, jobs)
    site = site_of(person, await turn.uow.organisation())
    paused = person.paused_until if person.paused_until and person.paused_until > turn.now else None
    sent = await sent_to(turn.uow, [person.pk], turn.now - REMEMBERED)
    ignored = ignored_kinds((as_sent(row) for row, _ in sent), sent[0][1] if sent else None)
    chosen = kinds.in_order(person.stopped_kinds)
    unanswered = kinds.in_order(ignored.difference(chosen))
    stopped = {*chosen, *unanswered}
    coming = [
        cards.Coming(f"next.{job.name.replace('.', '_')}", first_allowed(_wanted(job, person, turn.now), site))
        for job in jobs
        if kinds.kind_of(job.name) not in stopped and job not in answered
    ]
    coming.sort(key=lambda one: one.at)
    going_on = [kind for kind in kinds.in_order(kinds.kind_of(job.name) for job in jobs) if kind not in stopped]
    return cards.what_next(coming[:SHOWN], going_on, chosen, unanswered, person.timezone, paused)


async def _answered(turn: Turn, jobs: Sequence[Job]) -> list[Job]:
    """Those about an invitation that has had its answer: when they fall due, nothing is said."""
    asking = [job for job in jobs if job.name in kinds.KINDS["enrolment"]]
    open_to = {one.round.pk for one in await places(turn) if one.enrolment.state == "invited"} if asking else set()
    return [job for job in asking if job.args.get("round") not in open_to]


def _wanted(job: Job, person: Person, now: datetime) -> datetime:
    """When a promise falls due, or the end of the pause or the snooze that is in its way."""
    snoozed = person.snoozed.get(kinds.kind_of(job.name) or "")
    ends = [job.due_at, now]
    if person.paused_until is not None:
        ends.append(person.paused_until)
    if snoozed is not None:
        ends.append(datetime.fromisoformat(snoozed))
    return max(ends)


async def later(turn: Turn) -> Reply:
    """“Later” on a nudge: how long, or never?"""
    return Tell(cards.choose_later(kinds.known(turn.id)))


async def snooze(turn: Turn) -> Reply:
    """Put off messages of one kind, or of all, until tomorrow or next week."""
    kind, _, choice = turn.id.partition(":")
    if choice not in CHOICES:
        raise outdated_button()
    concerned = list(kinds.KINDS) if kind == cards.ALL else [kinds.known(kind)]
    person = await _me(turn)
    site = site_of(person, await turn.uow.organisation())
    until = snooze_until("tomorrow" if choice == "tomorrow" else "next_week", turn.now, site)
    person.snoozed = {**person.snoozed, **dict.fromkeys(concerned, until.isoformat())}
    return Replace(cards.snoozed(kind, first_allowed(until, site), person.timezone))


async def stop(turn: Turn) -> Reply:
    """Never again messages of this kind."""
    kind, person = kinds.known(turn.id), await _me(turn)
    person.stopped_kinds = sorted({*person.stopped_kinds, kind})
    return Replace(cards.stopped(kind))


async def resume_kind(turn: Turn) -> Reply:
    """Messages of this kind again, at once: a snooze ends too."""
    kind, person = kinds.known(turn.id), await _me(turn)
    person.stopped_kinds = [other for other in person.stopped_kinds if other != kind]
    person.snoozed = {other: until for other, until in person.snoozed.items() if other != kind}
    await forgive_ignored(turn.uow, person.pk, kind)
    return Replace(cards.resumed_kind(kind))


async def _me(turn: Turn) -> Person:
    return await turn.uow.need(Person, turn.person.pk, lock=True)
