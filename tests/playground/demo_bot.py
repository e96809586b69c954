"""A small demonstration bot of stock Bolt: typical cards and forms, for the tests of the page and of the colleagues.

`python -m tests.playground.demo_bot` serves it in a playground of the sample company, to look at.
"""

from __future__ import annotations

import asyncio
import struct
import zlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from playground.colleagues import Colleagues
from playground.company import Company
from playground.server import PageSettings, Quick, make_playground
from playground.workspace import Person, Workspace
from tests.playground.stock_bot import plain

Body = dict[str, Any]
SECRET, TOKEN = "a-signing-secret", "xoxb-playground"
JOBS = ("Data analyst", "Head of sales", "Engineer", "Designer", "Plant manager")
DEPARTMENTS = ("Finance", "Sales", "Technology", "Marketing", "Operations")
FIRST = ("Chiara", "Luca", "Giulia", "Marco", "Sara", "Omar", "Elena", "Paolo", "Ines", "Tom")
LAST = ("Rossi", "Bianchi", "Conti", "Ferri", "Longo", "Serra", "Moretti", "Villa")
CALENDAR = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"


def crowd(count: int) -> list[Person]:
    """Made-up people, the first an English one in London."""
    people = [Person.of("ben@example.org", "Ben Hill", locale="en-GB", tz="Europe/London", title="Head of people")]
    for i in range(1, count):
        name = f"{FIRST[i % len(FIRST)]} {LAST[i // len(FIRST) % len(LAST)]}"
        place = {"title": JOBS[i % len(JOBS)], "department": DEPARTMENTS[i % len(DEPARTMENTS)]}
        people.append(Person.of(f"person{i}@example.org", name, **place))
    return people


def mrkdwn(text: str) -> Body:
    return {"type": "mrkdwn", "text": text}


def section(text: str, **rest: Any) -> Body:
    return {"type": "section", "text": mrkdwn(text), **rest}


def button(words: str, action_id: str, value: str = "1", **rest: Any) -> Body:
    return {"type": "button", "action_id": action_id, "text": plain(words), "value": value, **rest}


def option(words: str, note: str | None = None) -> Body:
    extra = {"description": plain(note)} if note else {}
    return {"text": plain(words), "value": words.lower().replace(" ", "-"), **extra}


def field(block_id: str, label: str, element: Body, **rest: Any) -> Body:
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": {"action_id": block_id, **element},
        **rest,
    }


def invitation() -> list[Body]:
    """A card as the bot sends it to somebody out of the blue."""
    confirm = {
        "title": plain("Leave it?"),
        "text": mrkdwn("You can *always* come back."),
        "confirm": plain("Leave it"),
        "deny": plain("Back"),
        "style": "danger",
    }
    return [
        {"type": "header", "text": plain("A reverse-mentoring round opens :seedling:")},
        section(
            "Hi! *Giulia Conti* opens a round: a junior colleague shares what they do well, you share what experience "
            "has taught you.\n• It takes six hours\n• It is private\n"
            "_It is your choice, and your answer is private._\n> Six meetings of `45` minutes.",
        ),
        {
            "type": "section",
            "fields": [mrkdwn("*Format*\nOne to one, in person"), mrkdwn("*Answer by*\nFriday 23 January")],
        },
        {"type": "divider"},
        {
            "type": "actions",
            "elements": [
                button("Show me", "invitation.show", style="primary"),
                button("Not now", "invitation.later", confirm=confirm),
                {
                    "type": "button",
                    "action_id": "notice",
                    "text": plain("Read the notice"),
                    "url": "https://example.org/notice",
                },
                {"type": "overflow", "action_id": "more", "options": [option("Snooze"), option("Stop these")]},
            ],
        },
        {
            "type": "context",
            "elements": [mrkdwn("You get this because you were invited. <https://example.org|Privacy>")],
        },
    ]


def wide_card(picture_url: str) -> list[Body]:
    """Accessories, a list, a picture: what the invitation has not."""
    words = {"type": "rich_text_section", "elements": [{"type": "text", "text": "Bring one question"}]}
    bold = {"type": "rich_text_section", "elements": [{"type": "text", "text": "Book a room", "style": {"bold": True}}]}
    return [
        section(
            "*Three times that suit you both*\nTuesday 13 January, 15:00",
            accessory=button("Book", "book", "slot-1", style="primary"),
        ),
        section("Wednesday 14 January, 11:00", accessory=button("Book", "book", "slot-2")),
        section(
            "Remind me",
            accessory={
                "type": "static_select",
                "action_id": "remind",
                "options": [option("A day before"), option("An hour before")],
            },
        ),
        {"type": "rich_text", "elements": [{"type": "rich_text_list", "style": "bullet", "elements": [words, bold]}]},
        {"type": "image", "image_url": picture_url, "alt_text": "A green square", "title": plain("Where you are")},
        {
            "type": "context",
            "elements": [
                mrkdwn("Escaped: &lt;script&gt;alert(1)&lt;/script&gt; & <!channel> <javascript:alert(1)|press>")
            ],
        },
    ]


def first_form() -> Body:
    levels = [option("Curious", "Never tried"), option("At home", "Every week"), option("Can teach")]
    skills = [option(f"Skill {i}") for i in range(1, 13)]
    return {
        "type": "modal",
        "callback_id": "enrol.first",
        "title": plain("Your enrolment"),
        "submit": plain("Next"),
        "close": plain("Later"),
        "notify_on_close": True,
        "blocks": [
            section("*Step 1 of 2.* What you write here is seen by _nobody_ but the bot."),
            field(
                "role",
                "How would you like to take part?",
                {"type": "radio_buttons", "options": levels, "initial_option": levels[0]},
            ),
            field(
                "wants",
                "What would you like to learn?",
                {
                    "type": "multi_static_select",
                    "options": skills,
                    "max_selected_items": 3,
                    "placeholder": plain("Up to three"),
                },
            ),
            field(
                "goal",
                "A goal in one sentence",
                {"type": "plain_text_input", "multiline": True, "max_length": 200, "min_length": 10},
                hint=plain("Ten characters or more."),
            ),
            field(
                "promise",
                "I promise",
                {"type": "checkboxes", "options": [option("To keep what I hear to myself"), option("To be on time")]},
            ),
        ],
    }


def second_form() -> Body:
    hours = [option(f"{day} {hour}:00") for day in ("Monday", "Tuesday", "Thursday") for hour in range(9, 17)]
    rhythm = [option("Every two weeks"), option("Every month")]
    return {
        "type": "modal",
        "callback_id": "enrol.second",
        "title": plain("Your time"),
        "submit": plain("Done"),
        "close": plain("Back"),
        "blocks": [
            field("hours", "When can you usually meet?", {"type": "multi_static_select", "options": hours}),
            field("rhythm", "How often?", {"type": "static_select", "options": rhythm}),
            field("start", "From which day?", {"type": "datepicker"}),
            field("at", "Best time of day", {"type": "timepicker", "initial_time": "10:00"}, optional=True),
            field(
                "count",
                "How many meetings?",
                {"type": "number_input", "is_decimal_allowed": False, "min_value": "3", "max_value": "9"},
            ),
            field("not_with", "Please not with", {"type": "multi_users_select"}, optional=True),
        ],
    }


def home() -> Body:
    return {
        "type": "home",
        "blocks": [
            {"type": "header", "text": plain("Good morning")},
            section("*Next meeting*: Tuesday 13 January at 15:00, room Ada.", accessory=button("Move", "home.move")),
            {"type": "divider"},
            section("*Your goal*\nUnderstand how younger colleagues choose their tools."),
        ],
    }


def picture() -> bytes:
    """A small green PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes((46, 165, 151)) * 240 for _ in range(90))
    head = struct.pack(">IIBBBBB", 240, 90, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


class DemoClock:
    """A clock that is moved; the bot behind it posts what was planned by then."""

    def __init__(self) -> None:
        self._now = datetime(2026, 1, 12, 8, 30, tzinfo=UTC)
        self.planned: list[tuple[datetime, Any]] = []

    def now(self) -> datetime:
        return self._now

    async def next_due(self) -> datetime | None:
        return min((moment for moment, _ in self.planned), default=None)

    async def move(self, to: datetime) -> None:
        for moment, work in sorted(self.planned, key=lambda one: one[0]):
            if moment <= to:
                self.planned.remove((moment, work))
                self._now = max(self._now, moment)
                await work()
        self._now = max(self._now, to)


@dataclass
class Demo:
    """A whole demonstration. `enrolled` are finished forms by person, `heard` what reached the bot as (person, verb).

    While `stubborn`, no form is good enough.
    """

    workspace: Workspace
    clock: DemoClock
    colleagues: Colleagues
    client: AsyncWebClient
    bot: AsyncApp
    heard: list[tuple[str, str]]
    enrolled: dict[str, Body]
    url: str = ""
    stubborn: bool = False

    async def invite(self, people: Sequence[Person]) -> None:
        """The invitation, to each in their DM."""
        for person in people:
            channel = self.workspace.dm(person.id).id
            await self.client.chat_postMessage(
                channel=channel, text="A round opens. Would you like to see it?", blocks=invitation()
            )


def listen(demo: Demo) -> None:
    """The bot's listeners."""
    bot, heard = demo.bot, demo.heard
    first_answers: dict[str, Body] = {}

    @bot.command("/mentoring")
    async def command(ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        match body["text"]:
            case "enrol":
                await client.views_open(trigger_id=body["trigger_id"], view=first_form())
                await ack()
            case "slow":
                await asyncio.sleep(10)
            case _:
                await ack(
                    text="What I can do: *enrol*, *help*.",
                    blocks=[
                        section("What I can do: *enrol*, *help*."),
                        {"type": "actions", "elements": [button("Enrol", "invitation.show", style="primary")]},
                    ],
                )

    @bot.action("invitation.show")
    async def show(ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        heard.append((body["user"]["id"], "show"))
        await client.views_open(trigger_id=body["trigger_id"], view=first_form())
        await ack()

    @bot.action("invitation.later")
    async def later(ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        heard.append((body["user"]["id"], "later"))
        await ack()
        await answer(client, body, "That is fine. You can change your mind until Friday.")

    @bot.action("book")
    async def book(ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        heard.append((body["user"]["id"], f"book {body['actions'][0]['value']}"))
        await ack()
        blocks = [
            section("Booked: Tuesday 13 January, 15:00 :white_check_mark:"),
            {"type": "actions", "elements": [button("Move", "move"), button("Cancel", "cancel", style="danger")]},
        ]
        await client.chat_update(channel=body["channel"]["id"], ts=body["message"]["ts"], text="Booked", blocks=blocks)

    @bot.action("more")
    @bot.action("notice")
    @bot.action("remind")
    @bot.action("home.move")
    async def heard_it(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        heard.append((body["user"]["id"], body["actions"][0]["action_id"]))
        await ack()

    @bot.view("enrol.first")
    async def first(ack: AsyncAck, body: Body) -> None:
        values = body["view"]["state"]["values"]
        heard.append((body["user"]["id"], "enrol.first"))
        if demo.stubborn or "nothing" in values["goal"]["goal"]["value"]:
            await ack(response_action="errors", errors={"goal": "A little more, please."})
            return
        first_answers[body["user"]["id"]] = values
        await ack(response_action="update", view=second_form())

    @bot.view("enrol.second")
    async def second(ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        user_id = body["user"]["id"]
        demo.enrolled[user_id] = {**first_answers.pop(user_id, {}), **body["view"]["state"]["values"]}
        await ack()
        channel = demo.workspace.dm(user_id).id
        await client.chat_postMessage(
            channel=channel, text=":tada: *You are in.* I will write when the pairs are made."
        )

    @bot.view_closed("enrol.first")
    async def closed(ack: AsyncAck) -> None:
        await ack()

    @bot.event("app_home_opened")
    async def opened(event: Body, client: AsyncWebClient) -> None:
        await client.views_publish(user_id=event["user"], view=home())

    @bot.event("user_change")
    async def changed(ack: AsyncAck) -> None:
        await ack()

    @bot.event("message")
    async def typed(event: Body, client: AsyncWebClient) -> None:
        await client.chat_postMessage(channel=event["channel"], text=f"You wrote: {event['text']}")


async def serve(bot: AsyncApp) -> tuple[web.AppRunner, str]:
    """Serve the bot and its picture on loopback; returns what stops it, and its address."""

    async def green(_: web.Request) -> web.Response:
        return web.Response(body=picture(), content_type="image/png")

    app = bot.web_app(path="/slack/events")
    app.router.add_get("/green.png", green)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"


async def answer(client: AsyncWebClient, body: Body, words: str) -> None:
    blocks = [section(words)]
    await client.chat_update(channel=body["channel"]["id"], ts=body["message"]["ts"], text=words, blocks=blocks)


@asynccontextmanager
async def demonstration(
    people: Sequence[Person], *, visitor: Sequence[str] = (), port: int = 0, seed: int = 1
) -> AsyncIterator[Demo]:
    """A playground with the demonstration bot, its page served on loopback at `demo.url`."""
    clock = DemoClock()
    workspace = Workspace(people, "", SECRET, TOKEN, clock, answer_seconds=1, limits_on=False)
    colleagues = Colleagues(workspace, seed=seed, except_for=visitor)
    lines = [f"/mentoring {words}" for words in ("enrol", "help", "home", "privacy", "what next")]
    completions = {"en": lines, "it": ["/mentoring aiuto", *lines]}
    quick = [
        Quick({"en": "Coordinator", "it": "Coordinamento"}, people[0].id),
        Quick("Junior", people[len(people) // 2].id),
        Quick("Senior", people[-1].id),
    ]
    settings = PageSettings(quick, completions, {people[0].id: "coordinator"})
    page = web.AppRunner(make_playground(Company(workspace), clock, colleagues, settings), shutdown_timeout=1)
    await page.setup()
    await web.TCPSite(page, "127.0.0.1", port).start()
    workspace.base_url = f"http://127.0.0.1:{page.addresses[0][1]}"
    client = AsyncWebClient(token=TOKEN, base_url=workspace.base_url + "/api/", retry_handlers=[])
    bot = AsyncApp(client=client, signing_secret=SECRET, process_before_response=True)
    demo = Demo(workspace, clock, colleagues, client, bot, [], {}, workspace.base_url)
    listen(demo)
    runner, workspace.bot_url = await serve(bot)
    try:
        yield demo
    finally:
        await page.cleanup()
        await runner.cleanup()
        await workspace.close()
        colleagues.close()


async def fill_the_room(demo: Demo) -> None:
    """Something to look at in every corner of the page."""
    people = list(demo.workspace.people.values())
    ben, chiara = people[0], people[1]
    client, dm = demo.client, demo.workspace.dm(ben.id).id
    await demo.invite(people)
    await client.chat_postMessage(channel=dm, text="Times", blocks=wide_card(demo.workspace.bot_url + "/green.png"))
    await client.files_upload_v2(
        channel=dm,
        filename="meeting.ics",
        content=CALENDAR,
        title="Meeting on Tuesday",
        initial_comment="For your calendar:",
    )
    await client.files_upload_v2(
        channel=dm, filename="totals.png", content=picture(), title="Totals", alt_txt="Twelve of twenty answered"
    )
    group = (await client.conversations_open(users=[ben.id, chiara.id]))["channel"]["id"]
    await client.chat_postMessage(
        channel=group, text=f"<@{ben.id}>, <@{chiara.id}>: this is your room. A first question each…"
    )
    demo.clock.planned.append((demo.clock.now() + timedelta(days=1), lambda: demo.invite([ben])))


async def _look() -> None:
    async with demonstration(crowd(240), port=3999) as demo:
        await fill_the_room(demo)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_look())
