"""How the present card is put together, and what it says when nothing waits."""

from collections.abc import Sequence

from bot.flows.help.cards import show_help
from bot.ui.cards import Block, Button, Buttons, Card, Divider, Heading, Note, Paragraph, card
from bot.ui.words import T

NOW_UNTIL = 10
"""Sections ranked below this are the person's to do now."""


def empty() -> Card:
    """Nothing waits. (A round that can still be joined is a section of its own.)"""
    return card(T("home.nothing_now"))


def yours_to_do() -> Card:
    """The heading above what is the person's to do now."""
    return card(Heading(T("home.yours_now")))


def nothing_to_do() -> Card:
    """The first lines of the page when nothing is the person's to do now."""
    return card(Heading(T("home.yours_now")), Paragraph(T("home.all_done")))


def whole(cards: Sequence[Card], most: int, rest: Button | None) -> Card:
    """The cards one below the other and the footer, in at most ``most`` blocks; what does not fit is pointed to.

    ``rest``: the way into a pause or out of it.
    """
    foot = _footer(rest)
    room = most - len(foot) - 1
    blocks: list[Block] = []
    for one in cards:
        parted = [*one.blocks] if not blocks or _is_heading(blocks) else [Divider(), *one.blocks]
        if len(blocks) + len(parted) > room:
            blocks.append(Note(T("home.more")))
            break
        blocks.extend(parted)
    return Card((*blocks, *foot))


def _is_heading(blocks: Sequence[Block]) -> bool:
    return isinstance(blocks[-1], Heading)


def pause(*, paused: bool) -> Button:
    """The way into a pause, or out of the present one."""
    return Button(T("home.resume"), "support.resume") if paused else Button(T("home.pause"), "support.pause")


def _footer(rest: Button | None) -> tuple[Block, ...]:
    """The ways to know what comes, to be left in peace, and to see what is kept."""
    return (
        Divider(),
        Buttons(
            (
                Button(T("home.what_next"), "support.next"),
                *((rest,) if rest else ()),
                Button(T("home.hand"), "session.hand"),
                Button(T("home.privacy"), "privacy.open"),
                show_help(),
            )
        ),
    )
