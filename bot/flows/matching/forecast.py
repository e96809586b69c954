"""How a round would be matched now, in words: how many would have a pair, and which topics lack mentors. Pure."""

from collections.abc import Mapping

from bot.domain.programme import PEER
from bot.flows.matching.reasons import skill_names
from bot.flows.units import unit
from bot.ui.cards import Block, Bullets, Button, Buttons, Card, Facts, Heading, Note, Paragraph, card
from bot.ui.words import Joined, T, Text
from storage.tables import Round

SHORT = 6


def told(round: Round, found: Mapping[str, object]) -> Card:
    """The forecast, and what to recruit."""
    if round.format == PEER:
        return _of_peers(round, _number(found.get("mentors")), _number(found.get("mentors_matched")))
    sides = {side: (_number(found.get(side)), _number(found.get(f"{side}_matched"))) for side in ("mentors", "mentees")}
    rows = tuple(
        (
            T(f"matching.foreseen_{side}", within=unit("within", round)),
            T("matching.foreseen_of", matched=matched, n=people),
        )
        for side, (people, matched) in sides.items()
    )
    blocks: list[Block | Text] = [Heading(T("matching.foreseen_title", round=round.name)), Facts(rows)]
    blocks.append(_why(round, sides))
    blocks.extend(_shortages(found))
    return card(*blocks, Note(T("matching.foreseen_note")), Buttons(_buttons(round)))


def _of_peers(round: Round, people: int, matched: int) -> Card:
    """The same of one pool."""
    left = people - matched
    why = T("matching.foreseen_no_both") if not people else T("matching.foreseen_all")
    if left:
        why = T("matching.foreseen_few_peers", n=left, without=unit("without", round))
    rows = (
        (
            T("matching.foreseen_peers", within=unit("within", round)),
            T("matching.foreseen_of", matched=matched, n=people),
        ),
    )
    title = Heading(T("matching.foreseen_title", round=round.name))
    return card(title, Facts(rows), why, Note(T("matching.foreseen_note")), Buttons(_buttons(round)))


def _why(round: Round, sides: Mapping[str, tuple[int, int]]) -> Text:
    """Why some would have no pair, and what helps; ``sides``: how many there are, and how many would have one."""
    empty = [side for side, (people, _) in sides.items() if not people]
    if empty:
        return T(f"matching.foreseen_no_{'both' if len(empty) == len(sides) else empty[0]}")
    left = {side: people - matched for side, (people, matched) in sides.items()}
    if all(left.values()):
        return _apart(round, left, sides["mentors"][0] - sides["mentees"][0])
    for side, lacking in (("mentors", "mentees"), ("mentees", "mentors")):
        if left[side]:
            return _few(round, lacking, left[side])
    return T("matching.foreseen_all")


def _few(round: Round, lacking: str, left: int) -> Text:
    words = {form: unit(form, round) for form in ("without", "room")}
    return T(f"matching.foreseen_few_{lacking}", n=left, **words)


def _apart(round: Round, left: Mapping[str, int], spare: int) -> Text:
    """Both sides have people left; ``spare``: how many more mentors there are than mentees."""
    if spare <= 0:
        return T("matching.foreseen_far_apart", **left, without=unit("without", round))
    mentors, mentees = left["mentors"] - spare, left["mentees"]
    apart = T("matching.foreseen_far_apart", mentors=mentors, mentees=mentees, without=unit("without", round))
    return Joined((_few(round, "mentees", spare), apart))


def _buttons(round: Round) -> tuple[Button, ...]:
    see = Button(T("programme.see"), "programme.status", str(round.pk))
    extend = Button(T("programme.change_end"), "programme.edit", str(round.pk))
    return (see, extend) if round.state == "enrolling" else (see,)


def _shortages(found: Mapping[str, object]) -> list[Block]:
    given = found.get("shortages")
    lines = [
        T("matching.shortage", skill=skill_names([skill]), wanted=_number(wanted), n=_number(places))
        for skill, _, wanted, places in (given[:SHORT] if isinstance(given, list) else [])
    ]
    if not lines:
        return []
    return [Paragraph(T("matching.shortages")), Bullets(tuple(lines)), Paragraph(T("matching.shortages_do"))]


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
