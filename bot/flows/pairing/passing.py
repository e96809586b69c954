"""Two who have no chat in common: the bot passes on one message each way for each session, and keeps no copy."""

from bot.flows import talk
from bot.flows.engine import Flow, Place, Step
from bot.flows.pairing import cards
from bot.flows.turns import JobTurn, NotOwed, Outcome, Outdated, Reply, Say, Tell, Turn, outdated_button
from bot.ui.cards import Paragraph, card
from bot.ui.forms import Form, TextField
from bot.ui.words import T
from storage import pairings as store
from storage.common_ground import next_to_pass
from storage.couples import GOING_ON, Formed
from storage.tables import PassedMessage

LONGEST = 1000


def _form(place: Place) -> Form:
    return Form(
        title=T("pairing.message_title"),
        intro=(Paragraph(T("pairing.message_intro", partner=str(place.context["partner"]))),),
        fields=(TextField("message", T("pairing.message_label"), multiline=True, max_length=LONGEST),),
        submit=T("pairing.message_submit"),
    )


MESSAGE = Flow("pairing.message", (Step("message", _form, lambda _place: None),))


async def write(turn: Turn) -> Reply:
    """``pairing.write``: the form for the message."""
    formed = await _mine(turn, turn.number())
    await _session(turn, formed)
    context = {"pairing": formed.pairing.pk, "partner": _partner(formed, turn.person.pk)}
    return await talk.start(turn, MESSAGE, f"pairing:{formed.pairing.pk}", context)


async def pass_it_on(turn: Turn, place: Place) -> Reply:
    """The message is written: it leaves at once."""
    formed = await _mine(turn, int(str(place.context["pairing"])))
    session_id = await _session(turn, formed)
    sealed = turn.uow.box.seal(place.one("message"))
    known = {"pairing_id": formed.pairing.pk, "session_id": session_id, "person_id": turn.person.pk}
    message = turn.uow.add(PassedMessage(**known, sealed_text=sealed, created_at=turn.now))
    await turn.uow.flush()
    turn.uow.promise(
        "pairing.pass_on", f"pairing:{formed.pairing.pk}:message:{message.pk}", turn.now, message=message.pk
    )
    return Tell(card(T("pairing.message_sent", partner=_partner(formed, turn.person.pk))))


async def pass_on(turn: JobTurn) -> Outcome:
    """``pairing.pass_on``: to the partner, marked as whose it is."""
    message = await turn.uow.get(PassedMessage, turn.arg("message"))
    formed = await store.formed(turn.uow, message.pairing_id) if message else None
    if message is None or formed is None or not message.sealed_text or formed.pairing.state not in GOING_ON:
        return NotOwed()
    author_side = formed.couple.side_of(message.person_id)
    if author_side is None:
        return NotOwed()
    author, partner = formed.couple.person(author_side), formed.couple.person(cards.OTHER[author_side])
    words = turn.uow.box.open(message.sealed_text)
    return Say((partner.pk,), cards.passed_on(formed.pairing.pk, author.name, author.email, words))


async def passed(turn: JobTurn, _conversation: str) -> None:
    """It has arrived: its text is not kept."""
    message = await turn.uow.get(PassedMessage, turn.arg("message"))
    if message is not None:
        message.sealed_text = ""


async def _mine(turn: Turn, pairing_id: int) -> Formed:
    formed = await store.formed(turn.uow, pairing_id)
    if formed is None or formed.couple.side_of(turn.person.pk) is None or formed.pairing.state not in GOING_ON:
        raise outdated_button()
    return formed


async def _session(turn: Turn, formed: Formed) -> int:
    """The session that the message belongs to. Raises ``Outdated`` when this person has had their message for it."""
    session_id, already = await next_to_pass(turn.uow, formed.pairing.pk, turn.person.pk)
    if session_id is None or already:
        side = formed.couple.side_of(turn.person.pk) or "mentee"
        partner = formed.couple.person(cards.OTHER[side])
        raise Outdated(T("pairing.message_already", partner=partner.name, email=partner.email))
    return session_id


def _partner(formed: Formed, person_id: int) -> str:
    return formed.couple.person(cards.OTHER[formed.couple.side_of(person_id) or "mentee"]).name
