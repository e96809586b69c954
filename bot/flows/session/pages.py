"""What a pair or a group wrote, a page at a time: there may be more of it than a form takes on Teams."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from bot.flows.engine import Place
from bot.flows.turns import Turn
from bot.ui.cards import Block, Button, Buttons
from bot.ui.words import T

Line = TypeVar("Line")
A_PAGE, A_LINE = 6000, 100
"""Bytes of a page, and of a line beside its text: escaped, signs may take four times as many."""


def parted(lines: Sequence[Line], text: Callable[[Line], str], taken: int = 0) -> list[list[Line]]:
    """The lines in their order, as many to a page as fit. ``taken``: bytes of what else stands on the first."""
    pages: list[list[Line]] = [[]]
    size = taken
    for line in lines:
        more = len(text(line).encode()) + A_LINE
        if size and size + more > A_PAGE:
            pages.append([])
            size = 0
        pages[-1].append(line)
        size += more
    return pages


def asked(turn: Turn, pages: int, otherwise: int) -> int:
    """The page whose number stands behind the session's id of a button."""
    return min(turn.number(1) if ":" in turn.id else otherwise, pages - 1)


def around(session_id: int, page: int, pages: int) -> dict[str, str]:
    """The ids of the buttons to the pages beside this one, for the context of the form."""
    return {
        "earlier": f"{session_id}:{page - 1}" if page > 0 else "",
        "later": f"{session_id}:{page + 1}" if page < pages - 1 else "",
    }


def turning(verb: str, place: Place) -> tuple[Block, ...]:
    """The buttons, if there is more than one page."""
    ids = {which: str(place.context.get(which, "")) for which in ("earlier", "later")}
    buttons = tuple(Button(T(f"session.lines_{which}"), verb, id) for which, id in ids.items() if id)
    return (Buttons(buttons),) if buttons else ()
