"""What must hold whatever people do: every promise is kept or ended with a reason, nobody is pestered, nobody stuck."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.calendar import is_working_day
from bot.flows.turns import HomeOpened, ShowHome
from storage.meeting import BOOKABLE
from storage.sites import site_of
from storage.tables import (
    Enrolment,
    Job,
    MatchRun,
    MentoringGroup,
    Nudge,
    Organisation,
    Pairing,
    Person,
    Proposal,
    Round,
    Session,
)
from tests.walks.company import Company, Message, account_of

LATE = timedelta(days=1)
MOST_UNASKED_DUTIES = 8
"""Messages that are no nudges, to somebody who does nothing, between two looks."""


@dataclass
class Watch:
    """Looks at the company now and then, and at its end."""

    pairs: set[int] = field(default_factory=set)
    read: int = 0
    last_act: dict[str, datetime] = field(default_factory=dict)
    unrequested: dict[str, list[datetime]] = field(default_factory=dict)
    last: "State | None" = None

    def begin(self, company: Company) -> None:
        self.read = len(company.letters.sent)

    def acted(self, account: str, at: datetime) -> None:
        self.last_act[account] = at

    async def look(self, company: Company) -> list[str]:
        """What is wrong since the last look."""
        state = await State.of(company)
        news = company.letters.sent[self.read :]
        self.read = len(company.letters.sent)
        faults = [*self._pestered(news, state), *self._ping_pong(news, state), *self._bad_pairs(state)]
        faults += [*overdue(state), *stuck(state)]
        return [f"{company.now:%m-%d %H:%M} {fault}" for fault in faults]

    async def end(self, company: Company) -> list[str]:
        """What is wrong when all is over."""
        self.last = state = await State.of(company)
        return [
            *await self.look(company),
            *lost(state),
            *left_open(state),
            *await nobody_is_without_a_way(company, state),
        ]

    def _pestered(self, news: Sequence[Message], state: "State") -> Iterator[str]:
        for message in news:
            if ":remove:" in message.key:  # all that was known of them is gone, by their wish
                self.unrequested.pop(message.account, None)
            if message.nudge is None:
                continue
            person = state.by_account[message.account]
            site, local = site_of(person, state.organisation), message.at.astimezone(ZoneInfo(person.timezone))
            first = time(10) if local.weekday() == 0 else time(9)
            last = time(15) if local.weekday() == 4 else time(17, 30)
            if not is_working_day(local.date(), site) or not first <= local.time() < last:
                yield f"{message.key} came to {person.name} at {local}"
            before = self.unrequested.setdefault(message.account, [])
            before.append(local)
            if sum(one.date() == local.date() for one in before) > 1:
                yield f"{message.key}: a second unrequested message of a day to {person.name}"
            if sum(one.isocalendar()[:2] == local.isocalendar()[:2] for one in before) > 2:
                yield f"{message.key}: a third unrequested message of a week to {person.name}"

    def _ping_pong(self, news: Sequence[Message], state: "State") -> Iterator[str]:
        said = Counter((message.account, message.key) for message in news)
        yield from (f"{key} was said {n} times to {who}" for (who, key), n in said.items() if n > 1)
        duties = Counter(message.account for message in news if message.nudge is None)
        for who, n in duties.items():
            idle = self.last_act.get(who, datetime.min.replace(tzinfo=ZoneInfo("UTC"))) < state.now - timedelta(days=3)
            if idle and n > MOST_UNASKED_DUTIES:
                keys = [message.key for message in news if message.account == who]
                yield f"{n} messages to {who}, who did nothing: {keys}"

    def _bad_pairs(self, state: "State") -> Iterator[str]:
        for pair in state.pairings:
            if pair.pk in self.pairs:
                continue
            self.pairs.add(pair.pk)
            two = {pair.mentor_id, pair.mentee_id}
            if len(two) == 1:
                yield f"pair {pair.pk} is one person"
            if pair.mentor_id in state.above(pair.mentee_id) or pair.mentee_id in state.above(pair.mentor_id):
                yield f"pair {pair.pk} is a reporting line"
            if any(two == {one.mentor_id, one.mentee_id} for one in state.pairings if one.pk < pair.pk):
                yield f"pair {pair.pk} is the same two again"
            with_mentee = [one for one in state.going_on if one.mentee_id == pair.mentee_id]
            if len(with_mentee) > 1:
                yield f"mentee {pair.mentee_id} has {len(with_mentee)} pairs"


@dataclass
class State:
    """All that is stored, at one moment."""

    now: datetime
    organisation: Organisation
    people: dict[int, Person]
    rounds: dict[int, Round]
    enrolments: dict[int, Enrolment]
    proposals: list[Proposal]
    pairings: list[Pairing]
    groups: dict[int, MentoringGroup]
    sessions: list[Session]
    runs: list[MatchRun]
    jobs: list[Job]
    nudges: list[Nudge]
    gone: set[str]

    @classmethod
    async def of(cls, company: Company) -> "State":
        by_id = {
            table: {row.id: row for row in await company.all(table)}
            for table in (Person, Round, Enrolment, MentoringGroup)
        }
        lists = [await company.all(table) for table in (Proposal, Pairing)]
        rest = [await company.all(table) for table in (Session, MatchRun, Job, Nudge)]
        (organisation,) = await company.all(Organisation)
        return cls(
            company.now,
            organisation,
            by_id[Person],
            by_id[Round],
            by_id[Enrolment],
            *lists,
            by_id[MentoringGroup],
            *rest,
            company.letters.gone,
        )

    @property
    def by_account(self) -> dict[str, Person]:
        return {account_of(person): person for person in self.people.values()}

    @property
    def going_on(self) -> list[Pairing]:
        return [one for one in self.pairings if one.state in ("active", "paused")]

    def above(self, person_id: int) -> set[int]:
        found: set[int] = set()
        boss = self.people[person_id].manager_id
        while boss is not None and boss not in found:
            found.add(boss)
            boss = self.people[boss].manager_id
        return found

    def open(self, *prefixes: str) -> list[Job]:
        """The promises to come whose key begins so."""
        return [job for job in self.jobs if job.state == "open" and job.key.startswith(prefixes)]

    def is_gone(self, person_id: int) -> bool:
        person = self.people[person_id]
        return person.left_at is not None or account_of(person) in self.gone


def overdue(state: State) -> Iterator[str]:
    """Promises that wait although they are due."""
    for job in state.jobs:
        if job.state == "open" and (job.turn_at < state.now - LATE or job.due_at < state.now - LATE):
            yield f"{job.name} {job.key} was due at {job.due_at:%m-%d %H:%M}"
        if job.faults:
            yield f"{job.name} {job.key} failed: {job.reason}"


def lost(state: State) -> Iterator[str]:
    """Promises that came to an end without a reason, or were given up for somebody who is there."""
    for job in state.jobs:
        if job.state in ("dropped", "expired", "given_up") and not job.reason:
            yield f"{job.name} {job.key} is {job.state} without a reason"
        if job.state == "given_up" and (
            job.reason not in ("unreachable", "refused") or not _concerns_the_gone(job, state)
        ):
            yield f"{job.name} {job.key} was given up: {job.reason}"
    yield from (f"run {run.pk} failed" for run in state.runs if run.state == "failed")


def _concerns_the_gone(job: Job, state: State) -> bool:
    return bool(state.gone) and (job.person_id is None or state.is_gone(job.person_id))


def stuck(state: State) -> Iterator[str]:
    """What is open and has no promise that moves it on."""
    on = {id for id, round in state.rounds.items() if round.state in ("matching", "running")}
    for one in state.proposals:
        if one.round_id not in on:
            continue
        if one.state in ("reviewed", "proposed_to_mentee", "proposed_to_mentor") and not state.open(
            f"proposal:{one.pk}:", "run:", f"round:{one.round_id}:propose"
        ):
            mentor = one.mentor_enrolment_id
            others = {
                other.pk
                for other in state.proposals
                if other.mentor_enrolment_id == mentor and other.state == one.state
            }
            if not any(state.open(f"proposal:{other}:") for other in others):
                yield f"proposal {one.pk} is {one.state} and nothing is promised"
        if one.state == "gathering":
            mentor = one.mentor_enrolment_id
            beside = [other.pk for other in state.proposals if other.mentor_enrolment_id == mentor]
            if not state.open(f"enrolment:{mentor}:gather:", *(f"proposal:{other}:" for other in beside)):
                yield f"proposal {one.pk} gathers and nothing is promised"
    for person in state.people.values():
        if person.paused_until is not None and person.left_at is None and not state.open(f"support:{person.pk}:pause:"):
            yield f"{person.name} is paused for ever"
    yield from _stuck_pairs(state, on)


def _stuck_pairs(state: State, on: set[int]) -> Iterator[str]:
    seen: set[int] = set()
    for pair in state.going_on:
        round = state.rounds[pair.round_id]
        if pair.round_id not in on:
            if round.state != "closing":
                yield f"pair {pair.pk} goes on in a round that is {round.state}"
            continue
        group = state.groups[pair.group_id] if pair.group_id else None
        circle = group is not None and group.mentor_enrolment_id is None
        if group is not None and not circle:
            if group.pk in seen:
                continue
            seen.add(group.pk)
        holders: list[Any] = [pair, group] if circle else [group or pair]
        if pair.state == "paused" and not any(
            state.open(f"support:{id}:pause:") for id in (pair.mentor_id, pair.mentee_id)
        ):
            yield f"pair {pair.pk} is paused and nobody in it"
        mine = [
            one
            for one in state.sessions
            if one.pairing_id == pair.pk or (pair.group_id and one.group_id == pair.group_id)
        ]
        for one in mine:
            if (
                one.state == "scheduled"
                and one.starts_at
                and one.starts_at > state.now
                and not state.open(f"session:{one.pk}:")
            ):
                yield f"session {one.pk} of pair {pair.pk} is booked and nothing is promised"
        helped = {id(holder) for holder in holders if holder.help in ("told", "fine")}
        waiting = [one for one in mine if one.state in BOOKABLE and id(group if one.group_id else pair) not in helped]
        booked = any(one.state == "scheduled" and one.starts_at and one.starts_at > state.now for one in mine)
        if waiting and not booked:
            soon = state.open(*(f"session:{one.pk}:" for one in mine), f"pairing:{pair.pk}:", f"group:{pair.group_id}:")
            if not soon and not any(state.is_gone(id) for id in (pair.mentor_id, pair.mentee_id)):
                keys = tuple(f"session:{one.pk}:" for one in waiting)
                steps = [(job.key, job.state, job.reason) for job in state.jobs if job.key.startswith(keys)]
                helps = [holder.help for holder in holders]
                yield f"pair {pair.pk} {helps} waits for a date, and nothing is promised: {steps[-8:]}"


def left_open(state: State) -> Iterator[str]:
    """What is open although its round is over."""
    for round in state.rounds.values():
        if round.state not in ("closed", "cancelled"):
            continue
        for pair in state.going_on:
            if pair.round_id == round.pk:
                yield f"pair {pair.pk} is {pair.state} in a round that is {round.state}"
        for one in state.proposals:
            if one.round_id == round.pk and one.state in (
                "reviewed",
                "proposed_to_mentee",
                "proposed_to_mentor",
                "gathering",
            ):
                yield f"proposal {one.pk} is {one.state} in a round that is {round.state}"
    for job in state.jobs:
        if job.state == "open" and job.due_at > state.now + timedelta(weeks=60):
            yield f"{job.key} is promised for {job.due_at}"


async def nobody_is_without_a_way(company: Company, state: State) -> list[str]:
    """Everybody's own page can be opened and offers something."""
    faults = []
    for account, person in state.by_account.items():
        if state.is_gone(person.pk):
            continue
        reply = (await company.does(account, HomeOpened())).reply
        if not isinstance(reply, ShowHome):
            faults.append(f"{person.name} sees {reply}")
    return faults
