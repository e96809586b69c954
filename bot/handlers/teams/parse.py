"""Activities of Teams as values. Pure. Everything that arrives is treated as typed by a stranger.

Facts: learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/subscribe-to-conversation-events.
"""

import re
from dataclasses import dataclass
from html import unescape
from typing import Any, Literal

from bot.flows.turns import Event, Pressed, Reopened, Seen, Submitted, Typed, What
from bot.handlers.received import clean_text, number_of
from bot.handlers.teams.inputs import OTHER, SEVERAL, TYPED
from bot.handlers.teams.render import OURS
from bot.ui.forms import Value

Json = dict[str, Any]
PLATFORM = "teams"
SENT_FILE = "application/vnd.microsoft.teams.file.download.info"
Kind = Literal[
    "typed",
    "pressed",
    "fetched",
    "sent",
    "searched",
    "consented",
    "brought",
    "kept",
    "filed",
    "came",
    "went",
    "ignored",
]
_INVOKES: dict[str, Kind] = {
    "adaptiveCard/action": "pressed",
    "task/fetch": "fetched",
    "task/submit": "sent",
    "application/search": "searched",
    "fileConsent/invoke": "consented",
    "composeExtension/fetchTask": "brought",
    "composeExtension/submitAction": "kept",
}
_MENTION = re.compile(r"<at[^>]*>.*?</at>", re.DOTALL | re.IGNORECASE)
_BREAK, _TAG = re.compile(r"<br\s*/?>|</(?:p|div|li)>", re.IGNORECASE), re.compile(r"<[^>]*>")
_CALLED = re.compile(r"^\s*/?\s*mentoring\b", re.IGNORECASE)


@dataclass(frozen=True)
class Spot:
    """Where to write: the service that answers for the conversation, and the conversation; empty when only known
    from afar. As one text (``str``) it is what an account keeps.
    """

    service: str
    conversation: str = ""

    def __str__(self) -> str:
        return f"{self.service} {self.conversation}"

    @classmethod
    def of(cls, kept: str) -> "Spot":
        service, _, conversation = kept.partition(" ")
        return cls(service, conversation)


@dataclass(frozen=True)
class Arrival:
    """One activity. ``card``: the activity of the message whose card was pressed; ``value``: what an invoke carries.

    ``account`` is the Entra object id, the same in every conversation; ``user`` the id that Teams gave the person here.
    """

    kind: Kind
    tenant: str
    account: str
    user: str
    spot: Spot
    activity: str
    card: str
    private: bool
    invoke: bool
    locale: str
    timezone: str
    text: str
    value: Json
    file: Json


def arrival(activity: Json) -> Arrival:
    """The activity as a value; never raises, whatever is in it."""
    sender, conversation = table(activity.get("from")), table(activity.get("conversation"))
    channel = table(activity.get("channelData"))
    private = _text(conversation.get("conversationType") or "personal") == "personal"
    user = _text(sender.get("id"))
    return Arrival(
        kind=_kind(activity, private=private),
        tenant=_text(table(channel.get("tenant")).get("id") or conversation.get("tenantId")),
        account=_text(sender.get("aadObjectId")) or user,
        user=user,
        spot=Spot(_text(activity.get("serviceUrl")).rstrip("/"), _text(conversation.get("id"))),
        activity=_text(activity.get("id")),
        card=_text(activity.get("replyToId")),
        private=private,
        invoke=activity.get("type") == "invoke",
        locale=_text(activity.get("locale")),
        timezone=_timezone(activity),
        text=_text(activity.get("text")),
        value=table(activity.get("value")),
        file=_file(activity),
    )


def _kind(activity: Json, *, private: bool) -> Kind:
    match activity.get("type"):
        case "invoke":
            return _INVOKES.get(_text(activity.get("name")), "ignored")
        case "message" if isinstance(activity.get("value"), dict):
            return "pressed"
        case "message":
            return "filed" if _file(activity) else "typed"
        case "installationUpdate" if private:
            return "came" if _text(activity.get("action")).startswith("add") else "went"
        case "conversationUpdate" if private:
            return _bot_came_or_went(activity)
        case _:
            return "ignored"


def _bot_came_or_went(activity: Json) -> Kind:
    bot = _text(table(activity.get("recipient")).get("id"))
    for name, kind in (("membersAdded", "came"), ("membersRemoved", "went")):
        listed = activity.get(name)
        if isinstance(listed, list) and any(_text(table(one).get("id")) == bot for one in listed):
            return "came" if kind == "came" else "went"
    return "ignored"


def _file(activity: Json) -> Json:
    """The first file that was sent along; empty where there is none."""
    sent = activity.get("attachments")
    listed = [table(one) for one in sent] if isinstance(sent, list) else []
    return next((one for one in listed if one.get("contentType") == SENT_FILE), {})


def file_of(arrived: Arrival) -> tuple[str, str]:
    """Its name, and the address that it can be fetched from without a token."""
    return _text(arrived.file.get("name")), _text(table(arrived.file.get("content")).get("downloadUrl"))


def _timezone(activity: Json) -> str:
    """IANA, as the client says it."""
    entities = activity.get("entities")
    told = [table(one) for one in entities] if isinstance(entities, list) else []
    client = next((one for one in told if one.get("type") == "clientInfo"), {})
    return _text(activity.get("localTimezone") or client.get("timezone"))


def event(arrived: Arrival, what: What | None = None) -> Event:
    """What the person did (or ``what``, instead of what the activity says), for the dispatcher."""
    if what is None:
        what = Typed(words_of(arrived.text)) if arrived.kind == "typed" else _done(_data(arrived))
    # An invoke waits for its answer, so that a second delivery must be answered too: its actions read the world again.
    key = (
        f"{PLATFORM}:{arrived.spot.conversation}:{arrived.activity}"
        if arrived.activity and not arrived.invoke
        else None
    )
    origin = f"m:{arrived.spot}|{arrived.card}" if arrived.card else ""
    seen = Seen(str(arrived.spot) if arrived.private else "", arrived.locale, arrived.timezone)
    return Event(PLATFORM, arrived.tenant, arrived.account, what, origin, key, seen, by_address=True)


def brought(arrived: Arrival) -> Pressed:
    """An action on somebody's message, wherever it is: its words come as the value ``text``."""
    content = _text(table(table(arrived.value.get("messagePayload")).get("body")).get("content"))
    words = unescape(_TAG.sub("", _BREAK.sub("\n", content))).replace("\xa0", " ").strip()
    return Pressed(_text(arrived.value.get("commandId")), "", {"text": words})


def words_of(text: str) -> str:
    """What was typed, without mentions, entities, and the command's own name before other words."""
    words = unescape(_MENTION.sub(" ", text)).replace("\xa0", " ")
    return _CALLED.sub("", words, count=1).strip()


def _data(arrived: Arrival) -> Json:
    """Our data and the inputs beside them: where they lie depends on the kind of press."""
    if arrived.kind == "pressed" and arrived.invoke:
        return table(table(arrived.value.get("action")).get("data"))
    return table(arrived.value.get("data")) if arrived.invoke else arrived.value


def _done(data: Json) -> What:
    ours = table(data.get(OURS))
    token, step = _text(ours.get("token")), _text(ours.get("step"))
    match ours.get("do"):
        case "submit" | "back":
            return Submitted(token, step, values(data), back=ours["do"] == "back", typed=typed_texts(data))
        case "open":
            return Reopened(token)
        case _:
            id = _text(ours.get("id"))
            return Pressed(_text(ours.get("verb")), "" if id == "-" else id, {}, number_of(_text(ours.get("nudge"))))


def values(data: Json) -> dict[str, Value]:
    """The values of all inputs, by field name. Teams sends text alone, and joins several answers by commas."""
    given: dict[str, Value] = {}
    for id, value in data.items():
        if id.startswith(SEVERAL):
            given[id.removeprefix(SEVERAL)] = [part.strip() for part in _text(value).split(",") if part.strip()]
        elif id.startswith((TYPED, OTHER)):
            given[id[len(TYPED) :]] = _text(value) or None
    return given


def typed_texts(data: Json) -> tuple[str, ...]:
    """What was typed into the inputs, in their order."""
    texts = (_text(value) for id, value in data.items() if id.startswith(TYPED))
    return tuple(text for text in texts if text.strip())


def table(given: object) -> Json:
    """The JSON object, or an empty one in place of anything else."""
    return given if isinstance(given, dict) else {}


def _text(given: object) -> str:
    return clean_text(given) if isinstance(given, str | int | float) else ""
