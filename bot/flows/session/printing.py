"""The guide of a session on one printed page: its signed address, and what stands on it. Nothing confidential does."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.programme import guide_split
from bot.domain.topics import KICKOFF
from bot.flows import signed_links
from bot.flows.session.views import talk_of
from bot.locales import Say, speaker
from bot.ui.words import T, Text, When
from storage.meeting import Meeting
from storage.sessions import meeting
from storage.tables import Person
from storage.uow import Uow

KEPT = timedelta(days=60)


@dataclass(frozen=True)
class Page:
    """Words in one language. ``parts``: minutes, title and text of each; ``blanks``: labels of lines to write on."""

    language: str
    title: str
    about: str
    parts: tuple[tuple[int, str, str], ...]
    ask: str
    questions: tuple[str, ...]
    back: str
    blanks: tuple[str, ...]
    foot: str


def address(uow: Uow, session_id: int, person: Person, base_url: str) -> str:
    """The signed address of the page for this person; it expires after ``KEPT``."""
    return f"{base_url}/guides/{signed_links.sealed(uow, KEPT, guide=session_id, person=person.pk)}"


async def page(uow: Uow, session_id: int, person_id: int) -> Page | None:
    """The page of the session for one of its people; None when there is none, or it is not theirs any more."""
    found = await meeting(uow, session_id)
    if found is None or found.role_of(person_id) is None:
        return None
    return _page(found, found.person(person_id))


def _page(found: Meeting, person: Person) -> Page:
    say, what = speaker(person.language), talk_of(found, person.pk)
    first, middle, last = guide_split(what.minutes)
    opening = "part_opening" if what.topic.code == KICKOFF else "part_follow_up"
    main = "part_pact" if what.topic.code == KICKOFF else "part_topic"
    texts = (
        (first, opening, what.topic.follow_up),
        (middle, main, what.topic.topic),
        (last, "part_questions", what.topic.qa),
    )
    shows_back = what.back is not None and what.lead != "both"
    return Page(
        language=person.language,
        title=say(what.topic.title),
        about=_about(say, what.partner, what.at, what.zone),
        parts=tuple((minutes, say(T(f"session.{key}", n=minutes)), say(text)) for minutes, key, text in texts),
        ask=say(T("session.ask_each_other")),
        questions=tuple(say(one) for one in what.topic.questions),
        back=say(T("session.in_return", topic=what.back)) if what.back is not None and shows_back else "",
        blanks=tuple(say(T(f"session.print_{blank}")) for blank in ("task", "try", "next")),
        foot=say(T("session.print_foot")),
    )


def _about(say: Say, partner: Text, at: datetime | None, zone: str) -> str:
    if at is None:
        return say(T("session.print_with", partner=partner))
    return say(T("session.print_with_at", partner=partner, at=When(at, zone)))
