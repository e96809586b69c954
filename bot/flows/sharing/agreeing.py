"""The others' yes or no, and who hears of it."""

from bot.flows import talk
from bot.flows.engine import Place
from bot.flows.sharing.actions import WITH_THE_COORDINATOR, among_them, names_of
from bot.flows.sharing.conversation import AGREE
from bot.flows.turns import Did, JobTurn, NotOwed, Outcome, Outdated, Replace, Reply, Say, Turn, outdated_button
from bot.ui.cards import Button, Buttons, Card, Confirm, card
from bot.ui.words import T
from storage.meeting import Meeting
from storage.sessions import meeting
from storage.tables import Round, Shared


async def would_share(turn: JobTurn) -> Outcome:
    """``sharing.would_share``: to each of the others; what it says stands in the form alone."""
    shared = await _owed(turn, "asked")
    found = await meeting(turn.uow, shared.session_id) if shared else None
    reader = turn.job.person_id or 0
    if shared is None or found is None or found.role_of(reader) is None:
        return NotOwed()
    button = Button(T("sharing.read"), "sharing.read", str(shared.pk), "primary")
    return Say((reader,), card(T("sharing.would_share", who=found.person(shared.person_id).name), Buttons((button,))))


async def read(turn: Turn) -> Reply:
    """``sharing.read``: the form with the words, and yes or no."""
    shared, found = await _mine(turn, turn.number())
    context = {"shared": shared.pk, "kind": shared.kind, "names": names_of(shared, found)}
    answers = {"text": turn.uow.box.open(shared.sealed_text)}
    return await talk.start(turn, AGREE, f"shared:{shared.pk}", context, answers, fresh=True)


async def answered(turn: Turn, place: Place) -> Reply:
    """With everybody's yes it goes to the coordinator; with one no it stays between them, and its words are gone."""
    shared, found = await _mine(turn, int(place.context["shared"]), lock=True)
    if place.one("agree") != "yes":
        _stays(turn, shared)
        return Replace(card(T("sharing.stays_said")))
    shared.agreed = [*shared.agreed, turn.person.pk]
    if {other.pk for other in found.others(shared.person_id)} <= set(shared.agreed):
        shared.state = WITH_THE_COORDINATOR
        _tell(turn, shared, "agreed", shared.person_id)
        _tell(turn, shared, "given", found.round.coordinator_id)
    return Replace(card(T("sharing.agreed_said"), Buttons((_back(shared.pk),))))


def _stays(turn: Turn | JobTurn, shared: Shared) -> None:
    """The words are gone, and its author hears that it stays between them."""
    shared.state, shared.sealed_text = "kept", ""
    _tell(turn, shared, "stays", shared.person_id)


def _tell(turn: Turn | JobTurn, shared: Shared, what: str, person_id: int) -> None:
    turn.uow.promise(f"sharing.{what}", f"shared:{shared.pk}:{what}", turn.uow.now, person=person_id, shared=shared.pk)


async def _mine(turn: Turn, id: int, *, lock: bool = False) -> tuple[Shared, Meeting]:
    """What waits for this person's answer. Raises ``Outdated`` for anybody else, and when it waits no longer."""
    shared, found = await among_them(turn, id, lock=lock)
    if shared.person_id == turn.person.pk:
        raise outdated_button()
    if shared.state != "asked" or turn.person.pk in shared.agreed:
        raise Outdated(T("sharing.no_more"))
    return shared, found


def _back(id: int) -> Button:
    sure = Confirm(T("sharing.back_title"), T("sharing.back_sure"), T("sharing.back_yes"), T("sharing.back_no"))
    return Button(T("sharing.back"), "sharing.take_back", str(id), confirm=sure)


# ── Who hears of it ──────────────────────────────────────────────────────────────────────────────────────────────────


async def _owed(turn: JobTurn, state: str) -> Shared | None:
    shared = await turn.uow.get(Shared, turn.arg("shared"))
    return shared if shared is not None and shared.state == state else None


def _to(turn: JobTurn, said: Card) -> Outcome:
    return Say((turn.job.person_id,), said) if turn.job.person_id else NotOwed()


async def agreed(turn: JobTurn) -> Outcome:
    """``sharing.agreed``: to its author."""
    shared = await _owed(turn, WITH_THE_COORDINATOR)
    return _to(turn, card(T("sharing.agreed"), Buttons((_back(shared.pk),)))) if shared else NotOwed()


async def stays(turn: JobTurn) -> Outcome:
    """``sharing.stays``: to its author; nobody says who would rather not."""
    return _to(turn, card(T("sharing.stays"))) if await _owed(turn, "kept") else NotOwed()


async def unanswered(turn: JobTurn) -> Outcome:
    """``sharing.unanswered``: it ends as with a no; somebody does not want to answer, or has left the company."""
    if (shared := await _owed(turn, "asked")) is None:
        return NotOwed()
    _stays(turn, shared)
    return Did()


async def given(turn: JobTurn) -> Outcome:
    """``sharing.given``: to the coordinator, where to read it."""
    shared = await _owed(turn, WITH_THE_COORDINATOR)
    if shared is None:
        return NotOwed()
    button = Button(T("sharing.read"), "sharing.show", str(shared.pk), "primary")
    return await _to_coordinator(turn, shared, "given", Buttons((button,)))


async def taken_back(turn: JobTurn) -> Outcome:
    """``sharing.taken_back``: to the coordinator, who is not to use it any more."""
    shared = await _owed(turn, "taken_back")
    return await _to_coordinator(turn, shared, "taken_back") if shared else NotOwed()


async def _to_coordinator(turn: JobTurn, shared: Shared, what: str, *buttons: Buttons) -> Outcome:
    round = await turn.uow.need(Round, shared.round_id)
    said = T(f"sharing.{what}", what=T(f"sharing.kind_{shared.kind}"), round=round.name)
    return Say((round.coordinator_id,), card(said, *buttons))
