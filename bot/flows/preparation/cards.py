"""Lessons as messages: a lesson with its question, the feedback, and where the person stands."""

from collections.abc import Collection

from bot.content import Lesson
from bot.flows.preparation.path import following, is_ready, path, place_of, shuffled
from bot.flows.support.cards import later
from bot.ui.cards import Button, Buttons, Card, Heading, Note, Paragraph, Row, Style, card
from bot.ui.words import T

KIND = "preparation"


def lesson(enrolment_id: int, role: str, shown: Lesson) -> Card:
    """One lesson; each answer is a button. Answers stand in an order of this person's own."""
    number, count = place_of(shown, role)
    answers = tuple(
        Button(shown.options[option], "preparation.answer", f"{enrolment_id}:{shown.code}:{option}")
        for option in shuffled(shown, enrolment_id)
    )
    return card(
        Heading(shown.title),
        shown.body,
        Paragraph(T("preparation.question", question=shown.question)),
        Buttons(answers),
        Note(T("preparation.place", number=number, count=count)),
    )


def feedback(
    enrolment_id: int, role: str, answered: Lesson, option: int, done: Collection[str], *, has_goals: bool
) -> Card:
    """What the question was about, whatever was answered, and the way on."""
    first = "preparation.same" if option == answered.correct else "preparation.other"
    words = T(first, best=answered.options[answered.correct])
    return card(Heading(answered.title), words, answered.feedback, *_onward(enrolment_id, role, done, has_goals))


def _onward(enrolment_id: int, role: str, done: Collection[str], has_goals: bool) -> tuple[Paragraph | Buttons, ...]:
    left = len(path(role)) - len([each for each in path(role) if each.code in done])
    if not left:
        return Paragraph(T("preparation.all_done")), Buttons((_goals(enrolment_id, has_goals),))
    button = Button(T("preparation.next"), "preparation.open", str(enrolment_id), style="primary")
    if is_ready(role, done):
        return Paragraph(T("preparation.ready", n=left)), Buttons((button, _goals(enrolment_id, has_goals)))
    return Paragraph(T("preparation.left", n=left)), Buttons((button,))


def _goals(enrolment_id: int, has_goals: bool) -> Button:
    return Button(T("goals.change" if has_goals else "goals.write"), "goals.open", str(enrolment_id))


def finished(enrolment_id: int, *, has_goals: bool) -> Card:
    """All lessons are done; there may be goals to write."""
    return card(T("preparation.all_done"), Buttons((_goals(enrolment_id, has_goals),)))


def reminder(enrolment_id: int, left: int) -> Card:
    """Lessons that come before the first session are still to do."""
    start = Button(T("preparation.go_on"), "preparation.open", str(enrolment_id), style="primary")
    return card(T("preparation.remind", n=left), Buttons((start, later(KIND))))


def on_home(enrolment_id: int, role: str, done: Collection[str]) -> Card | None:
    """The lessons that are left, with the way to the next one; None when all are done."""
    upcoming = following(role, done)
    if upcoming is None:
        return None
    number, count = place_of(upcoming, role)
    key = "preparation.home_more" if is_ready(role, done) else "preparation.home"
    style: Style = "plain" if is_ready(role, done) else "primary"
    words = T("preparation.go_on" if done else "enrolment.start_lessons")
    button = Button(words, "preparation.open", str(enrolment_id), style)
    return card(Row(T(key, title=upcoming.title, number=number, count=count), button))
