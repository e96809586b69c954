"""Two presses in the same moment act once, on either database."""

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from bot.dispatch import AT_ONCE
from bot.flows.pairing.ending import unwind
from bot.flows.pairing.jobs import form_pair
from bot.flows.privacy.actions import remove
from bot.flows.support.leaving_company import left
from bot.flows.support.pause_actions import rest_with_pause
from bot.flows.turns import (
    Commanded,
    Did,
    Feature,
    JobKind,
    JobRun,
    JobTurn,
    NotOwed,
    Outcome,
    Pressed,
    Replace,
    Say,
)
from bot.locales import speaker
from bot.relay import Relay
from bot.ui.cards import card
from bot.ui.words import T
from storage import pairings
from storage.jobs import Held
from storage.tables import Account, Enrolment, FlowSession, Job, MatchRun, Pairing, Person, Proposal, Round, Session
from storage.uow import Uow
from tests.databases import fresh_postgres
from tests.stage import Stage, StageHand, department, on_stage
from tests.stories import steps
from tests.stories.forms import MENTEE, MENTOR, WAYS
from tests.stories.test_bad_input import body_of, goes_on, post, words_of
from tests.stories.test_matching import enrolled, matched

COMPANY = department("Human resources", "Finance")


@pytest.fixture(params=["sqlite", "postgresql"])
async def both(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    """The company on stage, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        async with on_stage(roster=COMPANY) as stage:
            yield stage
        return
    async with (
        fresh_postgres(request.getfixturevalue("postgres_server")) as url,
        on_stage(url, COMPANY) as stage,
    ):
        yield stage


@pytest.fixture
async def on_postgresql(postgres_server: str) -> AsyncIterator[Stage]:
    """The company on stage where two units of work may be open at once."""
    async with fresh_postgres(postgres_server) as url, on_stage(url, COMPANY) as stage:
        yield stage


async def rows(stage: Stage, table: Any) -> list[Any]:
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        return await uow.all(select(table).order_by(table.id))


async def jobs(stage: Stage, name: str) -> int:
    return sum(job.name == name for job in await rows(stage, Job))


async def press_at_once(hand: StageHand, verb: str, id: str, times: int = 4) -> None:
    """The same button, several times before the first answer; none of the presses fails."""
    stage = hand.stage
    event = hand.event(Pressed(verb, id))
    answers = await asyncio.gather(*(stage.inverso.dispatcher.handle(event) for _ in range(times)))
    assert not [one for one in answers if "form.our_fault" in repr(one)]


async def test_a_yes_to_a_name(both: Stage) -> None:
    round_id = await enrolled(both, ["Elena Sala"], ["Amelia Clarke"])
    await steps.approve_pairs(both, round_id)
    await press_at_once(both.hand("Elena Sala"), "pairing.accept", "1")
    (proposal,) = await rows(both, Proposal)
    assert proposal.state == "proposed_to_mentor"
    assert await jobs(both, "pairing.ask_mentor") == 1
    await both.settle()
    await press_at_once(both.hand("Amelia Clarke"), "pairing.accept", "1")
    await both.move(minutes=1)
    assert await jobs(both, "pairing.form") == 1
    assert await jobs(both, "pairing.announce") == 2
    assert len(both.hand("Elena Sala").groups) == 1


async def both_said_yes(stage: Stage) -> JobTurn:
    """A proposal that two people accepted, and the promise to form their pair, in no unit of work yet."""
    round_id = await steps.round_that_enrols(stage)
    await steps.enrol(stage, round_id, ["Elena Sala"], "mentee")
    await steps.enrol(stage, round_id, ["Amelia Clarke"], "mentor")
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        (await uow.need(Round, round_id)).state = "matching"
        run = uow.add(MatchRun(round_id=round_id, kind="whole", state="ready", created_at=uow.now))
        await uow.flush()
        sides = {one.role: one.pk for one in await uow.all(uow.of(Enrolment).where(Enrolment.state == "prepared"))}
        both = {"mentor_enrolment_id": sides["mentor"], "mentee_enrolment_id": sides["mentee"]}
        uow.add(Proposal(round_id=round_id, run_id=run.pk, score=80, state="accepted", **both))
        await uow.commit()
    promise = Job(id=1, organisation_id=1, name="pairing.form", key="form", args={"proposal": 1}, due_at=uow.now)
    return JobTurn(uow, uow.now, Held.of(promise))


async def places_free_of_locks(uow: Uow) -> list[int]:
    """The persons behind the enrolments of the proposal that nobody holds at this moment."""
    asked = await pairings.asked(uow, 1)
    assert asked is not None
    sides = (asked.couple.mentor_side.pk, asked.couple.mentee_side.pk)
    free = uow.of(Enrolment).where(col(Enrolment.id).in_(sides)).with_for_update(skip_locked=True)
    return [one.person_id for one in await uow.all(free)]


async def test_nobody_can_withdraw_while_their_pair_is_being_formed(on_postgresql: Stage) -> None:
    stage, forming = on_postgresql, await both_said_yes(on_postgresql)
    database, now = stage.inverso.database, stage.clock.now()
    async with database.uow(now, 1) as uow:
        await pairings.asked(uow, 1, sides=True)
        async with database.uow(now, 1) as other:
            assert await places_free_of_locks(other) == []
        assert isinstance(await form_pair(replace(forming, uow=uow)), Did)
        await uow.commit()
    await stage.hand("Elena Sala").does(Pressed("enrolment.withdraw", "1"))
    assert [one.state for one in await rows(stage, Pairing)] == ["active"]
    assert sum(one.state == "paired" for one in await rows(stage, Enrolment)) == 2


async def test_who_has_withdrawn_is_not_paired_by_what_was_read_before(on_postgresql: Stage) -> None:
    stage, forming = on_postgresql, await both_said_yes(on_postgresql)
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        _read_before = await pairings.asked(uow, 1)
        await stage.inverso.dispatcher.handle(stage.hand("Elena Sala").event(Pressed("enrolment.withdraw", "1")))
        assert isinstance(await form_pair(replace(forming, uow=uow)), NotOwed)
        await uow.commit()
    assert await rows(stage, Pairing) == []
    assert "paired" not in {one.state for one in await rows(stage, Enrolment)}


async def meanwhile(
    stage: Stage, forming: JobTurn, other: JobRun, *, early: bool = False, person: int | None = None, **named: int
) -> None:
    """A pair is formed, and before that is lasting, another job has begun whose arguments are ``named``.

    ``early``: it begins when the two places are held and no pair is written.
    """
    database, now = stage.inverso.database, stage.clock.now()
    promise = Job(id=2, organisation_id=1, name="other", key="other", args=named, person_id=person, due_at=now)

    async def beside() -> None:
        async with database.uow(now, 1) as uow:
            assert not isinstance(await other(JobTurn(uow, now, Held.of(promise))), NotOwed)
            await uow.commit()

    async with database.uow(now, 1) as uow:
        if early:
            await pairings.asked(uow, 1, sides=True)
        else:
            assert isinstance(await form_pair(replace(forming, uow=uow)), Did)
            await uow.flush()
        begun = asyncio.ensure_future(beside())
        await asyncio.sleep(0.3)
        if early:
            assert isinstance(await form_pair(replace(forming, uow=uow)), Did)
        await uow.commit()
    await begun


@pytest.mark.parametrize("early", [True, False])
async def test_who_leaves_the_company_while_their_pair_is_formed_leaves_the_pair(
    on_postgresql: Stage, early: bool
) -> None:
    forming, (elena,) = await both_said_yes(on_postgresql), await people(on_postgresql, "Elena Sala")
    async with on_postgresql.inverso.database.uow(on_postgresql.clock.now(), 1) as uow:
        await uow.execute(update(Account).where(col(Account.person_id) == elena).values(reachable=False))
        await uow.commit()
    await meanwhile(on_postgresql, forming, left, early=early, person_id=elena)
    assert [one.state for one in await rows(on_postgresql, Pairing)] == ["ended_early"]


@pytest.mark.parametrize("early", [True, False])
async def test_who_has_their_data_removed_while_their_pair_is_formed_leaves_the_pair(
    on_postgresql: Stage, early: bool
) -> None:
    forming, (elena,) = await both_said_yes(on_postgresql), await people(on_postgresql, "Elena Sala")
    await meanwhile(on_postgresql, forming, remove, early=early, person=elena)
    assert [one.state for one in await rows(on_postgresql, Pairing)] == ["ended_early"]


@pytest.mark.parametrize("early", [True, False])
async def test_who_begins_a_pause_while_their_pair_is_formed_rests_with_it(on_postgresql: Stage, early: bool) -> None:
    forming, (elena,) = await both_said_yes(on_postgresql), await people(on_postgresql, "Elena Sala")
    async with on_postgresql.inverso.database.uow(on_postgresql.clock.now(), 1) as uow:
        (await uow.need(Person, elena)).paused_until = uow.now + timedelta(weeks=2)
        await uow.commit()
    await meanwhile(on_postgresql, forming, rest_with_pause, early=early, person_id=elena, seconds=1209600)
    assert [one.state for one in await rows(on_postgresql, Pairing)] == ["paused"]


async def test_a_mentor_whose_pair_ends_while_another_is_formed_stays_in_the_round(on_postgresql: Stage) -> None:
    forming = await both_said_yes(on_postgresql)
    amelia, giulia = await people(on_postgresql, "Amelia Clarke", MENTEE)
    await steps.enrol(on_postgresql, 1, [MENTEE], "mentee")
    async with on_postgresql.inverso.database.uow(on_postgresql.clock.now(), 1) as uow:
        places = {one.person_id: one for one in await uow.all(uow.of(Enrolment))}
        for who in (amelia, giulia):
            places[who].state = "paired"
        sides = {"mentor_enrolment_id": places[amelia].pk, "mentee_enrolment_id": places[giulia].pk}
        pairing = Pairing(round_id=1, mentor_id=amelia, mentee_id=giulia, **sides, started_at=uow.now)
        uow.add(pairing).state = "ended_early"
        await uow.flush()
        ended = pairing.pk
        await uow.commit()
    await meanwhile(on_postgresql, forming, unwind, pairing=ended, person_id=giulia)
    states = {one.person_id: one.state for one in await rows(on_postgresql, Enrolment)}
    assert (states[amelia], states[giulia]) == ("paired", "withdrawn")


async def people(stage: Stage, *names: str) -> list[int]:
    known = {one.name: one.pk for one in await rows(stage, Person)}
    return [known[name] for name in names]


async def test_a_date(both: Stage) -> None:
    await steps.a_pair(both, MENTOR, MENTEE)
    hand = both.hand(MENTEE)
    await hand.types("/mentoring fissa")
    (value, *_) = [
        element["value"]
        for block in hand.last.blocks
        for element in block.get("elements", [])
        if element.get("action_id", "").startswith("scheduling.book")
    ]
    await press_at_once(hand, "scheduling.book", value)
    await both.settle()
    kickoff = (await rows(both, Session))[0]
    assert (kickoff.state, kickoff.sequence) == ("scheduled", 1)
    assert await jobs(both, "scheduling.booked") == 2
    assert await jobs(both, "session.moved") == 0


async def test_the_coordinators_approval(both: Stage) -> None:
    round_id = await enrolled(both)
    hand = await matched(both)
    await press_at_once(hand, "matching.approve", f"{round_id}:1")
    assert await jobs(both, "pairing.propose") == 1
    await both.move(minutes=1)
    assert await jobs(both, "pairing.ask_mentee") == 3


async def test_the_end_of_an_enrolment(both: Stage) -> None:
    await steps.round_that_enrols(both)
    hand, chance = both.hand("Amelia Clarke"), random.Random(2)
    await hand.types("/mentoring join")
    while (await rows(both, FlowSession))[0].step != "confirm":
        await goes_on(hand, WAYS["enrolment"], chance)
    promises = [block["element"]["options"] for block in hand.view.blocks if block["type"] == "input"]
    body = body_of(hand, {block["block_id"]: promises[0] for block in hand.view.blocks if block["type"] == "input"})
    answers = [words_of(answer) for answer in await asyncio.gather(*(post(both, body) for _ in range(4)))]
    again = speaker("en")(T("form.sent_already"))
    assert sum(again in words for words in answers) == 3
    mine = [row for row in await rows(both, Enrolment) if row.state == "enrolled"]
    assert len(mine) == 1


async def test_two_messages_that_fall_due_together_are_one_a_day(both: Stage) -> None:
    async def nudge(turn: JobTurn) -> Outcome:
        return Say((turn.job.person_id or 0,), card(turn.job.key), nudge="session")

    bot, hand = both.inverso, both.hand("Oliver Clarke")
    feature = Feature("test", jobs={"nudge": JobKind(nudge)})
    bot.relay = Relay(bot.database, (feature,), bot.relay.senders, both.clock.now, random.Random(1))
    oliver = next(person for person in await rows(both, Person) if person.name == "Oliver Clarke")
    async with bot.database.uow(both.clock.now(), 1) as uow:
        for key in "abcdef":
            uow.promise("nudge", key, uow.now, person=oliver.pk)
        await uow.commit()
    await both.move(hours=2)
    assert len([message for message in hand.messages() if message.by_bot]) == 1


async def test_of_very_many_at_once_some_wait_until_others_are_answered(
    both: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, dispatcher, now = list[int](), both.inverso.dispatcher, both.clock.now

    def begin() -> datetime:
        begun.append(len(begun))
        return now()

    monkeypatch.setattr(dispatcher, "clock", begin)
    hands = both.hands[: AT_ONCE + 3]
    answers = [asyncio.create_task(hand.does(Commanded(""))) for hand in hands]
    await asyncio.sleep(0)
    assert len(begun) == AT_ONCE
    assert all(isinstance(reply, Replace) for reply in await asyncio.gather(*answers))
    assert len(begun) == len(hands)
