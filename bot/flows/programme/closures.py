"""The days on which the company is closed: told by a coordinator, they freeze deadlines and keep the bot quiet."""

from datetime import date, timedelta

from bot.domain.calendar import local_day
from bot.flows import talk
from bot.flows.engine import Errors, Flow, Place, Step
from bot.flows.turns import Desk, Did, JobRun, JobTurn, Long, NotOwed, Outcome, Replace, Reply, Turn
from bot.ui.cards import Block, Button, Buttons, Card, Confirm, Note, Paragraph, Row
from bot.ui.forms import DateField, Form
from bot.ui.words import T, Text
from storage import closures as store
from storage.closures import Span
from storage.sites import closures_of, site_of
from storage.tables import Person
from storage.uow import Uow

LONGEST = timedelta(days=60)
FURTHEST = timedelta(days=550)
A_PAGE = 12  # each has a button and its question, of which no platform takes many more in one message
TOGETHER = 500
DEADLINES = ("session.unbooked", "session.help", "session.offer", "session.told", "pairing.remind", "pairing.expire")
"""The promises that count working days: a closure inside their time moves them on by its own."""


# ── Looking, adding, taking away ─────────────────────────────────────────────────────────────────────────────────────


async def command(turn: Turn) -> Reply:
    """``closures``: those to come, and the ways to change them."""
    return Replace(_card(closures_of(await turn.uow.organisation()), local_day(turn.now, turn.zone)))


async def page(turn: Turn) -> Reply:
    """``programme.closures``: earlier ones, or later ones."""
    known, today = closures_of(await turn.uow.organisation()), local_day(turn.now, turn.zone)
    return Replace(_card(known, today, turn.number()))


def _card(known: tuple[Span, ...], today: date, page: int = 0) -> Card:
    coming = [span for span in known if span[1] >= today]
    last = max(0, len(coming) - 1) // A_PAGE
    page = min(page, last)
    blocks: list[Block] = [Paragraph(T("programme.closures" if coming else "programme.closures_none"))]
    blocks += [Row(_line(span), _remove(span)) for span in coming[page * A_PAGE : (page + 1) * A_PAGE]]
    buttons = [Button(T("programme.closure_add"), "programme.closure", style="primary")]
    if page > 0:
        buttons.append(Button(T("programme.closures_earlier"), "programme.closures", str(page - 1)))
    if page < last:
        buttons.append(Button(T("programme.closures_later"), "programme.closures", str(page + 1)))
    return Card((*blocks, Note(T("programme.closures_note")), Buttons(tuple(buttons))))


def _page_of(span: Span, known: tuple[Span, ...], today: date) -> int:
    """Where it stands, or stood, among those to come."""
    return sum(today <= other[1] and other < span for other in known) // A_PAGE


def _line(span: Span) -> Text:
    first, last = span
    return T("programme.closure_day", first=first) if first == last else T("programme.closure", first=first, last=last)


def _remove(span: Span) -> Button:
    sure = Confirm(
        T("programme.closure_remove_title"),
        T("programme.closure_remove_sure"),
        T("programme.closure_remove"),
        T("programme.cancel_no"),
    )
    return Button(T("programme.closure_remove"), "programme.closure_remove", store.id_of(span), "danger", sure)


async def add(turn: Turn) -> Reply:
    """The form for one more."""
    return await talk.start(turn, CLOSURE, fresh=True)


async def keep(turn: Turn, place: Place) -> Reply:
    """The days are known: what is counted in working days moves on by them, behind this answer.

    What was promised since they were first told counts with them: told again, they move nothing.
    """
    span = _span(place)
    before, known = await store.write(turn.uow, lambda spans: {*spans, span})
    today = local_day(turn.now, turn.zone)
    if span not in before:
        first, last = (int(part) for part in store.id_of(span).split(":"))
        key = f"closure:{store.id_of(span)}:{turn.now.timestamp()}"
        turn.uow.promise("programme.closure", key, turn.now, first=first, last=last, by=turn.person.pk)
    return Replace(_card(known, today, _page_of(span, known, today)))


async def remove(turn: Turn) -> Reply:
    """The company is open on these days after all. What moved on stays where it is: nobody is hurried."""
    gone, today = turn.id, local_day(turn.now, turn.zone)
    before, known = await store.write(turn.uow, lambda spans: {span for span in spans if store.id_of(span) != gone})
    page = max((_page_of(span, known, today) for span in before if store.id_of(span) == gone), default=0)
    return Replace(_card(known, today, page))


def _span(place: Place) -> Span:
    first = date.fromisoformat(place.one("first"))
    return first, date.fromisoformat(place.one("last")) if place.one("last") else first


def _form(_place: Place) -> Form:
    fields = (
        DateField("first", T("programme.closure_first")),
        DateField("last", T("programme.closure_last"), hint=T("programme.closure_last_hint"), optional=True),
    )
    return Form(
        T("programme.closure_title"), fields, T("programme.closure_submit"), (Note(T("programme.closures_note")),)
    )


def _check(place: Place) -> Errors:
    first, last = _span(place)
    today, field = local_day(place.now, place.zone), "last" if place.one("last") else "first"
    if last < first:
        return {"last": T("programme.closure_backwards", first=first)}
    if last < today:
        return {field: T("programme.closure_past")}
    if last - first > LONGEST:
        return {"last": T("programme.closure_long", n=LONGEST.days)}
    if last > today + FURTHEST:
        return {field: T("programme.closure_far")}
    return {}


CLOSURE = Flow("programme.closure", (Step("days", _form, lambda _place: None, _check),), days=1)


# ── What is counted in working days moves on ─────────────────────────────────────────────────────────────────────────


async def slide(turn: JobTurn) -> Outcome:
    """``programme.closure``: the deadlines that the new closure falls into, and the dates in it, a part at a time."""
    span = (date.fromisoformat(str(turn.arg("first"))), date.fromisoformat(str(turn.arg("last"))))
    organisation = await turn.uow.organisation()
    coordinator = await turn.uow.get(Person, turn.arg("by"))
    if coordinator is None or span not in closures_of(organisation):
        return NotOwed()
    known = site_of(coordinator, organisation)
    turn.uow.audit(coordinator, "programme.closure", store.id_of(span))

    async def work(desk: Desk) -> JobRun:
        after = 0
        while True:
            async with desk.uow() as uow:
                after = await store.slide_promises(uow, DEADLINES, span, known, (after, desk.job.id), TOGETHER)
            if not after:
                break
        while True:
            async with desk.uow() as uow:
                after = await _owe_other_dates(uow, span, after)
            if not after:
                return rest

    async def rest(done: JobTurn) -> Outcome:
        await store.slide_sessions(done.uow, span, known)
        return Did()

    return Long(work)


async def _owe_other_dates(uow: Uow, span: Span, after: int) -> int:
    """Each meeting that is booked about then is looked at by itself; gives the last one's key, 0 at the end."""
    booked = await store.booked_about(uow, span, after, TOGETHER)
    for session in booked:
        key = f"closure:{store.id_of(span)}:session:{session.pk}:{session.sequence}"
        uow.promise("scheduling.closes", key, uow.now, session=session.pk)
    return booked[-1].pk if len(booked) == TOGETHER else 0
