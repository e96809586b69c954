"""The way out to Teams: one call a message, and every refusal becomes what the relay does about it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import pytest_asyncio
from sqlmodel import col, select

from bot.dispatch import Answer
from bot.domain import retry
from bot.domain.calendar_files import MIME, Appointment, event_file
from bot.flows.turns import Event, Filed, Tell
from bot.handlers.teams.calendar import calendar_link
from bot.relay import Address, Parcel, Undelivered
from bot.ui.cards import Attachment, Button, Buttons, card
from bot.ui.words import T
from storage.tables import Account, Workspace
from tests.teams import Door, teams_door

_LINKED = select(Account, Workspace).join(Workspace, col(Workspace.id) == Account.workspace_id)
BLOCKED = {"errorCode": 209, "message": '{"subCode":"MessageWritesBlocked","details":"Thread is not accessible"}'}


@pytest_asyncio.fixture
async def door() -> AsyncIterator[Door]:
    async with teams_door() as opened:
        await opened.knock(opened.activity("Oliver Clarke", text="help"))
        opened.connector.said.clear()
        yield opened


async def parcel(door: Door, **more: Any) -> Parcel:
    """A message to the one person who has written to the bot."""
    async with door.inverso.database.uow(door.clock.now(), 1) as uow:
        account, workspace = (await uow.rows(_LINKED))[0]
    button = Button(T("form.open"), "support.resume", "")
    blocks = card(T("form.answer_below"), Buttons((button,)))
    return Parcel(Address(workspace, (account,)), blocks, ("it",), "a:key", **more)


async def send(door: Door, **more: Any) -> Any:
    return await door.inverso.relay.senders["teams"].send(await parcel(door, **more))


async def test_a_message_goes_to_the_known_conversation_with_its_nudge_in_the_buttons(door: Door) -> None:
    receipt = await send(door, nudge=17)
    method, path, sent = door.connector.said[0]
    assert (method, path.startswith("v3/conversations/a:")) == ("POST", True)
    assert sent["summary"] == "Ti ho risposto qui sotto."
    pressed = sent["attachments"][0]["content"]["body"][-1]["actions"][0]
    assert pressed["data"]["inverso"] == {"do": "press", "verb": "support.resume", "id": "-", "nudge": "17"}
    assert receipt.message.endswith("|said-1")


async def test_an_earlier_message_is_replaced_by_its_receipt(door: Door) -> None:
    receipt = await send(door)
    await send(door, edit=receipt.message)
    method, path, _ = door.connector.said[-1]
    assert (method, path.endswith("/activities/said-1")) == ("PUT", True)


@pytest.mark.promised("A conversation that is gone")
async def test_a_chat_that_is_gone_is_opened_anew(door: Door) -> None:
    given = await parcel(door)
    account = given.address.accounts[0]
    door.connector.gone.add(account.conversation.split()[1])
    receipt = await door.inverso.relay.senders["teams"].send(given)
    first, opened, posted = door.connector.said
    assert first[1].endswith(f"{account.conversation.split()[1]}/activities")
    assert (opened[1], opened[2]["members"]) == ("v3/conversations", [{"id": account.external_id}])
    assert posted[1] == "v3/conversations/said-2/activities"
    assert receipt.conversation == f"{door.connector.url} said-2"


FAULTS: list[tuple[int, Any, dict[str, str], retry.Trouble, bool]] = [
    (429, {}, {"Retry-After": "7"}, retry.Busy(timedelta(seconds=7)), False),
    (429, {}, {}, retry.Busy(timedelta(seconds=1)), False),
    (412, {}, {}, retry.Down(), False),
    (502, {}, {}, retry.Down(), False),
    (504, {}, {}, retry.Down(), False),
    (500, {}, {}, retry.Unknown(), False),
    (401, {}, {}, retry.Down(), False),
    (403, BLOCKED, {}, retry.Refused(), True),
    (403, {"error": {"code": "BotNotInConversationRoster"}}, {}, retry.Refused(), True),
    (404, {"error": {"code": "ConversationNotFound"}}, {}, retry.Refused(), True),
    (413, {"error": {"code": "MessageSizeTooBig"}}, {}, retry.Refused(), False),
    (400, {"error": {"code": "BadSyntax"}}, {}, retry.Refused(), False),
]


@pytest.mark.promised("403")
async def test_every_refusal_says_what_to_do_and_is_tried_once(door: Door) -> None:
    for status, body, headers, trouble, unreachable in FAULTS:
        door.connector.said.clear()
        door.connector.refuse = {"POST": (status, body, headers)}
        with pytest.raises(Undelivered) as failure:
            await send(door)
        assert (status, failure.value.trouble, failure.value.unreachable) == (status, trouble, unreachable)
        assert len(door.connector.said) == (2 if status == 404 else 1)


async def test_when_nobody_answers_nothing_was_sent(door: Door) -> None:
    given = await parcel(door)
    given.address.accounts[0].conversation = "http://127.0.0.1:1 a:b"
    with pytest.raises(Undelivered) as failure:
        await door.inverso.relay.senders["teams"].send(given)
    assert failure.value.trouble == retry.Down()


async def test_who_took_the_app_away_is_not_written_to_until_they_have_it_again(door: Door) -> None:
    async def reachable() -> bool:
        async with door.inverso.database.uow(door.clock.now(), 1) as uow:
            return bool((await uow.rows(select(Account.reachable)))[0][0])

    await door.knock(door.activity("Oliver Clarke", "installationUpdate", action="remove"))
    assert not await reachable()
    await door.knock(door.activity("Oliver Clarke", "installationUpdate", action="add"))
    assert await reachable()
    assert len(door.connector.messages) == 1


@pytest.mark.promised("Files")
async def test_a_copy_of_one_s_data_is_asked_for_then_put_where_the_person_agreed(door: Door) -> None:
    dialog = await door.fetch("Oliver Clarke", "privacy.export")
    await door.send("Oliver Clarke", dialog)
    await door.due()
    asked = [sent["attachments"][0] for sent in door.connector.messages if "file.consent" in str(sent)]
    assert [one["name"] for one in asked] == ["inverso.json", "inverso.txt"]
    name, content = asked[0]["name"], asked[0]["content"]
    place = {"uploadUrl": f"{door.connector.url}/drive/{name}", "uniqueId": "u1", "fileType": "json", "contentUrl": "c"}
    agreed = {"action": "accept", "context": content["acceptContext"], "uploadInfo": place}
    consent = door.activity("Oliver Clarke", "invoke", name="fileConsent/invoke", value=agreed, replyToId="ask-1")
    assert (await door.knock(consent))[0] == 200
    _, _, uploaded = next(one for one in door.connector.said if one[1].startswith("drive/"))
    assert uploaded["person"]["email"] == "oliver.clarke@aurea.example"
    assert door.connector.said[-1][1].endswith("/activities/ask-1")
    assert door.connector.said[-1][2]["attachments"][0]["contentUrl"] == "c"

    door.connector.said.clear()
    for who, value in (("Valentina Vitale", agreed), ("Oliver Clarke", {**agreed, "action": "decline"})):
        await door.knock(door.activity(who, "invoke", name="fileConsent/invoke", value=value, replyToId="ask-1"))
    assert [path.split("/")[0] for _, path, _ in door.connector.said] == ["v3", "v3"]


async def test_a_file_that_is_sent_reaches_the_bot_with_what_it_holds(door: Door) -> None:
    got: list[Event] = []

    async def handle(event: Event) -> Answer:
        got.append(event)
        return Answer(Tell(card(T("form.answer_below"))), "en")

    door.inverso.dispatcher.handle = handle  # type: ignore[method-assign]  # what a feature does with it is its story
    for address, data in ((f"{door.connector.url}/drive/a.csv", b"a;b"), (f"{door.connector.url}/nowhere", b"")):
        content = {"downloadUrl": address, "uniqueId": "u", "fileType": "csv"}
        sent = {
            "contentType": "application/vnd.microsoft.teams.file.download.info",
            "name": "a.csv",
            "content": content,
        }
        page = {"contentType": "text/html", "content": "<p></p>"}
        assert await door.knock(door.activity("Oliver Clarke", text="", attachments=[page, sent])) == (200, {})
        assert got[-1].what == Filed("a.csv", data)
        assert door.connector.messages[-1]["summary"] == "I have answered below."


@pytest.mark.promised("Files")
def test_a_date_becomes_a_link_into_the_calendar() -> None:
    event = Appointment(
        "u", 1, datetime(2027, 1, 12, 9, tzinfo=UTC), 45, "Mit Ünal & co", datetime(2027, 1, 1, tzinfo=UTC)
    )
    link = calendar_link(Attachment("a.ics", MIME, event_file(event), T("scheduling.file_title")))
    assert link is not None
    assert parse_qs(urlsplit(link).query) == {
        "subject": ["Mit Ünal & co"],
        "startTime": ["2027-01-12T09:00:00+00:00"],
        "endTime": ["2027-01-12T09:45:00+00:00"],
    }
    off = replace(event, cancelled=True)
    assert calendar_link(Attachment("a.ics", MIME, event_file(off), T("scheduling.file_title"))) is None
