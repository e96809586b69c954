"""The report as a card: totals of five or more only, the same for the coordinator and for those who took part."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot import content
from bot.flows.reports import chart, lines
from bot.flows.reports.lines import Json
from bot.ui.cards import Block, Bullets, Button, Buttons, Card, Heading, Note, Paragraph, Picture, card
from bot.ui.words import T, Text, When
from storage.tables import Release, Round

ENOUGH_ANSWERS = 0.6


def for_coordinator(round: Round, release: Release, picture: str, others: Sequence[Release], zone: str) -> Card:
    """The report with what the coordinator can do with it. ``others``: earlier releases of the round."""
    buttons = [Button(T("reports.hear_button"), "reports.hear", str(release.pk), style="primary")]
    if release.totals.get("texts"):
        buttons.append(Button(T("reports.texts_button"), "reports.texts", str(release.pk)))
    buttons += [Button(T(f"reports.show_{other.wave}"), "reports.show", str(other.pk)) for other in others]
    return Card((*_report(round, release, picture, zone), Buttons(tuple(buttons))), summary=_summary(round, release))


def for_participants(round: Round, release: Release, picture: str, zone: str) -> Card:
    """The same totals, to those who gave the answers, before anybody else; a kind word where all answers hide."""
    if lines.too_few(release.totals):
        return card(T("reports.too_few_to_you", round=round.name))
    lead = Paragraph(T(f"reports.first_to_you.{release.wave}", round=round.name))
    return Card((lead, *_report(round, release, picture, zone)), summary=_summary(round, release))


def not_yet(round: Round, mid_at: datetime | None, ends_at: datetime | None, zone: str) -> Card:
    """Nothing is released yet: when there will be something, and why not before."""
    dates: list[Text] = [
        T(key, when=When(at, zone, "day"))
        for key, at in (("reports.mid_from", mid_at), ("reports.close_from", ends_at))
        if at is not None
    ]
    listed = [Bullets(tuple(dates))] if dates else []
    return card(Heading(T("reports.title", round=round.name)), T("reports.not_yet"), *listed)


def ready(round: Round, release: Release) -> Card:
    """To the coordinator: the totals are there, and those who took part have them."""
    button = Button(T("reports.show_button"), "reports.show", str(release.pk), style="primary")
    return card(T(f"reports.ready.{release.wave}", round=round.name), Buttons((button,)))


def _summary(round: Round, release: Release) -> Text:
    return T("reports.summary", round=round.name, answers=_answers(release.totals))


def _report(round: Round, release: Release, picture: str, zone: str) -> Iterable[Block]:
    totals: Mapping[str, Any] = release.totals
    yield Heading(T(f"reports.title_{release.wave}", round=round.name))
    yield Note(T("reports.frozen", when=When(release.released_at, zone, "day")))
    if "taking_part" in totals:
        yield from _objectives(totals, release.wave)
        yield from _section("taking_part", _taking_part(totals["taking_part"]))
    if "meetings" in totals:
        yield from _section("meetings", _meetings(totals["meetings"]))
    for construct, found in lines.item_lines(totals):
        yield from _section(f"group.{construct}", found)
    yield from _section("learning", _learning(totals))
    if chart.rows(totals):
        yield Picture(picture, chart.alternative(totals), T("reports.picture_title"))
    yield from _cautions(totals)


def _section(name: str, found: Sequence[Text]) -> Iterable[Block]:
    if found:
        yield Paragraph(T(f"reports.{name}"))
        yield Bullets(tuple(found))


def _objectives(totals: Json, wave: str) -> Iterable[Block]:
    """What was wanted comes first, with the figures that tell about it, or why there is none."""
    yield Paragraph(T("reports.what_we_wanted"))
    catalogue = content.objectives()
    for code in totals["objectives"]:
        if code in catalogue:
            found = lines.objective(code, totals) or (T(_why_none(code, wave)),)
            yield Paragraph(T("reports.objective", name=catalogue[code].name))
            yield Bullets(tuple(found))


def _why_none(code: str, wave: str) -> str:
    if code not in lines.INDICATORS:
        return "reports.no_figure"
    return "reports.no_answers" if wave == "close" else "reports.figure_at_the_end"


def _taking_part(found: Json) -> list[T]:
    names = ("participation", "preparation", "matching", "first_proposal")
    return [lines.line(T(f"reports.{name}"), lines.share(found[name])) for name in names]


def _meetings(found: Json) -> list[T]:
    within = T("reports.first_meeting", days=found["first_meeting_target"])
    shares: list[tuple[Text, Text]] = [
        (within, lines.share(found["first_meeting"])),
        (T("reports.first_meeting_days"), lines.spread(found["first_meeting_days"], "days")),
        (T("reports.regularity"), lines.share(found["regularity"])),
        (T("reports.completion"), lines.share(found["completion"])),
        (T("reports.ended_early"), _number("pairs", found["ended_early"])),
        *((T(f"reports.{name}"), _taps(found[name])) for name in lines.PULSES),
        (T("reports.hours"), _number("about_hours", found["hours"])),
    ]
    return [lines.line(label, figure) for label, figure in shares]


def _number(words: str, value: int | None) -> Text:
    return T("reports.hidden") if value is None else T(f"reports.{words}", value=value)


def _taps(figure: Json | None) -> Text:
    """A share of answers after sessions: one person gives several."""
    if figure is None:
        return T("reports.hidden")
    return T("reports.taps", figure=lines.share(figure), n=figure["people"])


def _learning(totals: Json) -> list[T]:
    if "skills" not in totals:
        return []
    moments = ("since_enrolment", "thinking_back")
    changes = [
        lines.line(T(f"reports.skills.{kind}.{moment}"), lines.skill(totals["skills"][kind][moment]))
        for kind in ("digital", "soft")
        for moment in moments
    ]
    weeks = lines.line(T("reports.weeks"), lines.spread(totals["weeks"], "weeks"))
    return [*changes, weeks, lines.line(T("reports.recommendation"), lines.recommendation(totals["recommendation"]))]


def _answers(totals: Json) -> Text:
    if totals["asked"] is None or totals["answered"] is None:
        return T("reports.hidden")
    return T("reports.percent_of", share=lines.percent(totals["answered"] / totals["asked"]), **_response(totals))


def _response(totals: Json) -> dict[str, int]:
    return {"x": totals["answered"], "n": totals["asked"]}


def _cautions(totals: Json) -> Iterable[Block]:
    """How to read the figures, before anybody reads too much in them."""
    yield Paragraph(T("reports.how_to_read"))
    said: list[Text] = [lines.line(T("reports.response"), _answers(totals))]
    asked, answered = totals["asked"], totals["answered"]
    if asked is None or answered is None or answered / asked < ENOUGH_ANSWERS:
        said.append(T("reports.silent"))
    said += [T("reports.association"), T("reports.small_numbers")]
    if "skills" in totals:
        said.append(T("reports.looking_back"))
    yield Bullets(tuple(said))
