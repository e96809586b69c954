"""What people do reaches stock Bolt in Slack's form, and Bolt's answers are applied as Slack applies them."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web

from playground.workspace import Message, Person, Workspace
from tests.playground.conftest import ANNA, BEN, CARL, SECRET, TOKEN, Rig
from tests.playground.stock_bot import make_bot, plain, serve


async def test_a_command_is_answered_to_its_author_alone(rig: Rig) -> None:
    outcome = await rig.anna.types("/mentoring a < b")
    assert outcome.ok
    body = rig.heard[-1][1]
    assert body["text"] == "a &lt; b"
    assert body["user_id"] == ANNA.id
    assert body["channel_name"] == "directmessage"
    assert rig.anna.last.ephemeral_to == ANNA.id
    assert rig.anna.text_of(rig.anna.last) == "Show me"
    assert rig.workspace.complaints == []


async def test_a_press_carries_its_value_and_the_answer_replaces_the_message(rig: Rig) -> None:
    await rig.anna.types("/mentoring")
    await rig.anna.clicks("show ME")
    body = rig.heard[-1][1]
    assert body["actions"][0]["value"] == "42"
    assert body["container"]["is_ephemeral"]
    assert "message" not in body
    assert [rig.anna.text_of(message) for message in rig.anna.messages()] == ["Shown"]


async def test_a_response_url_answers_after_the_acknowledgement(rig: Rig) -> None:
    await rig.anna.types("/mentoring respond")
    assert rig.anna.said == "Answered later"
    assert rig.anna.last.ephemeral_to == ANNA.id


async def test_a_form_sends_initial_and_typed_values(rig: Rig) -> None:
    await rig.anna.types("/mentoring form")
    await rig.anna.fills({"Name": "Spring & more", "Days": ["In person"], "Sessions": "7"})
    await rig.anna.submits()
    values = rig.heard[-1][1]["view"]["state"]["values"]
    assert values["name"]["name_value"] == {"type": "plain_text_input", "value": "Spring & more"}
    assert values["mode"]["mode_value"]["selected_option"]["value"] == "remote"
    assert [option["value"] for option in values["days"]["days_value"]["selected_options"]] == ["in person"]
    assert values["count"]["count_value"]["value"] == "7"
    assert not rig.anna.sees_modal
    assert rig.workspace.complaints == []


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ({}, "Name"),
        ({"Name": "ab"}, "Name"),
        ({"Name": "x" * 21}, "Name"),
        ({"Name": "abc", "Sessions": "13"}, "Sessions"),
        ({"Name": "abc", "Sessions": "1.5"}, "Sessions"),
        ({"Name": "abc", "Sessions": "many"}, "Sessions"),
    ],
)
async def test_the_client_itself_refuses_what_does_not_fit_the_field(
    rig: Rig, typed: dict[str, str], label: str
) -> None:
    await rig.anna.types("/mentoring form")
    await rig.anna.fills(typed)
    outcome = await rig.anna.submits()
    assert outcome.reason == "field_errors"
    assert list(rig.anna.errors) == [label]
    assert [name for name, _ in rig.heard] == ["command"]


async def test_errors_of_the_bot_show_under_the_field_and_nothing_typed_is_lost(rig: Rig) -> None:
    await rig.anna.types("/mentoring form")
    await rig.anna.fills({"Name": "taken", "Format": "In person"})
    await rig.anna.submits()
    assert rig.anna.errors == {"Name": "There is one already"}
    await rig.anna.fills({"Name": "next"})
    await rig.anna.submits()
    assert rig.heard[-1][1]["view"]["state"]["values"]["mode"]["mode_value"]["selected_option"]["value"] == "in person"
    assert rig.anna.view.title == "Done"


async def test_errors_on_a_field_that_is_not_there_are_refused(rig: Rig) -> None:
    await rig.anna.types("/mentoring form")
    await rig.anna.fills({"Name": "wrong"})
    outcome = await rig.anna.submits()
    assert outcome.reason == "invalid_response"
    assert rig.anna.sees_modal
    assert "no input block nowhere" in rig.workspace.complaints[0]
    assert rig.workspace.toasts(ANNA.id)[0].reason == "invalid_response"


async def test_what_was_typed_stays_when_the_view_is_updated(rig: Rig) -> None:
    await rig.anna.types("/mentoring form")
    await rig.anna.fills({"Name": "Kept"})
    await rig.anna.clicks("Again")
    assert rig.heard[-1][1]["view"]["state"]["values"]["name"]["name_value"]["value"] == "Kept"
    assert rig.anna.view.title == "Drawn again"
    await rig.anna.clicks("Save")
    assert rig.heard[-1][1]["view"]["state"]["values"]["name"]["name_value"]["value"] == "Kept"


async def test_a_pushed_view_lies_on_top_and_closing_tells_the_bot_when_asked(rig: Rig) -> None:
    await rig.anna.types("/mentoring form")
    await rig.anna.clicks("More")
    assert [view.title for view in rig.workspace.views(ANNA.id)] == ["New round", "Second"]
    await rig.anna.closes()
    assert [name for name, _ in rig.heard] == ["command", "more"]
    await rig.anna.clicks("Not now")
    assert rig.heard[-1][0] == "closed"
    assert rig.heard[-1][1]["is_cleared"] is False


async def test_words_in_the_direct_message_are_an_event_and_elsewhere_are_not(rig: Rig) -> None:
    await rig.anna.types("ciao <!channel>")
    assert rig.anna.said == "You said ciao <!channel>"
    opened = await rig.client.conversations_open(users=[ANNA.id, BEN.id])
    count = len(rig.heard)
    await rig.anna.types("hello", channel=opened["channel"]["id"])
    assert len(rig.heard) == count
    assert rig.anna.messages(rig.anna.groups[0].id)[0].text == "hello"


async def test_an_event_can_come_twice(rig: Rig) -> None:
    event = await rig.workspace.say(ANNA.id, None, "once")
    assert event is not None and event.delivered
    again = await rig.workspace.redeliver(event)
    assert again.attempts == 2
    first, second = (body for name, body in rig.heard if name == "message")
    assert first["event_id"] == second["event_id"]


async def test_an_event_that_fails_is_sent_again_at_once(rig: Rig) -> None:
    bot_url, rig.workspace.bot_url = rig.workspace.bot_url, "http://127.0.0.1:1"
    event = await rig.workspace.say(ANNA.id, None, "anybody there?")
    assert event is not None and not event.delivered
    assert event.attempts == 2
    assert rig.workspace.complaints == ["event message: connection_failed"]
    rig.workspace.bot_url = bot_url
    assert (await rig.workspace.redeliver(event)).delivered
    assert rig.anna.said == "You said anybody there?"


async def test_home_is_published_when_it_is_opened(rig: Rig) -> None:
    assert await rig.anna.opens_home() == "Welcome home"


async def test_people_come_change_and_go(rig: Rig) -> None:
    await rig.workspace.join(Person.of("dora@example.org", "Dora New"))
    await rig.workspace.change_person(BEN.id, deleted=True)
    await rig.workspace.uninstall()
    kinds = [name for name, _ in rig.heard]
    assert kinds == ["team_join", "user_change", "app_uninstalled"]
    assert rig.heard[1][1]["event"]["user"]["deleted"]
    with pytest.raises(LookupError):
        await rig.workspace.command(CARL.id, "/mentoring")


async def test_a_broken_answer_shows_an_error_to_the_person(rig: Rig) -> None:
    outcome = await rig.anna.types("/mentoring broken")
    assert outcome.reason == "invalid_blocks"
    assert "invalid_blocks" in rig.workspace.toasts(ANNA.id)[0].words
    assert "json-pointer:/blocks/0" in rig.workspace.complaints[0]


async def test_a_bot_that_is_down_shows_an_error_and_keeps_the_form(rig: Rig) -> None:
    await rig.anna.types("/mentoring form")
    await rig.anna.fills({"Name": "Kept"})
    rig.workspace.bot_url = "http://127.0.0.1:1"
    outcome = await rig.anna.submits()
    assert outcome.reason == "connection_failed"
    state = rig.workspace.state(ANNA.id, rig.anna.view)
    assert state["name"]["name_value"]["value"] == "Kept"


async def test_a_wrong_signing_secret_is_refused_by_bolt(rig: Rig) -> None:
    bot, heard = make_bot(rig.workspace.base_url + "/api/", "another-secret", "xoxb-playground")
    runner, rig.workspace.bot_url = await serve(bot)
    outcome = await rig.anna.types("/mentoring")
    await runner.cleanup()
    assert outcome.reason == "http_401"
    assert heard == []


async def test_a_stale_message_is_sent_as_it_was(rig: Rig) -> None:
    await rig.anna.types("/mentoring")
    stale = rig.anna.last
    assert isinstance(stale, Message)
    await rig.anna.clicks("Show me")
    await rig.workspace.press(ANNA.id, stale, "show")
    assert [name for name, _ in rig.heard] == ["command", "show", "show"]


async def test_what_is_not_there_is_named_with_what_is(rig: Rig) -> None:
    await rig.anna.types("/mentoring")
    with pytest.raises(AssertionError, match="Show me"):
        await rig.anna.clicks("Hide me")


async def test_unread_marks_count_until_the_person_looks(rig: Rig) -> None:
    changes = rig.workspace.subscribe()
    dm = rig.workspace.dm(ANNA.id)
    await rig.client.chat_postMessage(channel=dm.id, text="one")
    await rig.client.chat_postMessage(channel=dm.id, text="two")
    assert dm.unread(ANNA.id) == 2
    rig.workspace.mark_read(ANNA.id, dm.id)
    assert dm.unread(ANNA.id) == 0
    kinds = [changes.get_nowait().kind for _ in range(changes.qsize())]
    assert kinds[-3:] == ["message", "message", "read"]


async def test_ids_follow_from_the_email() -> None:
    assert Person.of("Anna@example.org", "A").id == ANNA.id
    assert len(ANNA.id) == 11


async def test_an_answer_that_does_not_come_in_time_is_an_error(rig: Rig) -> None:
    released = asyncio.Event()

    async def never(_: web.Request) -> web.Response:
        await released.wait()
        return web.Response()

    app = web.Application()
    app.router.add_post("/slack/events", never)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with Workspace([ANNA], url, SECRET, TOKEN, rig.clock, answer_seconds=0.05) as workspace:
        outcome = await workspace.command(ANNA.id, "/mentoring")
        assert outcome.reason == "operation_timeout"
        assert "operation_timeout" in workspace.toasts(ANNA.id)[0].words
    released.set()
    await runner.cleanup()


async def test_choosing_outside_a_form_tells_the_bot_and_is_kept(rig: Rig) -> None:
    options = [{"text": plain(words), "value": words.lower()} for words in ("Keen", "Late")]
    select = {"type": "static_select", "action_id": "show", "options": options}
    dm = rig.workspace.dm(ANNA.id).id
    block = {"type": "section", "block_id": "how", "text": plain("How?"), "accessory": select}
    await rig.client.chat_postMessage(channel=dm, text="How?", blocks=[block])
    await rig.anna.chooses("Late")
    body = rig.heard[-1][1]
    assert body["actions"][0]["selected_option"]["value"] == "late"
    assert body["state"]["values"]["how"]["show"]["selected_option"]["value"] == "late"
    assert not body["container"]["is_ephemeral"]


async def test_an_input_of_a_form_does_not_tell_the_bot_unless_it_asked_for_it(rig: Rig) -> None:
    await rig.anna.types("/mentoring form")
    with pytest.raises(LookupError):
        await rig.workspace.press(ANNA.id, rig.anna.view, "name_value", "x")
