"""What a person reads and can do on a message or dialog: words, buttons and fields, in reading order."""

from __future__ import annotations

import json

from playground.client_words import Words
from playground.model import Json
from playground.reading import Button, Field
from playground.tenant import adaptive, inputs
from playground.tenant.model import FILE_CONSENT, FILE_INFO, Dialog, Message

STYLES = {"positive": "primary", "destructive": "danger"}
ACCEPT, DECLINE = "file/accept", "file/decline"


def of_message(message: Message, cards: tuple[Json, ...], words: Words) -> str:
    """All visible words of a message whose cards the reader has like this, a line a part; names of files too."""
    lines = [adaptive.plain(message.text)]
    for card in cards:
        lines += adaptive.texts(card)
    for attachment in message.attachments:
        lines.append(attachment.get("name", ""))
        if attachment["contentType"] == FILE_CONSENT:
            lines += [attachment["content"].get("description", ""), words.file_allowed, words.file_declined]
    return "\n".join(line for line in lines if line)


def of_dialog(dialog: Dialog) -> str:
    """All visible words of a dialog: title, card, what the client says under inputs."""
    lines = [dialog.title, *adaptive.texts(dialog.card), *(words for _, words in dialog.refused)]
    return "\n".join(line for line in lines if line)


def buttons_of(message: Message, cards: tuple[Json, ...], words: Words) -> list[Button]:
    """The buttons of a message; those of Teams' own question about a file too."""
    found = [button for number, card in enumerate(cards) for button in of_card(card, f"{number}/")]
    for number, attachment in enumerate(message.attachments):
        place = f"attachments/{number}"
        if attachment["contentType"] == FILE_CONSENT:
            found.append(Button(f"{place}/{ACCEPT}", ACCEPT, None, "primary", words.file_allowed))
            found.append(Button(f"{place}/{DECLINE}", DECLINE, None, "", words.file_declined))
        elif attachment["contentType"] == FILE_INFO:
            found.append(Button(place, "file/open", None, "", attachment["name"], attachment["contentUrl"]))
    return found


def of_card(card: Json, prefix: str = "") -> list[Button]:
    """The buttons of a card. One that only unfolds a hidden question stands for the question's first button."""
    return [_button(card, f"{prefix}{place}", action, prefix) for place, action in adaptive.actions(card)]


def submit_of(dialog: Dialog) -> Button | None:
    """The button that sends a dialog: the first main one, else the first that sends what is typed."""
    sending = [
        (place, action)
        for place, action in adaptive.actions(dialog.card)
        if action["type"] == "Action.Submit" and action.get("associatedInputs", "auto").lower() == "auto"
    ]
    main = [pair for pair in sending if pair[1].get("style") == "positive"]
    found = (main or sending)[:1]
    return _button(dialog.card, *found[0], "") if found else None


def fields_of(cards: tuple[Json, ...], standing: inputs.State, *, in_form: bool) -> list[Field]:
    """Every input with what stands in it."""
    return [
        inputs.field_of(element, standing[element["id"]], in_form=in_form)
        for card in cards
        for element in adaptive.inputs(card)
    ]


def _button(card: Json, place: str, action: Json, prefix: str) -> Button:
    style = STYLES.get(action.get("style", ""), "")
    words = action.get("title", "")
    if action["type"] == "Action.ToggleVisibility":
        asked = _asked(card, action)
        if asked is not None:
            place, action = f"{prefix}{asked[0]}", asked[1]
    data = action.get("data")
    opens = isinstance(data, dict) and (data.get("msteams") or {}).get("type") == "task/fetch"
    value = None if data is None else json.dumps(data, sort_keys=True)
    return Button(place, action.get("verb") or action["type"], value, style, words, action.get("url", ""), opens=opens)


def _asked(card: Json, toggle: Json) -> tuple[str, Json] | None:
    """The first button in what a toggle shows, with its place; None when it shows none."""
    targets = {one if isinstance(one, str) else one.get("elementId") for one in toggle["targetElements"]}
    for place, action in adaptive.actions(card, hidden=True):
        if adaptive.holder(card, place) in targets and action["type"] != "Action.ToggleVisibility":
            return place, action
    return None
