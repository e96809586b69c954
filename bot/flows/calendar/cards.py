"""What is said about a person's own calendar: whether it is read, what is kept of it, what was in the way."""

from datetime import datetime

from bot.ui.cards import Button, Buttons, Card, Confirm, Note, card
from bot.ui.words import T, When


def none_yet() -> Card:
    """The two ways between a calendar and the bot, when neither is known to be used."""
    give = Button(T("calendar.give"), "calendar.give", style="primary")
    return card(T("calendar.none_yet"), Note(T("calendar.what_is_kept")), Buttons((give, _feed())))


def known(read_at: datetime | None, failing: bool, zone: str) -> Card:
    """How it stands with the calendar that was given; ``read_at``: when it was read well last."""
    if read_at is None:
        words = T("calendar.not_read_yet")
    else:
        words = T("calendar.read_then" if failing else "calendar.known", at=When(read_at, zone))
    buttons = (Button(T("calendar.change"), "calendar.give"), _forget(), _feed())
    return card(words, Note(T("calendar.what_is_kept")), Buttons(buttons))


def given() -> Card:
    """The address is kept, and read now."""
    return card(T("calendar.given"))


def read() -> Card:
    """It was read for the first time."""
    return card(T("calendar.read"), Note(T("calendar.what_is_kept")))


def tries_on() -> Card:
    """It cannot be reached for now, and is tried again."""
    return card(T("calendar.tries_on"), Buttons((Button(T("calendar.change"), "calendar.give"),)))


def not_taken(trouble: str) -> Card:
    """What is in the way of reading the address at all; it is not kept."""
    again = Button(T("calendar.again"), "calendar.give", style="primary")
    return card(T(f"calendar.trouble_{trouble}"), T("calendar.not_kept"), Buttons((again,)))


def lost(since: datetime | None, zone: str) -> Card:
    """It has not been read for weeks."""
    said = T("calendar.lost", since=When(since, zone, "day")) if since else T("calendar.never_read")
    return card(said, Buttons((Button(T("calendar.change"), "calendar.give", style="primary"), _forget())))


def forgotten() -> Card:
    """The address and all that was kept of it are gone."""
    return card(T("calendar.forgotten"), Buttons((Button(T("calendar.give"), "calendar.give"),)))


def _feed() -> Button:
    return Button(T("scheduling.subscribe"), "scheduling.feed")


def _forget() -> Button:
    sure = Confirm(
        T("calendar.forget_title"), T("calendar.forget_sure"), T("calendar.forget_yes"), T("scheduling.cancel_no")
    )
    return Button(T("calendar.forget"), "calendar.forget", style="danger", confirm=sure)
