"""A coordinator's message to everybody of a round: written in a form, seen as it will read, sent to each in private."""

from datetime import timedelta

from bot.flows import talk
from bot.flows.engine import Flow, Place, Step
from bot.flows.programme.rounds import find_round
from bot.flows.support.snoozing import later
from bot.flows.turns import Did, JobTurn, NotOwed, Outcome, Outdated, Refused, Replace, Reply, Say, Turn
from bot.ui.cards import Block, Buttons, Card, Divider, Note, Paragraph, card
from bot.ui.forms import ChoiceField, Form, Option, TextField
from bot.ui.words import T
from storage import rounds as store
from storage.tables import Person, Round, RoundMessage

KIND = "programme"
MOST = 600  # characters, which escaping may make five times as many
KEPT = timedelta(days=10)
SENDS = ("enrolling", "matching", "running", "closing")
ALL, ROLES = "all", ("mentor", "mentee")


async def write(turn: Turn) -> Reply:
    """``round message``: the form."""
    round = await find_round(turn, *reversed(SENDS))
    if round.state not in SENDS:
        raise Refused(T("programme.message_nobody", round=round.name))
    people = await store.participants(turn.uow, round.pk)
    if not people:
        raise Refused(T("programme.message_nobody", round=round.name))
    roles = [role for role in ROLES if any(one.role == role for one in people)]
    context = {"round_id": round.pk, "round": round.name, "writer": turn.person.name, "roles": roles}
    return await talk.start(turn, MESSAGE, f"round:{round.pk}", context, {"to": ALL}, at=MESSAGE.first)


async def send(turn: Turn, place: Place) -> Reply:
    """It was read as it will be read: each gets it in their own working hours."""
    round = await turn.uow.need(Round, int(place.context["round_id"]))
    if round.state not in SENDS:
        raise Outdated(T("programme.message_nobody", round=round.name))
    message = turn.uow.add(
        RoundMessage(
            round_id=round.pk,
            person_id=turn.person.pk,
            role="" if place.one("to") == ALL else place.one("to"),
            sealed_text=turn.uow.box.seal(place.one("text").strip()),
            created_at=turn.now,
        )
    )
    await turn.uow.flush()
    turn.uow.promise("programme.message_all", f"message:{message.pk}:all", turn.now, message=message.pk)
    return Replace(card(T("programme.message_sent", round=round.name)))


async def to_all(turn: JobTurn) -> Outcome:
    """``programme.message_all``: to each who takes part now."""
    message = await turn.uow.need(RoundMessage, turn.arg("message"))
    for enrolment in await store.participants(turn.uow, message.round_id):
        if message.role in ("", enrolment.role):
            turn.uow.promise(
                "programme.message",
                f"message:{message.pk}:{enrolment.person_id}",
                turn.now,
                person=enrolment.person_id,
                expires_at=message.created_at + KEPT,
                message=message.pk,
            )
    return Did()


async def to_one(turn: JobTurn) -> Outcome:
    """``programme.message``: to one of them."""
    message = await turn.uow.get(RoundMessage, turn.arg("message"))
    round = await turn.uow.get(Round, message.round_id) if message else None
    if message is None or round is None or round.state not in SENDS or turn.job.person_id is None:
        return NotOwed()
    writer = await turn.uow.need(Person, message.person_id)
    said = _said(writer.name, round.name, turn.uow.box.open(message.sealed_text))
    return Say((turn.job.person_id,), Card((*said, Buttons((later(KIND),)))), nudge=KIND)


def _said(writer: str, round: str, text: str) -> tuple[Block, ...]:
    return (Paragraph(T("programme.message_from", writer=writer, round=round)), Paragraph(text))


def _text_form(place: Place) -> Form:
    """To whom, without how many: less than all who ever enrolled, they would tell how few have left."""
    options = tuple(Option(to, T(f"programme.message_to_{to}")) for to in (ALL, *place.context["roles"]))
    fields = (
        ChoiceField("to", T("programme.message_to"), options),
        TextField("text", T("programme.message_text"), multiline=True, max_length=MOST),
    )
    note = Note(T("programme.message_note", round=str(place.context["round"])))
    return Form(T("programme.message_title"), fields, T("programme.message_look"), (note,))


def _preview_form(place: Place) -> Form:
    said = _said(str(place.context["writer"]), str(place.context["round"]), place.one("text").strip())
    intro = (Note(T("programme.message_preview")), Divider(), *said)
    return Form(T("programme.message_title"), (), T("programme.message_send"), intro)


MESSAGE = Flow(
    "programme.message",
    (Step("text", _text_form, lambda _place: "preview"), Step("preview", _preview_form, lambda _place: None)),
    days=3,
)
