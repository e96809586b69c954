"""Promises: kept once, leased to one worker, given back when a worker dies."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, text, update
from sqlalchemy.exc import IntegrityError

from bot.domain.lanes import Pace
from storage import claims, jobs, lanes
from storage.database import Database
from storage.jobs import LEASE, Finished, Held, LeaseLost, Postponed, Promise
from storage.lanes import LaneName
from storage.tables import Job, Workspace
from tests.storage.conftest import has_begun

NOW = datetime(2027, 1, 12, 9, tzinfo=UTC)


async def promise(database: Database, *keys: str, due: datetime = NOW, organisation: int = 1) -> None:
    async with database.uow(NOW, organisation) as uow:
        for key in keys:
            uow.promise("session.reminder", key, due, session=7)
        await uow.commit()


async def claim(database: Database, now: datetime = NOW, owner: str = "a", limit: int = 50) -> list[Held]:
    return await claims.claim(database, now, owner, limit)


@pytest.mark.promised("The same occasion is promised twice")
async def test_the_same_key_twice_is_one_promise_in_each_organisation(database: Database) -> None:
    await promise(database, "session:7:1:reminder", "session:7:1:reminder")
    await promise(database, "session:7:1:reminder")
    await promise(database, "session:7:1:reminder", organisation=2)
    assert [job.organisation_id for job in await claim(database)] == [1, 2]


async def test_of_two_promises_for_one_occasion_the_first_counts(database: Database) -> None:
    later = NOW + timedelta(hours=1)
    async with database.uow(NOW, 1) as uow:
        for key, due in (("other", NOW), ("k", later), ("k", NOW)):
            uow.promise("session.reminder", key, due)
        await uow.commit()
        assert {job.key: job.due_at for job in await uow.all(uow.of(Job))} == {"other": NOW, "k": later}


async def test_what_many_have_in_common_is_sent_once(database: Database) -> None:
    sent: list[str] = []
    event.listen(database.engine.sync_engine, "before_cursor_execute", lambda *call: sent.append(str(call[3])))
    await promise(database, *(f"k{number}" for number in range(20)))
    assert "".join(sent).count("session.reminder") == 1


@pytest.fixture
def few_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a hundred were very many."""
    monkeypatch.setattr(jobs, "TOGETHER", 40)
    monkeypatch.setattr(jobs, "AT_A_TIME", 10)


@pytest.mark.usefixtures("few_together")
async def test_while_the_store_writes_some_promises_the_next_are_made_and_others_get_their_turn(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    made = jobs.as_rows
    monkeypatch.setattr(jobs, "as_rows", lambda rows: seen.append("made") or made(rows))
    async with database.uow(NOW, 1) as uow, asyncio.TaskGroup() as others:
        ticking = others.create_task(_tick(seen))
        monkeypatch.setattr(uow.session, "execute", _slow(uow.session.execute, seen))
        await jobs.put(uow.session, 1, [Promise("x", f"k{number}", NOW) for number in range(100)], NOW)
        ticking.cancel()
        await uow.commit()
    told = [what for what in seen if what != "other"]
    assert told == [*4 * ["made"], *4 * ["made"], "written", *2 * ["made"], "written", "written"]
    assert ("made", "made") not in pairwise(seen)
    assert len(await claim(database, limit=200)) == 100


def _slow(execute: Callable[..., Awaitable[Any]], seen: list[str]) -> Callable[..., Awaitable[Any]]:
    async def slowly(*given: Any) -> Any:
        for _ in range(20):
            await asyncio.sleep(0)
        result = await execute(*given)
        seen.append("written")
        return result

    return slowly


async def _tick(seen: list[str]) -> None:
    while True:
        seen.append("other")
        await asyncio.sleep(0)


@pytest.mark.usefixtures("few_together")
@pytest.mark.promised("The same occasion is promised twice")
async def test_of_very_many_only_those_are_put_that_are_not_there_yet(database: Database) -> None:
    await promise(database, "k77", due=NOW + timedelta(days=1))
    await promise(database, *(f"k{number}" for number in range(jobs.MANY + 1)), "k99")
    async with database.uow(NOW, 1) as uow:
        kept = [(job.key, job.due_at) for job in await uow.all(uow.of(Job))]
    assert len(kept) == len(dict(kept)) == jobs.MANY + 1
    assert [key for key, due in kept if due != NOW] == ["k77"]


async def test_very_many_that_two_promise_at_once_are_put_once(database: Database) -> None:
    keys = [f"k{number}" for number in range(2 * jobs.MANY)]
    await asyncio.gather(promise(database, *keys), promise(database, *keys[50:]), promise(database, *keys[150:], "k"))
    assert sorted(job.key for job in await claim(database, limit=500)) == sorted([*keys, "k"])


@pytest.mark.parametrize(("many", "looks"), [(jobs.MANY, True), (jobs.MANY + 1, False)])
async def test_postgresql_looks_for_none_of_very_many_unless_one_is_there(
    database: Database, *, many: int, looks: bool
) -> None:
    sent: list[str] = []
    event.listen(database.engine.sync_engine, "before_cursor_execute", lambda *call: sent.append(call[2]))
    await promise(database, *(f"k{number}" for number in range(many)))
    costs_nothing = database.engine.dialect.name == "sqlite"
    assert any("ON CONFLICT" in statement for statement in sent) is (looks or costs_nothing)


@pytest.mark.usefixtures("few_together")
@pytest.mark.parametrize(("organisation", "fault"), [(3, IntegrityError), (1, ValueError)])
async def test_what_goes_wrong_with_the_first_of_many_is_told_before_what_is_wrong_with_the_next(
    database: Database, organisation: int, fault: type[Exception]
) -> None:
    nowhere = Promise("x", "nowhere", NOW, expires_at=NOW.replace(tzinfo=None))
    first = [Promise("x", f"k{number}", NOW) for number in range(40)]
    async with database.uow(NOW, organisation) as uow:
        with pytest.raises(fault):
            await jobs.put(uow.session, organisation, [*first, nowhere], NOW)
        assert asyncio.all_tasks() == {asyncio.current_task()}
        await uow.rollback()
    await promise(database, "k")
    assert [job.key for job in await claim(database)] == ["k"]


@pytest.mark.usefixtures("few_together")
async def test_who_is_stopped_while_promising_many_leaves_nothing_behind(database: Database) -> None:
    working = asyncio.create_task(promise(database, *(f"k{number}" for number in range(1000))))
    begun = asyncio.Event()
    event.listen(database.engine.sync_engine, "before_cursor_execute", lambda *_call: begun.set())
    await begun.wait()
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    assert asyncio.all_tasks() == {asyncio.current_task()}
    await promise(database, "k")
    assert [job.key for job in await claim(database)] == ["k"]


async def test_a_promise_of_an_organisation_that_there_is_not_is_refused(database: Database) -> None:
    with pytest.raises(IntegrityError):
        await promise(database, "k", organisation=3)


async def test_who_promises_leaves_the_row_of_the_organisation_alone(database: Database) -> None:
    await promise(database, "k")
    if database.engine.dialect.name == "postgresql":  # where a foreign key writes a lock into the row that it names
        async with database.uow(NOW) as uow:
            assert await uow.session.scalar(text("SELECT xmax FROM organisation WHERE id = 1")) == "0"


async def test_a_promise_carries_its_ids_and_moment(database: Database) -> None:
    await promise(database, "session:7:1:reminder", due=NOW - timedelta(minutes=1))
    (job,) = await claim(database)
    assert (job.name, job.args, job.attempts) == ("session.reminder", {"session": 7}, 1)


async def test_nothing_is_due_early(database: Database) -> None:
    await promise(database, "k", due=NOW + timedelta(seconds=1))
    assert await claim(database) == []
    assert await claims.next_due(database) == NOW + timedelta(seconds=1)


async def test_workers_never_share_a_promise(database: Database) -> None:
    await promise(database, *(f"k{number}" for number in range(40)))
    claims = await asyncio.gather(*(claim(database, owner=f"w{number}", limit=10) for number in range(6)))
    taken = [job.key for claimed in claims for job in claimed]
    assert len(taken) == len(set(taken)) == 40


@pytest.mark.promised("A worker that was slow marks late")
async def test_a_lease_ends_by_itself_and_its_late_owner_marks_nothing(database: Database) -> None:
    await promise(database, "k")
    (dead,) = await claim(database, owner="dead")
    later = NOW + LEASE + timedelta(seconds=1)
    assert await claim(database, NOW + timedelta(seconds=1)) == []
    (again,) = await claim(database, later, owner="alive")
    async with database.uow(later) as uow:
        with pytest.raises(LeaseLost):
            await jobs.finish(uow.session, [Finished(dead, "done")], later)
        await jobs.finish(uow.session, [Finished(again, "done", receipt="C1:1.0")], later)
        await uow.commit()
    assert await claim(database, later + LEASE * 2) == []


async def test_cancelling_takes_back_what_begins_with_the_prefix_and_is_open(database: Database) -> None:
    await promise(database, "session:4:1:a", "session:4:1:b", "session:42:1:a", "session:4_:x")
    (first, *_) = await claim(database, limit=1)
    async with database.uow(NOW, 1) as uow:
        await jobs.finish(uow.session, [Finished(first, "done")], NOW)
        uow.cancel("session:4:")
        await uow.commit()
    left = {job.key for job in await claim(database)}
    assert left == {"session:42:1:a", "session:4_:x"}
    if database.engine.dialect.name == "postgresql":  # where punctuation may count for nothing
        column = "FROM information_schema.columns WHERE table_name = 'job' AND column_name = 'key'"
        async with database.uow(NOW) as uow:
            assert await uow.session.scalar(text(f"SELECT collation_name {column}")) == "C"


async def test_cancel_and_promise_again_in_one_transaction(database: Database) -> None:
    await promise(database, "session:4:1:a")
    async with database.uow(NOW, 1) as uow:
        uow.promise("session.reminder", "session:4:2:b", NOW)
        uow.cancel("session:4:")
        uow.promise("session.reminder", "session:4:1:a", NOW + timedelta(hours=1))
        await uow.commit()
    assert await claim(database) == []
    assert [job.key for job in await claim(database, NOW + timedelta(hours=1))] == ["session:4:1:a"]


async def test_a_postponed_promise_comes_back_and_remembers_doubt(database: Database) -> None:
    await promise(database, "k")
    (job,) = await claim(database)
    async with database.uow(NOW) as uow:
        later = NOW + timedelta(minutes=5)
        await jobs.postpone(uow.session, [Postponed(job, later, "Unknown", unsure=True, failed=True, fault=True)])
        await uow.commit()
    assert await claim(database, NOW + timedelta(minutes=4)) == []
    (again,) = await claim(database, NOW + timedelta(minutes=5))
    assert again.unsure
    assert (again.attempts, again.faults) == (2, 1)


async def test_sending_that_was_begun_stays_in_doubt_when_its_worker_dies(database: Database) -> None:
    await promise(database, "begun", "not begun")
    held = {job.key: job for job in await claim(database, owner="dead")}
    async with database.uow(NOW) as uow:
        await jobs.begin(uow.session, [held["begun"]])
        await uow.commit()
    again = {job.key: job for job in await claim(database, NOW + LEASE, owner="alive")}
    assert {key: (job.unsure, job.faults) for key, job in again.items()} == {
        "begun": (True, 1),
        "not begun": (False, 1),
    }


async def test_a_mark_that_is_all_that_is_written_is_one_journey(database: Database) -> None:
    await promise(database, "k")
    (job,) = await claim(database)
    async with database.uow(NOW) as uow:
        await jobs.finish(uow.session, [Finished(job, "done")], NOW, only=uow.settled)
        assert await has_begun(uow) == (uow.dialect == "sqlite")
        await uow.commit()
    async with database.uow(NOW, 1) as uow:
        assert [row.state for row in await uow.all(uow.of(Job))] == ["done"]
        uow.promise("session.reminder", "later", NOW)
        assert not uow.settled


@pytest.mark.parametrize("only", [False, True])
async def test_of_several_marks_none_is_made_when_one_lease_is_lost(database: Database, only: bool) -> None:
    await promise(database, "a", "b")
    dead = await claim(database, owner="dead")
    later = NOW + LEASE
    (taken,) = await claim(database, later, owner="alive", limit=1)
    async with database.uow(later) as uow:
        with pytest.raises(LeaseLost):
            await jobs.finish(uow.session, [Finished(job, "done") for job in dead], later, only=only)
        await uow.rollback()
    (left,) = await claim(database, later, owner="alive")
    assert {taken.key, left.key} == {"a", "b"}


async def test_no_organisation_waits_behind_anothers_many(database: Database) -> None:
    await promise(database, *(f"many:{number}" for number in range(30)), due=NOW - timedelta(hours=1))
    await promise(database, "one", organisation=2)
    assert [job.organisation_id for job in await claim(database, limit=2)] == [1, 2]
    assert await claims.claim(database, NOW, "a", 5, busy=[1]) == []


async def test_an_answer_goes_before_what_is_due_and_that_before_a_campaign(database: Database) -> None:
    await promise(database, *(f"many:{number}" for number in range(jobs.MANY + 1)), due=NOW - timedelta(hours=1))
    await promise(database, "usual", due=NOW - timedelta(minutes=1))
    async with database.uow(NOW, 1) as uow:
        uow.answers = True
        uow.promise("session.reminder", "answer", NOW)
        uow.promise("session.reminder", "later", NOW + timedelta(hours=1))
        await uow.commit()
    assert [job.key for job in await claim(database, limit=3)] == ["answer", "usual", "many:0"]


@pytest.mark.promised("The clock is set forward or back")
async def test_what_a_worker_is_still_at_it_does_not_claim_again(database: Database) -> None:
    await promise(database, "k")
    (job,) = await claim(database)
    assert await claims.claim(database, NOW + LEASE, "a", 5, held=[job.id]) == []


async def test_nor_what_waited_in_a_lane(database: Database) -> None:
    await promise(database, "k")
    async with database.uow(NOW, 1) as uow:
        workspace = uow.add(Workspace(platform="slack", external_id="T1", installed_at=NOW))
        await uow.flush()
        name = LaneName(workspace.pk, "chat.postMessage", Pace(timedelta(seconds=1), 5))
        lane = (await lanes.held_lanes(uow.session, 1, [name], NOW))[name]
        await uow.execute(update(Job).values(lane_id=lane.pk))
        await uow.commit()
    (job,) = await lanes.claim_waiting(database, NOW, "a", 5)
    assert await lanes.claim_waiting(database, NOW + LEASE, "a", 5, held=[job.id]) == []
    assert len(await lanes.claim_waiting(database, NOW + LEASE, "b", 5)) == 1


async def test_only_failures_are_counted_as_tries(database: Database) -> None:
    await promise(database, "k")
    for minute in range(3):
        (job,) = await claim(database, NOW + timedelta(minutes=minute))
        assert job.attempts == 1
        async with database.uow(NOW) as uow:
            await jobs.postpone(uow.session, [Postponed(job, NOW + timedelta(minutes=minute + 1), "not now")])
            await uow.commit()


async def test_what_was_said_more_than_an_hour_after_it_was_owed_is_late(database: Database) -> None:
    await promise(database, "in time", "late")
    held = {job.key: job for job in await claim(database)}
    async with database.uow(NOW, 1) as uow:
        for key, after in (("in time", jobs.LATE), ("late", jobs.LATE + timedelta(seconds=1))):
            await jobs.finish(uow.session, [Finished(held[key], "done", receipt="C1:1.0")], NOW + after)
        reasons = {job.key: job.reason for job in await uow.all(uow.of(Job))}
    assert reasons == {"in time": "", "late": "late"}


@pytest.mark.promised("Daylight saving, another time zone")
async def test_the_two_hours_of_one_name_in_autumn_stay_apart(database: Database) -> None:
    first = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Rome"))
    second = first.replace(fold=1)
    async with database.uow(first, 1) as uow:
        uow.promise("x", "first", first)
        uow.promise("x", "second", second)
        await uow.commit()
        due = {job.key: job.due_at for job in await uow.all(uow.of(Job))}
    assert due == {
        "first": datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        "second": datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    }


@pytest.mark.promised("The clock is set forward or back")
async def test_a_clock_that_is_set_back_delays_and_one_that_is_set_forward_hastens_and_nothing_is_lost(
    database: Database,
) -> None:
    await promise(database, "k", due=NOW + timedelta(hours=1))
    assert await claim(database, NOW - timedelta(days=1)) == []
    (held,) = await claim(database, NOW + timedelta(days=1), owner="before")
    assert await claim(database, NOW, owner="set back") == []
    (again,) = await claim(database, NOW + timedelta(days=1) + LEASE, owner="after")
    assert (held.key, again.owner) == ("k", "after")
