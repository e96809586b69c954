"""The door for Teams: real activities through the real gateway, answered as Teams takes it, whatever is in them."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from bot.flows.turns import Event
from storage.tables import Account, Person
from tests.teams import BOT, TENANT, Door, card_of, member, teams_door


@pytest_asyncio.fixture
async def door() -> AsyncIterator[Door]:
    async with teams_door() as opened:
        yield opened


def texts(drawn: Any) -> str:
    """All words of a card, a message or an answer."""
    return json.dumps(drawn, ensure_ascii=False)


async def test_typed_words_are_answered_in_the_chat_in_the_person_s_language(door: Door) -> None:
    for words in ("help", "/help", "mentoring help", "/mentoring help"):
        assert await door.knock(door.activity("Oliver Clarke", text=words)) == (200, {})
        assert "junior colleague" in door.connector.messages[-1]["summary"]
    await door.knock(door.activity("Oliver Clarke", text="aiuto", locale="it-IT"))
    assert "Una persona junior" in door.connector.messages[-1]["summary"]
    await door.knock(door.activity("Oliver Clarke", text="/mentoring", locale="it-IT"))
    assert "ti scriverò qui" in door.connector.messages[-1]["summary"]


async def test_installing_greets_once_however_often_teams_says_so(door: Door) -> None:
    added = door.activity("Oliver Clarke", "conversationUpdate", membersAdded=[{"id": BOT}])
    installed = door.activity("Oliver Clarke", "installationUpdate", action="add")
    for activity in (added, installed, added):
        assert (await door.knock(activity))[0] == 200
    [greeting] = door.connector.messages
    assert "look after your company’s reverse mentoring" in greeting["summary"]
    assert "Nothing is waiting for you" in texts(greeting)


async def test_a_button_is_answered_by_the_present_card_which_is_put_into_the_message(door: Door) -> None:
    said = await door.press("Oliver Clarke", "support.resume")
    assert said["type"] == "application/vnd.microsoft.card.adaptive"
    edits = [(path, sent) for method, path, sent in door.connector.said if method == "PUT"]
    assert edits[0][0].endswith("/activities/card-1")
    assert edits[0][1]["attachments"][0]["content"] == said["value"]


async def test_a_form_is_a_dialog_that_keeps_what_was_typed_when_an_answer_is_wrong(door: Door) -> None:
    dialog = await door.fetch("Valentina Vitale", "programme.new")
    again = await door.send("Valentina Vitale", dialog, t_name="Primavera 2027")
    body = card_of(again)["body"]
    assert [one.get("value") for one in body if one.get("id") == "t_name"] == ["Primavera 2027"]
    wrong = [number for number, one in enumerate(body) if one.get("color") == "attention"]
    assert wrong
    assert all(body[number - 1]["type"].startswith("Input.") for number in wrong)


async def test_words_that_need_a_form_bring_a_button_that_opens_it(door: Door) -> None:
    await door.knock(door.activity("Oliver Clarke", text="pause"))
    button = door.connector.messages[-1]["attachments"][0]["content"]["body"][-1]["actions"][0]
    opened = door.activity("Oliver Clarke", "invoke", name="task/fetch", value={"data": button["data"]})
    _, dialog = await door.knock(opened)
    assert dialog["task"]["type"] == "continue"


def ignored(door: Door) -> list[dict[str, Any]]:
    """One of each kind of activity that Teams sends and the bot has no use for."""
    who = "Oliver Clarke"
    channel = {"conversation": {"conversationType": "channel", "id": "19:x@thread.tacv2"}}
    return [
        door.activity(who, "typing"),
        door.activity(who, "messageReaction", reactionsAdded=[{"type": "like"}], replyToId="1"),
        door.activity(who, "messageUpdate", text="help", channelData={"eventType": "editMessage"}),
        door.activity(who, "messageDelete", channelData={"eventType": "softDeleteMessage"}),
        door.activity(who, "conversationUpdate", membersAdded=[{"id": "29:somebody"}]),
        door.activity(who, "conversationUpdate", **channel, channelData={"eventType": "channelCreated"}),
        door.activity(who, "conversationUpdate", **channel, membersAdded=[{"id": BOT}]),
        door.activity(who, "installationUpdate", **channel, action="add"),
        door.activity(who, "event", name="application/vnd.microsoft.readReceipt", value={"lastReadMessageId": "1"}),
        door.activity(who, "event", name="application/vnd.microsoft.meetingStart", value={}),
        door.activity(who, "endOfConversation"),
        door.activity(who, "invoke", name="composeExtension/query", value={"commandId": "x"}),
        door.activity(who, "invoke", name="signin/verifyState", value={"state": "1"}),
        door.activity(who, "invoke", name="message/submitAction", value={"actionName": "feedback"}),
        door.activity(who, "somethingNew"),
    ]


async def test_what_means_nothing_to_the_bot_is_taken_quietly(door: Door) -> None:
    for activity in ignored(door):
        activity["channelData"] = {"tenant": {"id": TENANT}, **activity["channelData"]}
        assert (activity["type"], *(await door.knock(activity))) == (activity["type"], 200, {})
    assert door.connector.said == []


@pytest.mark.promised("A message that Teams delivers again (it does after fifteen seconds)")
async def test_a_message_that_teams_delivers_again_acts_once(door: Door) -> None:
    typed = door.activity("Oliver Clarke", text="help")
    for _ in range(3):
        assert await door.knock(typed) == (200, {})
    assert len(door.connector.messages) == 1


async def test_a_button_of_a_client_that_knows_no_execute_works_as_well(door: Door) -> None:
    data = {"inverso": {"do": "press", "verb": "support.resume", "id": "-"}}
    assert await door.knock(door.activity("Oliver Clarke", value=data, replyToId="card-1")) == (200, {})
    assert [method for method, _, _ in door.connector.said] == ["PUT"]


async def test_in_a_channel_it_points_to_the_private_chat(door: Door) -> None:
    place = {"conversationType": "channel", "id": "19:x@thread.tacv2;messageid=1"}
    await door.knock(door.activity("Oliver Clarke", text="<at>Inverso</at> help", conversation=place))
    _, path, sent = door.connector.said[0]
    assert "19%3Ax%40thread.tacv2%3Bmessageid%3D1" in path or "19:x@thread.tacv2;messageid=1" in path
    assert "in private only" in sent["summary"]


async def test_a_card_that_was_forwarded_to_a_group_does_nothing_there(door: Door) -> None:
    group = {"conversation": {"conversationType": "groupChat", "id": "19:x@thread.v2"}}
    assert "in private only" in (await door.press("Oliver Clarke", "support.resume", **group))["value"]
    data = {"inverso": {"do": "press", "verb": "support.resume", "id": "-"}}
    fetched = door.activity("Oliver Clarke", "invoke", name="task/fetch", value={"data": data}, **group)
    assert "in private only" in texts((await door.knock(fetched))[1])
    await door.knock(door.activity("Oliver Clarke", value=data, replyToId="card-1", **group))
    assert "in private only" in door.connector.messages[-1]["summary"]
    assert [method for method, _, _ in door.connector.said] == ["POST"]


async def test_somebody_who_is_not_in_the_roster_reads_what_to_do(door: Door) -> None:
    stranger = member("nobody@elsewhere.example", "Nobody Known", 999)
    door.connector.members[stranger["id"]] = stranger
    await door.knock(door.activity("Nobody Known", text="help"))
    assert "Ask HR to add you" in door.connector.messages[-1]["summary"]
    said = await door.press("Nobody Known", "support.resume")
    assert "Ask HR to add you" in said["value"]
    dialog = await door.fetch("Nobody Known", "support.pause")
    assert "Ask HR to add you" in texts(dialog)
    said = len(door.connector.messages)
    await door.knock(door.activity("Nobody Known", "installationUpdate", action="add"))
    assert len(door.connector.messages) == said


async def test_somebody_whom_the_roster_comes_to_name_is_linked_in_the_night(door: Door) -> None:
    newcomer = member("new.colleague@aurea.example", "New Colleague", 998)
    door.connector.members |= {newcomer["id"]: newcomer, newcomer["objectId"]: newcomer}
    await door.knock(door.activity("New Colleague", "installationUpdate", action="add"))
    async with door.inverso.database.uow(door.clock.now(), 1) as uow:
        person = uow.add(Person(email="new.colleague@aurea.example", name="New Colleague"))
        await uow.commit()
    assert door.inverso.teams is not None
    await door.inverso.teams.link_strangers()
    async with door.inverso.database.uow(door.clock.now(), 1) as uow:
        linked = await uow.first(uow.of(Account).where(Account.person_id == person.pk))
    assert linked is not None
    assert (linked.external_id, linked.conversation.split()[1]) == (newcomer["objectId"], f"a:{newcomer['objectId']}")


async def test_language_and_zone_are_learned_from_what_arrives(door: Door) -> None:
    await door.knock(door.activity("Oliver Clarke", text="help", locale="it-IT", localTimezone="Europe/Berlin"))
    await door.knock(door.activity("Oliver Clarke", text="aiuto", locale="it-IT", localTimezone="Mars/Olympus"))
    async with door.inverso.database.uow(door.clock.now(), 1) as uow:
        person = await uow.first(uow.of(Person).where(Person.name == "Oliver Clarke"))
    assert person is not None
    assert (person.language, person.timezone) == ("it", "Europe/Berlin")


async def test_colleagues_are_searched_in_the_roster_by_name(door: Door) -> None:
    await door.knock(door.activity("Oliver Clarke", text="help"))
    asked = {"queryText": "vitale", "queryOptions": {"skip": 0, "top": 15}, "dataset": "inverso.people"}
    _, said = await door.knock(door.activity("Oliver Clarke", "invoke", name="application/search", value=asked))
    assert {"title": "Valentina Vitale (Human resources)", "value": "valentina.vitale@aurea.example"} in said["value"][
        "results"
    ]


ODD: list[Any] = [None, [], "x", 7, {}, {"inverso": []}, {"inverso": {"do": "submit", "token": 7, "step": []}}]
TAMPERED: list[dict[str, Any]] = [
    {"do": "press", "verb": "no.such_verb", "id": "1'; DROP TABLE"},
    {"do": "press", "verb": "pairing.accept", "id": "9" * 400},
    {"do": "press", "verb": "enrolment.show", "id": "x:y:z", "nudge": "99999999999999999999"},
    {"do": "press", "verb": "scheduling.book", "id": "\x00\ud800"},
    {"do": "submit", "token": "nobody-s", "step": "what"},
    {"do": "back", "token": "", "step": ""},
    {"do": "open", "token": "nobody-s"},
    {"do": "something else"},
]


async def test_tampered_presses_get_a_kind_sentence_and_change_nothing(door: Door) -> None:
    for ours in TAMPERED:
        data = {"inverso": ours}
        execute = {"action": {"verb": "x", "data": data}, "trigger": "manual"}
        for name, value in (
            ("adaptiveCard/action", execute),
            ("task/fetch", {"data": data}),
            ("task/submit", {"data": data}),
        ):
            status, said = await door.knock(door.activity("Oliver Clarke", "invoke", name=name, value=value))
            assert (ours, name, status) == (ours, name, 200)
            assert "mentoring" in texts(said), (ours, name, said)
    for value in ODD:
        for name in ("adaptiveCard/action", "task/fetch", "task/submit", "application/search", "fileConsent/invoke"):
            assert (await door.knock(door.activity("Oliver Clarke", "invoke", name=name, value=value)))[0] == 200


async def test_a_text_beyond_all_measure_is_refused_with_its_limit(door: Door) -> None:
    dialog = await door.fetch("Valentina Vitale", "programme.new")
    again = await door.send("Valentina Vitale", dialog, t_name="x" * 60_000)
    assert "60,000 characters: please shorten it" in texts(again)
    await door.knock(door.activity("Oliver Clarke", text="x" * 60_000))
    assert "everything I understand" in door.connector.messages[-1]["summary"]


async def test_what_is_no_activity_is_refused(door: Door) -> None:
    for odd in (None, [], "x", 7, {}, {"type": 3}):
        assert (await door.knock(odd))[0] == 400
    for key in ("from", "conversation", "channelData", "entities", "serviceUrl", "recipient", "text", "id"):
        for odd in (None, [], 7, {"id": None}):
            assert (await door.knock({**door.activity("Oliver Clarke", text="help"), key: odd}))[0] in (200, 403)


async def test_a_fault_of_ours_is_an_apology_and_never_a_status(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    await door.knock(door.activity("Oliver Clarke", text="help"))

    async def breaks(_event: Event) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(door.inverso.dispatcher, "handle", breaks)
    with capture_logs() as logs:
        assert "something went wrong on my side" in texts(await door.press("Oliver Clarke", "support.resume"))
        assert "something went wrong on my side" in texts(await door.fetch("Oliver Clarke", "support.pause"))
        assert await door.knock(door.activity("Oliver Clarke", text="profile")) == (200, {})
    assert [log["kind"] for log in logs] == ["pressed", "fetched", "typed"]
    assert "something went wrong on my side" in door.connector.messages[-1]["summary"]
