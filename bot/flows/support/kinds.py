"""The kinds of unrequested messages: what can be put off or stopped, and which promises are of which kind."""

from collections.abc import Iterable, Mapping

from bot.flows.turns import outdated_button
from bot.ui.words import T

KINDS: Mapping[str, tuple[str, ...]] = {
    "enrolment": ("enrolment.invite", "enrolment.reminder"),
    "preparation": ("preparation.reminder",),
    "pairing": ("pairing.ask_mentee", "pairing.ask_mentor", "pairing.remind"),
    "waitlist": ("pairing.waitlisted", "board.placed"),
    "session_booking": ("session.unbooked", "session.help", "session.postponed"),
    "session_support": ("session.offer", "session.told"),
    "session": ("session.guide",),
    "session_reminder": ("session.reminder",),
    "session_after": ("session.after", "session.after_again"),
    "session_mentors": ("session.mentor_question",),
    "assistant": ("assistant.named", "assistant.changed", "assistant.unbooked", "assistant.ended"),
    "calendar": ("calendar.lost",),
    "kickoff": ("programme.kickoff",),
    "programme": ("programme.message",),
    "feedback": ("feedback.ask", "feedback.closing", "feedback.heard", "feedback.heard_words"),
    "feedback_reminder": ("feedback.reminder",),
    "reports": ("reports.ready",),
    "digest": ("board.digest",),
}
"""Each kind of nudge and the promises that it is made of. Other promises are owed, and nobody can stop them."""

_KIND_OF = {job: kind for kind, jobs in KINDS.items() for job in jobs}


def known(kind: str) -> str:
    """The kind, if there is such a one. Raises ``Outdated`` for a tampered button."""
    if kind not in KINDS:
        raise outdated_button()
    return kind


def label(kind: str) -> T:
    """What the messages of this kind are about, in words."""
    return T(f"support.kind_{kind}")


def kind_of(job: str) -> str | None:
    """The kind of the promise of that name; None when it is owed in any case."""
    return _KIND_OF.get(job)


def in_order(kinds: Iterable[str | None]) -> tuple[str, ...]:
    """The known ones of these kinds, each once, in their steady order."""
    found = set(kinds)
    return tuple(kind for kind in KINDS if kind in found)
