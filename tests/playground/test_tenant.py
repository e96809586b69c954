"""The simulated tenant sends activities as Teams shapes them, applies the answers, and refuses what Teams refuses."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from yarl import URL

from playground.tenant import cards
from playground.tenant.model import FILE_CONSENT, FILE_INFO, SENT_FILE
from tests.playground.teams_bot import ANNA, BEN, Json, Rig, card, dialog, message, rigged, row, words

YES: Json = {"type": "Action.Execute", "title": "Yes", "verb": "round.yes", "data": {"id": "42"}, "style": "positive"}
OPEN: Json = {"type": "Action.Submit", "title": "Open", "data": {"msteams": {"type": "task/fetch"}, "step": "1"}}
SEND: Json = {"type": "Action.Submit", "title": "Send", "style": "positive", "data": {"step": "1"}}
BACK: Json = {"type": "Action.Submit", "title": "Back", "data": {"step": "0"}, "associatedInputs": "none"}


@pytest_asyncio.fixture
async def rig() -> AsyncIterator[Rig]:
    async with rigged() as ready:
        yield ready


def form(**values: Any) -> Json:
    """Every kind of input."""
    days = [{"title": "Monday", "value": "mon"}, {"title": "Tuesday", "value": "tue"}]
    return card(
        {"type": "Input.Text", "id": "name", "label": "Name", "isRequired": True, "errorMessage": "Say it", **values},
        {"type": "Input.Number", "id": "count", "label": "How many", "min": 1, "max": 6},
        {"type": "Input.ChoiceSet", "id": "days", "label": "Days", "isMultiSelect": True, "choices": days},
        {"type": "Input.Toggle", "id": "sure", "label": "Sure", "title": "I am sure"},
        {"type": "Input.Date", "id": "on", "label": "On"},
        row(SEND, BACK),
    )


async def test_words_come_with_who_where_and_when(rig: Rig) -> None:
    await rig.anna.types("/mentoring round new")
    (heard,) = rig.heard
    assert (heard["type"], heard["text"], heard["channelId"]) == ("message", "round new", "msteams")
    assert heard["from"] == {"id": ANNA.id, "name": "Anna Neri", "aadObjectId": ANNA.object_id}
    assert heard["conversation"]["conversationType"] == "personal"
    assert heard["channelData"]["tenant"]["id"] == heard["conversation"]["tenantId"] == rig.tenant.identity.tenant_id
    assert heard["entities"][0]["timezone"] == heard["localTimezone"] == "Europe/Rome"
    assert heard["locale"] == "it-IT"
    assert heard["serviceUrl"].startswith(rig.tenant.base_url)


async def test_an_installation_is_told_twice_and_ends(rig: Rig) -> None:
    await rig.tenant.install(BEN.id)
    added, installed = rig.heard
    assert added["membersAdded"] == [{"id": rig.tenant.identity.bot_id}]
    assert (installed["type"], installed["action"]) == ("installationUpdate", "add")
    await rig.tenant.uninstall(BEN.id)
    assert rig.heard[-1]["action"] == "remove"


async def test_execute_is_an_invoke_whose_card_takes_the_place_of_the_one_pressed(rig: Rig) -> None:
    sent = await rig.says(message(card(words("Will **you**?"), row(YES)), summary="Will you?"))
    assert rig.anna.said == "Will you?\nYes"
    rig.answers = [{"statusCode": 200, "type": "application/vnd.microsoft.card.adaptive", "value": card(words("Yes!"))}]
    await rig.anna.clicks("Yes")
    (heard,) = rig.heard
    assert (heard["type"], heard["name"], heard["replyToId"]) == ("invoke", "adaptiveCard/action", sent)
    assert heard["value"]["action"]["verb"] == "round.yes"
    assert heard["value"]["action"]["data"] == {"id": "42"}
    assert rig.anna.said == "Yes!"
    status, _ = await rig.call("PUT", f"{rig.place}/activities/{sent}", message(card(words("For all"))))
    assert status == 200
    assert rig.anna.said == "For all"


async def test_words_that_answer_a_press_are_read_by_who_pressed(rig: Rig) -> None:
    await rig.says(message(card(row(YES))))
    rig.answers = [{"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": "Thank you"}]
    await rig.anna.clicks("Yes")
    assert rig.anna.said == "Thank you"


@pytest.mark.parametrize("answer", [500, {"statusCode": 200, "type": "nonsense", "value": {}}, {"statusCode": 400}])
async def test_a_bad_answer_is_told_to_the_person_and_kept_as_a_complaint(rig: Rig, answer: Any) -> None:
    await rig.says(message(card(row(YES))))
    rig.answers = [answer]
    outcome = await rig.anna.clicks("Yes")
    assert not outcome.ok
    assert "Si è verificato un problema" in rig.tenant.toasts(ANNA.id)[-1].words
    assert len(rig.tenant.complaints) == 1


async def test_a_dialog_sends_strings_alone_and_leaves_out_what_is_empty(rig: Rig) -> None:
    await rig.says(message(card(row(OPEN))))
    rig.answers = [dialog("Form", form())]
    await rig.anna.clicks("Open")
    assert (rig.heard[0]["name"], rig.heard[0]["value"]["data"]["step"]) == ("task/fetch", "1")
    assert rig.anna.view.title == "Form"
    outcome = await rig.anna.submits()
    assert outcome.reason == "field_errors"
    assert rig.anna.errors == {"Name": "Say it"}
    await rig.anna.fills({"Name": "Spring", "How many": "3", "Days": ["Tuesday", "Monday"]})
    await rig.anna.submits()
    sent = rig.heard[1]["value"]["data"]
    assert sent == {"step": "1", "name": "Spring", "count": "3", "days": "tue,mon", "sure": "false"}
    assert not rig.anna.sees_modal


async def test_a_button_without_inputs_leaves_a_form_that_is_not_filled(rig: Rig) -> None:
    await rig.says(message(card(row(OPEN))))
    rig.answers = [dialog("Form", form()), {"task": {"type": "message", "value": "See you"}}]
    await rig.anna.clicks("Open")
    await rig.anna.clicks("Back")
    assert rig.heard[1]["value"]["data"] == {"step": "0"}
    assert rig.anna.view_text == "See you"


async def test_what_the_bot_finds_wrong_stands_below_its_field(rig: Rig) -> None:
    await rig.says(message(card(row(OPEN))))
    wrong = form(value="Spring")
    wrong["body"].insert(1, words("There is one already", color="attention"))
    rig.answers = [dialog("Form", form()), dialog("Form", wrong)]
    await rig.anna.clicks("Open")
    await rig.anna.fills({"Name": "Spring"})
    outcome = await rig.anna.submits()
    assert outcome.reason == "field_errors"
    assert rig.anna.errors == {"Name": "There is one already"}
    assert rig.anna.fields[0].kept == "Spring"


async def test_a_question_that_unfolds_is_answered_with_its_first_button(rig: Rig) -> None:
    toggle = {"type": "Action.ToggleVisibility", "title": "Leave", "targetElements": ["sure"]}
    question = {"type": "Container", "id": "sure", "isVisible": False, "items": [words("Sure?"), row(YES)]}
    await rig.says(message(card(row(toggle), question)))
    assert rig.anna.said == "Leave"
    await rig.anna.clicks("Leave")
    assert rig.heard[0]["value"]["action"]["verb"] == "round.yes"


async def test_a_bot_that_takes_too_long_hears_the_message_again(rig: Rig) -> None:
    rig.answers = [504]
    await rig.anna.types("help")
    assert [one["id"] for one in rig.heard] == [rig.heard[0]["id"]] * 2
    assert rig.tenant.complaints == []
    event = await rig.tenant.say(ANNA.id, None, "help")
    assert (await rig.tenant.redeliver(event)).attempts == 2
    assert rig.heard[-1] == rig.heard[-2]


async def test_a_private_chat_is_opened_once_and_a_group_never(rig: Rig) -> None:
    tenant = rig.tenant.identity.tenant_id
    path = "/teams/v3/conversations"
    wanted: Json = {"isGroup": False, "members": [{"id": ANNA.object_id}], "tenantId": tenant}
    opened = [await rig.call("POST", path, wanted) for _ in range(2)]
    assert opened[0] == opened[1] == (201, {"id": rig.tenant.dm(ANNA.id).id})
    group = {**wanted, "isGroup": True, "members": [{"id": ANNA.id}, {"id": BEN.id}]}
    assert (await rig.call("POST", path, group))[0] == 400
    assert (await rig.call("POST", path, {**wanted, "tenantId": "another"}))[0] == 400
    assert (await rig.call("POST", path, {**wanted, "members": [{"id": "anna@example.org"}]}))[0] == 400
    status, body = await rig.call("POST", path, {**wanted, "members": [{"id": BEN.id}]})
    assert (status, body["error"]["code"]) == (403, "ForbiddenOperationException")


async def test_who_blocked_or_removed_the_bot_is_not_reached(rig: Rig) -> None:
    rig.tenant.block(ANNA.id)
    status, body = await rig.call("POST", f"{rig.place}/activities", {"type": "message", "text": "Hi"})
    assert (status, body["errorCode"]) == (403, 209)
    assert "MessageWritesBlocked" in body["message"]
    rig.tenant.block(ANNA.id, blocked=False)
    await rig.tenant.uninstall(ANNA.id)
    status, body = await rig.call("POST", f"{rig.place}/activities", {"type": "message", "text": "Hi"})
    assert (status, body["error"]["code"]) == (403, "ForbiddenOperationException")
    assert rig.tenant.complaints == []


async def test_the_directory_tells_addresses_and_neither_language_nor_zone(rig: Rig) -> None:
    status, member = await rig.call("GET", f"{rig.place}/members/{ANNA.id}")
    assert status == 200
    assert (member["email"], member["userPrincipalName"]) == (ANNA.email, ANNA.upn)
    assert not {"locale", "timezone"} & set(member)
    assert (await rig.call("GET", f"{rig.place}/members/{BEN.id}"))[0] == 404
    assert (await rig.call("GET", f"{rig.place}/pagedmembers?pageSize=50"))[1] == {"members": [member]}
    rig.tenant.change_person(ANNA.id, shown_email="")
    assert "email" not in (await rig.call("GET", f"{rig.place}/members/{ANNA.id}"))[1]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (card(words("x"), version="1.6"), "must be one of 1.0"),
        (card({"type": "Carousel", "pages": []}), "not of Adaptive Cards 1.5"),
        (card({"type": "TextBlock"}), "missing required field: text"),
        (card(words("x", colour="red")), "additional property: colour"),
        (card(row({"type": "Action.Http", "url": "https://example.org"})), "not of Adaptive Cards 1.5"),
        (card({"type": "Input.Text", "id": "a"}, {"type": "Input.Text", "id": "a"}), "2 inputs are called 'a'"),
        (card({"type": "Input.ChoiceSet", "id": "a"}), "'a' offers nothing"),
        ({"body": []}, "missing required field: type"),
    ],
)
async def test_a_card_that_teams_would_not_draw_is_refused(rig: Rig, wrong: Json, says: str) -> None:
    status, body = await rig.call("POST", f"{rig.place}/activities", message(wrong))
    assert status == 400
    assert says in body["error"]["message"]
    assert len(rig.tenant.complaints) == 1


async def test_other_bad_calls_are_refused(rig: Rig) -> None:
    places = f"{rig.place}/activities"
    assert (await rig.call("POST", places, {"type": "message"}))[0] == 400
    assert (await rig.call("POST", places, {"type": "message", "text": "x" * 50_000}))[0] == 413
    assert (await rig.call("PUT", f"{places}/1", {"type": "message", "text": "x"}))[0] == 404
    assert (await rig.call("POST", "/teams/v3/conversations/a:none/activities", {"type": "message", "text": "x"}))[
        0
    ] == 404
    assert cards.in_dialog(card(row(YES)))


async def test_too_many_messages_at_once_wait(rig: Rig) -> None:
    activity = {"type": "message", "text": "x"}
    statuses = [(await rig.call("POST", f"{rig.place}/activities", activity))[0] for _ in range(8)]
    assert statuses == [201] * 7 + [429]
    await rig.clock.move(rig.clock.now() + timedelta(seconds=2))
    assert (await rig.call("POST", f"{rig.place}/activities", activity))[0] == 201


@pytest.mark.parametrize(("fault", "status"), [("412", 412), ("502", 502), ("504", 504), ("429", 429)])
async def test_faults_on_order_change_nothing(rig: Rig, fault: Any, status: int) -> None:
    rig.tenant.faults.next("send", fault)
    assert (await rig.call("POST", f"{rig.place}/activities", {"type": "message", "text": "x"}))[0] == status
    assert rig.anna.messages() == []


async def test_a_file_is_put_where_the_person_allows_it(rig: Rig) -> None:
    content = {"description": "Totals", "sizeInBytes": 4, "acceptContext": {"job": "1"}}
    consent = {"contentType": FILE_CONSENT, "name": "totals.csv", "content": content}
    await rig.says({"type": "message", "attachments": [consent]})
    await rig.anna.clicks("Consenti")
    value = rig.heard[0]["value"]
    assert (rig.heard[0]["name"], value["action"], value["context"]) == ("fileConsent/invoke", "accept", {"job": "1"})
    address = value["uploadInfo"]["uploadUrl"]
    async with rig.http.put(address, data=b"a,b\n", headers={"Content-Range": "bytes 0-3/9"}) as answer:
        assert answer.status == 400
    async with rig.http.put(address, data=b"a,b\n", headers={"Content-Range": "bytes 0-3/4"}) as answer:
        assert answer.status == 201
    async with rig.http.get(value["uploadInfo"]["contentUrl"]) as answer:
        assert await answer.read() == b"a,b\n"
    info = {"contentType": FILE_INFO, "name": "totals.csv", "contentUrl": value["uploadInfo"]["contentUrl"]}
    await rig.says({"type": "message", "attachments": [info]})
    assert rig.anna.said == "totals.csv"
    assert len(rig.tenant.complaints) == 1


async def test_a_file_that_a_person_sends_lies_where_the_bot_is_told(rig: Rig) -> None:
    await rig.tenant.send_file(ANNA.id, "pairs & more.csv", b"a;b")
    [page, file] = rig.heard[0]["attachments"]
    assert (page["contentType"], file["contentType"]) == ("text/html", SENT_FILE)
    assert (file["name"], file["content"]["fileType"]) == ("pairs & more.csv", "csv")
    async with rig.http.get(URL(file["content"]["downloadUrl"], encoded=True)) as answer:
        assert await answer.read() == b"a;b"
    assert [rig.anna.text_of(one) for one in rig.anna.messages()] == ["pairs & more.csv"]


async def test_choices_that_the_bot_looks_up_are_asked_for_while_one_types(rig: Rig) -> None:
    who = {"type": "Input.ChoiceSet", "id": "who", "label": "Who", "choices": [], "choices.data": {
        "type": "Data.Query", "dataset": "people"}}  # fmt: skip
    await rig.says(message(card(row(OPEN))))
    found = {"results": [{"title": "Ben Hill (Finance)", "value": "ben@example.org"}]}
    searched = {"statusCode": 200, "type": "application/vnd.microsoft.search.searchResponse", "value": found}
    rig.answers = [dialog("Form", card(who, row(SEND))), searched]
    await rig.anna.clicks("Open")
    await rig.anna.fills({"Who": "Ben"})
    assert rig.heard[1]["value"]["queryText"] == "Ben"
    await rig.anna.submits()
    assert rig.heard[2]["value"]["data"]["who"] == "ben@example.org"
