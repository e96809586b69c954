"""The button that every unrequested message carries: not now, or never of this kind; or never alone."""

from bot.ui.cards import Button
from bot.ui.words import T


def later(kind: str) -> Button:
    """“Later”: opens the choice between tomorrow, next week and never, for nudges of this ``kind``."""
    return Button(T("support.later"), "support.later", kind)


def stop(kind: str) -> Button:
    """“Stop these messages”: for a message that comes once, where later would mean nothing."""
    return Button(T("support.stop"), "support.stop", kind)


def snooze_buttons(kind: str) -> tuple[Button, ...]:
    """The same as a tuple, to be added to the buttons of a card."""
    return (later(kind),)
