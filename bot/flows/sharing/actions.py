"""Proposing to share, taking it back, and what the coordinator reads."""

from datetime import timedelta

from bot.flows import talk
from bot.flows.engine import Place
from bot.flows.session.actions import next_of_pairs
from bot.flows.session.views import mine
from bot.flows.sharing.conversation import KINDS, NAMED, READ, SHARE
from bot.flows.turns import Close, Outdated, Refused, Replace, Reply, Tell, Turn, outdated_button
from bot.ui.cards import card
from bot.ui.forms import Values
from bot.ui.words import Listing, T
from storage.coordinating import SHARED
from storage.meeting import Meeting
from storage.sessions import meeting, meetings_of
from storage.tables import Shared

WITH_THE_COORDINATOR = "given"
ANSWERED_WITHIN = timedelta(weeks=2)


async def ask(turn: Turn) -> Reply:
    """``sharing.ask``, id of a session and, where the button says it, what is to be shared."""
    kind = turn.id.partition(":")[2]
    return await _form(turn, await mine(turn, turn.number()), {"kind": kind} if kind in KINDS else {})


async def command(turn: Turn) -> Reply:
    """``/mentoring share``: of the pair whose session comes first."""
    meetings = await meetings_of(turn.uow, turn.person.pk)
    found = next_of_pairs(meetings, turn) or [one for one in meetings if one.is_on][-1:]
    if not found:
        raise Refused(T("sharing.no_pair"))
    return await _form(turn, found[0], {})


async def _form(turn: Turn, found: Meeting, answers: Values) -> Reply:
    context = {"session_id": found.session.pk, "partner": list(found.names(turn.person.pk))}
    return await talk.start(turn, SHARE, found.stem, context, answers)


async def keep(turn: Turn, place: Place) -> Reply:
    """It waits, sealed, for the others' yes."""
    found = await mine(turn, int(place.context["session_id"]))
    shared = turn.uow.add(
        Shared(
            round_id=found.round.pk,
            session_id=found.session.pk,
            person_id=turn.person.pk,
            kind=place.one("kind"),
            named=place.one("names") == NAMED,
            sealed_text=turn.uow.box.seal(place.one("text").strip()),
            created_at=turn.now,
        )
    )
    await turn.uow.flush()
    for other in found.others(turn.person.pk):
        key = f"shared:{shared.pk}:would_share:{other.pk}"
        turn.uow.promise("sharing.would_share", key, turn.now, person=other.pk, shared=shared.pk)
    ends, author = turn.now + ANSWERED_WITHIN, turn.person.pk
    turn.uow.promise("sharing.unanswered", f"shared:{shared.pk}:unanswered", ends, person=author, shared=shared.pk)
    return Tell(card(T("sharing.asked", partner=Listing(found.names(turn.person.pk)))))


async def among_them(turn: Turn, id: int, *, lock: bool = False) -> tuple[Shared, Meeting]:
    """What one of the person's pair or group would share. Raises ``Outdated`` for strangers."""
    shared = await turn.uow.get(Shared, id, lock=lock)
    found = await meeting(turn.uow, shared.session_id) if shared else None
    if shared is None or found is None or found.role_of(turn.person.pk) is None:
        raise outdated_button()
    return shared, found


async def take_back(turn: Turn) -> Reply:
    """``sharing.take_back``: anybody of the pair may, at any time; the words are gone, and the coordinator hears so."""
    shared, found = await among_them(turn, turn.number(), lock=True)
    if shared.state not in SHARED:
        raise Outdated(T("sharing.no_more"))
    turn.uow.cancel(f"shared:{shared.pk}:")
    if shared.state == WITH_THE_COORDINATOR:
        coordinator, key = found.round.coordinator_id, f"shared:{shared.pk}:taken_back"
        turn.uow.promise("sharing.taken_back", key, turn.now, person=coordinator, shared=shared.pk)
    shared.state, shared.sealed_text = "taken_back", ""
    return Replace(card(T("sharing.is_taken_back")))


async def show(turn: Turn) -> Reply:
    """``sharing.show``: the words, in a form, to whoever coordinates the round."""
    shared = await turn.uow.get(Shared, turn.number())
    if shared is None or shared.state != WITH_THE_COORDINATOR:
        raise Outdated(T("sharing.no_more"))
    found = await meeting(turn.uow, shared.session_id)
    if found is None or found.round.coordinator_id != turn.person.pk:
        raise outdated_button()
    context = {"kind": shared.kind, "names": names_of(shared, found)}
    answers = {"text": turn.uow.box.open(shared.sealed_text)}
    return await talk.start(turn, READ, f"shared:{shared.pk}", context, answers, fresh=True)


def names_of(shared: Shared, found: Meeting) -> list[str]:
    """Those whose names go with it; nobody's, when they share it as a pair."""
    author = found.person(shared.person_id)
    return [author.name, *found.names(shared.person_id)] if shared.named else []


async def close(_turn: Turn, _place: Place) -> Reply:
    """It is read."""
    return Close()
