"""Leaving a question: for the partner, or without a name for all mentors of the round."""

from bot.flows import talk
from bot.flows.engine import Place
from bot.flows.scheduling.booking import check_goes_on
from bot.flows.session.actions import nearest
from bot.flows.session.choosing import OPEN
from bot.flows.session.conversation import MENTORS, QUESTION, QUESTION_MOST, UNSIGNED
from bot.flows.session.views import mine
from bot.flows.turns import Refused, Reply, Tell, Turn
from bot.ui.cards import card
from bot.ui.forms import Values
from bot.ui.words import Listing, T
from storage.open_questions import in_pairs
from storage.sessions import Meeting, meetings_of
from storage.tables import OpenQuestion, Question

HIDDEN_AMONG = 5
"""People of the asker's own role among whom a question without a name stays without one."""


async def ask(turn: Turn) -> Reply:
    """The form, from a button."""
    return await _form(turn, await mine(turn, turn.number()))


async def command(turn: Turn) -> Reply:
    """``/mentoring question``: for the next session."""
    return await _form(turn, nearest(await meetings_of(turn.uow, turn.person.pk), turn))


async def bring(turn: Turn) -> Reply:
    """A message somewhere else is to be talked about: its words are in the form, to be changed or shortened."""
    words = str(turn.values.get("text") or "").strip()
    known = {"question": words if len(words) <= QUESTION_MOST else f"{words[: QUESTION_MOST - 1]}…"}
    return await _form(turn, nearest(await meetings_of(turn.uow, turn.person.pk), turn), known)


async def _form(turn: Turn, found: Meeting, known: Values | None = None) -> Reply:
    check_goes_on(found, turn)
    if found.session.state not in OPEN:
        raise Refused(T("scheduling.over"))
    context = {
        "session_id": found.session.pk,
        "partner": list(found.names(turn.person.pk)),
        "mentors": await _mentors_to_ask(turn, found),
    }
    return await talk.start(turn, QUESTION, f"session:{found.session.pk}", context, known, fresh=known is not None)


async def _mentors_to_ask(turn: Turn, found: Meeting) -> int:
    if found.role_of(turn.person.pk) != "mentee":
        return 0
    people = await in_pairs(turn.uow, found.round.pk)
    return people.get("mentor", 0) if people.get("mentee", 0) >= HIDDEN_AMONG else 0


async def keep(turn: Turn, place: Place) -> Reply:
    """The question waits, sealed: for the session, or for the mentors."""
    found = await mine(turn, int(place.context["session_id"]))
    check_goes_on(found, turn)
    sealed = turn.uow.box.seal(place.one("question").strip())
    if place.one("to") == MENTORS:
        return await _to_mentors(turn, found, sealed)
    turn.uow.add(
        Question(
            pairing_id=found.pairing_of(turn.person.pk).pk,
            session_id=found.session.pk,
            person_id=turn.person.pk,
            sealed_text=sealed,
            signed=place.one("to") != UNSIGNED,
            created_at=turn.now,
        )
    )
    return Tell(card(T("session.question_kept", partner=Listing(found.names(turn.person.pk)))))


async def _to_mentors(turn: Turn, found: Meeting, sealed: str) -> Reply:
    asked = turn.uow.add(
        OpenQuestion(round_id=found.round.pk, person_id=turn.person.pk, sealed_text=sealed, created_at=turn.now)
    )
    await turn.uow.flush()
    turn.uow.promise("session.ask_mentors", f"open_question:{asked.pk}:ask:0", turn.now, question=asked.pk)
    return Tell(card(T("session.question_sent")))
