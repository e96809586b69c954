"""The Web API takes what Slack takes from slack_sdk, and refuses what Slack refuses."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from playground.workspace import Person, Workspace
from tests.playground.conftest import ANNA, BEN, CARL, SECRET, TOKEN, Rig
from tests.playground.stock_bot import button, form, plain

Body = dict[str, Any]


async def refusal(call: Awaitable[Any]) -> Body:
    with pytest.raises(SlackApiError) as caught:
        await call
    data: Body = caught.value.response.data
    return data


async def error(call: Awaitable[Any]) -> str:
    return str((await refusal(call))["error"])


def section(text: str, **more: Any) -> Body:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def options(count: int) -> list[Body]:
    return [{"text": plain(f"Option {n}"), "value": str(n)} for n in range(count)]


def select(count: int, **more: Any) -> Body:
    return {"type": "static_select", "options": options(count), **more}


@pytest_asyncio.fixture
async def dm(rig: Rig) -> AsyncIterator[str]:
    yield (await rig.client.conversations_open(users=ANNA.id))["channel"]["id"]


async def test_token_and_method_are_checked(rig: Rig) -> None:
    assert (await rig.client.auth_test())["bot_id"] == rig.workspace.identity.bot_id
    base = rig.workspace.base_url + "/api/"
    assert await error(AsyncWebClient(base_url=base).auth_test()) == "not_authed"
    assert await error(AsyncWebClient(base_url=base, token="xoxb-other").auth_test()) == "invalid_auth"
    assert await error(rig.client.api_call("chat.shout")) == "unknown_method"
    await rig.workspace.uninstall()
    assert await error(rig.client.auth_test()) == "account_inactive"


async def test_people_are_listed_by_pages(rig: Rig) -> None:
    pages = [page["members"] async for page in await rig.client.users_list(limit=2, include_locale=True)]
    assert [len(page) for page in pages] == [2, 2, 1]
    first = pages[0][0]
    assert (first["id"], first["locale"], first["profile"]["email"]) == (ANNA.id, "it-IT", "anna@example.org")
    assert first["tz_offset"] == 3600
    assert pages[1][0]["deleted"]
    assert "locale" not in (await rig.client.users_info(user=BEN.id))["user"]
    assert (await rig.client.users_lookupByEmail(email="BEN@example.org"))["user"]["id"] == BEN.id
    assert await error(rig.client.users_lookupByEmail(email=CARL.email)) == "users_not_found"
    assert await error(rig.client.users_info(user="U404")) == "user_not_found"
    assert await error(rig.client.users_list(cursor="nonsense")) == "invalid_cursor"


async def test_the_same_people_are_the_same_conversation(rig: Rig) -> None:
    first = await rig.client.conversations_open(users=[ANNA.id, BEN.id])
    second = await rig.client.conversations_open(users=f"{BEN.id},{ANNA.id}")
    assert first["channel"]["id"] == second["channel"]["id"]
    assert second["already_open"]
    assert rig.workspace.conversations[first["channel"]["id"]].kind == "mpim"


async def test_conversations_that_slack_refuses(rig: Rig) -> None:
    opened = rig.client.conversations_open
    assert await error(opened(users=[])) == "users_list_not_supplied"
    assert await error(opened(users=[f"U{n}" for n in range(9)])) == "too_many_users"
    assert await error(opened(users="U404")) == "user_not_found"
    assert await error(opened(users=CARL.id)) == "user_disabled"
    assert await error(opened(users=rig.workspace.identity.bot_user_id)) == "cannot_dm_bot"


async def test_scopes_that_the_bot_has_not_are_missing(rig: Rig) -> None:
    group = (await rig.client.conversations_open(users=[ANNA.id, BEN.id]))["channel"]["id"]
    refused = await refusal(rig.client.conversations_history(channel=group))
    assert (refused["error"], refused["needed"]) == ("missing_scope", "mpim:history")
    assert await error(rig.client.conversations_members(channel=group)) == "missing_scope"
    assert await error(rig.client.team_info()) == "missing_scope"


async def test_a_message_is_posted_changed_found_and_deleted(rig: Rig, dm: str) -> None:
    metadata = {"event_type": "job", "event_payload": {"key": "session:1"}}
    posted = await rig.client.chat_postMessage(channel=dm, text="hi", blocks=[section("*hi*")], metadata=metadata)
    assert posted["message"]["blocks"][0]["block_id"]
    await rig.client.chat_update(channel=dm, ts=posted["ts"], text="changed")
    found = (await rig.client.conversations_history(channel=dm, include_all_metadata=True))["messages"][0]
    assert (found["text"], found["metadata"]) == ("changed", metadata)
    assert "blocks" not in found
    short = (await rig.client.conversations_history(channel=dm))["messages"][0]
    assert short["metadata"] == {"event_type": "job"}
    await rig.client.chat_update(channel=dm, ts=posted["ts"], text="again", metadata={})
    assert rig.workspace.messages(ANNA.id)[0].metadata is None
    await rig.client.chat_delete(channel=dm, ts=posted["ts"])
    assert await error(rig.client.chat_delete(channel=dm, ts=posted["ts"])) == "message_not_found"


async def test_only_its_own_messages_can_be_changed(rig: Rig, dm: str) -> None:
    await rig.workspace.say(ANNA.id, None, "mine")
    ts = rig.workspace.messages(ANNA.id)[0].ts
    assert await error(rig.client.chat_update(channel=dm, ts=ts, text="x")) == "cant_update_message"
    assert await error(rig.client.chat_delete(channel=dm, ts=ts)) == "cant_delete_message"


async def test_an_ephemeral_message_is_for_members_and_cannot_be_changed(rig: Rig, dm: str) -> None:
    posted = await rig.client.chat_postEphemeral(channel=dm, user=ANNA.id, text="for you")
    assert await error(rig.client.chat_update(channel=dm, ts=posted["message_ts"], text="x")) == "message_not_found"
    assert await error(rig.client.chat_postEphemeral(channel=dm, user=BEN.id, text="x")) == "user_not_in_channel"
    assert (await rig.client.conversations_history(channel=dm))["messages"] == []


async def test_a_message_to_the_deactivated_is_complained_about(rig: Rig) -> None:
    dm = rig.workspace.dm(BEN.id).id
    await rig.workspace.change_person(BEN.id, deleted=True)
    await rig.client.chat_postMessage(channel=dm, text="anybody there?")
    assert rig.workspace.complaints == [f"chat.postMessage: message to the deactivated {BEN.id}"]
    assert await error(rig.client.chat_postMessage(channel=BEN.id, text="x")) == "user_disabled"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, "no_text"),
        ({"text": "  "}, "no_text"),
        ({"text": "x", "channel": "D404"}, "channel_not_found"),
        ({"text": "x", "shout": True}, "invalid_arguments"),
        ({"text": "x", "markdown_text": "y"}, "markdown_text_conflict"),
        ({"text": "x", "metadata": {"event_type": "a"}}, "invalid_metadata_format"),
        ({"text": "x", "attachments": [{}] * 101}, "too_many_attachments"),
        ({"text": "x", "blocks": [section("y" * 2900)] * 5}, "msg_blocks_too_long"),
    ],
)
async def test_messages_that_slack_refuses(rig: Rig, dm: str, arguments: Body, expected: str) -> None:
    assert await error(rig.client.api_call("chat.postMessage", json={"channel": dm, **arguments})) == expected
    assert rig.workspace.complaints[0].startswith(f"chat.postMessage: {expected}")


async def test_an_updated_text_may_be_shorter_than_a_new_one(rig: Rig, dm: str) -> None:
    posted = await rig.client.chat_postMessage(channel=dm, text="x" * 40_001)
    assert len(posted["message"]["text"]) == 40_000
    assert await error(rig.client.chat_update(channel=dm, ts=posted["ts"], text="x" * 4_001)) == "msg_too_long"


def _input(**element: Any) -> Body:
    return {"type": "input", "label": plain("Name"), "element": {"type": "plain_text_input", **element}}


@pytest.mark.parametrize(
    ("block", "complaint"),
    [
        (section("x" * 3001), "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
        (section(""), "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
        ({"type": "section"}, "missing required field: text [json-pointer:/blocks/0]"),
        (section("x", colour="red"), "invalid additional property: colour [json-pointer:/blocks/0]"),
        (section("x", fields=[plain("f")] * 11), "no more than 10 items allowed [json-pointer:/blocks/0/fields]"),
        (section("x", block_id="b" * 256), "must be less than 256 characters [json-pointer:/blocks/0/block_id]"),
        ({"type": "carousel"}, "unsupported type: carousel [json-pointer:/blocks/0/type]"),
        ({"type": "header", "text": plain("x" * 151)}, "less than 151 characters [json-pointer:/blocks/0/text/text]"),
        ({"type": "image", "image_url": "https://example.org/a.png"}, "missing required field: alt_text"),
        ({"type": "image", "alt_text": "a"}, "must provide either image_url or slack_file"),
        ({"type": "context", "elements": [plain("x")] * 11}, "no more than 10 items allowed"),
        ({"type": "actions", "elements": []}, "no less than 1 items allowed"),
        ({"type": "actions", "elements": [button("x" * 76, "a")]}, "must be less than 76 characters"),
        ({"type": "actions", "elements": [button("x", "a", "v" * 2001)]}, "must be less than 2001 characters"),
        ({"type": "actions", "elements": [button("x", "a"), button("y", "a")]}, "action_id must be unique"),
        ({"type": "actions", "elements": [button("x", f"a{n}") for n in range(26)]}, "no more than 25 items"),
        ({"type": "actions", "elements": [select(101)]}, "no more than 100 items allowed"),
        ({"type": "actions", "elements": [{"type": "static_select"}]}, "either options or option_groups"),
        ({"type": "actions", "elements": [select(2, initial_option=options(3)[2])]}, "must exactly match"),
        ({"type": "actions", "elements": [{"type": "radio_buttons", "options": options(11)}]}, "no more than 10"),
        ({"type": "actions", "elements": [{"type": "overflow", "options": options(6)}]}, "no more than 5 items"),
        ({"type": "actions", "elements": [{"type": "datepicker", "initial_date": "12/01/2026"}]}, "must be a date"),
        (_input(min_length=9, max_length=3), "min_length must not exceed max_length"),
        ({**_input(), "element": {"type": "email_text_input"}}, "unsupported type: email_text_input"),
        ({**_input(), "label": {"type": "mrkdwn", "text": "x"}}, "must be one of plain_text"),
    ],
)
async def test_blocks_that_slack_refuses(rig: Rig, dm: str, block: Body, complaint: str) -> None:
    refused = await refusal(rig.client.chat_postMessage(channel=dm, text="x", blocks=[block]))
    assert refused["error"] == "invalid_blocks"
    assert complaint in " ".join(refused["response_metadata"]["messages"])
    assert rig.workspace.messages(ANNA.id) == []


async def test_blocks_are_counted_and_named_once(rig: Rig, dm: str) -> None:
    many = await refusal(rig.client.chat_postMessage(channel=dm, text="x", blocks=[{"type": "divider"}] * 51))
    assert many["response_metadata"]["messages"] == ["[ERROR] no more than 50 items allowed [json-pointer:/blocks]"]
    twins = [{"type": "divider", "block_id": "a"}] * 2
    assert await error(rig.client.chat_postMessage(channel=dm, text="x", blocks=twins)) == "invalid_blocks"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"title": plain("x" * 25)}, "must be less than 25 characters [json-pointer:/view/title/text]"),
        ({"submit": None}, "json-pointer:/view/submit"),
        ({"private_metadata": "x" * 3001}, "must be less than 3001 characters [json-pointer:/view/private_metadata]"),
        ({"callback_id": "x" * 256}, "must be less than 256 characters [json-pointer:/view/callback_id]"),
        ({"blocks": [{"type": "divider"}] * 101}, "no more than 100 items allowed [json-pointer:/view/blocks]"),
        ({"type": "sheet"}, "must be one of modal, home"),
        ({"icon": "x"}, "invalid additional property: icon"),
        ({"blocks": [{"type": "markdown", "text": "x"}]}, "unsupported type: markdown"),
    ],
)
async def test_views_that_slack_refuses(rig: Rig, change: Body, complaint: str) -> None:
    await rig.anna.types("/mentoring")
    trigger_id = rig.heard[-1][1]["trigger_id"]
    refused = await refusal(rig.client.api_call("views.open", json={"trigger_id": trigger_id, "view": form() | change}))
    assert refused["error"] == "invalid_arguments"
    assert complaint in " ".join(refused["response_metadata"]["messages"])


async def test_a_form_needs_a_submit_button(rig: Rig) -> None:
    view = {key: value for key, value in form().items() if key != "submit"}
    refused = await refusal(rig.client.views_open(trigger_id="t", view=view))
    assert "missing required field: submit" in refused["response_metadata"]["messages"][0]


async def test_a_trigger_is_good_once_and_for_three_seconds(rig: Rig) -> None:
    await rig.anna.types("/mentoring")
    trigger_id = rig.heard[-1][1]["trigger_id"]
    await rig.client.views_open(trigger_id=trigger_id, view=form())
    assert await error(rig.client.views_open(trigger_id=trigger_id, view=form())) == "exchanged_trigger_id"
    await rig.anna.types("/mentoring")
    rig.tick.seconds += 3.1
    late = rig.client.views_open(trigger_id=rig.heard[-1][1]["trigger_id"], view=form())
    assert await error(late) == "expired_trigger_id"
    assert await error(rig.client.views_open(trigger_id="1.2.3", view=form())) == "invalid_trigger_id"


async def test_views_stack_three_deep_and_know_their_hash(rig: Rig) -> None:
    await rig.anna.types("/mentoring form")
    first = rig.anna.view

    async def push() -> Any:
        await rig.anna.types("/mentoring")
        return await rig.client.views_push(trigger_id=rig.heard[-1][1]["trigger_id"], view=form())

    await push()
    await push()
    assert await error(push()) == "push_limit_reached"
    await rig.client.views_update(view_id=first.id, hash=first.hash, view=form())
    assert await error(rig.client.views_update(view_id=first.id, hash=first.hash, view=form())) == "hash_conflict"
    await rig.anna.closes(everything=True)
    assert await error(rig.client.views_update(view_id=first.id, view=form())) == "not_found"


async def test_an_external_id_names_one_view(rig: Rig) -> None:
    await rig.anna.types("/mentoring")
    view = {**form(), "external_id": "mine"}
    await rig.client.views_open(trigger_id=rig.heard[-1][1]["trigger_id"], view=view)
    await rig.client.views_update(external_id="mine", view={**view, "title": plain("By name")})
    assert rig.anna.view.title == "By name"
    home = {"type": "home", "external_id": "mine", "blocks": []}
    assert await error(rig.client.views_publish(user_id=BEN.id, view=home)) == "duplicate_external_id"


async def test_too_many_messages_in_a_conversation_wait_for_the_clock(rig: Rig, dm: str) -> None:
    for _ in range(5):
        await rig.client.chat_postMessage(channel=dm, text="x")
    with pytest.raises(SlackApiError) as caught:
        await rig.client.chat_postMessage(channel=dm, text="x")
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "1"
    await rig.clock.move(rig.clock.now() + timedelta(seconds=1))
    await rig.client.chat_postMessage(channel=dm, text="x")
    assert await error(rig.client.chat_postMessage(channel=dm, text="x")) == "ratelimited"
    rig.workspace.limits_on = False
    await rig.client.chat_postMessage(channel=dm, text="x")
    assert rig.workspace.complaints == []


async def test_the_whole_workspace_has_a_limit_too(rig: Rig) -> None:
    people = [Person.of(f"p{n}@example.org", f"P{n}") for n in range(101)]
    async with Workspace(people, "", SECRET, TOKEN, rig.clock) as workspace:
        client = AsyncWebClient(token=TOKEN, base_url=await workspace.start(), retry_handlers=[])
        for person in people[:100]:
            await client.chat_postMessage(channel=person.id, text="x")
        assert await error(client.chat_postMessage(channel=people[100].id, text="x")) == "ratelimited"


@pytest.mark.parametrize(("kind", "posted"), [("drop_before", 0), ("drop_after", 1), ("500", 0), ("429", 0)])
async def test_faults_come_as_ordered_and_once(rig: Rig, dm: str, kind: Any, posted: int) -> None:
    rig.workspace.faults.next("chat.postMessage", kind)
    with pytest.raises((SlackApiError, aiohttp.ClientError)):
        await rig.client.chat_postMessage(channel=dm, text="x")
    assert len(rig.workspace.messages(ANNA.id)) == posted
    await rig.client.chat_postMessage(channel=dm, text="x")
    assert len(rig.workspace.messages(ANNA.id)) == posted + 1


async def test_a_file_is_uploaded_in_three_steps_and_becomes_a_message(rig: Rig, dm: str) -> None:
    await rig.client.files_upload_v2(
        channel=dm, content="BEGIN:VCALENDAR", filename="session.ics", title="Session", initial_comment="Here"
    )
    message = rig.workspace.messages(ANNA.id)[0]
    assert (message.text, message.files[0].title, message.files[0].content) == ("Here", "Session", b"BEGIN:VCALENDAR")
    address = message.files[0].payload(rig.workspace.base_url)["url_private"]
    async with aiohttp.ClientSession() as session, session.get(address) as response:
        assert await response.read() == b"BEGIN:VCALENDAR"
    again = rig.client.files_completeUploadExternal(files=[{"id": message.files[0].id, "title": "Session"}])
    assert await error(again) == "file_not_found"
    assert await error(rig.client.files_getUploadURLExternal(filename="a", length=0)) == "invalid_arguments"


async def _use(address: str, body: Body) -> int:
    async with aiohttp.ClientSession() as session, session.post(address, json=body) as response:
        return response.status


async def test_a_response_url_is_good_five_times_in_thirty_minutes(rig: Rig) -> None:
    await rig.anna.types("/mentoring")
    address = rig.heard[-1][1]["response_url"]
    assert [await _use(address, {"text": "x"}) for _ in range(6)] == [200] * 5 + [404]
    await rig.anna.types("/mentoring")
    address = rig.heard[-1][1]["response_url"]
    assert await _use(address, {"text": "all", "response_type": "in_channel"}) == 200
    assert rig.anna.last.ephemeral_to is None
    await rig.clock.move(rig.clock.now() + timedelta(minutes=31))
    assert await _use(address, {"text": "late"}) == 404


async def test_what_was_exchanged_is_on_record(rig: Rig, dm: str) -> None:
    posted = await rig.client.chat_postMessage(channel=dm, text="x")
    await rig.anna.types("/mentoring")
    sent = next(entry for entry in rig.workspace.log if entry.name == "chat.postMessage")
    assert (sent.direction, sent.request["text"], sent.ts) == ("from_bot", "x", posted["ts"])
    told = next(entry for entry in rig.workspace.log if entry.direction == "to_bot")
    assert (told.name, told.status, told.user_id) == ("/mentoring", 200, ANNA.id)
