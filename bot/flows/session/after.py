"""The day after: held or not, three taps, one thing to try, what went each way, and the next date."""

from bot.domain.topics import KICKOFF
from bot.flows import talk
from bot.flows.engine import Place
from bot.flows.session import cards, ladder
from bot.flows.session.conversation import ACTION, AFTER, AWAY, CIRCLE, EXPERIMENT, WRITTEN, is_experiment, pulse
from bot.flows.session.timetable import after_key
from bot.flows.session.views import mine, mine_of, talk_of
from bot.flows.turns import Outdated, Refused, Replace, Reply, Turn, outdated_button
from bot.ui.words import Listing, T
from storage import surveys
from storage.ledger import KEPT, write_down
from storage.meeting import Meeting, coming, to_book
from storage.tables import ActionItem

TRIAL = (0, 2)
"""After these sessions each is asked, alone, whether they want to go on."""


def wave_of(number: int) -> str:
    """The survey wave of a session."""
    return f"session:{number}"


async def ask(turn: Turn) -> Reply:
    """The form, from its message."""
    found = await mine(turn, turn.number())
    _check_asked(found, turn)
    number = found.session.number
    if await surveys.answered(turn.uow, found.round.pk, turn.person.pk, wave_of(number)):
        raise Outdated(T("session.answered_already"))
    context = {
        "session_id": found.session.pk,
        "partner": list(found.names(turn.person.pk)),
        "sees": list(found.confidants(turn.person.pk)),
        "group": _part(found, turn.person.pk),
        "first": found.session.topic == KICKOFF,
    }
    return await talk.start(turn, AFTER, f"session:{found.session.pk}:{found.session.sequence}", context)


def _part(found: Meeting, person_id: int) -> str:
    """The person's part in a group, or that it is a circle; empty for a pair."""
    if found.circle:
        return CIRCLE
    return (found.role_of(person_id) or "") if found.group else ""


def _check_asked(found: Meeting, turn: Turn) -> None:
    """Refuses before the session's end, and for a session that has another date by now."""
    session = found.session
    if session.state == "scheduled" and (found.ends_at or turn.now) > turn.now:
        raise Refused(T("session.not_yet_over"))
    if session.state not in ("scheduled", "held", "not_held"):
        raise outdated_button()


async def skip(turn: Turn) -> Reply:
    """No answer, and no reminder."""
    found = await mine(turn, turn.number())
    await surveys.skip(turn.uow, found.round.pk, turn.person.pk, wave_of(found.session.number))
    turn.uow.cancel(after_key(found, turn.person.pk))
    return talk.said(T("session.skipped"))


async def answered(turn: Turn, place: Place) -> Reply:
    """The form is sent: the session was held or not, and what follows from it."""
    found, meetings = await mine_of(turn, int(place.context["session_id"]), lock=True)
    _check_asked(found, turn)
    turn.uow.cancel(after_key(found, turn.person.pk))
    if place.one("held") == AWAY:
        await surveys.skip(turn.uow, found.round.pk, turn.person.pk, wave_of(found.session.number))
        return talk.said(T("session.was_away"))
    if place.one("held") != "yes":
        return _was_not_held(turn, found)
    return await _was_held(turn, found, meetings, place)


def _was_not_held(turn: Turn, found: Meeting) -> Reply:
    """It waits for another date, unless the partner has said that it was held."""
    session = found.session
    if session.state == "scheduled":
        session.state = "not_held"
        ladder.promise(turn.uow, found, turn.now)
    books = found.books(turn.person.pk)
    return Replace(cards.not_held(session.pk, Listing(found.names(turn.person.pk)), books=books))


async def _was_held(turn: Turn, found: Meeting, meetings: list[Meeting], place: Place) -> Reply:
    session, person = found.session, turn.person
    if session.state == "not_held":
        ladder.forget(turn.uow, found)
    session.state, session.held_at = "held", session.held_at or session.starts_at
    if found.holder.postponed or found.holder.help:
        found.holder.postponed, found.holder.help = 0, ""
    role = found.sides[person.pk].role
    await surveys.record(turn.uow, found.round.pk, person.pk, role, wave_of(session.number), pulse(place))
    kept = await _keep(turn, found, place)
    following = coming(meetings, turn.now) or to_book(meetings)
    return Replace(
        cards.thanks(
            session.pk,
            Listing(found.confidants(person.pk)),
            talk_of(following, person.pk) if following and found.is_on else None,
            books=found.books(person.pk),
            last=session.number == meetings[-1].session.number,
            kept=kept,
            trial=found.round if session.number in TRIAL else None,
        )
    )


async def _keep(turn: Turn, found: Meeting, place: Place) -> bool:
    """One thing to try, and the two lines of the ledger, sealed; whether there was something to try."""
    written = {kind: turn.uow.box.seal(text) for kind in WRITTEN if (text := place.one(kind).strip())}
    tries = ACTION in written
    if is_experiment(place):
        del written[ACTION]
        what = [place.one(ACTION).strip(), place.one("whom").strip(), place.one("by")]
        written[EXPERIMENT] = turn.uow.box.seal_json(what)
    items = (
        ActionItem(
            pairing_id=found.pairing_of(turn.person.pk).pk,
            session_id=found.session.pk,
            person_id=turn.person.pk,
            kind=kind,
            state="open" if kind in (ACTION, EXPERIMENT) else KEPT,
            sealed_text=sealed,
            created_at=turn.now,
        )
        for kind, sealed in written.items()
    )
    await write_down(turn.uow, items)
    return tries
