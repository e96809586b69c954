"""A message of somebody's, brought to the next session by a shortcut: its words go into the form for a question."""

import json
from typing import Any

import aiohttp
import pytest
from sqlalchemy import delete

from storage.tables import Account, Question
from tests.stage import Stage
from tests.stories.steps import a_pair
from tests.stories.test_session import MENTEE, MENTOR, everything_said, rows
from tests.test_gateway import TEAM, form

Json = dict[str, Any]
TYPED = "How do <b>you</b> decide & who is asked?"


@pytest.mark.slack_alone
async def test_a_message_of_slack_waits_for_the_next_session(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    luca = stage.hand(MENTOR)
    text = "How do &lt;b&gt;you&lt;/b&gt; decide &amp; who is <https://wiki.example/asked|asked>?"
    payload = {
        "type": "message_action",
        "callback_id": "session.bring",
        "trigger_id": stage.workspace.client._triggers.issue(luca.user_id),
        "team": {"id": TEAM},
        "user": {"id": luca.user_id},
        "channel": {"id": "C1"},
        "message": {"type": "message", "user": "U2", "ts": "1", "text": text},
    }
    assert (await form(stage, {"payload": json.dumps(payload)}))[0] == 200
    assert TYPED in str(luca.view.blocks)
    await luca.submits()
    assert "Conservata per il vostro incontro" in luca.view_text
    assert len(await rows(stage, Question)) == 1
    assert TYPED not in await everything_said(stage)


async def invoked(stage: Stage, name: str, value: Json) -> Json:
    """What an invoke from a channel is answered with."""
    hand, tenant = stage.hand(MENTOR), stage.tenant
    activity = {
        "type": "invoke",
        "name": f"composeExtension/{name}",
        "id": "f:1",
        "serviceUrl": f"{tenant.world.base_url}/teams/",
        "channelId": "msteams",
        "from": tenant.people[hand.user_id].account(),
        "recipient": {"id": tenant.identity.bot_id},
        "conversation": {"id": "19:x@thread.tacv2", "conversationType": "channel"},
        "channelData": {"tenant": {"id": tenant.identity.tenant_id}},
        "locale": "it-IT",
        "value": {"commandId": "session.bring", "commandContext": "message", **value},
    }
    url = f"{tenant.bot_url}/api/messages"
    async with aiohttp.ClientSession() as http, http.post(url, json=activity) as answer:
        assert answer.status == 200
        said: Json = await answer.json()
    await stage.inverso.nursery.settle()
    return said


async def test_a_message_of_any_chat_waits_for_the_next_session(stage: Stage) -> None:
    if stage.platform == "slack":
        return
    await a_pair(stage, MENTOR, MENTEE)
    before = [account.conversation for account in await rows(stage, Account)]
    message = {
        "body": {"contentType": "html", "content": "<p>How do &lt;b&gt;you&lt;/b&gt; decide &amp; who is asked?</p>"}
    }
    dialog = await invoked(stage, "fetchTask", {"messagePayload": message})
    card = dialog["task"]["value"]["card"]["content"]
    field = next(one for one in card["body"] if one.get("id") == "t_question")
    assert field["value"] == TYPED
    sent = {**card["body"][-1]["actions"][0]["data"], "t_question": TYPED}
    done = await invoked(stage, "submitAction", {"data": sent})
    assert "Conservata per il vostro incontro" in json.dumps(done, ensure_ascii=False)
    assert len(await rows(stage, Question)) == 1
    assert [account.conversation for account in await rows(stage, Account)] == before, "a channel is nobody's address"


async def test_what_was_brought_is_not_lost_where_the_person_is_taken_off_the_list_of_people(stage: Stage) -> None:
    if stage.platform == "slack":
        return
    await a_pair(stage, MENTOR, MENTEE)
    dialog = await invoked(stage, "fetchTask", {"messagePayload": {"body": {"content": "x"}}})
    sent = dialog["task"]["value"]["card"]["content"]["body"][-1]["actions"][0]["data"] | {"t_question": "Perché?"}
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        await uow.execute(delete(Account))
        await uow.commit()
    said = json.dumps(await invoked(stage, "submitAction", {"data": sent}), ensure_ascii=False)
    assert "Perché?" in said and "Nulla di ciò che hai scritto va perso" in said
    assert await rows(stage, Account) == [], "a channel is nobody's address"
