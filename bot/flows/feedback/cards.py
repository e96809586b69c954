"""What the bot says around surveys. Never an answer, never who answered."""

from collections.abc import Sequence
from datetime import datetime

from bot.flows.support.snoozing import later, stop
from bot.ui.cards import Button, Buttons, Card, Note, card
from bot.ui.words import T, When

KIND, REMINDER_KIND = "feedback", "feedback_reminder"
MINUTES = {"base": 1, "mid": 3, "close": 6, "followup": 1}


def ask(round_id: int, wave: str, name: str, round_name: str, closes_at: datetime | None, zone: str) -> Card:
    """The survey is open."""
    words = T(f"feedback.ask.{wave}", name=name, round=round_name, minutes=MINUTES[wave])
    return _with_buttons(KIND, round_id, wave, words, closes_at, zone)


def remind(round_id: int, wave: str, closes_at: datetime | None, zone: str) -> Card:
    """To those who have not answered, and to nobody else."""
    return _with_buttons(REMINDER_KIND, round_id, wave, T("feedback.remind", minutes=MINUTES[wave]), closes_at, zone)


def _with_buttons(kind: str, round_id: int, wave: str, words: T, closes_at: datetime | None, zone: str) -> Card:
    id = f"{round_id}:{wave}"
    answer = Button(T("feedback.answer_button"), "feedback.answer", id, style="primary")
    skip = Button(T("feedback.skip_button"), "feedback.skip", id)
    until = [Note(T("feedback.open_until", when=When(closes_at, zone, "day")))] if closes_at else []
    return card(words, Note(T("feedback.who_sees")), *until, Buttons((answer, skip, later(kind))))


def short_form(enrolment_id: int) -> Card:
    """The optional short form after enrolment: three questions, to compare with at the end."""
    button = Button(T("feedback.base_button"), "feedback.base", str(enrolment_id))
    return card(T("feedback.base_offer"), Buttons((button,)))


def thanked(round_id: int, wave: str) -> Card:
    """The answers are in; at the midpoint, the way to say more."""
    more = (Buttons((Button(T("feedback.interview_button"), "feedback.interview", str(round_id)),)),)
    return card(T(f"feedback.thanked.{wave}"), Note(T("feedback.totals_first")), *(more if wave == "mid" else ()))


def closed(written: Sequence[str]) -> Card:
    """Too late; what the person typed is handed back, in the form that held it."""
    kept = [T("form.copy_what_you_typed")] if written else []
    return card(T("feedback.closed"), *kept, *written)


def skipped(round_id: int, wave: str) -> Card:
    """The person would rather not: no more reminders, and the way back."""
    again = Button(T("feedback.answer_button"), "feedback.answer", f"{round_id}:{wave}")
    return card(T("feedback.skipped"), Buttons((again,)))


def thanks(partner: str, role: str, held: Sequence[int], until: datetime, zone: str, round_id: int) -> Card:
    """The round is closed: to each of the two, with the ways to take their notes along and to say what it was like.

    ``role``: the reader's, mentor, mentee or peer. ``held``: the keys of the sessions that they had, the last that was
    their own at the end.
    """
    words = T(f"feedback.thanks_{role if held else 'unmet'}", n=len(held), partner=partner)
    kept = T("feedback.notes_until", until=When(until, zone, "day"))
    delete = Button(T("feedback.delete_button"), "privacy.delete", str(round_id))
    export = Button(T("feedback.export_button"), "privacy.export", str(round_id), style="primary")
    if not held:
        return card(words, kept, Buttons((export, delete)))
    certificate = (Button(T("certificate.button"), "certificate.ask", str(round_id)),) if role != "mentee" else ()
    tell = Button(T("sharing.tell"), "sharing.ask", f"{held[-1]}:testimonial")
    return card(words, kept, Note(T("sharing.tell_note")), Buttons((export, *certificate, tell, delete)))


def heard_words(round_name: str, words: str) -> Card:
    """To everybody who took part: what the coordinator heard and will change."""
    lead = T("feedback.heard_lead", round=round_name)
    return card(lead, words, Buttons((stop(KIND),)), summary=lead)
