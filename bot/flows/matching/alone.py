"""Why somebody has no pair and what would help: to the coordinator as what to recruit, to the person kindly. Pure."""

from collections.abc import Mapping, Sequence

from bot.domain.programme import PEER
from bot.flows.matching.figures import points
from bot.flows.matching.reasons import format_name, language_name, skill_names
from bot.flows.units import unit
from bot.ui.cards import Block, Button, Buttons, Card, Heading, Note, Paragraph, card
from bot.ui.words import Joined, Listing, T, Text
from storage.reviewing import Alone
from storage.tables import Round

PAGE = 8
HELPS = 3
CHANGES = ("more_hours", "language", "format", "mentor_offers", "mentee_wants", "another_mentor", "another_mentee")
OF_PEERS = {"mentor_offers": "peer_offers", "another_mentor": "another_peer", "another_mentee": "another_peer"}
NEAR = frozenset({"same_person", "reporting_line", "same_manager", "same_team"})
TOLD = frozenset({"unknown_manager", "exclusive_programme", "stage", "language", "format", "hours", "nothing_to_teach"})
Json = Mapping[str, object]


def left_out(round: Round, people: Sequence[Alone], offset: int, total: int) -> Card:
    """Who has no pair, why, and what would help."""
    blocks: list[Block | Text] = [Heading(T("matching.left_out_title", without=unit("without", round)))]
    blocks.extend(Paragraph(told(one)) for one in people)
    ways = [Button(T("matching.back_to_review"), "matching.review", str(round.pk))]
    if offset + PAGE < total:
        ways.append(Button(T("matching.next"), "matching.left_out", f"{round.pk}:{offset + PAGE}"))
    if offset:
        ways.append(Button(T("matching.previous"), "matching.left_out", f"{round.pk}:{max(offset - PAGE, 0)}"))
    blocks.append(Note(T("matching.left_out_note")))
    blocks.append(Buttons(tuple(ways)))
    return card(*blocks, summary=T("matching.left_out_summary", n=total, without=unit("without", round)))


def told(one: Alone) -> Text:
    """One person without a pair, to the coordinator."""
    role = one.reason.get("role") if one.reason.get("role") in ("mentor", PEER) else "mentee"
    lines: list[Text] = [T(f"matching.alone_{role}", name=one.name, reason=_reason(one.reason))]
    rules = _dict(one.reason.get("rules"))
    if rules:
        counts = tuple(T(f"matching.stops_{rule}", n=_number(count)) for rule, count in list(rules.items())[:HELPS])
        lines.append(T("matching.stands_in_the_way", rules=Listing(counts)))
    change = _change(one.reason, "recruit")
    if change is not None:
        lines.append(T("matching.would_help", change=change))
    return Joined(tuple(lines))


def yours(reason: Json, round_name: str) -> Card:
    """The same to the person: kindly, without anybody's name, and with what they can do."""
    change = _change(reason, "could")
    blocks: list[Block | Text] = [T("matching.yours", round=round_name, reason=_your_reason(reason))]
    if change is not None:
        blocks.append(T("matching.yours_would_help", change=change))
    return card(*blocks, Note(T("matching.yours_note")))


def _reason(reason: Json) -> Text:
    values = _dict(reason.get("params"))
    match reason.get("code"):
        case "nobody_on_other_side":
            return T("matching.why_nobody_peer" if reason.get("role") == PEER else "matching.why_nobody")
        case "unreadable":
            return T("matching.why_unreadable")
        case "below_threshold":
            return T("matching.why_below", score=points(_number(values.get("best"))))
        case "taken":
            return T("matching.why_taken", n=max(_number(values.get("possible")), 1))
        case _:
            rule = str(values.get("rule"))
            return T("matching.why_private") if rule == "private" else T(f"matching.why_{rule}")


def _your_reason(reason: Json) -> Text:
    rule = str(_dict(reason.get("params")).get("rule"))
    match reason.get("code"):
        case "nobody_on_other_side":
            return T("matching.yours_nobody_peer" if reason.get("role") == PEER else "matching.yours_nobody")
        case "unreadable":
            return T("matching.yours_unreadable")
        case "below_threshold":
            return T("matching.yours_below")
        case "rule" if rule in NEAR:
            return T("matching.yours_near")
        case "rule" if rule in TOLD:
            return T(f"matching.yours_{rule}")
        case _:
            return T("matching.yours_taken")


def _change(reason: Json, view: str) -> Text | None:
    """The smallest change that would give a pair: what to recruit, or what the person can do."""
    change = _dict(reason.get("change"))
    code, values = change.get("code"), _dict(change.get("params"))
    if code not in CHANGES:
        return None
    if reason.get("role") == PEER:
        code = OF_PEERS.get(str(code), code)
    return T(
        f"matching.{view}_{code}",
        n=max(_number(values.get("hours")), 1),
        language=language_name(str(values.get("code"))),
        format=format_name(str(values.get("format"))),
        skill=skill_names([values.get("skill")]),
    )


def _dict(value: object) -> Json:
    return value if isinstance(value, Mapping) else {}


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
