"""Colleagues answer to a real bot through the workspace, and time takes them along."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from slack_bolt.async_app import AsyncAck

from playground.colleague_habits import Shares
from playground.colleagues import MOST_OF_ONE, MOST_PRESSES, Colleagues
from playground.time_machine import Progress, TimeMachine, TooManySteps
from tests.playground.demo_bot import Demo, DemoClock, button, crowd, demonstration, field, option, section
from tests.playground.stock_bot import plain

KEEN, LATE, DECLINING, SILENT = Shares(1, 0, 0, 0), Shares(0, 1, 0, 0), Shares(0, 0, 1, 0), Shares(0, 0, 0, 1)
DAY = timedelta(days=1)


def only(demo: Demo, shares: Shares, *visitor: str) -> TimeMachine:
    """A time machine with colleagues of one kind."""
    return TimeMachine(demo.clock, Colleagues(demo.workspace, 1, visitor, shares))


async def test_keen_colleagues_go_through_the_whole_enrolment() -> None:
    people = crowd(6)
    async with demonstration(people, visitor=[person.id for person in people]) as demo:
        machine = only(demo, KEEN, people[0].id)
        await demo.invite(people)
        await machine.advance(DAY)
        assert set(demo.enrolled) == {person.id for person in people[1:]}
        answers = demo.enrolled[people[1].id]
        assert 1 <= len(answers["wants"]["wants"]["selected_options"]) <= 3
        assert demo.workspace.complaints == []
        assert all(not demo.workspace.views(person.id) for person in people)
        assert demo.heard.count((people[1].id, "show")) == 1


async def test_late_colleagues_come_days_later_and_silent_ones_never() -> None:
    people = crowd(4)
    async with demonstration(people, visitor=[person.id for person in people]) as demo:
        late, silent = only(demo, LATE), only(demo, SILENT)
        await demo.invite(people)
        await late.advance(timedelta(hours=6))
        assert demo.enrolled == {}
        assert await silent.next_due() is None
        await late.advance(4 * DAY)
        assert len(demo.enrolled) == 4


async def test_some_decline_and_are_left_in_peace() -> None:
    people = crowd(30)
    async with demonstration(people, visitor=[person.id for person in people]) as demo:
        await demo.invite(people)
        machine = only(demo, DECLINING)
        assert await machine.next_due() is None
        await demo.invite(people)
        await machine.advance(DAY)
        verbs = [verb for _, verb in demo.heard if verb != "enrol.first"]
        assert set(verbs) == {"later", "show"}
        assert 5 < verbs.count("later") < 25


async def test_the_same_seed_gives_the_same_company() -> None:
    people = crowd(40)

    async def enrolled(seed: int) -> list[str]:
        async with demonstration(people, seed=seed) as demo:
            await demo.invite(people)
            await TimeMachine(demo.clock, demo.colleagues).advance(2 * DAY)
            return list(demo.enrolled)

    first = await enrolled(1)
    assert first == await enrolled(1)
    assert first != await enrolled(2)


async def test_the_visitor_s_person_is_left_alone_until_the_visitor_leaves() -> None:
    people = crowd(2)
    async with demonstration(people, visitor=[person.id for person in people]) as demo:
        colleagues = Colleagues(demo.workspace, 1, [people[0].id], KEEN)
        machine = TimeMachine(demo.clock, colleagues)
        await demo.invite(people)
        await machine.advance(DAY)
        assert list(demo.enrolled) == [people[1].id]
        colleagues.hands_off(people[1].id)
        colleagues.hands_on(people[0].id)
        await demo.invite(people)
        await machine.advance(DAY)
        assert demo.heard.count((people[0].id, "show")) == 2
        assert demo.heard.count((people[1].id, "show")) == 1


async def test_while_switched_off_what_arrives_waits() -> None:
    people = crowd(3)
    async with demonstration(people, visitor=[person.id for person in people]) as demo:
        colleagues = Colleagues(demo.workspace, 1, shares=KEEN, enabled=False)
        machine = TimeMachine(demo.clock, colleagues)
        await demo.invite(people)
        await machine.advance(DAY)
        assert demo.heard == []
        colleagues.enabled = True
        await machine.advance(timedelta())
        assert len(demo.enrolled) == 3


@pytest.mark.parametrize(("different", "most"), [(1000, MOST_PRESSES), (2, 2 * MOST_OF_ONE)])
async def test_nobody_presses_for_ever(different: int, most: int) -> None:
    people = crowd(1)
    async with demonstration(people, visitor=[people[0].id]) as demo:
        machine = only(demo, KEEN)
        heard: list[int] = []

        async def play_on(ack: AsyncAck, body: dict[str, Any]) -> None:
            heard.append(1)
            await ack()
            await post(body["message"]["ts"])

        async def post(ts: str = "") -> None:
            words = f"Round {len(heard)}"
            blocks = [
                section(words),
                {"type": "actions", "elements": [button("On", "on", str(len(heard) % different), style="primary")]},
            ]
            channel = demo.workspace.dm(people[0].id).id
            if ts:
                await demo.client.chat_update(channel=channel, ts=ts, text=words, blocks=blocks)
            else:
                await demo.client.chat_postMessage(channel=channel, text=words, blocks=blocks)

        demo.bot.action("on")(play_on)
        await post()
        await machine.advance(30 * DAY)
        assert len(heard) == most


async def test_a_form_that_is_never_satisfied_is_closed_after_three_more_tries() -> None:
    people = crowd(1)
    async with demonstration(people, visitor=[people[0].id]) as demo:
        demo.stubborn = True
        machine = only(demo, KEEN)
        await demo.invite(people)
        await machine.advance(DAY)
        assert [verb for _, verb in demo.heard].count("enrol.first") == 4
        assert demo.workspace.views(people[0].id) == []


async def test_a_choice_that_redraws_the_form_is_made_first_and_kept() -> None:
    people = crowd(1)
    kinds = [option("One"), option("Two"), option("Three")]
    kind = field("kind", "Kind", {"type": "static_select", "options": kinds}, dispatch_action=True)
    reason = field("reason", "Why", {"type": "plain_text_input"})
    chosen, submitted = [], []

    def form(*blocks: dict[str, Any]) -> dict[str, Any]:
        words = {"title": plain("Kinds"), "submit": plain("Save")}
        return {"type": "modal", "callback_id": "kinds", "blocks": list(blocks), **words}

    async with demonstration(people, visitor=[people[0].id]) as demo:

        async def show(ack: AsyncAck, body: dict[str, Any]) -> None:
            await demo.client.views_open(trigger_id=body["trigger_id"], view=form(kind))
            await ack()

        async def choose(ack: AsyncAck, body: dict[str, Any]) -> None:
            chosen.append(body["actions"][0]["selected_option"]["value"])
            await ack()
            await demo.client.views_update(view_id=body["view"]["id"], view=form(kind, reason))

        async def save(ack: AsyncAck, body: dict[str, Any]) -> None:
            submitted.append(body["view"]["state"]["values"])
            await ack()

        demo.bot.action("kinds.show")(show)
        demo.bot.action("kind")(choose)
        demo.bot.view("kinds")(save)
        machine = only(demo, KEEN)
        channel = demo.workspace.dm(people[0].id).id
        blocks = [{"type": "actions", "elements": [button("Show", "kinds.show")]}]
        await demo.client.chat_postMessage(channel=channel, text="Kinds", blocks=blocks)
        await machine.advance(DAY)
        assert len(chosen) == len(submitted) == 1
        assert submitted[0]["kind"]["kind"]["selected_option"]["value"] == chosen[0]
        assert submitted[0]["reason"]["reason"]["value"]


async def test_time_goes_step_by_step_and_tells_how_far_it_is() -> None:
    people = crowd(8)
    async with demonstration(people, visitor=[person.id for person in people]) as demo:
        steps: list[Progress] = []
        machine = TimeMachine(demo.clock, Colleagues(demo.workspace, 1, shares=KEEN), progress=steps.append)
        await demo.invite(people)
        start = demo.clock.now()
        first = await machine.next()
        assert first.steps == 1
        assert start < first.now < start + timedelta(hours=2)
        end = await machine.until(start + DAY)
        assert demo.clock.now() == end.now == start + DAY
        moments = [step.now for step in steps]
        assert moments == sorted(moments)
        assert sum(1 for _ in demo.enrolled) == 8
        assert (await machine.next()).steps == 0


async def test_what_happens_over_and_over_is_given_up() -> None:
    async with demonstration(crowd(1)) as demo:

        async def again() -> None:
            demo.clock.planned.append((demo.clock.now() + timedelta(minutes=1), again))

        await again()
        machine = TimeMachine(demo.clock, demo.colleagues, most_steps=50)
        with pytest.raises(TooManySteps):
            await machine.advance(DAY)


async def test_what_stays_due_does_not_stop_time() -> None:
    class Stuck(DemoClock):
        async def next_due(self) -> datetime:
            return datetime(2026, 1, 12, tzinfo=UTC)

    async with demonstration(crowd(1)) as demo:
        clock = Stuck()
        target = clock.now() + DAY
        await TimeMachine(clock, demo.colleagues, most_steps=1000).until(target)
        assert clock.now() == target


async def test_somebody_who_left_does_nothing() -> None:
    people = crowd(2)
    async with demonstration(people, visitor=[person.id for person in people]) as demo:
        machine = only(demo, KEEN)
        await demo.invite(people)
        await demo.workspace.change_person(people[0].id, deleted=True)
        await machine.advance(DAY)
        assert list(demo.enrolled) == [people[1].id]
