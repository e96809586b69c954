"""What the coordinator reads about a matching: figures, pairs with reasons in words, people without a pair. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.flows.matching.reasons import because
from bot.ui.cards import Block, Bullets, Button, Buttons, Card, Confirm, Divider, Facts, Heading, Note, Paragraph, card
from bot.ui.words import Joined, Listing, T, Text
from storage.matching import Key
from storage.reviewing import Proposed
from storage.tables import MatchRun, Round

PAGE = 5
LEFT_PAGE = 8
HELPS = 3


@dataclass(frozen=True)
class Page:
    """A page of the review. ``marks``: what the coordinator decided about pairs, by enrolments."""

    pairs: Sequence[Proposed]
    marks: Mapping[Key, str]
    offset: int = 0


@dataclass(frozen=True)
class Alone:
    """Somebody without a pair: the name, and the reason as data."""

    name: str
    reason: Mapping[str, object]


def found(round: Round, run: MatchRun) -> Card:
    """A run is ready to be read."""
    review = Button(T("matching.review"), "matching.review", str(round.pk), "primary")
    return card(
        Heading(T("matching.found_title", round=round.name)), *_figures(run), Buttons((review,)), summary=_summary(run)
    )


def review(round: Round, run: MatchRun, page: Page) -> Card:
    """A page of pairs, the weakest first, with what may be done about each and about all."""
    blocks: list[Block | Text] = [Heading(T("matching.review_title", round=round.name)), *_figures(run)]
    blocks.extend(T("matching.unfixed", n=1) for _ in _unfixed(run)[:1])
    for one in page.pairs:
        blocks.extend([Divider(), *_pair(one, page)])
    total = _number(run, "matched")
    if page.pairs:
        last = page.offset + len(page.pairs)
        blocks.append(Note(T("matching.shown", first=page.offset + 1, last=last, total=total)))
    blocks.append(Divider())
    blocks.append(Buttons(tuple(_ways(round, run, page.offset, total))))
    blocks.append(Buttons(tuple(_decisions(round, run, total))))
    return card(*blocks, summary=_summary(run))


def of_person(round: Round, run: MatchRun, name: str, pairs: Sequence[Proposed], marks: Mapping[Key, str]) -> Card:
    """The pairs of one person."""
    back = Buttons((Button(T("matching.back_to_review"), "matching.review", str(round.pk)),))
    if not pairs:
        return card(T("matching.nobody_for", name=name), back)
    blocks = [block for one in pairs for block in _pair(one, Page(pairs, marks))]
    return card(*blocks, back, summary=_summary(run))


def _pair(one: Proposed, page: Page) -> list[Block]:
    proposal, mentor, mentee = one.proposal, one.mentor.name, one.mentee.name
    mark = page.marks.get((proposal.mentor_enrolment_id, proposal.mentee_enrolment_id), "")
    head = T("matching.pair", mentor=mentor, mentee=mentee, score=round_score(proposal.score))
    clauses = because(proposal.reasons, "coordinator", mentor, mentee)
    blocks: list[Block] = [Paragraph(Joined((head, T("matching.because"))) if clauses else head)]
    if clauses:
        blocks.append(Bullets(clauses))
    if mark:
        blocks.append(Paragraph(T(f"matching.is_{mark}")))
    id = f"{proposal.pk}:{page.offset}"
    exclude = "matching.allow_pair" if mark == "excluded" else "matching.exclude_pair"
    fix = "matching.release_pair" if mark == "fixed" else "matching.fix_pair"
    buttons = (Button(T(exclude), "matching.exclude", id), Button(T(fix), "matching.fix", id))
    return [*blocks, Buttons(buttons)]


def _ways(round: Round, run: MatchRun, offset: int, total: int) -> list[Button]:
    ways = []
    if offset > 0:
        ways.append(Button(T("matching.previous"), "matching.page", f"{round.pk}:{max(offset - PAGE, 0)}"))
    if offset + PAGE < total:
        ways.append(Button(T("matching.next"), "matching.page", f"{round.pk}:{offset + PAGE}"))
    if total:
        ways.append(Button(T("matching.search"), "matching.search", str(round.pk)))
    if run.left_out:
        ways.append(Button(T("matching.see_left_out"), "matching.left_out", f"{round.pk}:0"))
    ways.append(Button(T("matching.fix_two"), "matching.fix_two", str(round.pk)))
    return ways


def _decisions(round: Round, run: MatchRun, total: int) -> list[Button]:
    sure = Confirm(
        T("matching.approve_title"),
        T("matching.approve_text", n=total),
        T("matching.approve_yes"),
        T("matching.not_yet"),
    )
    decisions = [Button(T("matching.run_again"), "matching.again", str(round.pk))]
    if total:
        decisions.insert(0, Button(T("matching.approve"), "matching.approve", f"{round.pk}:{run.pk}", "primary", sure))
    return decisions


def _figures(run: MatchRun) -> list[Block]:
    """How many, how good at worst and in the middle, and how the rest is spread, in words."""
    if not _number(run, "people"):
        return [Paragraph(T("matching.nobody_enrolled"))]
    rows: list[tuple[Text, Text]] = [
        (T("matching.fact_matched"), T("matching.pairs", n=_number(run, "matched"))),
        (T("matching.fact_left_out"), T("matching.people", n=_number(run, "left_out"))),
    ]
    if run.summary.get("worst") is not None:
        rows.append((T("matching.fact_worst"), T("matching.points", score=round_score(_number(run, "worst")))))
        rows.append((T("matching.fact_median"), T("matching.points", score=round_score(_number(run, "median")))))
        rows.append((T("matching.fact_spread"), _spread(run)))
    return [Facts(tuple(rows))]


def _spread(run: MatchRun) -> Text:
    bands = run.summary.get("bands")
    counts = bands if isinstance(bands, Mapping) else {}
    return Listing(tuple(T(f"matching.band_{band}", n=int(count)) for band, count in counts.items() if count))


def _unfixed(run: MatchRun) -> list[object]:
    unfixed = run.summary.get("unfixed")
    return unfixed if isinstance(unfixed, list) else []


def _summary(run: MatchRun) -> Text:
    return T("matching.summary", pairs=_number(run, "matched"), people=_number(run, "left_out"))


def round_score(hundredths: int) -> int:
    """Points out of 100."""
    return round(hundredths / 100)


def _number(run: MatchRun, name: str) -> int:
    value = run.summary.get(name)
    return value if isinstance(value, int) else 0


def left_out(round: Round, people: Sequence[Alone], offset: int, total: int) -> Card:
    """Who has no pair, why, and what would help."""
    blocks: list[Block | Text] = [Heading(T("matching.left_out_title"))]
    blocks.extend(Paragraph(_alone(one)) for one in people)
    ways = [Button(T("matching.back_to_review"), "matching.review", str(round.pk))]
    if offset + LEFT_PAGE < total:
        ways.append(Button(T("matching.next"), "matching.left_out", f"{round.pk}:{offset + LEFT_PAGE}"))
    if offset:
        ways.append(Button(T("matching.previous"), "matching.left_out", f"{round.pk}:{max(offset - LEFT_PAGE, 0)}"))
    blocks.append(Note(T("matching.left_out_note")))
    blocks.append(Buttons(tuple(ways)))
    return card(*blocks, summary=T("matching.left_out_summary", n=total))


def _alone(one: Alone) -> Text:
    role = "mentor" if one.reason.get("role") == "mentor" else "mentee"
    head = T(f"matching.alone_{role}", name=one.name, reason=_reason(one.reason))
    rules = one.reason.get("rules")
    stopped = rules if isinstance(rules, Mapping) else {}
    if not stopped:
        return head
    counts = tuple(T(f"matching.stops_{rule}", n=int(count)) for rule, count in list(stopped.items())[:HELPS])
    return Joined((head, T("matching.would_help", rules=Listing(counts))))


def _reason(reason: Mapping[str, object]) -> Text:
    params = reason.get("params")
    values = params if isinstance(params, Mapping) else {}
    match reason.get("code"):
        case "nobody_on_other_side":
            return T("matching.why_nobody")
        case "below_threshold":
            return T("matching.why_below", score=round_score(int(values.get("best", 0))))
        case "taken":
            return T("matching.why_taken", n=int(values.get("possible", 1)))
        case _:
            rule = str(values.get("rule"))
            return T("matching.why_private") if rule == "private" else T(f"matching.why_{rule}")


def computing() -> Card:
    """A run has been promised: the answer comes by itself."""
    return card(T("matching.computing"))


def end_enrolment(round: Round, enrolled: int) -> Card:
    """Whether to end the enrolment now."""
    yes = Button(T("matching.end_enrolment"), "matching.begin", str(round.pk), "primary")
    return card(T("matching.end_enrolment_text", round=round.name, n=enrolled), Buttons((yes,)))


def run_again(round: Round, *, fixing: bool = False) -> Card:
    """Whether to compute anew; while ``fixing`` pairs by hand, another one may be chosen first."""
    ways = [Button(T("matching.run_again"), "matching.again", str(round.pk), "primary")]
    if fixing:
        ways.append(Button(T("matching.fix_two"), "matching.fix_two", str(round.pk)))
    return card(T("matching.run_again_text", round=round.name), Buttons(tuple(ways)))


def approved(round: Round, run: MatchRun, formed: int | None = None) -> Card:
    """After approving. Who answers what is not for the coordinator: only the pairs that form are told, as a number.

    ``formed``: how many there are by now; None at the moment of approving.
    """
    rows: list[tuple[Text, Text]] = [(T("matching.fact_proposed"), T("matching.pairs", n=_number(run, "matched")))]
    if formed is not None:
        rows.append((T("matching.fact_formed"), T("matching.pairs", n=formed)))
    see = Button(T("programme.see"), "programme.status", str(round.pk), "primary")
    again = Button(T("matching.run_again"), "matching.again", str(round.pk))
    return card(
        Heading(T("matching.approved_title", round=round.name)),
        T("matching.approved", n=_number(run, "matched")),
        Facts(tuple(rows)),
        Note(T("matching.approved_note")),
        Buttons((see, again)),
    )
