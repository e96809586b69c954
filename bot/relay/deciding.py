"""What a few due promises come to, in one unit of work: done, said now, said later, or no longer owed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlmodel import col

from bot.domain import retry
from bot.flows.turns import Did, JobKind, JobRun, JobTurn, Long, NotOwed, Outcome, Say, Work
from bot.relay import counts
from bot.relay.disturbing import Letter, Mark, remember, welcome
from bot.relay.pacing import Pacing
from bot.relay.post import Address, Parcel
from bot.relay.turns import Turns
from storage import jobs
from storage.accounts import reached
from storage.database import Database
from storage.jobs import Finished, Held, LeaseLost, Postponed
from storage.reach import out_of_reach
from storage.tables import Job
from storage.uow import Uow

log = structlog.get_logger()


@dataclass(frozen=True)
class Ready:
    """A promise whose message is to be sent now."""

    job: Held
    parcel: Parcel


@dataclass(frozen=True)
class Failed:
    """A promise whose own function failed."""

    job: Held


@dataclass(frozen=True)
class PutOff:
    """A promise that could not be decided for want of a store."""

    job: Held


@dataclass(frozen=True)
class Lasting:
    """A promise whose work takes long."""

    job: Held
    work: Work


Decided = Ready | Failed | PutOff | Lasting


@dataclass
class Deciding:
    """Runs the functions of jobs. What they change and that they are done is one transaction.

    ``promised`` hears of the nearest promise made in one.
    """

    database: Database
    turns: Turns
    kinds: Mapping[str, JobKind]
    clock: Callable[[], datetime]
    base_url: str
    pacing: Pacing
    promised: Callable[[datetime | None], None]

    async def decide(self, group: Sequence[Held], rest: JobRun | None = None) -> list[Decided]:
        """Decide them together; if that fails, one after the other, so that one fault harms nobody else.

        ``rest``: what remains to be done of a promise whose long work has ended.
        """
        try:
            return await self._together(group, rest)
        except Exception as error:
            if trouble := out_of_reach(error):
                log.warning("store_out_of_reach", trouble=trouble, undecided=len(group))
                return [PutOff(job) for job in group]
            if len(group) > 1:
                return [one for job in group for one in await self.decide([job], rest)]
            if isinstance(error, LeaseLost):
                counts.lease_losses.inc()
                return []
            log.exception("job_failed", job=group[0].name, job_id=group[0].id)
            return [Failed(group[0])]

    async def _together(self, group: Sequence[Held], rest: JobRun | None) -> list[Decided]:
        marks: list[Mark] = []
        async with self.turns, self.database.uow(self.clock(), group[0].organisation_id) as uow:
            going = group if rest else await self.pacing.with_room(uow, group, marks)
            await uow.share_people(job.person_id for job in going)
            outcomes = [(job, await self._run(uow, job, rest, marks)) for job in going]
            says = [(job, outcome) for job, outcome in outcomes if isinstance(outcome, Say)]
            letters = await _addressed(uow, says, marks) if says else []
            letters = await welcome(uow, await self._not_said_twice(uow, letters, marks), marks)
            letters = await self.pacing.let_go(uow, letters, marks)
            await remember(uow, letters)
            parcels = await _parcels(uow, letters)
            await jobs.begin(uow.session, [letter.job for letter in letters])
            await jobs.finish(uow.session, ended := [one for one in marks if isinstance(one, Finished)], uow.now)
            await jobs.postpone(uow.session, [one for one in marks if isinstance(one, Postponed)])
            self.promised(await uow.commit())
        for one in ended:
            counts.promises.labels(one.job.name, "", one.state).inc()
        longs = [Lasting(job, outcome.work) for job, outcome in outcomes if isinstance(outcome, Long)]
        return [*parcels, *longs]

    async def _run(self, uow: Uow, job: Held, rest: JobRun | None, marks: list[Mark]) -> Outcome | None:
        """Run the job's function; None when it is over without one."""
        if job.expires_at is not None and job.expires_at <= uow.now:
            marks.append(Finished(job, "expired", "too late"))
            return None
        kind = self.kinds.get(job.name)
        if kind is None:
            marks.append(_left_to_others(job, uow.now))
            return None
        if job.faults >= retry.MAX_CRASHES:
            marks.append(Finished(job, "given_up", "exhausted"))
            return None
        outcome = await (rest or kind.run)(JobTurn(uow, uow.now, job, self.base_url))
        if isinstance(outcome, Did):
            marks.append(Finished(job, "done"))
        elif isinstance(outcome, NotOwed):
            marks.append(Finished(job, "dropped", "no longer owed"))
        return outcome

    async def _not_said_twice(self, uow: Uow, letters: Sequence[Letter], marks: list[Mark]) -> list[Letter]:
        """Where nobody can look up what an earlier try did, a duty is said again; a nudge is taken as said."""
        going = []
        for letter in letters:
            sender = self.pacing.senders.get(letter.address.workspace.platform)
            if letter.job.unsure and letter.say.nudge and sender and not sender.can_look_up(letter.address):
                marks.append(Finished(letter.job, "done", "perhaps said"))
                hook = self.kinds[letter.job.name].sent
                if hook is not None:
                    turn = JobTurn(uow, uow.now, letter.job, self.base_url)
                    await hook(turn, letter.address.accounts[0].conversation)
            else:
                going.append(letter)
        return going


def _left_to_others(job: Held, now: datetime) -> Mark:
    """A promise of another version of the product."""
    match retry.another_version(job.due_at, now):
        case retry.TryAt(moment):
            return Postponed(job, moment, "another version", unsure=job.unsure)
        case retry.GiveUp(reason):
            log.error("nobody_knows_this_job", job=job.name, job_id=job.id)
            return Finished(job, "given_up", reason)


async def _addressed(uow: Uow, says: Sequence[tuple[Held, Say]], marks: list[Mark]) -> list[Letter]:
    """Everybody's account, in one query; promises to those without one are given up."""
    found = await reached(uow, {id for _, say in says for id in say.to})
    letters = []
    for job, say in says:
        if all(id in found for id in say.to):
            actors = [found[id] for id in say.to]
            address = Address(actors[0].workspace, tuple(actor.account for actor in actors))
            letters.append(Letter(job, say, tuple(actor.person for actor in actors), address))
        else:
            marks.append(Finished(job, "given_up", "unreachable"))
    return letters


async def _parcels(uow: Uow, letters: Sequence[Letter]) -> list[Ready]:
    keys = [letter.say.edit for letter in letters if letter.say.edit]
    earlier = {job.key: job.receipt for job in await uow.all(uow.of(Job).where(col(Job.key).in_(keys)))} if keys else {}
    return [Ready(letter.job, _parcel(letter, earlier)) for letter in letters]


def _parcel(letter: Letter, earlier: Mapping[str, str]) -> Parcel:
    return Parcel(
        letter.address,
        letter.say.card,
        tuple(dict.fromkeys(person.language for person in letter.people)),
        letter.job.key,
        letter.nudge.id if letter.nudge else None,
        earlier.get(letter.say.edit or "", ""),
        letter.job.unsure,
    )
