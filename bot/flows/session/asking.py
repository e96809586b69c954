"""Leaving a question: for the partner, or without a name for all mentors of the round."""

from bot.domain.programme import MIXED
from bot.flows import talk
from bot.flows.engine import Place
from bot.flows.scheduling.booking import check_goes_on
from bot.flows.session.actions import nearest
from bot.flows.session.choosing import OPEN
from bot.flows.session.conversation import CIRCLE, MENTORS, QUESTION, QUESTION_MOST, UNSIGNED
from bot.flows.session.views import mine
from bot.flows.turns import Refused, Reply, Tell, Turn
from bot.ui.cards import card
from bot.ui.forms import Values
from bot.ui.words import Listing, T
from storage.meeting import Meeting
from storage.open_questions import in_pairs
from storage.sessions import meetings_of, next_of_group
from storage.tables import OpenQuestion, Question

HIDDEN_AMONG = 5
"""People of the asker's own role among whom a question without a name stays without one."""


async def ask(turn: Turn) -> Reply:
    """The form, from a button."""
    found = await mine(turn, turn.number())
    return await _form(turn, found, await _circle_of(turn, found))


async def command(turn: Turn) -> Reply:
    """``/mentoring question``: for the next session."""
    return await _for_nearest(turn)


async def bring(turn: Turn) -> Reply:
    """A message somewhere else is to be talked about: its words are in the form, to be changed or shortened."""
    words = str(turn.values.get("text") or "").strip()
    return await _for_nearest(
        turn, {"question": words if len(words) <= QUESTION_MOST else f"{words[: QUESTION_MOST - 1]}…"}
    )


async def _for_nearest(turn: Turn, known: Values | None = None) -> Reply:
    meetings = await meetings_of(turn.uow, turn.person.pk)
    found = nearest(meetings, turn)
    circles = (one for one in meetings if one.circle and one.is_on and one.session.state in OPEN)
    ours = found if found.circle else next((one for one in circles if _shares(one, found, turn)), None)
    return await _form(turn, found, ours.session.pk if ours else 0, known)


def _shares(circle: Meeting, found: Meeting, turn: Turn) -> bool:
    """Whether the circle is that of the pair."""
    return circle.group is not None and circle.group.pk == found.pairing_of(turn.person.pk).group_id


async def _form(turn: Turn, found: Meeting, circle: int, known: Values | None = None) -> Reply:
    """``circle``: the next meeting of the person's circle, for questions without a name; 0 where there is none."""
    check_goes_on(found, turn)
    if found.session.state not in OPEN:
        raise Refused(T("scheduling.over"))
    context = {
        "session_id": found.session.pk,
        "partner": list(found.confidants(turn.person.pk)),
        "own": not found.circle,
        "circle": circle,
        "mentors": await _mentors_to_ask(turn, found),
    }
    return await talk.start(turn, QUESTION, f"session:{found.session.pk}", context, known, fresh=known is not None)


async def _circle_of(turn: Turn, found: Meeting) -> int:
    if found.circle:
        return found.session.pk
    group = found.pairing_of(turn.person.pk).group_id
    return await next_of_group(turn.uow, group) if found.round.format == MIXED and group else 0


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
    if found.circle or place.one("to") == CIRCLE:
        return await _for_circle(turn, int(place.context["circle"]), sealed)
    _leave(turn, found, sealed, signed=place.one("to") != UNSIGNED)
    return Tell(card(T("session.question_kept", partner=Listing(found.names(turn.person.pk)))))


async def _for_circle(turn: Turn, session_id: int, sealed: str) -> Reply:
    found = await mine(turn, session_id)
    check_goes_on(found, turn)
    _leave(turn, found, sealed, signed=False)
    return Tell(card(T("session.question_for_circle")))


def _leave(turn: Turn, found: Meeting, sealed: str, *, signed: bool) -> None:
    turn.uow.add(
        Question(
            pairing_id=found.pairing_of(turn.person.pk).pk,
            session_id=found.session.pk,
            person_id=turn.person.pk,
            sealed_text=sealed,
            signed=signed,
            created_at=turn.now,
        )
    )


async def _to_mentors(turn: Turn, found: Meeting, sealed: str) -> Reply:
    asked = turn.uow.add(
        OpenQuestion(round_id=found.round.pk, person_id=turn.person.pk, sealed_text=sealed, created_at=turn.now)
    )
    await turn.uow.flush()
    turn.uow.promise("session.ask_mentors", f"open_question:{asked.pk}:ask:0", turn.now, question=asked.pk)
    return Tell(card(T("session.question_sent")))
