"""What is told of a sheet of pairs: how to use it, what it changed, or which lines stand in the way. Pure."""

import re
from collections.abc import Mapping

from bot.domain.programme import PEER
from bot.flows.matching.sheet_rows import NEEDED, title
from bot.flows.units import unit
from bot.ui.cards import Attachment, Block, Bullets, Button, Buttons, Card, Note, card
from bot.ui.words import T, Text
from storage.tables import Round

MIME = "text/csv"
_OTHER = re.compile(r"[^\w-]+")


def sheet(round: Round, data: bytes) -> Card:
    """The file, and how it comes back."""
    name = f"{_OTHER.sub('-', round.name).strip('-') or 'round'}.csv"
    title = T("matching.sheet_title", round=round.name)
    file = Attachment(name, MIME, data, title)
    return card(T("matching.sheet_here", round=round.name), Note(_how(round)), attachments=(file,))


def _how(round: Round) -> T:
    columns = {name: title(name, peers=round.format == PEER) for name in ("decision", *NEEDED)}
    return T("matching.sheet_how", **columns)


def taken(round: Round, found: Mapping[str, object]) -> Card:
    """What the sheet changed; or what is wrong with it, by line, and that nothing was changed."""
    problems = found.get("problems")
    if isinstance(problems, list):
        return _refused(problems, _number(found.get("count")))
    counts = {name: _number(found.get(name)) for name in ("fixed", "excluded", "cleared")}
    if not any(counts.values()):
        return card(T("matching.sheet_same"), _ways(round))
    lines: tuple[Text, ...] = tuple(T(f"matching.sheet_{name}", n=count) for name, count in counts.items() if count)
    again = Button(T("matching.run_again"), "matching.again", str(round.pk), "primary")
    return card(T("matching.sheet_taken", round=round.name), Bullets(lines), Buttons((again,)))


def _refused(problems: list[list[object]], count: int) -> Card:
    lines: list[Text] = [
        T("matching.sheet_line", line=_number(line), words=str(words)) if line else str(words)
        for line, words in problems
    ]
    blocks: list[Block | Text] = [T("matching.sheet_refused", n=count), Bullets(tuple(lines))]
    if count > len(lines):
        blocks.append(Note(T("matching.sheet_more", n=count - len(lines))))
    return card(*blocks, Note(T("matching.sheet_send_again")))


def _ways(round: Round) -> Buttons:
    return Buttons((Button(T("matching.review", the_many=unit("the_many", round)), "matching.review", str(round.pk)),))


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
