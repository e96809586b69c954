"""What the coordinator reads about messages that did not arrive or came late."""

from collections.abc import Sequence

from bot.ui.cards import Bullets, Button, Buttons, Card, Heading, Note, Paragraph, card
from bot.ui.words import T, When
from storage.watch import Trouble

MOST = 20
REASONS = ("unreachable", "refused", "expired", "exhausted")


def line(troubles: Sequence[Trouble]) -> Card:
    """How many messages did not arrive, and how many came late."""
    lost = sum(trouble.given_up for trouble in troubles)
    late = len(troubles) - lost
    words = [Paragraph(T(f"delivery.{name}", n=count)) for name, count in (("lost", lost), ("late", late)) if count]
    button = Buttons((Button(T("delivery.show_button"), "delivery.show"),))
    return card(*words, *([button] if lost else []))


def listed(troubles: Sequence[Trouble], zone: str) -> Card:
    """Who was not reached, when, and what can be done about it."""
    lost = [trouble for trouble in troubles if trouble.given_up]
    if not lost:
        return card(T("delivery.nothing"))
    lines = tuple(_one(trouble, zone) for trouble in lost[:MOST])
    more = [Note(T("delivery.more", n=len(lost) - MOST))] if len(lost) > MOST else []
    return card(Heading(T("delivery.title")), Bullets(lines), *more, Note(T("delivery.what_to_do")))


def out_of_reach(names: Sequence[str]) -> Card:
    """The people whom a round cannot reach, and what can be done about it."""
    if not names:
        return card(T("delivery.all_reached"))
    more = [Note(T("delivery.more_people", n=len(names) - MOST))] if len(names) > MOST else []
    listed = Bullets(tuple(names[:MOST]))
    return card(T("delivery.unreached", n=len(names)), listed, *more, Note(T("delivery.what_to_do")))


def _one(trouble: Trouble, zone: str) -> T:
    reason = trouble.reason if trouble.reason in REASONS else "exhausted"
    who = trouble.person or T("delivery.a_pair")
    return T(f"delivery.because_{reason}", who=who, when=When(trouble.at, zone, "day"))
