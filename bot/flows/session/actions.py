"""Reading the guide, saying "I will be there", leaving a question, keeping promises."""

from collections.abc import Sequence

from bot.flows import talk
from bot.flows.engine import Place
from bot.flows.scheduling.booking import check_goes_on, nothing_to_book
from bot.flows.scheduling.proposing import waiting
from bot.flows.session import cards, pages, printing
from bot.flows.session.conversation import EXPERIMENT, LEARNED, NOTES, item_field, learned_field
from bot.flows.session.views import mine, talk_of
from bot.flows.turns import Close, Outdated, Refused, Replace, Reply, Tell, Turn
from bot.ui.cards import Card, card
from bot.ui.words import Listing, T, When
from storage.ledger import KEPT, Noted, noted, write_down
from storage.meeting import Meeting, coming, to_book
from storage.sessions import meetings_of
from storage.tables import ActionItem

A_CHOICE = 150
"""Bytes of a promise's choices, as a page counts them."""


async def guide(turn: Turn) -> Reply:
    """The whole guide, beside the message."""
    found = await mine(turn, turn.number())
    page = printing.address(turn.uow, found.session.pk, turn.person, turn.base_url)
    return Tell(cards.guide(talk_of(found, turn.person.pk), page))


async def will_come(turn: Turn) -> Reply:
    """The mentee will be there."""
    found = await mine(turn, turn.number())
    session = found.session
    if session.state != "scheduled" or session.starts_at is None:
        raise Outdated(T("scheduling.no_date"))
    return Tell(card(T("session.see_you", at=When(session.starts_at, turn.zone), partner=_partner(found, turn))))


def _partner(found: Meeting, turn: Turn) -> Listing:
    return Listing(found.names(turn.person.pk))


# ── What was promised and asked ──────────────────────────────────────────────────────────────────────────────────────


async def notes(turn: Turn) -> Reply:
    """What the two promised and asked, in a form that only they can open."""
    return await _notes_form(turn, await mine(turn, turn.number()))


async def action_command(turn: Turn) -> Reply:
    """``/mentoring action``."""
    return await _notes_form(turn, nearest(await meetings_of(turn.uow, turn.person.pk), turn))


async def _notes_form(turn: Turn, found: Meeting) -> Reply:
    items, questions = await noted(turn.uow, found.pairing_ids(turn.person.pk), found.session.pk)
    opened = turn.uow.box.open
    own = [item for item in items if item.person_id == turn.person.pk]
    if found.circle:  # nobody can tell who came first
        questions = sorted(questions, key=lambda one: opened(one.sealed_text))
    others = [*(item for item in items if item not in own), *questions]
    taken = sum(len(opened(item.sealed_text).encode()) + A_CHOICE for item in own)
    parted = pages.parted(others, lambda one: opened(one.sealed_text), taken)
    number = pages.asked(turn, len(parted), 0)
    theirs, questions = ([one for one in parted[number] if bool(one.kind) is promised] for promised in (True, False))
    own = own if number == 0 else []
    answers: dict[str, str | list[str] | None] = {f"text_{item.id}": _parts(turn, item) for item in own}
    answers |= {f"theirs_{n}": _parts(turn, item) for n, item in enumerate(theirs)}
    answers["questions"] = [opened(one.sealed_text) for one in questions]
    for name, some in (("theirs", theirs), ("questions", questions)):
        answers[f"{name}_of"] = [_shown_author(one, found) for one in some]
    context = {"mine": [item.id for item in own], "partner": list(found.confidants(turn.person.pk))}
    context |= pages.around(found.session.pk, number, len(parted))
    return await talk.start(turn, NOTES, found.stem, context, answers, fresh=True)


def _parts(turn: Turn, item: Noted) -> list[str]:
    """What is promised; of an experiment with whom and by which day too."""
    parts: list[str] = turn.uow.box.open_json(item.sealed_text) if item.kind == EXPERIMENT else []
    return parts or [turn.uow.box.open(item.sealed_text)]


def _shown_author(one: Noted, found: Meeting) -> str:
    """In a group a line says whose it is, unless they would rather not; a pair knows."""
    return found.person(one.person_id).name if found.group and one.signed else ""


async def keep_notes(turn: Turn, place: Place) -> Reply:
    """Own promises are done, not yet, or dropped; the message that the form came from stays as it is."""
    told = {int(id): place.one(learned_field(id)).strip() for id in place.context["mine"]}
    ids = [id for id in told if place.one(item_field(id)) or told[id]]
    learned = []
    for id, item in (await turn.uow.by_id(ActionItem, ids)).items():
        if item.person_id == turn.person.pk:
            item.state = place.one(item_field(id)) or item.state
            learned += [_learned(turn, item, told[id])] if told[id] else []
    await write_down(turn.uow, learned)
    return Close()


def _learned(turn: Turn, experiment: ActionItem, text: str) -> ActionItem:
    """What an experiment taught is a line of the ledger, with the session that it came from."""
    return ActionItem(
        pairing_id=experiment.pairing_id,
        session_id=experiment.session_id,
        person_id=turn.person.pk,
        kind=LEARNED,
        state=KEPT,
        sealed_text=turn.uow.box.seal(text),
        created_at=turn.now,
    )


# ── The present session ──────────────────────────────────────────────────────────────────────────────────────────────


async def session_command(turn: Turn) -> Reply:
    """``/mentoring session``: the next session of each of the person's pairs."""
    meetings = await meetings_of(turn.uow, turn.person.pk)
    found = next_of_pairs(meetings, turn)
    if found:
        proposed = await waiting(turn.uow, found, turn.person.pk)
        return Replace(cards.pages([present(one, turn, proposed.get(one.session.pk)) for one in found]))
    for one in meetings[:1]:
        check_goes_on(one, turn)
    return talk.said(nothing_to_book(meetings))


def present(found: Meeting, turn: Turn, proposed: Card | None) -> Card:
    """The card of one session for the person who asks.

    ``proposed``: the time that waits for their answer, in place of a date to find, or below the one it would replace.
    """
    talk = talk_of(found, turn.person.pk)
    has_prepared = found.has_prepared(turn.person.pk)
    if found.session.number > 0 and talk.at is None and not (found.is_ready and has_prepared):
        return cards.waits(talk, has_prepared=has_prepared)
    if proposed is None:
        return cards.present(talk, books=found.books(turn.person.pk))
    return proposed if talk.at is None else cards.pages([cards.present(talk, books=True), proposed])


def next_of_pairs(meetings: Sequence[Meeting], turn: Turn) -> list[Meeting]:
    """Of each pair that is not paused: the booked session to come, else the first that waits for a date."""
    pairs: dict[str, list[Meeting]] = {}
    for one in meetings:
        if one.is_on:
            pairs.setdefault(one.stem, []).append(one)
    found = (coming(of_pair, turn.now) or to_book(of_pair) for of_pair in pairs.values())
    return [one for one in found if one is not None]


def nearest_of_pair(meetings: Sequence[Meeting], turn: Turn) -> Meeting:
    """The same, of those that are a pair's or a group's own: a circle has neither pact nor ledger."""
    return nearest([one for one in meetings if not one.circle], turn)


def nearest(meetings: Sequence[Meeting], turn: Turn) -> Meeting:
    """The session that comes first of all the person's. Raises ``Refused`` when there is none."""
    found = next_of_pairs(meetings, turn)
    if not found:
        raise Refused(nothing_to_book(meetings))
    return min(found, key=lambda one: one.session.starts_at or one.session.due_by or turn.now)
