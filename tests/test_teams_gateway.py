"""The door for Teams: real activities through the real gateway, answered as Teams takes it, whatever is in them."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio

from tests.teams import BOT, Door, card_of, teams_door


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
    assert len(door.connector.messages) == 1


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
    assert all(body[number + 1]["type"].startswith("Input.") for number in wrong)


async def test_words_that_need_a_form_bring_a_button_that_opens_it(door: Door) -> None:
    await door.knock(door.activity("Oliver Clarke", text="pause"))
    button = door.connector.messages[-1]["attachments"][0]["content"]["body"][-1]["actions"][0]
    opened = door.activity("Oliver Clarke", "invoke", name="task/fetch", value={"data": button["data"]})
    _, dialog = await door.knock(opened)
    assert dialog["task"]["type"] == "continue"
