"""How a round would be matched now, in words: how many would have a pair, and which topics lack mentors. Pure."""

from collections.abc import Mapping

from bot.flows.matching.reasons import skill_names
from bot.ui.cards import Block, Bullets, Button, Buttons, Card, Facts, Heading, Note, Paragraph, card
from bot.ui.words import T, Text
from storage.tables import Round

SHORT = 6


def told(round: Round, found: Mapping[str, object]) -> Card:
    """The forecast, and what to recruit."""
    sides = {side: (_number(found.get(side)), _number(found.get(f"{side}_matched"))) for side in ("mentors", "mentees")}
    rows = tuple(
        (T(f"matching.foreseen_{side}"), T("matching.foreseen_of", matched=matched, n=people))
        for side, (people, matched) in sides.items()
    )
    blocks: list[Block | Text] = [Heading(T("matching.foreseen_title", round=round.name)), Facts(rows)]
    blocks.extend(_shortages(found))
    if not all(people for people, _ in sides.values()):
        blocks.append(T("matching.foreseen_one_side"))
    see = Button(T("programme.see"), "programme.status", str(round.pk))
    return card(*blocks, Note(T("matching.foreseen_note")), Buttons((see,)))


def _shortages(found: Mapping[str, object]) -> list[Block]:
    given = found.get("shortages")
    lines = [
        T("matching.shortage", skill=skill_names([skill]), wanted=_number(wanted), n=_number(places))
        for skill, _, wanted, places in (given[:SHORT] if isinstance(given, list) else [])
    ]
    if not lines:
        return [Paragraph(T("matching.no_shortage"))]
    return [Paragraph(T("matching.shortages")), Bullets(tuple(lines))]


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
