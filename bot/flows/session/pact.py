"""The pact of the kick-off: goals each way, the rhythm, what stays between them. In a form that only they open."""

from dataclasses import replace

from bot.domain.programme import RoundRules
from bot.flows import talk
from bot.flows.engine import Flow, Place, Step
from bot.flows.programme.answers import tool_in
from bot.flows.scheduling.booking import check_goes_on
from bot.flows.scheduling.cards import series_button
from bot.flows.session.actions import nearest_of_pair
from bot.flows.session.mornings import morning_after
from bot.flows.session.plan import due_by
from bot.flows.session.views import mine, mine_of
from bot.flows.turns import JobTurn, NotOwed, Outcome, Reply, Say, Tell, Turn
from bot.ui.cards import Block, Button, Buttons, Card, Note, Paragraph, card
from bot.ui.forms import ChoiceField, Field, Form, Option, TextField
from bot.ui.words import Listing, T
from storage.meeting import BOOKABLE, Meeting
from storage.sessions import meeting, meetings_of
from storage.uow import Uow

MOST = 500
RHYTHM = "rhythm"
TEXTS = ("goals_mentee", "goals_mentor", "stays", "change")
RHYTHMS = (1, 2, 3, 4, 6)


async def show(turn: Turn) -> Reply:
    """From a button."""
    return await _form(turn, await mine(turn, turn.number()))


async def command(turn: Turn) -> Reply:
    """``/mentoring pact``: of the pair whose session comes first."""
    return await _form(turn, nearest_of_pair(await meetings_of(turn.uow, turn.person.pk), turn))


async def _form(turn: Turn, found: Meeting) -> Reply:
    check_goes_on(found, turn)
    known = _known(turn.uow, found)
    weeks = found.rules.cadence_weeks
    context = {
        "session_id": found.session.pk,
        "mentor": found.mentor.name,
        "mentees": [mentee.name for mentee in found.mentees],
        "rules": [found.rules.sessions_planned, found.rules.session_minutes, found.rules.duration_weeks],
        "tool": tool_in(found.round.checklist),
        "bookers": [person.name for person in found.bookers],
        "books": found.books(turn.person.pk),
        "rhythms": [] if found.round.format == "mixed" else _rhythms(found.rules),
    }
    answers = {RHYTHM: str(weeks), **known}
    return await talk.start(turn, PACT, found.stem, context, answers, fresh=True)


def _known(uow: Uow, found: Meeting) -> dict[str, str]:
    """The pact as it stands, field by field."""
    return dict(uow.box.open_json(found.holder.sealed_pact)) if found.holder.sealed_pact else {}


def _rhythms(rules: RoundRules) -> list[int]:
    """Weeks between two meetings with which all of them lie within the round."""
    fitting = {weeks for weeks in RHYTHMS if weeks * rules.sessions_planned <= rules.duration_weeks}
    return sorted({*fitting, rules.cadence_weeks})


async def keep(turn: Turn, place: Place) -> Reply:
    """Kept, sealed; the meetings to come follow the rhythm, and the others hear when there is something new to read."""
    found, meetings = await mine_of(turn, int(place.context["session_id"]), lock=True)
    check_goes_on(found, turn)
    written = {name: text for name in (*TEXTS, RHYTHM) if (text := place.one(name).strip())}
    if written != _known(turn.uow, found):
        _write(turn, found, meetings, written)
    waits = any(one.session.state in BOOKABLE for one in meetings)
    books = found.books(turn.person.pk) and waits
    return Tell(_kept(found, Listing(found.names(turn.person.pk)), books=books))


def _write(turn: Turn, found: Meeting, meetings: list[Meeting], written: dict[str, str]) -> None:
    """Who did not write hears at once that there is a pact, and the next morning, once, that it changed."""
    word = "changed" if found.holder.sealed_pact else "written"
    found.holder.sealed_pact = turn.uow.box.seal_json(written)
    if RHYTHM in written:
        _follow(meetings, int(written[RHYTHM]))
    session, by = found.session.pk, turn.person.pk
    turn.uow.cancel(f"{found.stem}:pact:")
    for other in found.others(by):
        key = f"{found.stem}:pact:{int(turn.now.timestamp())}:{other.pk}"
        due = turn.now if word == "written" else morning_after(turn.now, 1, found.site(other))
        turn.uow.promise("session.pact_written", key, due, person=other.pk, session=session, by=by, word=word)


def _follow(meetings: list[Meeting], weeks: int) -> None:
    """The days by which the meetings without a date are due."""
    for one in meetings:
        if one.session.state in BOOKABLE and one.session.number > 0:
            sites = (*(one.site(mentee) for mentee in one.mentees), one.site(one.mentor))
            rules = replace(one.rules, cadence_weeks=weeks)
            one.session.due_by = due_by(one.holder.started_at, one.session.number, rules, sites)


def _kept(found: Meeting, partner: Listing, *, books: bool) -> Card:
    said = T("session.pact_kept", partner=partner)
    return card(said, Buttons((series_button(found.session.pk),))) if books else card(said)


async def written(turn: JobTurn) -> Outcome:
    """``session.pact_written``: to the others; what it says is in the form alone."""
    found = await meeting(turn.uow, turn.arg("session"))
    reader = turn.job.person_id or 0
    if found is None or not found.is_on or found.role_of(reader) is None or not found.holder.sealed_pact:
        return NotOwed()
    button = Button(T("session.open_pact"), "session.pact", str(found.session.pk), "primary")
    said = T(f"session.pact_{turn.job.args['word']}", who=found.person(turn.arg("by")).name)
    return Say((reader,), card(said, Buttons((button,))))


def _drawn(place: Place) -> Form:
    mentor, mentees = str(place.context["mentor"]), Listing(tuple(place.context["mentees"]))
    labels = {
        "goals_mentee": T("session.pact_goals", who=mentees),
        "goals_mentor": T("session.pact_goals", who=mentor),
        "stays": T("session.pact_stays"),
        "change": T("session.pact_change"),
    }
    texts = {
        name: TextField(name, label, optional=name == "change", multiline=True, max_length=MOST)
        for name, label in labels.items()
    }
    options = tuple(Option(str(weeks), T("session.pact_weeks", n=weeks)) for weeks in place.context["rhythms"])
    rhythm: tuple[Field, ...] = (ChoiceField(RHYTHM, T("session.pact_rhythm"), options),) if options else ()
    fields = (texts["goals_mentee"], texts["goals_mentor"], *rhythm, texts["stays"], texts["change"])
    bookers = Listing(tuple(place.context["bookers"]))
    sessions, minutes, weeks = place.context["rules"]
    tool = str(place.context["tool"])
    intro: tuple[Block, ...] = (
        Paragraph(T("session.pact_rules", sessions=sessions, minutes=minutes, weeks=weeks)),
        *((Paragraph(T("enrolment.about.tool", tool=tool)),) if tool else ()),
        Note(T("session.pact_note_mine") if place.context["books"] else T("session.pact_note", mentees=bookers)),
    )
    return Form(T("session.pact_title"), fields, T("session.keep"), intro)


PACT = Flow("session.pact", (Step("pact", _drawn, lambda _place: None),))
