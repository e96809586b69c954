"""From stored rows to what a session's cards show, and finding the session that somebody means."""

from bot import content
from bot.flows.session.cards import Talk
from bot.flows.turns import Turn, outdated_button
from bot.ui.words import Content, Listing, Text
from storage.meeting import Meeting
from storage.sessions import meeting, siblings


def talk_of(found: Meeting, person_id: int | None, *, promised: int = 0, questions: int = 0) -> Talk:
    """The session as this person sees it, or as all of them do together (None); its date only while it is booked."""
    session, reader = found.session, person_id or found.mentor.pk
    topic = content.topics()[session.topic]
    return Talk(
        session_id=session.pk,
        at=session.starts_at if session.state == "scheduled" else None,
        minutes=session.minutes,
        topic=topic,
        lead=session.lead,
        zone=found.person(reader).timezone,
        partner=Listing(found.names(reader)),
        mentee=Listing(tuple(one.name for one in found.mentees)),
        place=session.place,
        back=None if found.peers else _title(topic.return_topic),
        promised=promised,
        questions=questions,
        group=found.group is not None,
        leader=found.leader.name if found.leader else "",
        leads=found.leader is not None and found.leader.id == person_id,
        mode=session.mode,
        speaks_to=_speaks_to(found, reader),
    )


def _speaks_to(found: Meeting, reader: int) -> Text:
    """Whom the guide of a topic tells what to do, to somebody of the other side; of peers ``leader`` says it."""
    side = {"mentor": (found.mentor,), "mentee": found.mentees}.get(found.session.lead, ())
    if found.peers or found.circle or not side or reader in {one.pk for one in side}:
        return ""
    return Listing(tuple(one.name for one in side))


def _title(code: str | None) -> Content | None:
    return content.topics()[code].title if code else None


async def mine(turn: Turn, session_id: int, *, lock: bool = False) -> Meeting:
    """The session, if it is this person's. Raises ``Outdated`` for a stranger or a tampered id."""
    return _theirs(await meeting(turn.uow, session_id, lock=lock), turn)


async def mine_of(turn: Turn, session_id: int, *, lock: bool = False) -> tuple[Meeting, list[Meeting]]:
    """The session, if it is this person's, and all of its pair or group by number, itself among them.

    Raises ``Outdated`` for a stranger or a tampered id.
    """
    meetings = await siblings(turn.uow, session_id, lock=lock)
    return _theirs(next((one for one in meetings if one.session.pk == session_id), None), turn), meetings


def _theirs(found: Meeting | None, turn: Turn) -> Meeting:
    if found is None or found.role_of(turn.person.pk) is None:
        raise outdated_button()
    return found
