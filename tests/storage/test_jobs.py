"""Promises: kept once, leased to one worker, given back when a worker dies."""

import asyncio
from datetime import UTC, datetime, timedelta

from storage import jobs
from storage.database import Database
from storage.tables import Job

NOW = datetime(2027, 1, 12, 9, tzinfo=UTC)


async def promise(database: Database, *keys: str, due: datetime = NOW, organisation: int = 1) -> None:
    async with database.uow(NOW, organisation) as uow:
        for key in keys:
            uow.promise("session.reminder", key, due, session=7)
        await uow.commit()


async def claim(database: Database, now: datetime = NOW, owner: str = "a", limit: int = 50) -> list[Job]:
    async with database.uow(now) as uow:
        claimed = await jobs.claim(uow.session, now, owner, limit)
        await uow.commit()
        return claimed


async def test_the_same_key_twice_is_one_promise_in_each_organisation(database: Database) -> None:
    await promise(database, "session:7:1:reminder", "session:7:1:reminder")
    await promise(database, "session:7:1:reminder")
    await promise(database, "session:7:1:reminder", organisation=2)
    assert [job.organisation_id for job in await claim(database)] == [1, 2]


async def test_a_promise_carries_its_ids_and_moment(database: Database) -> None:
    await promise(database, "session:7:1:reminder", due=NOW - timedelta(minutes=1))
    (job,) = await claim(database)
    assert (job.name, job.args, job.attempts) == ("session.reminder", {"session": 7}, 1)


async def test_nothing_is_due_early(database: Database) -> None:
    await promise(database, "k", due=NOW + timedelta(seconds=1))
    assert await claim(database) == []
    async with database.uow(NOW) as uow:
        assert await jobs.next_due(uow.session) == NOW + timedelta(seconds=1)


async def test_workers_never_share_a_promise(database: Database) -> None:
    await promise(database, *(f"k{number}" for number in range(40)))
    claims = await asyncio.gather(*(claim(database, owner=f"w{number}", limit=10) for number in range(6)))
    taken = [job.key for claimed in claims for job in claimed]
    assert len(taken) == len(set(taken)) == 40


async def test_a_lease_ends_by_itself_and_its_late_owner_marks_nothing(database: Database) -> None:
    await promise(database, "k")
    (dead,) = await claim(database, owner="dead")
    later = NOW + jobs.LEASE + timedelta(seconds=1)
    assert await claim(database, NOW + timedelta(seconds=1)) == []
    (again,) = await claim(database, later, owner="alive")
    async with database.uow(later) as uow:
        assert not await jobs.finish(uow.session, dead, "done", later)
        assert await jobs.finish(uow.session, again, "done", later, receipt="C1:1.0")
        await uow.commit()
    assert await claim(database, later + jobs.LEASE * 2) == []


async def test_cancelling_takes_back_what_begins_with_the_prefix_and_is_open(database: Database) -> None:
    await promise(database, "session:4:1:a", "session:4:1:b", "session:42:1:a", "session:4_:x")
    (first, *_) = await claim(database, limit=1)
    async with database.uow(NOW, 1) as uow:
        await jobs.finish(uow.session, first, "done", NOW)
        uow.cancel("session:4:")
        await uow.commit()
    left = {job.key for job in await claim(database)}
    assert left == {"session:42:1:a", "session:4_:x"}


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
        await jobs.postpone(uow.session, job, NOW + timedelta(minutes=5), "Unknown", unsure=True, failed=True)
        await uow.commit()
    assert await claim(database, NOW + timedelta(minutes=4)) == []
    (again,) = await claim(database, NOW + timedelta(minutes=5))
    assert again.unsure
    assert again.attempts == 2


async def test_a_promise_whose_worker_died_comes_back_in_doubt(database: Database) -> None:
    await promise(database, "k")
    (held,) = await claim(database, owner="dead")
    assert not held.unsure
    (again,) = await claim(database, NOW + jobs.LEASE, owner="alive")
    assert again.unsure


async def test_only_failures_are_counted_as_tries(database: Database) -> None:
    await promise(database, "k")
    for minute in range(3):
        (job,) = await claim(database, NOW + timedelta(minutes=minute))
        assert job.attempts == 1
        async with database.uow(NOW) as uow:
            await jobs.postpone(uow.session, job, NOW + timedelta(minutes=minute + 1), "not now")
            await uow.commit()
