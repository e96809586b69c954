"""What a circle of pairs reads when it comes about. Pure."""

from collections.abc import Sequence

from bot.ui.cards import Bullets, Button, Buttons, Card, Heading, card
from bot.ui.words import T, When
from storage.couples import Formed
from storage.meeting import Meeting


def announced(together: Sequence[Formed], first: Meeting, reader: int) -> Card:
    """Who is in the circle, by when it first meets, and that questions may be left for it without a name."""
    pairs = Bullets(
        tuple(
            T("pairing.circle_pair", mentor=one.couple.mentor.name, mentee=one.couple.mentee.name) for one in together
        )
    )
    zone = first.person(reader).timezone
    when = When(first.session.due_by or first.session.starts_at or together[0].pairing.started_at, zone, "day")
    ask = Button(T("session.leave_question"), "session.question", str(first.session.pk), "primary")
    return card(
        Heading(T("pairing.circle_title")),
        T("pairing.circle", n=len(together)),
        pairs,
        T("pairing.circle_first", date=when),
        Buttons((ask,)),
    )
