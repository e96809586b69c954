"""The form that takes the address of a published calendar."""

from urllib.parse import urlsplit

from bot.flows.engine import Errors, Flow, Place, Step
from bot.ui.cards import Bullets, Note, Paragraph
from bot.ui.forms import Form, TextField
from bot.ui.words import T

LONGEST = 1000


def address_of(typed: str) -> str | None:
    """The https address that somebody typed or pasted; None when it is none. ``webcal:`` means the same."""
    text = typed.strip().strip("<>")
    if text.lower().startswith("webcal://"):
        text = "https://" + text[len("webcal://") :]
    try:
        parts = urlsplit(text)
        named = parts.scheme == "https" and "." in (parts.hostname or "") and parts.username is None
    except ValueError:
        return None
    return text if named and len(text) <= LONGEST and not any(letter.isspace() for letter in text) else None


def _form(_place: Place) -> Form:
    field = TextField(
        "address",
        T("calendar.address"),
        hint=T("calendar.address_hint"),
        placeholder=T("calendar.address_example"),
        max_length=LONGEST,
    )
    where = Bullets((T("calendar.where_outlook"), T("calendar.where_google"), T("calendar.where_others")))
    intro = (Paragraph(T("calendar.what_it_is_for")), where, Note(T("calendar.what_is_kept")))
    return Form(T("calendar.title"), (field,), T("calendar.submit"), intro)


def _check(place: Place) -> Errors:
    return {} if address_of(place.one("address")) else {"address": T("calendar.no_address")}


GIVE = Flow("calendar.give", (Step("address", _form, lambda _place: None, _check),), days=1)
