"""The periodic interview: a few open questions at the midpoint, of which goes on only what the person chooses."""

from collections.abc import Sequence

from bot.content import items
from bot.domain.survey import may_show_item
from bot.flows import talk
from bot.flows.engine import Errors, Flow, Place, Step
from bot.flows.feedback import cards
from bot.flows.feedback.conversation import TEXT_LENGTH
from bot.flows.turns import JobTurn, NotOwed, Outcome, Outdated, Reply, Say, Tell, Turn, outdated_button
from bot.ui.cards import Buttons, LinkButton, Note, card
from bot.ui.forms import ChoiceField, Form, Option, TextField
from bot.ui.words import T
from storage import reports, surveys
from storage.common_ground import common_ground
from storage.surveys import ANSWERED
from storage.tables import Person, Round

QUESTIONS = tuple(code for code, item in items().items() if item.construct == "interview")
FIRST = 3
GOES = "goes"
REPORT, MEET, NOWHERE = "report", "meet", "nowhere"


async def ask(turn: Turn) -> Reply:
    """``feedback.interview``, id of a round: while the midpoint's survey, which the person has answered, is open."""
    part = await surveys.part(turn.uow, turn.person.pk, round_id=turn.number())
    if part is None or part.waves.get("mid") != ANSWERED:
        raise outdated_button()
    await _check_open(turn, part.round, [])
    coordinator = await turn.uow.need(Person, part.round.coordinator_id)
    context = {"round": part.round.pk, "role": part.enrolment.role, "coordinator": coordinator.name}
    return await talk.start(turn, INTERVIEW, f"round:{part.round.pk}:interview", context)


async def _check_open(turn: Turn, round: Round, written: Sequence[str]) -> None:
    if await reports.release_of(turn.uow, round.pk, "mid") is not None:
        raise Outdated(T("feedback.closed"), cards.closed(written) if written else None)


async def finish(turn: Turn, place: Place) -> Reply:
    """The answers join the others under the random key, or go nowhere; the coordinator may hear that somebody calls."""
    goes, round = place.one(GOES), await turn.uow.need(Round, int(place.context["round"]))
    if goes == REPORT:
        texts = {code: text for code in QUESTIONS if (text := place.one(code).strip())}
        await _check_open(turn, round, list(texts.values()))
        shown = {may_show_item(code): 1 for code in texts}
        role = str(place.context["role"])
        await surveys.record(turn.uow, round.pk, turn.person.pk, role, "mid", {**texts, **shown})
    if goes == MEET:
        key, who = f"round:{round.pk}:wants_to_talk:{turn.person.pk}", turn.person.pk
        turn.uow.promise("feedback.wants_to_talk", key, turn.now, person=round.coordinator_id, round=round.pk, who=who)
    return Tell(card(T(f"feedback.interview_{goes}_said", coordinator=str(place.context["coordinator"]))))


async def wants_to_talk(turn: JobTurn) -> Outcome:
    """``feedback.wants_to_talk``: to the coordinator, who it is and nothing else."""
    round, who = await turn.uow.get(Round, turn.arg("round")), await turn.uow.get(Person, turn.arg("who"))
    if round is None or who is None:
        return NotOwed()
    said = T("feedback.wants_to_talk", who=who.name, round=round.name, email=who.email)
    chat = (await common_ground(turn.uow, round.coordinator_id, who.pk)).chat_with(who)
    link = (Buttons((LinkButton(T("pairing.write_to", partner=who.name), chat),)),) if chat else ()
    return Say((round.coordinator_id,), card(said, *link))


def _text(code: str) -> TextField:
    return TextField(code, items()[code].text, optional=True, multiline=True, max_length=TEXT_LENGTH)


def _first(_place: Place) -> Form:
    fields = tuple(_text(code) for code in QUESTIONS[:FIRST])
    intro = (Note(T("feedback.interview_intro")), Note(T("feedback.no_names")))
    return Form(T("feedback.interview_title"), fields, T("feedback.next"), intro)


def _second(place: Place) -> Form:
    options = tuple(
        Option(where, T(f"feedback.interview_{where}"), T(f"feedback.interview_{where}_hint"))
        for where in (REPORT, MEET, NOWHERE)
    )
    goes = ChoiceField(GOES, T("feedback.interview_goes", coordinator=str(place.context["coordinator"])), options)
    return Form(T("feedback.interview_title"), (*map(_text, QUESTIONS[FIRST:]), goes), T("feedback.send"))


def _check(place: Place) -> Errors:
    """Words that are to stand in the report have been written."""
    if place.one(GOES) == REPORT and not any(place.one(code).strip() for code in QUESTIONS):
        return {QUESTIONS[FIRST]: T("feedback.interview_empty")}
    return {}


INTERVIEW = Flow(
    "feedback.interview",
    (Step("first", _first, lambda _place: "second"), Step("second", _second, lambda _place: None, _check)),
)
