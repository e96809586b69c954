"""The weeks in which somebody is at another site: there those of a blended pair meet in person."""

from collections.abc import Sequence
from datetime import date, timedelta

from bot.domain.calendar import local_day
from bot.domain.on_site import monday_of, read, write
from bot.flows import talk
from bot.flows.engine import Errors, Flow, Place, Step
from bot.flows.turns import FormErrors, Refused, Replace, Reply, Turn
from bot.ui.cards import Block, Button, Buttons, Card, Note, Paragraph, Row
from bot.ui.forms import ChoiceField, DateField, Form, Option
from bot.ui.words import T
from storage.pauses import Part, parts_of
from storage.sites import sites_of_company

BLENDED = "blended"
LONGEST_SITE, MOST_SITES = 75, 100
MOST = 30  # weeks: a message shows them all, on every platform, with a button each
FURTHEST = timedelta(weeks=52)


async def command(turn: Turn) -> Reply:
    """``on site``: the weeks to come, and the ways to change them."""
    return Replace(_card(await _parts(turn), local_day(turn.now, turn.zone)))


async def _parts(turn: Turn, *, lock: bool = False) -> Sequence[Part]:
    """Where the person takes part in a blended round. Refuses kindly for all others."""
    parts = [part for part in await parts_of(turn.uow, turn.person.pk, lock=lock) if part.round.format == BLENDED]
    if not parts:
        raise Refused(T("scheduling.visits_blended"))
    return parts


def _coming(parts: Sequence[Part], today: date) -> dict[date, str]:
    return {week: site for week, site in read(parts[0].enrolment.visits).items() if week >= monday_of(today)}


def _card(parts: Sequence[Part], today: date) -> Card:
    weeks = _coming(parts, today)
    blocks: list[Block] = [Paragraph(T("scheduling.visits" if weeks else "scheduling.visits_none"))]
    for week, site in sorted(weeks.items()):
        gone = Button(T("scheduling.visit_remove"), "scheduling.visit_remove", f"{week:%Y%m%d}")
        blocks.append(Row(T("scheduling.visit", week=week, site=site), gone))
    add = Button(T("scheduling.visit_add"), "scheduling.visit", style="primary")
    return Card((*blocks, Note(T("scheduling.visits_note")), Buttons((add,))))


async def ask(turn: Turn) -> Reply:
    """The form for one more week."""
    await _parts(turn)
    elsewhere = [site for site in await sites_of_company(turn.uow) if site != turn.person.site]
    sites = [site for site in elsewhere if len(site) <= LONGEST_SITE]
    if not sites:
        raise Refused(T("scheduling.visits_one_site"))
    return await talk.start(turn, VISIT, context={"sites": sites[:MOST_SITES]}, fresh=True)


async def keep(turn: Turn, place: Place) -> Reply:
    """The week is known; dates that are looked for from now on know it too."""
    parts = await _parts(turn, lock=True)
    week, today = monday_of(date.fromisoformat(place.one("day"))), local_day(turn.now, turn.zone)
    if len(_coming(parts, today).keys() | {week}) > MOST:
        raise FormErrors({"day": T("scheduling.visit_many", n=MOST)})
    for part in parts:
        part.enrolment.visits = write({**read(part.enrolment.visits), week: place.one("site")})
    return Replace(_card(parts, today))


async def remove(turn: Turn) -> Reply:
    """The person is not there in that week after all."""
    parts = await _parts(turn, lock=True)
    for part in parts:
        left = {week: site for week, site in read(part.enrolment.visits).items() if f"{week:%Y%m%d}" != turn.id}
        part.enrolment.visits = write(left)
    return Replace(_card(parts, local_day(turn.now, turn.zone)))


def _form(place: Place) -> Form:
    options = tuple(Option(site, site) for site in place.context["sites"])
    fields = (
        ChoiceField("site", T("scheduling.visit_site"), options, menu=True),
        DateField("day", T("scheduling.visit_day"), hint=T("scheduling.visit_day_hint")),
    )
    return Form(T("scheduling.visit_title"), fields, T("scheduling.visit_submit"), (Note(T("scheduling.visits_note")),))


def _check(place: Place) -> Errors:
    week, today = monday_of(date.fromisoformat(place.one("day"))), local_day(place.now, place.zone)
    if week < monday_of(today):
        return {"day": T("scheduling.visit_past")}
    return {"day": T("scheduling.visit_far")} if week > today + FURTHEST else {}


VISIT = Flow("scheduling.visit", (Step("week", _form, lambda _place: None, _check),), days=1)
