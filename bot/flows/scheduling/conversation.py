"""Typing a date as people do, seeing it read back, confirming it; and where a session takes place."""

from datetime import datetime
from urllib.parse import urlsplit

from bot.domain import when
from bot.flows.engine import Errors, Flow, Place, Step
from bot.flows.scheduling.facts import Facts, clock_of, differ, from_json
from bot.ui.cards import Block, Note, Paragraph
from bot.ui.cards import Facts as Rows
from bot.ui.forms import ChoiceField, Form, Option, TextField
from bot.ui.words import Listing, T, Text, When

PLACE_MOST, WHEN_MOST = 200, 120
CLASH = "clash"
"""Looked up about a typed date: whether a calendar shows something then."""


def moment_of(place: Place) -> datetime | None:
    """The moment that the answers mean, in UTC; None while they mean none."""
    reading = _reading(place)
    if isinstance(reading, when.When):
        return reading.moment
    if isinstance(reading, when.Ambiguous):
        chosen = [moment for moment in reading.options if moment.isoformat() == place.one("which")]
        return chosen[0] if chosen else None
    return None


def _reading(place: Place) -> when.Reading:
    """What was typed, read as of the moment when the form was opened, so that "tomorrow" stays the same day."""
    asked_at = datetime.fromisoformat(place.context["asked_at"])
    return when.read_when(place.one("when"), place.language, asked_at, place.zone)


# ── Which day, what time ─────────────────────────────────────────────────────────────────────────────────────────────


def _when_form(place: Place) -> Form:
    facts = from_json(place.context)
    field = TextField(
        "when",
        T("scheduling.when_label"),
        hint=T("scheduling.when_hint", partner=facts.partner),
        placeholder=T("scheduling.when_example"),
        max_length=WHEN_MOST,
    )
    title = T("scheduling.when_title" if facts.books else "scheduling.propose_title")
    where = where_fields() if facts.books and not facts.booked else ()
    return Form(title, (field, *where), T("scheduling.read_it"))


def _check_when(place: Place) -> Errors:
    facts = from_json(place.context)
    trouble = _trouble(place, facts)
    errors = {"when": trouble} if trouble is not None else {}
    return {**errors, **where_errors(place.one("mode"), place.one("place"))}


def _trouble(place: Place, facts: Facts) -> Text | None:
    match _reading(place):
        case when.When(moment):
            return facts.problem(moment, place.now)
        case when.Past(moment):
            return T("scheduling.problem_past", at=When(moment, place.zone))
        case when.PastDay(day):
            return T("scheduling.problem_past", at=day)
        case when.NeedsTime(day):
            return T("scheduling.needs_time", day=day, typed=place.one("when").strip())
        case when.NotUnderstood():
            return T("scheduling.not_understood")
        case when.Ambiguous():
            return None


def _after_when(place: Place) -> str:
    return "which" if isinstance(_reading(place), when.Ambiguous) else "confirm"


def _which_form(place: Place) -> Form:
    reading = _reading(place)
    moments = reading.options if isinstance(reading, when.Ambiguous) else ()
    options = tuple(
        Option(moment.isoformat(), T("scheduling.moment", at=When(moment, place.zone))) for moment in moments
    )
    asked = ChoiceField("which", T("scheduling.which_label", typed=place.one("when").strip()), options)
    return Form(T("scheduling.which_title"), (asked,), T("scheduling.read_it"))


def _check_which(place: Place) -> Errors:
    moment = moment_of(place)
    trouble = from_json(place.context).problem(moment, place.now) if moment else T("form.pick_listed")
    return {"which": trouble} if trouble is not None else {}


def _confirm_form(place: Place) -> Form:
    facts, moment = from_json(place.context), moment_of(place)
    if moment is None:  # a form that was left and is read again another day
        return Form(
            T("scheduling.confirm_title"), (), T("scheduling.read_it"), (Paragraph(T("scheduling.read_again")),)
        )
    intro: list[Block] = [Rows(tuple(_read_back(place, facts, moment)))]
    if place.looked_up(CLASH):
        intro.append(Paragraph(T("scheduling.calendar_shows")))
    intro.append(
        Note(T("scheduling.confirm_note" if facts.books else "scheduling.propose_note", partner=facts.partner))
    )
    submit = T(f"scheduling.{('move_it' if facts.booked else 'book_it') if facts.books else 'propose_it'}")
    return Form(T("scheduling.confirm_title"), (), submit, tuple(intro))


def _read_back(place: Place, facts: Facts, moment: datetime) -> list[tuple[Text, Text]]:
    rows: list[tuple[Text, Text]] = [
        (T("scheduling.row_when"), T("scheduling.moment", at=When(moment, place.zone))),
    ]
    for name, other in facts.others:
        if differ(moment, place.zone, other.zone):
            there = clock_of(moment, place.zone, other.zone)
            rows.append((T("scheduling.row_partner", partner=name), T("scheduling.moment", at=there)))
    rows.append((T("scheduling.row_length"), T("scheduling.minutes", n=facts.minutes)))
    mode = place.one("mode") or facts.mode
    rows.append((T("scheduling.row_where"), where_words(mode, place.one("place").strip() or facts.place)))
    return rows


TYPE = Flow(
    "scheduling.type",
    (
        Step("when", _when_form, _after_when, _check_when),
        Step("which", _which_form, lambda _place: "confirm", _check_which),
        Step("confirm", _confirm_form, lambda _place: None),
    ),
    days=2,
)


# ── Whose date ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _whose_form(place: Place) -> Form:
    """``context["meetings"]``: for each of the person's next sessions its key and the names of the others."""
    options = tuple(Option(str(id), Listing(tuple(names))) for id, names in place.context["meetings"])
    typed = Paragraph(T("scheduling.whose_typed", typed=place.one("when")))
    asked = ChoiceField("session", T("scheduling.whose_label"), options)
    return Form(T("scheduling.whose_title"), (asked,), T("scheduling.whose_submit"), (typed,))


WHOSE = Flow("scheduling.whose", (Step("whose", _whose_form, lambda _place: None),), days=2)


# ── Where ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def place_field(hint: Text) -> TextField:
    """The room or the link; it may come later."""
    label, example = T("scheduling.place_label"), T("scheduling.place_example")
    return TextField("place", label, hint=hint, placeholder=example, optional=True, max_length=PLACE_MOST)


def where_fields() -> tuple[ChoiceField, TextField]:
    """In person or remote, and the room or the link."""
    options = tuple(Option(code, T(f"scheduling.mode_{code}")) for code in ("in_person", "remote"))
    return (
        ChoiceField("mode", T("scheduling.mode_label"), options),
        place_field(T("scheduling.place_hint")),
    )


def where_errors(mode: str, place: str) -> dict[str, Text]:
    """What is wrong with a place: a link must be a whole https address; a remote session has a link or nothing."""
    text = place.strip()
    if not text:
        return {}
    looks_like_link = "://" in text or mode == "remote"
    if looks_like_link and not is_link(text):
        return {"place": T("scheduling.bad_link")}
    return {}


def is_link(text: str) -> bool:
    """Whether the text is a whole https address."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return (
        parts.scheme == "https" and "." in (parts.hostname or "") and not any(c.isspace() or c in "<>|" for c in text)
    )


def where_words(mode: str, place: str) -> Text:
    """Where a session takes place, in a line."""
    return T(f"scheduling.where_{mode}_at", place=place) if place else T(f"scheduling.where_{mode}")


def _where_form(_place: Place) -> Form:
    return Form(T("scheduling.where_title"), where_fields(), T("scheduling.where_submit"))


WHERE = Flow(
    "scheduling.where",
    (
        Step(
            "where",
            _where_form,
            lambda _place: None,
            lambda place: where_errors(place.one("mode"), place.one("place")),
        ),
    ),
    days=2,
)
