"""A question without a name, from all mentors of a round back to the one who asked: the first good answer counts."""

from datetime import timedelta

from bot.flows import talk
from bot.flows.engine import Flow, Place, Step
from bot.flows.support.snoozing import later
from bot.flows.turns import Did, JobTurn, NotOwed, Outcome, Outdated, Replace, Reply, Say, Turn, outdated_button
from bot.ui.cards import Button, Buttons, Card, Note, Paragraph, card
from bot.ui.forms import ChoiceField, Form, Option, TextField
from bot.ui.words import T
from storage.open_questions import mentors_in_pairs, open_question
from storage.tables import Enrolment, OpenQuestion
from storage.uow import Uow

KIND = "session_mentors"
KEPT = timedelta(days=14)
ANSWER_MOST = 1000


# ── To the mentors ───────────────────────────────────────────────────────────────────────────────────────────────────


async def ask_mentors(turn: JobTurn) -> Outcome:
    """``session.ask_mentors``: the question waits for each mentor who has not tried to answer it."""
    found = await open_question(turn.uow, turn.arg("question"))
    if found is None or found.state != "open":
        return NotOwed()
    for person_id in await mentors_in_pairs(turn.uow, found.round_id):
        if person_id not in (found.person_id, *found.passed_over):
            key = f"open_question:{found.pk}:{len(found.passed_over)}:mentor:{person_id}"
            expires = found.created_at + KEPT
            turn.uow.promise(
                "session.mentor_question", key, turn.now, person=person_id, expires_at=expires, question=found.pk
            )
    return Did()


async def mentor_question(turn: JobTurn) -> Outcome:
    """``session.mentor_question``: to one mentor; what is asked stands in the form alone."""
    found = await open_question(turn.uow, turn.arg("question"))
    if found is None or found.state != "open" or turn.job.person_id is None:
        return NotOwed()
    read = Button(T("session.read_question"), "session.open_question", str(found.pk), "primary")
    said = card(T("session.mentor_question"), Buttons((read, later(KIND))))
    return Say((turn.job.person_id,), said, nudge=KIND)


async def read(turn: Turn) -> Reply:
    """The form with the question, for a mentor of its round."""
    found = await _for_mentor(turn, turn.number())
    answers = {"asked": turn.uow.box.open(found.sealed_text)}
    return await talk.start(turn, ANSWER, f"open_question:{found.pk}", {"question": found.pk}, answers, fresh=True)


async def answer(turn: Turn, place: Place) -> Reply:
    """The first answer goes to the one who asked."""
    found = await _for_mentor(turn, int(place.context["question"]), lock=True)
    found.state, found.answerer_id = "answered", turn.person.pk
    found.sealed_answer = turn.uow.box.seal(place.one("answer").strip())
    key = f"open_question:{found.pk}:answer:{len(found.passed_over)}"
    turn.uow.promise("session.answer_came", key, turn.now, person=found.person_id, question=found.pk)
    return Replace(card(T("session.answer_sent")))


async def _for_mentor(turn: Turn, id: int, *, lock: bool = False) -> OpenQuestion:
    found = await open_question(turn.uow, id, lock=lock)
    if found is None or found.person_id == turn.person.pk or not await _is_mentor(turn.uow, found, turn.person.pk):
        raise outdated_button()
    if found.state != "open":
        raise Outdated(T("session.answered_by_another"))
    return found


async def _is_mentor(uow: Uow, found: OpenQuestion, person_id: int) -> bool:
    statement = uow.of(Enrolment).where(Enrolment.round_id == found.round_id, Enrolment.person_id == person_id)
    mine: Enrolment | None = await uow.first(statement)
    return mine is not None and mine.role == "mentor" and mine.state in ("paired", "paused")


def _answer_form(place: Place) -> Form:
    asked = Paragraph(T("session.asked", text=place.one("asked")))
    field = TextField("answer", T("session.answer_label"), multiline=True, max_length=ANSWER_MOST)
    return Form(T("session.answer_title"), (field,), T("session.send"), (asked, Note(T("session.answer_note"))))


ANSWER = Flow("session.answer", (Step("answer", _answer_form, lambda _place: None),), days=14)


# ── To the one who asked ─────────────────────────────────────────────────────────────────────────────────────────────


async def answer_came(turn: JobTurn) -> Outcome:
    """``session.answer_came``: an answer lies ready."""
    found = await open_question(turn.uow, turn.arg("question"))
    if found is None or found.state != "answered":
        return NotOwed()
    return Say((found.person_id,), _came(found.pk))


def _came(id: int) -> Card:
    return card(
        T("session.answer_came"),
        Buttons((Button(T("session.read_answer"), "session.open_answer", str(id), "primary"),)),
    )


async def read_answer(turn: Turn) -> Reply:
    """The form with the answer, and whether it helps."""
    found = await _asked(turn, turn.number())
    opened = turn.uow.box.open
    answers = {"asked": opened(found.sealed_text), "answered": opened(found.sealed_answer)}
    return await talk.start(turn, HELPED, f"open_question:{found.pk}", {"question": found.pk}, answers, fresh=True)


async def helped(turn: Turn, place: Place) -> Reply:
    """A good answer ends it, and its author is thanked; after another the other mentors are asked again."""
    found = await _asked(turn, int(place.context["question"]), lock=True)
    if place.one("helped") == "yes":
        found.state = "closed"
        turn.uow.promise(
            "session.answer_helped", f"open_question:{found.pk}:thanks", turn.now, person=found.answerer_id
        )
        return Replace(card(T("session.thanked")))
    found.passed_over = [*found.passed_over, found.answerer_id or 0]
    found.state, found.answerer_id, found.sealed_answer = "open", None, ""
    key = f"open_question:{found.pk}:ask:{len(found.passed_over)}"
    turn.uow.promise("session.ask_mentors", key, turn.now, question=found.pk)
    return Replace(card(T("session.asked_on")))


async def answer_helped(turn: JobTurn) -> Outcome:
    """``session.answer_helped``: to the mentor whose answer it was."""
    return Say((turn.job.person_id,), card(T("session.answer_helped"))) if turn.job.person_id else NotOwed()


async def _asked(turn: Turn, id: int, *, lock: bool = False) -> OpenQuestion:
    found = await open_question(turn.uow, id, lock=lock)
    if found is None or found.person_id != turn.person.pk:
        raise outdated_button()
    if found.state != "answered":
        raise Outdated(T("session.no_answer_now"))
    return found


def _helped_form(place: Place) -> Form:
    intro = (
        Paragraph(T("session.you_asked", text=place.one("asked"))),
        Paragraph(T("session.answered", text=place.one("answered"))),
    )
    options = (Option("yes", T("session.helped_yes")), Option("no", T("session.helped_no")))
    return Form(
        T("session.answer_title"), (ChoiceField("helped", T("session.helped"), options),), T("session.send"), intro
    )


HELPED = Flow("session.helped", (Step("helped", _helped_form, lambda _place: None),), days=14)
