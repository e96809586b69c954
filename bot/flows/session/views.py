"""From stored rows to what a session's cards show, and finding the session that somebody means."""

from bot import content
from bot.flows.session.cards import Talk
from bot.flows.turns import Turn, outdated_button
from bot.ui.words import Content, Listing
from storage.sessions import Meeting, meeting


def talk_of(found: Meeting, person_id: int, *, promised: int = 0, questions: int = 0) -> Talk:
    """The session as this person sees it; its date only while it is booked."""
    session = found.session
    topic = content.topics()[session.topic]
    return Talk(
        session_id=session.pk,
        at=session.starts_at if session.state == "scheduled" else None,
        minutes=session.minutes,
        topic=topic,
        lead=session.lead,
        zone=found.person(person_id).timezone,
        partner=Listing(found.names(person_id)),
        mentee=Listing(tuple(one.name for one in found.mentees)),
        place=session.place,
        back=_title(topic.return_topic),
        promised=promised,
        questions=questions,
        group=found.group is not None,
    )


def _title(code: str | None) -> Content | None:
    return content.topics()[code].title if code else None


async def mine(turn: Turn, session_id: int, *, lock: bool = False) -> Meeting:
    """The session, if it is this person's. Raises ``Outdated`` for a stranger or a tampered id."""
    found = await meeting(turn.uow, session_id, lock=lock)
    if found is None or found.role_of(turn.person.pk) is None:
        raise outdated_button()
    return found
