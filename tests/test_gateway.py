"""The door: only verified requests, each delivery once, everything answered, whatever is in it."""

import asyncio
import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
from slack_sdk.http_retry.async_handler import RetryState
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from sqlalchemy import delete
from sqlmodel import col, select

from playground.workspace import Person
from storage.tables import Account, SeenEvent
from tests.stage import SECRET, Stage

TEAM = "T0PLAYGRND1"


def signature(body: bytes, moment: str, secret: str = SECRET) -> str:
    return "v0=" + hmac.new(secret.encode(), f"v0:{moment}:".encode() + body, hashlib.sha256).hexdigest()


async def post(
    stage: Stage, body: bytes, *, kind: str, moment: str | None = None, secret: str = SECRET
) -> tuple[int, str]:
    moment = moment or str(int(time.time()))
    headers = {
        "Content-Type": kind,
        "X-Slack-Request-Timestamp": moment,
        "X-Slack-Signature": signature(body, moment, secret),
    }
    url = f"{stage.workspace.bot_url}/slack/events"
    async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as answer:
        text = await answer.text()
        await stage.inverso.nursery.settle()
        return answer.status, text


async def form(stage: Stage, fields: dict[str, Any], **options: Any) -> tuple[int, str]:
    return await post(stage, urlencode(fields).encode(), kind="application/x-www-form-urlencoded", **options)


async def event(stage: Stage, envelope: dict[str, Any]) -> tuple[int, str]:
    return await post(stage, json.dumps(envelope).encode(), kind="application/json")


def command(user: str, text: str = "help") -> dict[str, str]:
    return {"command": "/mentoring", "text": text, "team_id": TEAM, "user_id": user, "trigger_id": "1.2.3"}


async def test_a_forged_request_is_refused(stage: Stage) -> None:
    user = stage.hand("Oliver Clarke").user_id
    status, _ = await form(stage, command(user), secret="somebody else's")
    assert status == 401


async def test_an_old_request_is_refused(stage: Stage) -> None:
    user = stage.hand("Oliver Clarke").user_id
    status, _ = await form(stage, command(user), moment=str(int(time.time()) - 301))
    assert status == 401


async def test_a_request_of_another_workspace_is_not_answered(stage: Stage) -> None:
    status, text = await form(stage, {**command(stage.hand("Oliver Clarke").user_id), "team_id": "T0STRANGER"})
    assert "junior colleague" not in text
    assert status < 500


async def test_an_event_that_slack_repeats_acts_once(stage: Stage) -> None:
    hand = stage.hand("Oliver Clarke")
    opened = await stage.workspace.open_home(hand.user_id)
    await stage.settle()
    for _ in range(2):
        assert (await stage.workspace.redeliver(opened)).delivered
    typed = await stage.workspace.say(hand.user_id, None, "help")
    await stage.settle()
    await stage.workspace.redeliver(typed)
    await stage.settle()
    assert len([message for message in hand.messages() if message.by_bot]) == 1
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        assert len((await uow.session.execute(select(SeenEvent))).all()) == 2


@pytest.mark.parametrize("kind", ["channel_created", "reaction_added", "app_mention", "member_joined_channel"])
async def test_events_that_mean_nothing_to_the_bot_are_taken_quietly(stage: Stage, kind: str) -> None:
    envelope = {
        "type": "event_callback",
        "team_id": TEAM,
        "event_id": f"Ev{kind}",
        "event": {"type": kind, "user": "U1"},
    }
    assert (await event(stage, envelope))[0] == 200


BROKEN: list[dict[str, Any]] = [
    {"type": "block_actions", "actions": [{"action_id": "flow.back|0", "block_id": "x", "value": ""}]},
    {
        "type": "block_actions",
        "actions": [{"action_id": "no.such_verb|0", "block_id": "b|c|d", "value": "1'; DROP TABLE"}],
    },
    {
        "type": "block_actions",
        "actions": [{"action_id": "enrolment.show|0", "block_id": "b|99999999999", "value": "x:y:z"}],
    },
    {"type": "block_actions", "actions": [{"action_id": "pairing.accept|0", "block_id": "b", "value": "9" * 400}]},
    {
        "type": "view_submission",
        "view": {"type": "modal", "callback_id": "flow", "private_metadata": "not json", "state": {}},
    },
    {
        "type": "view_submission",
        "view": {"type": "modal", "callback_id": "flow", "private_metadata": "[]", "state": {"values": {}}},
    },
    {
        "type": "view_submission",
        "view": {"type": "modal", "callback_id": "x", "private_metadata": '{"token": 7, "step": []}'},
    },
    {"type": "view_closed", "view": {"type": "modal", "callback_id": "flow"}},
]


@pytest.mark.parametrize("payload", BROKEN)
async def test_tampered_payloads_get_an_answer_and_change_nothing(stage: Stage, payload: dict[str, Any]) -> None:
    user = {"id": stage.hand("Oliver Clarke").user_id, "team_id": TEAM}
    whole = {"team": {"id": TEAM}, "user": user, "trigger_id": "1.2.3", "container": {"type": "message"}, **payload}
    status, _ = await form(stage, {"payload": json.dumps(whole)})
    assert status == 200
    stage.workspace.complaints.clear()  # the broken trigger above is refused by the workspace, rightly


async def test_ten_people_at_once_are_all_answered(stage: Stage) -> None:
    users = list(stage.workspace.people)[:10]
    answers = await asyncio.gather(*(form(stage, command(user, "aiuto")) for user in users))
    assert [status for status, _ in answers] == [200] * 10


async def test_an_answer_that_slack_has_no_room_for_comes_when_there_is(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def at_once(self: AsyncRateLimitErrorRetryHandler, *, state: RetryState, **_: object) -> None:
        state.next_attempt_requested = True
        state.increment_current_attempt()

    monkeypatch.setattr(AsyncRateLimitErrorRetryHandler, "prepare_for_next_attempt_async", at_once)
    stage.workspace.faults.next("chat.postMessage", "429")
    hand = stage.hand("Oliver Clarke")
    await hand.types("thanks!")
    await stage.settle()
    assert "You are welcome" in hand.said


async def test_somebody_who_joined_today_is_linked_when_they_first_write(stage: Stage) -> None:
    hand = stage.hand("Oliver Clarke")
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        await uow.execute(delete(Account).where(col(Account.external_id) == hand.user_id))
        await uow.commit()
    await hand.types("/mentoring help")
    assert "junior colleague" in hand.said


async def test_somebody_who_is_not_in_the_roster_reads_what_to_do(stage: Stage) -> None:
    stranger = Person.of("nobody@elsewhere.example", "Nobody Known", locale="en-GB")
    await stage.workspace.join(stranger)
    await stage.settle()
    hand = stage.hand("Nobody Known")
    await hand.types("/mentoring")
    assert "Ask HR to add you" in hand.said
    assert "Ask HR to add you" in await hand.opens_home()


async def test_health_and_readiness_and_metrics_answer(stage: Stage) -> None:
    async with aiohttp.ClientSession() as session:
        for path in ("/healthz", "/readyz", "/metrics"):
            async with session.get(stage.workspace.bot_url + path) as answer:
                assert answer.status == 200
