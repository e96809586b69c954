"""What the coordinator reviews: pairs with reasons in words, the weakest first, and what may be done. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.domain.programme import PEER
from bot.flows.matching.figures import alternative, figures, number, points, short_summary, shown, unfixed, waiting
from bot.flows.matching.reasons import because
from bot.flows.units import about, unit
from bot.ui.cards import (
    Block,
    Bullets,
    Button,
    Buttons,
    Card,
    Confirm,
    Divider,
    Heading,
    Note,
    Paragraph,
    Picture,
    card,
)
from bot.ui.words import Joined, T, Text
from storage.couples import GROUP
from storage.reviewing import Proposed
from storage.tables import MatchRun, Round

PAGE = 5


@dataclass(frozen=True)
class Page:
    """A page of the review. ``excluded``: how many pairs of the whole run were excluded since it was computed."""

    pairs: Sequence[Proposed]
    offset: int = 0
    excluded: int = 0


def review(round: Round, run: MatchRun, page: Page) -> Card:
    """A page of pairs, or of groups, the weakest first, with what may be done about each and about all."""
    title = T("matching.review_title", **about(round))
    blocks: list[Block | Text] = [Heading(title), *figures(round, run)]
    blocks.extend(T("matching.unfixed", n=1) for _ in unfixed(run)[:1])
    items = _items(round, page)
    for item in items:
        blocks.extend([Divider(), *item])
    total = shown(round, run)
    if items:
        first, last = page.offset + 1, page.offset + len(items)
        blocks.append(Note(T("matching.shown", label=unit("label", round), first=first, last=last, total=total)))
    blocks.append(Divider())
    if page.excluded:
        blocks.append(Paragraph(T("matching.run_first", n=page.excluded)))
    rows = (_ways(round, run, page.offset, total), _tools(round, total), _decisions(round, run, page))
    blocks.extend(Buttons(tuple(buttons)) for buttons in rows if buttons)
    return card(*blocks, summary=short_summary(round, run))


def _items(round: Round, page: Page) -> list[list[Block]]:
    """The page's pairs one by one; in a round of groups its groups, each as one."""
    if round.format != GROUP:
        return [_pair(one, page.offset) for one in page.pairs]
    groups = groupby(page.pairs, lambda one: one.proposal.mentor_enrolment_id)
    return [_group(list(pairs), page.offset) for _, pairs in groups]


def _group(pairs: Sequence[Proposed], offset: int) -> list[Block]:
    """A mentor, all who would meet with them, and the way to what may be done about each."""
    head = T("matching.group", mentor=pairs[0].mentor.name, n=len(pairs))
    members = tuple(
        T(
            f"matching.group_member_{one.mark}" if one.mark else "matching.group_member",
            mentee=one.mentee.name,
            score=points(one.proposal.score),
        )
        for one in pairs
    )
    look = Button(T("matching.open_group"), "matching.group", f"{pairs[0].proposal.pk}:{offset}")
    return [Paragraph(head), Bullets(members), Buttons((look,))]


def opened_group(round: Round, pairs: Sequence[Proposed], offset: int) -> Card:
    """Each mentee of one group: why them, and what may be done about it."""
    back = Button(T("matching.back_to_review"), "matching.page", f"{round.pk}:{offset}", "primary")
    return card(*(block for one in pairs for block in (*_pair(one, offset), Divider())), Buttons((back,)))


def of_person(round: Round, name: str, pairs: Sequence[Proposed], why_not: Text | None = None) -> Card:
    """The pairs of one person, or why there is none."""
    back = Buttons((Button(T("matching.back_to_review"), "matching.review", str(round.pk)),))
    if not pairs:
        return card(T("matching.nobody_for", name=name), *((why_not,) if why_not else ()), back)
    return card(*(block for one in pairs for block in _pair(one, 0)), back)


def swapped(round: Round, pairs: Sequence[Proposed]) -> Card:
    """Two pairs after their mentors changed places."""
    back = Buttons((Button(T("matching.back_to_review"), "matching.review", str(round.pk), "primary"),))
    return card(T("matching.swapped"), *(block for one in pairs for block in _pair(one, 0)), back)


def _pair(one: Proposed, offset: int) -> list[Block]:
    proposal, mentor, mentee = one.proposal, one.mentor.name, one.mentee.name
    head = T(
        "matching.pair_peer" if one.peers else "matching.pair",
        mentor=mentor,
        mentee=mentee,
        score=points(proposal.score),
    )
    clauses = because(proposal.reasons, "coordinator", mentor, mentee)
    blocks: list[Block] = [Paragraph(Joined((head, T("matching.because"))) if clauses else head)]
    if clauses:
        blocks.append(Bullets(clauses))
    if one.mark:
        blocks.append(Paragraph(T(f"matching.is_{one.mark}")))
    id = f"{proposal.pk}:{offset}"
    exclude = "matching.allow_pair" if one.mark == "excluded" else "matching.exclude_pair"
    fix = "matching.release_pair" if one.mark == "fixed" else "matching.fix_pair"
    buttons = (Button(T(exclude), "matching.exclude", id), Button(T(fix), "matching.fix", id))
    return [*blocks, Buttons(buttons)]


def _ways(round: Round, run: MatchRun, offset: int, total: int) -> list[Button]:
    ways = []
    if offset > 0:
        ways.append(Button(T("matching.previous"), "matching.page", f"{round.pk}:{max(offset - PAGE, 0)}"))
    if offset + PAGE < total:
        ways.append(Button(T("matching.next"), "matching.page", f"{round.pk}:{offset + PAGE}"))
    if number(run, "people"):
        ways.append(Button(T("matching.search"), "matching.search", str(round.pk)))
    if number(run, "left_out"):
        label = T("matching.see_left_out", without=unit("without", round))
        ways.append(Button(label, "matching.left_out", f"{round.pk}:0"))
    if total:
        ways.append(Button(T("matching.see_spread"), "matching.spread", str(round.pk)))
    return ways


def _tools(round: Round, total: int) -> list[Button]:
    tools = [Button(T("matching.fix_two"), "matching.fix_two", str(round.pk))]
    if total > 1 and round.format != PEER:
        label = "matching.swap_two_group" if round.format == GROUP else "matching.swap_two"
        tools.append(Button(T(label), "matching.swap_two", str(round.pk)))
    if total:
        tools.append(Button(T("matching.get_sheet"), "matching.sheet", str(round.pk)))
    return [*tools, Button(T("matching.change_weights"), "matching.weights", str(round.pk))]


def _decisions(round: Round, run: MatchRun, page: Page) -> list[Button]:
    """Approve what was read; where pairs were excluded since, or there are none, only to compute anew."""
    again = Button(T("matching.run_again"), "matching.again", str(round.pk), "primary" if page.excluded else "plain")
    if page.excluded or not waiting(run):
        return [again]
    peers = round.format == PEER
    sure = Confirm(
        T("matching.approve_title"),
        T("matching.approve_text_peer" if peers else "matching.approve_text", n=waiting(run)),
        T("matching.approve_yes"),
        T("matching.not_yet"),
    )
    id = f"{round.pk}:{run.pk}"
    some = [] if round.format in (PEER, GROUP) else [Button(T("matching.approve_some"), "matching.approve_some", id)]
    return [Button(T("matching.approve"), "matching.approve", id, "primary", sure), *some, again]


def spread(round: Round, run: MatchRun, picture: str) -> Card:
    """How the scores are spread, as a picture and in words."""
    drawn = Picture(picture, alternative(run), T("matching.spread_title", round=round.name))
    return card(drawn, alternative(run))
