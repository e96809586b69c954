"""Forms around a session: a question, another topic, what was promised, the three taps of the day after."""

from collections.abc import Sequence
from datetime import date

from bot import content
from bot.content import Item
from bot.domain.calendar import local_day
from bot.flows.engine import Errors, Flow, Place, Step
from bot.flows.session.pages import turning
from bot.ui.cards import Block, Bullets, Note, Paragraph
from bot.ui.forms import ChoiceField, DateField, Field, Form, Option, TextField
from bot.ui.words import Listing, T, Text

TEXT_MOST, QUESTION_MOST, WHOM_MOST = 300, 1000, 100
TRACK = "track:"
PARTNER, UNSIGNED, MENTORS, CIRCLE = "partner", "unsigned", "mentors", "circle"
PREFER_NOT = "none"
AWAY = "away"
THREE_PARTS, EXCHANGE = "PUL2", "PUL3"
PULSE = ("PUL1", THREE_PARTS, EXCHANGE)
ACTION, EXPERIMENT, LEARNED = "action", "experiment", "learned"
LEDGER = ("taught", LEARNED)
WRITTEN = (ACTION, *LEDGER)


def _end(_place: Place) -> None:
    return None


# ── A question ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _question_form(place: Place) -> Form:
    """``context["mentors"]``: how many mentors of the round may be asked without a name; 0 where that hides nobody.

    ``context["circle"]``: the meeting of the person's circle for which questions are left without a name; 0 for none.
    ``context["own"]``: whether it may be for the partner.
    """
    partner, mentors = Listing(tuple(place.context["partner"])), int(place.context["mentors"])
    to_whom = {
        PARTNER: bool(place.context["own"]),
        UNSIGNED: bool(place.context["own"]) and len(partner.items) > 1,
        CIRCLE: bool(place.context["circle"]),
        MENTORS: mentors > 0,
    }
    open_to = [code for code, possible in to_whom.items() if possible]
    field = TextField("question", T("session.question_label"), multiline=True, max_length=QUESTION_MOST)
    labels = {UNSIGNED: "session.question_unsigned"}
    options = tuple(Option(code, T(labels.get(code, f"session.question_to_{code}"), n=mentors)) for code in open_to)
    to = (ChoiceField("to", T("session.question_to"), options),) if len(options) > 1 else ()
    notes: list[Block] = []
    if to_whom[PARTNER] or to_whom[MENTORS]:
        notes.append(Note(T("session.question_note_mentors" if mentors else "session.question_note", partner=partner)))
    if to_whom[CIRCLE]:
        notes.append(Note(T("session.question_note_circle")))
    return Form(T("session.question_title"), (field, *to), T("session.keep"), tuple(notes))


QUESTION = Flow("session.question", (Step("question", _question_form, _end),))


# ── Another topic ────────────────────────────────────────────────────────────────────────────────────────────────────


def _topic_form(place: Place) -> Form:
    library = content.topics()
    options = tuple(
        Option(code, library[code].title, group=T(f"session.topics_{group}"))
        for group in ("wanted", "return", "other")
        for code in place.context[group]
        if code in library
    )
    tracks = tuple(
        Option(f"{TRACK}{one.code}", one.name, group=T("session.topics_track")) for one in content.tracks().values()
    )
    field = ChoiceField("topic", T("session.topic_label"), (*options, *tracks), menu=True)
    note = Note(T("session.topic_note", partner=Listing(tuple(place.context["partner"]))))
    return Form(T("session.topic_title"), (field,), T("session.choose"), (note,))


TOPIC = Flow("session.topic", (Step("topic", _topic_form, _end),))


# ── What was promised and asked ──────────────────────────────────────────────────────────────────────────────────────


def item_field(item_id: int) -> str:
    """The name of the field about one promise."""
    return f"item_{item_id}"


def learned_field(item_id: int) -> str:
    """The name of the field about what an experiment taught."""
    return f"learned_{item_id}"


def promised(parts: Sequence[str]) -> Text:
    """A promise in words: an idea to try is its text; an experiment what, with whom and by when, as far as told."""
    what, *how = parts
    if not how:
        return what
    whom, by = how
    told: list[Text] = [T("session.experiment_whom", whom=whom)] if whom else []
    told += [T("session.experiment_by", day=date.fromisoformat(by))] if by else []
    return T("session.experiment_how" if told else "session.experiment", what=what, how=Listing(tuple(told)))


def _noted(who: str, text: Text) -> Text:
    return T("session.noted_by", who=who, text=text) if who else text


def _notes_form(place: Place) -> Form:
    partner = Listing(tuple(place.context["partner"]))
    intro: list[Block] = []
    theirs: list[Text] = [promised(place.many(f"theirs_{n}")) for n in range(len(place.many("theirs_of")))]
    for name, texts, key in (
        ("theirs", theirs, "session.notes_theirs"),
        ("questions", place.many("questions"), "session.notes_questions"),
    ):
        lines = [_noted(who, text) for who, text in zip(place.many(f"{name}_of"), texts, strict=True)]
        if lines:
            intro += [Paragraph(T(key, partner=partner)), Bullets(tuple(lines))]
    intro += turning("session.notes", place)
    states = tuple(Option(code, T(f"session.item_{code}")) for code in ("done", "not_yet", "dropped"))
    fields: list[Field] = []
    for id in place.context["mine"]:
        parts = place.many(f"text_{id}")
        label = promised(parts) if parts else T("session.item_label")
        fields.append(ChoiceField(item_field(id), label, states, optional=True))
        if len(parts) > 1:
            fields.append(_learned(id, partner))
    if not intro and not fields:
        intro.append(Paragraph(T("session.notes_none")))
    intro.append(Note(T("session.notes_note", partner=partner)))
    return Form(T("session.notes_title"), tuple(fields), T("session.keep" if fields else "session.close"), tuple(intro))


def _learned(item_id: int, partner: Listing) -> TextField:
    label, hint = T("session.experiment_learned"), T("session.experiment_learned_hint", partner=partner)
    return TextField(learned_field(item_id), label, hint=hint, optional=True, max_length=TEXT_MOST)


NOTES = Flow("session.notes", (Step("notes", _notes_form, _end),), days=1)


# ── The day after ────────────────────────────────────────────────────────────────────────────────────────────────────


def _held_form(place: Place) -> Form:
    """``context["group"]``: the reader's part in a group, or ``CIRCLE``; empty for a pair."""
    part = str(place.context["group"])
    away = (Option(AWAY, T("session.held_away")),) if part in ("mentee", CIRCLE) else ()
    options = (Option("yes", T("session.held_yes")), *away, Option("no", T("session.held_no")))
    hint = T("session.held_circle_hint" if part == CIRCLE else "session.held_group_hint") if part else None
    label = T("session.held_label", partner=Listing(tuple(place.context["partner"])))
    asked = ChoiceField("held", label, options, hint=hint)
    return Form(T("session.after_title"), (asked,), T("session.go_on"), (Note(T("session.totals_note")),))


def _taps_form(place: Place) -> Form:
    """``context["first"]``: the three parts of this meeting were those of a first one. ``group`` as above."""
    items = content.items()
    partner = Listing(tuple(place.context["sees"]))
    action = TextField(
        ACTION,
        T("session.action_label"),
        hint=T("session.action_hint", partner=partner),
        optional=True,
        multiline=True,
        max_length=TEXT_MOST,
    )
    kinds = tuple(Option(kind, T(f"session.action_is_{kind}")) for kind in (ACTION, EXPERIMENT))
    kind = ChoiceField("action_is", T("session.action_is"), kinds, optional=True)
    ledger = (TextField(kind, T(f"session.{kind}_label"), optional=True, max_length=TEXT_MOST) for kind in LEDGER)
    own = {THREE_PARTS: T("session.three_parts_first")} if place.context["first"] else {}
    own |= {} if place.context["group"] else {EXCHANGE: T("session.useful_to_both")}
    taps = (_tap(items[code], own.get(code, items[code].text)) for code in PULSE)
    fields: tuple[Field, ...] = (*taps, action, kind, *ledger)
    return Form(T("session.after_title"), fields, T("session.send"), (Note(T("session.totals_note")),))


def _tap(item: Item, label: Text) -> ChoiceField:
    options = [Option(str(value), label) for value, label in content.scale(item.scale)]
    return ChoiceField(item.code, label, (*options, Option(PREFER_NOT, content.optout())))


def is_experiment(place: Place) -> bool:
    """Whether what is to be tried is an experiment."""
    return place.one("action_is") == EXPERIMENT and bool(place.one(ACTION).strip())


def _experiment_form(place: Place) -> Form:
    whom = TextField("whom", T("session.experiment_whom_label"), optional=True, max_length=WHOM_MOST)
    by = DateField("by", T("session.experiment_by_label"), optional=True)
    intro = (Paragraph(place.one(ACTION).strip()), Note(T("session.experiment_note")))
    return Form(T("session.experiment_title"), (whom, by), T("session.send"), intro)


def _check_experiment(place: Place) -> Errors:
    """A day that is not over, if any."""
    by = place.one("by")
    past = by and date.fromisoformat(by) < local_day(place.now, place.zone)
    return {"by": T("session.experiment_past")} if past else {}


AFTER = Flow(
    "session.after",
    (
        Step("held", _held_form, lambda place: "taps" if place.one("held") == "yes" else None),
        Step("taps", _taps_form, lambda place: "experiment" if is_experiment(place) else None),
        Step("experiment", _experiment_form, _end, _check_experiment),
    ),
)


def pulse(place: Place) -> dict[str, int | str | None]:
    """The answers to the taps by item; None for "prefer not to answer"."""
    return {code: None if place.one(code) == PREFER_NOT else int(place.one(code)) for code in PULSE}
