"""The kick-off of a round, for all who take part: the coordinator sets it, each is invited in private, with a file."""

import secrets
from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain import slots
from bot.domain.calendar import at_local
from bot.domain.calendar_files import Appointment
from bot.flows import talk
from bot.flows.engine import Errors, Flow, Place, Step
from bot.flows.programme.answers import site_from
from bot.flows.programme.rounds import find_round, round_of
from bot.flows.scheduling.conversation import is_link, place_field, where_errors
from bot.flows.scheduling.views import file_of
from bot.flows.turns import Did, JobTurn, NotOwed, Outcome, Outdated, Refused, Replace, Reply, Say, Turn
from bot.locales import speaker
from bot.ui.cards import Attachment, Button, Buttons, Card, Confirm, Divider, LinkButton, Note, Paragraph, card
from bot.ui.forms import DateField, Form, NumberField, TimeField
from bot.ui.words import T, Text, When
from storage import rounds as store
from storage.enrolments import BEFORE_CLOSING
from storage.kickoffs import invited, kickoff_and_company, kickoff_of, round_and_kickoff
from storage.sites import site_of
from storage.tables import KickOff, Organisation, Person, Round
from storage.uow import Uow

KIND = "kickoff"
MINUTES = "45"
LEAST, MOST = 15, 180
LATECOMERS = timedelta(days=3)
FURTHEST = timedelta(days=366)


# ── Setting it ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def command(turn: Turn) -> Reply:
    """``round kickoff``: the form, or how it stands."""
    round = await find_round(turn, *BEFORE_CLOSING)
    known, organisation = await kickoff_and_company(turn.uow, round.pk)
    if known is None or known.cancelled:
        return await _form(turn, round, known, organisation)
    return Replace(_standing(round, known, turn.zone))


async def change(turn: Turn) -> Reply:
    """The form again, with what was set."""
    round = await round_of(turn)
    return await _form(turn, round, *await kickoff_and_company(turn.uow, round.pk))


async def _form(turn: Turn, round: Round, known: KickOff | None, organisation: Organisation) -> Reply:
    if round.state not in BEFORE_CLOSING:
        raise Refused(T("programme.message_nobody", round=round.name))
    context = {"round_id": round.pk, "round": round.name, **site_of(turn.person, organisation).to_json()}
    answers = {"minutes": MINUTES}
    if known is not None and not known.cancelled:
        here = known.starts_at.astimezone(ZoneInfo(turn.zone))
        answers = {"day": f"{here:%Y-%m-%d}", "time": f"{here:%H:%M}", "minutes": str(known.minutes)}
        answers["place"] = known.place
    return await talk.start(turn, KICKOFF, f"round:{round.pk}", context, answers, fresh=True)


async def keep(turn: Turn, place: Place) -> Reply:
    """It is set, or another one than before: all who take part are invited, each in their own working hours."""
    round, known = await round_and_kickoff(turn.uow, int(place.context["round_id"]))
    if round.state not in BEFORE_CLOSING:
        raise Outdated(T("programme.message_nobody", round=round.name))
    if known is None:
        uid = f"kickoff-{secrets.token_hex(12)}@inverso"
        known = turn.uow.add(KickOff(round_id=round.pk, starts_at=turn.now, minutes=0, uid=uid, made_at=turn.now))
    known.starts_at, known.minutes, known.place = _moment(place), int(place.one("minutes")), place.one("place").strip()
    known.sequence, known.cancelled = known.sequence + 1, False
    if known.id is None:
        await turn.uow.flush()
    else:
        turn.uow.cancel(f"kickoff:{known.pk}:")
    _owe_all(turn, known)
    return Replace(_standing(round, known, turn.zone))


def _owe_all(turn: Turn, known: KickOff) -> None:
    """Invite all now, and those who have joined by then once more before it."""
    prefix, by = f"kickoff:{known.pk}:{known.sequence}:", turn.person.pk
    turn.uow.promise("programme.kickoff_all", f"{prefix}all", turn.now, kickoff=known.pk, by=by)
    if known.starts_at - LATECOMERS > turn.now:
        due = known.starts_at - LATECOMERS
        turn.uow.promise("programme.kickoff_all", f"{prefix}latecomers", due, kickoff=known.pk, by=0)


async def call_off(turn: Turn) -> Reply:
    """It does not take place: those who were invited hear so, and it leaves their calendars."""
    round = await round_of(turn)
    known = await kickoff_of(turn.uow, round.pk, lock=True)
    if known is None or known.cancelled or known.starts_at <= turn.now:
        raise Outdated(T("programme.kickoff_none", round=round.name))
    known.cancelled, known.sequence = True, known.sequence + 1
    turn.uow.cancel(f"kickoff:{known.pk}:")
    key = f"kickoff:{known.pk}:{known.sequence}:all"
    turn.uow.promise("programme.kickoff_all", key, turn.now, kickoff=known.pk, by=0)
    return Replace(card(T("programme.kickoff_called_off", round=round.name)))


def _moment(place: Place) -> datetime:
    day, clock = date.fromisoformat(place.one("day")), time.fromisoformat(place.one("time"))
    return at_local(day, clock, place.zone)


def _what_form(place: Place) -> Form:
    fields = (
        DateField("day", T("programme.kickoff_day")),
        TimeField("time", T("programme.kickoff_time"), hint=T("programme.kickoff_time_hint")),
        NumberField("minutes", T("programme.kickoff_minutes"), LEAST, MOST),
        place_field(T("programme.kickoff_place_hint")),
    )
    intro = (Note(T("programme.kickoff_note", round=str(place.context["round"]))),)
    return Form(T("programme.kickoff_title"), fields, T("programme.message_look"), intro)


def _check(place: Place) -> Errors:
    who = slots.Person("me", frozenset(), place.zone, site_from(place))
    start = _moment(place)
    for code in slots.fits(start, int(place.one("minutes")), (who,), place.now, place.now + FURTHEST):
        field = "time" if code == "night" else "day"
        return {field: T(f"programme.kickoff_{code.partition(':')[0]}", at=When(start, place.zone))}
    return where_errors("", place.one("place"))


def _preview_form(place: Place) -> Form:
    said = _words(
        str(place.context["round"]), _moment(place), place.zone, int(place.one("minutes")), place.one("place")
    )
    intro = (Note(T("programme.kickoff_preview")), Divider(), Paragraph(said))
    return Form(T("programme.kickoff_title"), (), T("programme.kickoff_send"), intro)


KICKOFF = Flow(
    "programme.kickoff",
    (Step("what", _what_form, lambda _place: "preview", _check), Step("preview", _preview_form, lambda _place: None)),
    days=3,
)


# ── What is said of it ───────────────────────────────────────────────────────────────────────────────────────────────


def _words(round: str, at: datetime, zone: str, minutes: int, place: str) -> Text:
    where = place.strip()
    key = "programme.kickoff_invitation" if where else "programme.kickoff_invitation_open"
    return T(key, round=round, at=When(at, zone), minutes=minutes, **({"place": where} if where else {}))


def _standing(round: Round, known: KickOff, zone: str) -> Card:
    """To the coordinator: what is set, and what can be done about it."""
    sure = Confirm(
        T("programme.kickoff_off_title"),
        T("programme.kickoff_off_sure"),
        T("programme.kickoff_off"),
        T("programme.cancel_no"),
    )
    buttons = (
        Button(T("programme.kickoff_change"), "programme.kickoff", str(round.pk)),
        Button(T("programme.kickoff_off"), "programme.kickoff_off", str(round.pk), "danger", sure),
    )
    said = _words(round.name, known.starts_at, zone, known.minutes, known.place)
    return card(T("programme.kickoff_set"), Divider(), Paragraph(said), Buttons(buttons))


def appointment(round: Round, known: KickOff, language: str) -> Appointment:
    """The kick-off as an event in somebody's calendar, in their language."""
    link = known.place if is_link(known.place) else ""
    return Appointment(
        uid=known.uid,
        sequence=known.sequence,
        starts=known.starts_at,
        minutes=known.minutes,
        title=speaker(language)(T("programme.kickoff_event", round=round.name)),
        stamp=known.made_at + timedelta(seconds=known.sequence),
        place="" if link else known.place,
        link=link,
        cancelled=known.cancelled,
    )


async def end_with_round(uow: Uow, round_id: int) -> Collection[int]:
    """A cancelled round's kick-off is off; gives those who have it in their calendars."""
    known = await kickoff_of(uow, round_id, lock=True)
    if known is None or known.cancelled or known.starts_at <= uow.now:
        return ()
    known.cancelled, known.sequence = True, known.sequence + 1
    uow.cancel(f"kickoff:{known.pk}:")
    return await invited(uow, known.pk)


async def taken_out(uow: Uow, round: Round, reader: Person) -> tuple[Attachment, ...]:
    """The file that takes the kick-off of a cancelled round out of the reader's calendar."""
    known = await kickoff_of(uow, round.pk)
    return () if known is None else (file_of(appointment(round, known, reader.language)),)


async def to_all(turn: JobTurn) -> Outcome:
    """``programme.kickoff_all``: to each who takes part now and has not heard of it as it is now."""
    known = await turn.uow.get(KickOff, turn.arg("kickoff"))
    if known is None or known.starts_at <= turn.now:
        return NotOwed()
    if turn.arg("by"):
        turn.uow.audit(await turn.uow.need(Person, turn.arg("by")), "programme.kickoff", str(known.round_id))
    for enrolment in await store.participants(turn.uow, known.round_id):
        turn.uow.promise(
            "programme.kickoff",
            f"kickoff:{known.pk}:{known.sequence}:{enrolment.person_id}",
            turn.now,
            person=enrolment.person_id,
            expires_at=known.starts_at,
            kickoff=known.pk,
        )
    return Did()


async def to_one(turn: JobTurn) -> Outcome:
    """``programme.kickoff``: the invitation, with the file that puts it into the calendar, or takes it out again."""
    known = await turn.uow.get(KickOff, turn.arg("kickoff"))
    round = await turn.uow.get(Round, known.round_id) if known else None
    person = await turn.uow.get(Person, turn.job.person_id)
    if (
        known is None
        or round is None
        or person is None
        or round.state not in BEFORE_CLOSING
        or known.starts_at <= turn.now
    ):
        return NotOwed()
    if known.cancelled and person.pk not in await invited(turn.uow, known.pk):
        return NotOwed()
    files = (file_of(appointment(round, known, person.language)),)
    if known.cancelled:
        off = T("programme.kickoff_is_off", round=round.name, at=When(known.starts_at, person.timezone))
        return Say((person.pk,), card(off, attachments=files), nudge=KIND)
    first = () if known.sequence == 1 else (Paragraph(T("programme.kickoff_changed")),)
    said = Paragraph(_words(round.name, known.starts_at, person.timezone, known.minutes, known.place))
    link = (Buttons((LinkButton(T("scheduling.open_link"), known.place),)),) if is_link(known.place) else ()
    return Say((person.pk,), card(*first, said, *link, attachments=files), nudge=KIND)
