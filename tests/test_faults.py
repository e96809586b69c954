"""What the network, the platform, the store, another worker and another version can do to a promise."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import structlog
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from bot import beside
from bot.domain import retry
from bot.domain.lanes import Pace
from bot.flows.turns import Desk, Did, Feature, JobKind, JobRun, JobTurn, Long, Outcome
from bot.relay import Limit, Parcel, Receipt, Relay, Sender, Undelivered, marking
from bot.relay.relay import MOST_HELD, MOST_OF_ONE, STORE_WAIT, TOGETHER
from storage import claims, jobs
from storage.jobs import LEASE, MANY, Held
from storage.reach import out_of_reach
from storage.tables import Job, Lane, Nudge, Organisation, Person, Workspace
from tests.post import FEATURE, Post

SOME = 20


class Wrapped:
    """The real way out, in whose place a test stands."""

    def __init__(self, real: Sender) -> None:
        self.real = real
        self.limit, self.can_look_up = real.limit, real.can_look_up

    async def send(self, parcel: Parcel) -> Receipt:
        return await self.real.send(parcel)


class Failing(Wrapped):
    """As long as there are troubles left, each try ends in the next of them; ``tries`` counts all."""

    def __init__(self, real: Sender, *troubles: retry.Trouble | type[Exception]) -> None:
        super().__init__(real)
        self.troubles, self.tries = list(troubles), 0

    async def send(self, parcel: Parcel) -> Receipt:
        self.tries += 1
        if not self.troubles:
            return await super().send(parcel)
        trouble = self.troubles.pop(0)
        if isinstance(trouble, type):
            await super().send(parcel)  # and nobody hears of it
            raise trouble
        raise Undelivered(trouble)


def worker(post: Post, sender: Sender | None = None, feature: Feature = FEATURE) -> Relay:
    """One more worker on the same store."""
    bot = post.stage.inverso
    out = sender or bot.relay.senders["slack"]
    return Relay(bot.database, (feature,), {"slack": out}, post.stage.clock.now, random.Random(2))


def through(post: Post, *troubles: retry.Trouble | type[Exception]) -> Failing:
    """The worker of the stage sends through this."""
    sender = Failing(post.stage.inverso.relay.senders["slack"], *troubles)
    post.stage.inverso.relay = worker(post, sender)
    return sender


def everybody_once(post: Post) -> bool:
    return sorted(post.received()) == sorted(f"say {number}" for number in range(SOME))


async def promise_some(post: Post) -> None:
    for number in range(SOME):
        await post.promise("say", str(number))


@pytest.mark.promised("429")
async def test_in_a_storm_of_refusals_everything_is_said_once_and_no_try_is_counted(post: Post) -> None:
    post.stage.workspace.faults.next("chat.postMessage", "429", 15)
    await promise_some(post)
    await post.stage.move(minutes=10)
    assert everybody_once(post)
    assert (await post.job("0")).faults == 0


@pytest.mark.promised("5xx, a cut connection, a timeout (60 s)")
@pytest.mark.parametrize("fault", ["500", "drop_before", "drop_after"])
async def test_five_failures_in_a_row_lose_nothing_and_the_sixth_gives_up(post: Post, fault: str) -> None:
    post.stage.workspace.faults.next("chat.postMessage", fault, 5)
    await post.promise("say", "a")
    await post.stage.move(days=1)
    assert (post.received(), (await post.job("a")).state) == (["say a"], "done")
    if fault != "drop_after":  # which was said all the same
        post.stage.workspace.faults.next("chat.postMessage", fault, 6)
        await post.promise("say", "b")
        await post.stage.move(days=1)
        assert (await post.job("b")).reason == "exhausted"


@pytest.mark.promised("5xx, a cut connection, a timeout (60 s)")
async def test_an_answer_that_comes_too_late_is_looked_up(post: Post) -> None:
    sender = through(post, TimeoutError)
    await post.promise("say", "a")
    await post.stage.move(hours=1)
    assert (post.received(), sender.tries) == (["say a"], 2)


@pytest.mark.promised("The connection cannot be made; 401, 412, 502, 504 of Teams")
async def test_who_cannot_be_reached_for_hours_is_told_when_they_can_be_again(post: Post) -> None:
    sender = through(post, *[retry.Down()] * 12)
    await post.promise("say", "a")
    await post.stage.move(minutes=3)
    async with post.stage.inverso.database.uow(post.stage.clock.now(), 1) as uow:
        lane = await uow.first(uow.of(Lane))
    assert lane is not None
    assert lane.reason == "Down"
    await post.stage.move(hours=12)
    assert (post.received(), sender.tries) == (["say a"], 13)


@pytest.mark.promised("The token is revoked or wrong")
async def test_a_wrong_token_loses_nothing(post: Post) -> None:
    sender = post.stage.inverso.relay.senders["slack"]
    right = sender.client_of  # type: ignore[attr-defined]  # what Slack's has
    sender.client_of = lambda home: AsyncWebClient("xoxb-revoked", right(home).base_url)  # type: ignore[attr-defined]
    await post.promise("say", "a")
    await post.stage.move(minutes=3)
    assert (post.received(), (await post.job("a")).reason) == ([], "Down")
    sender.client_of = right  # type: ignore[attr-defined]
    post.stage.workspace.complaints.clear()  # of the wrong token, which is the point
    await post.stage.move(hours=2)
    assert post.received() == ["say a"]


@pytest.mark.promised("The platform refuses the message")
async def test_what_the_platform_refuses_is_given_up_at_once(post: Post) -> None:
    sender = through(post, retry.Refused())
    await post.promise("say", "a")
    await post.stage.move(days=1)
    job = await post.job("a")
    assert (job.state, job.reason, sender.tries) == ("given_up", "refused", 1)


@pytest.mark.promised("A promise whose worker dies each time")
async def test_what_kills_each_worker_is_given_up(post: Post) -> None:
    await post.promise("say", "a")
    database, now = post.stage.inverso.database, post.stage.clock.now()
    for _ in range(retry.MAX_CRASHES):
        await claims.claim(database, now, "dead", 1)
        async with database.uow(now) as uow:
            await claims.take_back(uow.session, now)
            await uow.commit()
    await post.stage.settle()
    assert (post.received(), (await post.job("a")).state) == ([], "given_up")


@pytest.mark.promised("A promise that this version does not know")
async def test_a_promise_of_a_newer_version_is_left_to_it(post: Post) -> None:
    older = worker(post, feature=replace(FEATURE, jobs={}))
    await post.promise("say", "a")
    assert await older.run_due() == 1
    job = await post.job("a")
    assert (job.state, job.attempts, job.owner) == ("open", 0, "")
    await post.stage.move(minutes=1)
    assert post.received() == ["say a"]


@pytest.mark.promised("A promise that this version does not know")
async def test_what_no_version_knows_is_given_up_after_a_day(post: Post) -> None:
    await post.promise("of nobody", "a")
    await post.stage.move(hours=23)
    assert (await post.job("a")).state == "open"
    await post.stage.move(hours=2)
    assert (await post.job("a")).state == "given_up"


async def test_several_workers_say_each_thing_once(post: Post) -> None:
    post.stage.workspace.limits_on = False
    await promise_some(post)
    await asyncio.gather(*(worker(post).run_due() for _ in range(3)))
    await post.stage.move(minutes=1)
    assert everybody_once(post)


@pytest.mark.promised("A worker that was slow marks late")
async def test_a_slow_worker_changes_nothing_any_more(post: Post) -> None:
    class Slow(Wrapped):
        async def send(self, parcel: Parcel) -> Receipt:
            receipt = await super().send(parcel)
            said.set()
            await may_answer.wait()
            return replace(receipt, message="late")

    said, may_answer = asyncio.Event(), asyncio.Event()
    slow = worker(post, Slow(post.stage.inverso.relay.senders["slack"]))
    await post.promise("say", "a")
    life = asyncio.create_task(slow.run_due())
    await said.wait()
    await post.stage.move_to(post.stage.clock.now() + LEASE + timedelta(seconds=1))
    may_answer.set()
    await life
    await slow.marking.nursery.settle()
    assert post.received() == ["say a"]
    job = await post.job("a")
    assert (job.state, job.receipt == "late") == ("done", False)


@pytest.mark.promised("A job changes something and has nothing to say")
async def test_a_change_is_made_once_though_two_workers_believe_to_hold_it(post: Post) -> None:
    async def change(turn: JobTurn) -> Outcome:
        turn.uow.add(Nudge(person_id=post.person_id, kind="change", sent_at=turn.now))
        return Did()

    feature = Feature("change", jobs={"change": JobKind(change)})
    first, second = worker(post, feature=feature), worker(post, feature=feature)
    await post.promise("change", "a")
    now = post.stage.clock.now()
    held = await claims.claim(post.stage.inverso.database, now, first.owner, 1)
    async with post.stage.inverso.database.uow(now, 1) as uow:
        past = {"turn_at": now - timedelta(seconds=1)}
        await uow.execute(update(Job).where(col(Job.key) == "a").values(past))
        await uow.commit()
    await second.run_due()
    assert await first.deciding.decide(held) == []
    async with post.stage.inverso.database.uow(now, 1) as uow:
        assert await uow.count(uow.of(Nudge)) == 1


async def test_what_is_claimed_while_the_worker_stops_is_done_or_given_back(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    await promise_some(post)
    relay, real = worker(post), claims.claim
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def slow(*args: object, **more: object) -> object:
        asked.set()
        await go_on.wait()
        return await real(*args, **more)  # type: ignore[arg-type]  # as they came

    monkeypatch.setattr(claims, "claim", slow)
    work = asyncio.ensure_future(relay.run_due())
    await asked.wait()
    stop = asyncio.ensure_future(relay.stop())
    await asyncio.sleep(0)
    go_on.set()
    await asyncio.gather(work, stop)
    async with post.stage.inverso.database.uow(post.stage.clock.now(), 1) as uow:
        assert {job.owner for job in await uow.all(uow.of(Job).where(Job.state == "open"))} <= {""}


async def test_one_round_of_work_does_all_that_is_due(post: Post) -> None:
    """Also when all that it held has come to its end while it looked for more."""

    async def did(_turn: JobTurn) -> Outcome:
        return Did()

    many = 4 * MOST_HELD
    async with post.stage.inverso.database.uow(post.stage.clock.now(), 1) as uow:
        for number in range(many):
            uow.promise("did", str(number), uow.now)
        await uow.commit()
    assert await worker(post, feature=Feature("many", jobs={"did": JobKind(did)})).run_due() == many


class Recording(Wrapped):
    """Takes everything at any pace, and remembers in which order."""

    def __init__(self, real: Sender) -> None:
        super().__init__(real)
        fast = Pace(timedelta(milliseconds=1), 2000)
        self.limit = lambda address, *, edit: Limit("all", fast, fast)  # type: ignore[method-assign]
        self.keys: list[str] = []

    async def send(self, parcel: Parcel) -> Receipt:
        self.keys.append(parcel.key)
        return Receipt("C1:1.0", "C1")


async def waiting(post: Post, many: int, *, in_lane: bool) -> None:
    """So many promises are due, perhaps in a lane that is open for all of them."""
    now = post.stage.clock.now()
    async with post.stage.inverso.database.uow(now, 1) as uow:
        home = await uow.first(uow.of(Workspace))
        assert home is not None
        room = {"interval_ms": 1, "burst": 2000, "full_at": now, "opens_at": now}
        lane = uow.add(Lane(workspace_id=home.pk, method="all", **room))
        await uow.flush()
        place = {"due_at": now, "turn_at": now, "lane_id": lane.pk if in_lane else 0}
        uow.add_all(Job(key=str(number), name="say", person_id=post.person_id, **place) for number in range(many))
        await uow.commit()


@pytest.mark.parametrize("in_lane", [False, True], ids=["due", "in a lane"])
async def test_a_workspace_that_never_answers_holds_no_other_organisation_back(post: Post, in_lane: bool) -> None:
    class Silent(Recording):
        async def send(self, parcel: Parcel) -> Receipt:
            self.keys.append(parcel.key)
            if len(self.keys) == TOGETHER:
                begun.set()
            return await asyncio.Event().wait()  # type: ignore[return-value]  # it never comes

    async def did(_turn: JobTurn) -> Outcome:
        done.set()
        return Did()

    begun, done, sender = asyncio.Event(), asyncio.Event(), Silent(post.stage.inverso.relay.senders["slack"])
    relay = worker(post, sender, Feature("other", jobs={**FEATURE.jobs, "did": JobKind(did)}))
    database, now = post.stage.inverso.database, post.stage.clock.now()
    await waiting(post, 2 * MOST_HELD, in_lane=in_lane)
    async with database.uow(now) as uow:
        uow.session.add(Organisation(name="Another"))
        await uow.commit()
    work = asyncio.ensure_future(relay.run_due())
    await begun.wait()
    async with database.uow(now, 2) as uow:
        uow.promise("did", "theirs", now)
        await uow.commit()
    relay.hear(now)
    async with asyncio.timeout(10):
        await done.wait()
    assert len(sender.keys) <= MOST_OF_ONE
    await relay.stop(seconds=0)
    await work


async def refused_for_want_of_room(post: Post) -> None:
    """Promise until there is no room; what was refused is not there."""
    for number in range(5000):
        key = f"filler:{number}"
        try:
            await post.promise("let_go", key)
        except OperationalError as error:
            assert out_of_reach(error) == "database or disk is full"
            async with post.stage.inverso.database.uow(post.stage.clock.now(), 1) as uow:
                assert await uow.first(uow.of(Job).where(Job.key == key)) is None
            return
    raise AssertionError("there was always room")


async def fill(post: Post) -> None:
    """No page more, and none with room."""
    async with post.stage.inverso.database.uow(post.stage.clock.now()) as uow:
        pages = await uow.session.scalar(text("PRAGMA page_count"))
        await uow.session.execute(text(f"PRAGMA max_page_count = {pages}"))
    await refused_for_want_of_room(post)


async def make_room(post: Post) -> None:
    async with post.stage.inverso.database.uow(post.stage.clock.now()) as uow:
        await uow.session.execute(text("PRAGMA max_page_count = 1000000"))


@asynccontextmanager
async def room_is_made_when_the_log_says_so(post: Post) -> AsyncIterator[None]:
    """Make room as soon as somebody has told that there is none."""
    with structlog.testing.capture_logs() as told:

        async def listen() -> None:
            told_of_it = {"event": "store_out_of_reach", "trouble": "database or disk is full"}
            while not any(told_of_it.items() <= one.items() for one in told):  # noqa: ASYNC110  # a log tells no event
                await asyncio.sleep(0.01)
            await make_room(post)

        listening = asyncio.create_task(listen())
        yield
        await listening


@pytest.mark.promised("The disk is full (SQLite)")
async def test_nothing_is_claimed_while_the_disk_is_full_and_nothing_lost(post: Post) -> None:
    await promise_some(post)
    await fill(post)
    with pytest.raises(OperationalError, match="disk is full"):
        await post.stage.settle()
    assert post.received() == []
    await make_room(post)
    await post.stage.move(minutes=1)
    assert everybody_once(post)


@pytest.mark.promised("The store is gone for a while")
async def test_long_work_that_loses_the_store_is_begun_anew_however_often(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    renew, outages = jobs.renew, [NoConnectionFree("nobody answers")] * (retry.MAX_CRASHES + 1)

    async def renewed(session: AsyncSession, job: Held, now: datetime) -> bool:
        if outages:
            raise outages.pop()
        return await renew(session, job, now)

    async def work(_desk: Desk) -> JobRun:
        if outages:
            await asyncio.Event().wait()
        return done

    async def done(_turn: JobTurn) -> Outcome:
        return Did()

    async def begin(_turn: JobTurn) -> Outcome:
        return Long(work)

    monkeypatch.setattr(jobs, "renew", renewed)
    monkeypatch.setattr(beside, "BEAT_SECONDS", 0)
    relay = worker(post, feature=Feature("long", jobs={"long": JobKind(begin)}))
    await post.promise("long", "a")
    while (job := await post.job("a")).state == "open":
        await relay.run_due()
        await relay.nursery.settle()
        post.stage.clock.movable.set(post.stage.clock.now() + STORE_WAIT)
    assert (job.state, job.faults) == ("done", 0)


@pytest.mark.promised("The disk is full (SQLite)")
async def test_what_was_said_when_the_disk_filled_is_marked_when_there_is_room(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Filling(Wrapped):
        filled = False

        async def send(self, parcel: Parcel) -> Receipt:
            receipt = await super().send(parcel)
            if not self.filled:
                self.filled = True
                await fill(post)
            return replace(receipt, message=receipt.message + " " * 5000)  # more than any page has left

    monkeypatch.setattr(marking, "STORE_PATIENCE_SECONDS", 0.01)
    post.stage.inverso.relay = worker(post, Filling(post.stage.inverso.relay.senders["slack"]))
    await post.promise("say", "a")
    async with room_is_made_when_the_log_says_so(post):
        await post.stage.settle()
    assert (post.received(), (await post.job("a")).state) == (["say a"], "done")


async def test_of_very_many_each_is_worked_out_when_its_turn_comes(post: Post) -> None:
    worked_out: list[str] = []

    async def note(turn: JobTurn) -> Outcome:
        worked_out.append(turn.job.key)
        return await FEATURE.jobs["say"].run(turn)

    bot = post.stage.inverso
    bot.relay = worker(post, feature=Feature("many", jobs={"say": JobKind(note)}))
    await post.promise("say", "which lane")
    await post.stage.settle()
    async with bot.database.uow(post.stage.clock.now(), 1) as uow:
        people = await uow.all(select(Person.id))
        for number in range(MANY + 1):
            uow.promise("say", str(number), uow.now, person=people[number % len(people)])
        await uow.commit()
    await post.stage.move(minutes=1)
    assert len(set(worked_out)) == MANY + 2
    assert len(worked_out) < MANY + 2 + TOGETHER


async def test_an_answer_does_not_wait_for_those_whose_turn_has_come_in_a_lane(post: Post) -> None:
    sender = Recording(post.stage.inverso.relay.senders["slack"])
    await waiting(post, MOST_HELD + SOME, in_lane=True)
    await post.promise("say", "answer")
    await worker(post, sender).run_due()
    assert len(sender.keys) == MOST_HELD + SOME + 1
    assert sender.keys.index("answer") < MOST_HELD
