"""The doctor looks at the store: reachable, current, on time; coordinators, workers and the queue in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select

from bot.cli.findings import Finding, bad, good, warn
from bot.settings import Settings
from bot.ui.words import Listing, T
from storage import schema
from storage.box import Box, SealBroken
from storage.database import Database, make_engine
from storage.organisations import in_no_roster
from storage.tables import FlowSession, Organisation, Person, Workspace
from storage.uow import Uow
from storage.watch import QueueState, queue_state
from storage.workers import ALIVE

SKEW = timedelta(seconds=5)
BEHIND = timedelta(minutes=15)


@dataclass(frozen=True)
class Installed:
    """A workspace that has a token of its own, and that token."""

    platform: str
    name: str
    token: str


async def examined(settings: Settings, box: Box, now: datetime) -> tuple[list[Finding], list[Installed]]:
    """The findings, and the workspaces to be looked at outside. Changes nothing; a file that is not there stays so."""
    path = settings.sqlite_path()
    if path is not None and not path.exists():
        return [warn(T("doctor.no_database", path=str(path)))], []
    database = Database(make_engine(settings.database_url), box)
    try:
        revision = await schema.revision(database.engine)
        if revision != schema.head():
            return [_of_revision(revision)], []
        async with database.uow(now) as uow:
            findings = [good(T("doctor.database_good"))]
            if not settings.on_sqlite:
                findings += _of_clock(await uow.session.scalar(text("SELECT clock_timestamp()")), now)
            findings += await _of_coordinators(uow, settings.coordinator_emails)
            findings += _of_queue(await queue_state(uow.session, now), now)
            homes = await uow.all(select(Workspace).where(col(Workspace.removed_at).is_(None)))
            try:
                box.open(
                    await uow.first(select(FlowSession.sealed_answers).where(FlowSession.sealed_answers != "")) or ""
                )
                return findings, [Installed(one.platform, one.name, box.open(one.sealed_token)) for one in homes]
            except SealBroken:
                return [*findings, bad(T("doctor.key_wrong"))], []
    except (SQLAlchemyError, OSError) as error:
        return [bad(T("doctor.database_unreachable", trouble=type(error).__name__))], []
    finally:
        await database.close()


def _of_revision(revision: str | None) -> Finding:
    return warn(T("doctor.database_empty")) if revision is None else bad(T("doctor.database_old"))


def _of_clock(theirs: datetime, ours: datetime) -> Iterator[Finding]:
    if abs(theirs - ours) > SKEW:
        yield bad(T("doctor.clock", seconds=round(abs(theirs - ours).total_seconds())))


async def _of_coordinators(uow: Uow, emails: frozenset[str]) -> list[Finding]:
    uow.organisation_id = await uow.first(select(col(Organisation.id))) or 0
    count = await uow.count(uow.of(Person).where(Person.coordinator, col(Person.left_at).is_(None)))
    found = [good(T("doctor.coordinators", n=count)) if count else bad(T("doctor.no_coordinator"))]
    if unknown := await in_no_roster(uow, emails):
        found.append(warn(T("doctor.unknown_coordinators", emails=Listing(tuple(unknown)))))
    return found


def _of_queue(state: QueueState, now: datetime) -> Iterator[Finding]:
    alive = [worker for worker in state.workers if worker.beat_at > now - ALIVE]
    yield good(T("doctor.workers", n=len(alive))) if alive else bad(T("doctor.no_worker"))
    if state.oldest is not None and now - state.oldest > BEHIND:
        yield bad(T("doctor.behind", n=state.due, minutes=(now - state.oldest) // timedelta(minutes=1)))
    else:
        yield good(T("doctor.on_time"))
    for lane in state.paused:
        seconds = round((lane.until - now).total_seconds())
        yield warn(T("doctor.paused", workspace=lane.workspace, method=lane.method, seconds=seconds))
