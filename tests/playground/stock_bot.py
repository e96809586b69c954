"""A tiny bot made of stock Bolt, to prove that the simulated workspace speaks the protocol that Bolt speaks."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond, AsyncSay
from slack_sdk.web.async_client import AsyncWebClient

Body = dict[str, Any]


def plain(text: str) -> Body:
    return {"type": "plain_text", "text": text}


def button(words: str, action_id: str, value: str = "1") -> Body:
    return {"type": "button", "action_id": action_id, "text": plain(words), "value": value}


def form() -> Body:
    option: list[Body] = [{"text": plain(words), "value": words.lower()} for words in ("Remote", "In person")]
    fields: list[tuple[str, str, Body, bool]] = [
        ("name", "Name", {"type": "plain_text_input", "min_length": 3, "max_length": 20}, False),
        ("mode", "Format", {"type": "radio_buttons", "options": option, "initial_option": option[0]}, False),
        ("days", "Days", {"type": "multi_static_select", "options": option}, True),
        ("count", "Sessions", {"type": "number_input", "is_decimal_allowed": False, "max_value": "12"}, True),
    ]
    return {
        "type": "modal",
        "callback_id": "round",
        "title": plain("New round"),
        "submit": plain("Save"),
        "close": plain("Not now"),
        "notify_on_close": True,
        "blocks": [
            *(
                {
                    "type": "input",
                    "block_id": block_id,
                    "label": plain(label),
                    "optional": optional,
                    "element": {**element, "action_id": f"{block_id}_value"},
                }
                for block_id, label, element, optional in fields
            ),
            {"type": "actions", "elements": [button("More", "more"), button("Again", "again")]},
        ],
    }


def done() -> Body:
    return {"type": "modal", "title": plain("Done"), "blocks": [{"type": "header", "text": plain("Saved")}]}


def second() -> Body:
    return {"type": "modal", "title": plain("Second"), "blocks": [{"type": "divider"}]}


def make_bot(api_url: str, secret: str, token: str) -> tuple[AsyncApp, list[tuple[str, Body]]]:
    """The bot, and the list of what reached its listeners."""
    client = AsyncWebClient(token=token, base_url=api_url, retry_handlers=[])
    app = AsyncApp(client=client, signing_secret=secret, process_before_response=True)
    heard: list[tuple[str, Body]] = []

    @app.command("/mentoring")
    async def command(ack: AsyncAck, body: Body, client: AsyncWebClient, respond: AsyncRespond) -> None:
        heard.append(("command", body))
        match body["text"]:
            case "form":
                await client.views_open(trigger_id=body["trigger_id"], view=form())
                await ack()
            case "respond":
                await ack()
                await respond(text="Answered later")
            case "broken":
                await ack(blocks=[{"type": "section"}], text="x")
            case _:
                await ack(text="Choose", blocks=[{"type": "actions", "elements": [button("Show me", "show", "42")]}])

    @app.action("show")
    async def show(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        heard.append(("show", body))
        await ack()
        await respond(text="Shown", replace_original=True)

    @app.action("more")
    async def more(ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        heard.append(("more", body))
        await ack()
        await client.views_push(trigger_id=body["trigger_id"], view=second())

    @app.action("again")
    async def again(ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        heard.append(("again", body))
        await ack()
        view = {**form(), "title": plain("Drawn again")}
        await client.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=view)

    @app.view("round")
    async def save(ack: AsyncAck, body: Body) -> None:
        heard.append(("save", body))
        match body["view"]["state"]["values"]["name"]["name_value"]["value"]:
            case "taken":
                await ack(response_action="errors", errors={"name": "There is one already"})
            case "wrong":
                await ack(response_action="errors", errors={"nowhere": "x"})
            case "next":
                await ack(response_action="update", view=done())
            case _:
                await ack()

    @app.view_closed("round")
    async def closed(ack: AsyncAck, body: Body) -> None:
        heard.append(("closed", body))
        await ack()

    @app.event("message")
    async def message(event: Body, say: AsyncSay, body: Body) -> None:
        heard.append(("message", body))
        await say(text=f"You said {event['text']}")

    @app.event("app_home_opened")
    async def home(event: Body, client: AsyncWebClient) -> None:
        blocks = [{"type": "section", "text": plain("Welcome home")}]
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    @app.event("user_change")
    @app.event("team_join")
    @app.event("app_uninstalled")
    async def people(body: Body) -> None:
        heard.append((body["event"]["type"], body))

    return app, heard


async def serve(app: AsyncApp) -> tuple[web.AppRunner, str]:
    """Serve the bot on loopback; returns what stops it, and its address."""
    runner = web.AppRunner(app.web_app(path="/slack/events"))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"
