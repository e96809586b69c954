"""Slack's payloads as events. Pure. Everything that arrives is treated as typed by a stranger."""

import json
import re
from html import unescape
from typing import Any

from bot.flows.turns import Commanded, Event, Filed, HomeOpened, Pressed, Submitted, Typed, What
from bot.handlers.received import clean_text, number_of
from bot.handlers.slack.render import SEPARATOR
from bot.ui.forms import Value

Json = dict[str, Any]
PLATFORM = "slack"
_LINKED = re.compile(r"<(?P<target>[^<>|]+)(?:\|(?P<label>[^<>]*))?>")


def command(body: Json) -> Event:
    """A slash command. Its text arrives escaped."""
    return _event(body.get("team_id"), body.get("user_id"), Commanded(clean_text(unescape(str(body.get("text", ""))))))


def action(body: Json) -> Event:
    """A press of a button in a message, a modal or the Home tab."""
    pressed: Json = (body.get("actions") or [{}])[0]
    verb = clean_text(pressed.get("action_id", "")).split(SEPARATOR)[0]
    values = state_values(body.get("view", body))
    what: What = Pressed(verb, clean_text(pressed.get("value", "")), values, _nudge(str(pressed.get("block_id", ""))))
    if verb == "flow.back":
        token, _, step = clean_text(pressed.get("value", "")).partition(":")
        what = Submitted(token, step, values, back=True, typed=typed_texts(body.get("view") or {}))
    return _event(_team(body), (body.get("user") or {}).get("id"), what, origin=origin_of(body))


def shortcut(body: Json) -> Event:
    """A shortcut on somebody's message: its words come as the value ``text``."""
    message: Json = body.get("message") or {}
    words = clean_text(unescape(_without_markup(str(message.get("text", "")))))
    what = Pressed(clean_text(body.get("callback_id", "")), "", {"text": words})
    return _event(_team(body), (body.get("user") or {}).get("id"), what)


def _without_markup(text: str) -> str:
    """Links by their label or address, mentions by their name where it is there."""
    return _LINKED.sub(lambda found: found["label"] or found["target"], text)


def submission(body: Json) -> Event:
    """A modal, sent."""
    view: Json = body.get("view") or {}
    kept = _metadata(str(view.get("private_metadata", "")))
    what = Submitted(
        clean_text(kept.get("token", "")), clean_text(kept.get("step", "")), state_values(view), typed=typed_texts(view)
    )
    return _event(_team(body), (body.get("user") or {}).get("id"), what)


def home_opened(body: Json) -> Event | None:
    """The Home tab was opened; None for the other tabs."""
    event: Json = body.get("event") or {}
    if event.get("tab") != "home":
        return None
    return _event(body.get("team_id"), event.get("user"), HomeOpened(), key=_key(body))


def typed(body: Json) -> Event | None:
    """Words typed to the bot; None for what bots and edits cause."""
    event: Json = body.get("event") or {}
    if event.get("channel_type") != "im" or event.get("subtype") or event.get("bot_id") or not event.get("user"):
        return None
    origin = f"d:{event.get('channel', '')}"
    words = Typed(clean_text(unescape(str(event.get("text", "")))))
    return _event(body.get("team_id"), event.get("user"), words, key=_key(body), origin=origin)


def filed(body: Json) -> tuple[Event, Json] | None:
    """A file sent to the bot, still without what it holds, and how Slack describes it; None for anything else."""
    event: Json = body.get("event") or {}
    files = event.get("files") or []
    if event.get("channel_type") != "im" or event.get("subtype") != "file_share" or event.get("bot_id") or not files:
        return None
    file: Json = files[0]
    what = Filed(clean_text(file.get("name", "")), None)
    origin = f"d:{event.get('channel', '')}"
    return _event(body.get("team_id"), event.get("user"), what, key=_key(body), origin=origin), file


def origin_of(body: Json) -> str:
    """Where a press happened: ``m:channel:ts`` a message, ``e:address`` ephemeral, ``v:id`` a view, ``h`` Home."""
    container: Json = body.get("container") or {}
    if container.get("type") == "view":
        view: Json = body.get("view") or {}
        return "h" if view.get("type") == "home" else f"v:{view.get('id', '')}"
    if container.get("is_ephemeral"):
        return f"e:{body.get('response_url', '')}"
    return f"m:{container.get('channel_id', '')}:{container.get('message_ts', '')}"


def from_home(body: Json) -> bool:
    """Whether a press or a form belongs to the Home tab, or to a modal that was opened from it."""
    view: Json = body.get("view") or {}
    return view.get("type") == "home" or _metadata(str(view.get("private_metadata", ""))).get("home") is True


def state_values(holder: Json) -> dict[str, Value]:
    """The values of all inputs, by field name."""
    blocks: Json = (holder.get("state") or {}).get("values") or {}
    return {name: _value(given) for fields in blocks.values() for name, given in fields.items()}


def typed_texts(view: Json) -> tuple[str, ...]:
    """What was typed into the inputs of a modal, in their order."""
    blocks: Json = (view.get("state") or {}).get("values") or {}
    inputs = [given for fields in blocks.values() for given in fields.values()]
    texts = (_value(given) for given in inputs if given.get("type") == "plain_text_input")
    return tuple(text for text in texts if isinstance(text, str) and text.strip())


def _value(given: Json) -> Value:
    match given:
        case {"selected_option": option}:
            return clean_text(option["value"]) if option else None
        case {"selected_options": options}:
            return [clean_text(option["value"]) for option in options or []]
        case {"selected_users": users}:
            return [clean_text(user) for user in users or []]
        case _:
            for key in ("value", "selected_date", "selected_time", "selected_user"):
                if given.get(key) is not None:
                    return clean_text(given[key])
            return None


def _event(team: object, user: object, what: What, *, origin: str = "", key: str | None = None) -> Event:
    return Event(PLATFORM, clean_text(team or ""), clean_text(user or ""), what, origin, key)


def _team(body: Json) -> object:
    return (body.get("team") or {}).get("id") or (body.get("user") or {}).get("team_id")


def _key(body: Json) -> str | None:
    return f"slack:{clean_text(body['event_id'])}" if body.get("event_id") else None


def _nudge(block_id: str) -> int | None:
    block, _, number = block_id.partition(SEPARATOR)
    return number_of(number) if block.isdecimal() else None


def _metadata(text: str) -> Json:
    try:
        kept = json.loads(text)
    except ValueError:
        return {}
    return kept if isinstance(kept, dict) else {}
