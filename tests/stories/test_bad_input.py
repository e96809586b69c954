"""Every form of the product before what people and strangers send: a clear sentence, nothing changed, nothing lost."""

import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from functools import cache
from html import unescape
from typing import Any

import pytest
from sqlalchemy import Connection, update
from sqlmodel import select

from bot.flows.catalogue import FEATURES
from bot.flows.turns import Pressed, Replace, Reply, ShowForm, Tell
from bot.handlers.slack import render
from bot.handlers.slack.parse import typed_texts
from bot.locales import speaker
from bot.ui.words import T
from playground.colleague_forms import fill_form
from playground.workspace import payloads
from playground.workspace.inputs import VALUE_KEYS
from storage.tables import FlowSession, Job, Pairing, Person, Round, Row
from tests.stage import Stage, StageHand
from tests.stories.forms import FLOWS, OPENERS, WAYS, Way, a_date, date, steps_on
from tests.stories.steps import a_pair
from tests.stories.test_matching import enrolled, fixes, matched, pairs
from tests.test_gateway import form

NASTY = "שלום 😀 <!channel> <@U1> *bold* _it_ `x` & <https://e.example|here>"
STRANGER = {"en": "Kwame Mensah", "it": "Elena Sala"}
WRONG: Mapping[str, Any] = {
    "static_select": {"value": "no such thing"},
    "radio_buttons": {"value": "no such thing"},
    "multi_static_select": [{"value": "no such thing"}],
    "checkboxes": [{"value": "no such thing"}],
    "datepicker": "2027-99-99",
    "timepicker": "25:99",
    "number_input": "seven",
    "users_select": "U404NOBODY",
    "multi_users_select": ["U404NOBODY"],
}
SPECIAL: Mapping[str, Mapping[str, str]] = {
    "assistant.name": {"Quale collega?": "Camilla Caruso"},
    "board.add": {"Chi vuoi": "Camilla Caruso"},
    "board.place": {"Di chi si tratta": "Amelia Clarke"},
    "assistant.type": {"Che giorno": "lunedì 18 gennaio alle 15"},
    "calendar.give": {"Indirizzo": "https://10.0.0.1/calendar.ics"},
    "scheduling.type": {"Che giorno": "lunedì 18 gennaio alle 15"},
    "matching.fix": {"Mentor": "Amelia Clarke", "Mentee": "Elena Sala"},
    "matching.swap": {"La prima persona": "Elena Sala", "La seconda persona": "Laura Barbieri"},
    "matching.weights": {
        "Ciò che chi è mentee": "40",
        "Ciò che chi è mentor": "20",
        "Gli obiettivi": "10",
        "La distanza": "10",
        "Le fasce": "10",
        "Lo stesso modo": "5",
        "Una lingua": "5",
    },
}
IDS = ("", "x", "1", "1:1", "1:0", "2:1", "999", "9" * 30, "1:9999999999", "1:close", "1'; DROP TABLE person", "\u0664")
OF_ONESELF = {
    "enrolment.unask",
    "scheduling.feed",
    "scheduling.renew",
    "session.skip",
    "support.resume_kind",
    "support.snooze",
    "support.stop",
}
VERBS = sorted(verb for feature in FEATURES for verb in feature.verbs)
Json = dict[str, Any]

pytestmark = pytest.mark.slack_alone  # Slack's own payloads


def language_of(hand: StageHand) -> str:
    return "it" if hand.person.locale.startswith("it") else "en"


def inputs(hand: StageHand) -> list[Json]:
    return [block for block in hand.view.blocks if block["type"] == "input"]


def body_of(hand: StageHand, values: Mapping[str, Any]) -> Json:
    """The form as the client would send it, with these raw values by block, whatever the client would say to them."""
    body = payloads.view_submission(hand.platform.world, hand.person, hand.view)
    for block in inputs(hand):
        if block["block_id"] in values:
            kind, value = block["element"]["type"], values[block["block_id"]]
            entry = {"type": kind, VALUE_KEYS[kind][0]: value}
            body["view"]["state"]["values"][block["block_id"]] = {block["element"]["action_id"]: entry}
    return {**body, "trigger_id": "1.2.3"}


async def post(stage: Stage, body: Json) -> Json:
    """Send a signed payload past the client's own checks; the answer."""
    status, text = await form(stage, {"payload": json.dumps(body)})
    assert status == 200, text
    answer: Json = json.loads(text) if text else {}
    return answer


WHOLE_TABLES = [
    f'SELECT * FROM "{table.name}" ORDER BY 1'  # constants only
    for table in Row.metadata.sorted_tables
    if table.name not in ("flowsession", "seenevent")
]


async def everything(stage: Stage) -> str:
    """All that is kept, but the conversations in progress."""
    async with stage.inverso.database.engine.connect() as connection:
        return await connection.run_sync(_written_down)


def _written_down(connection: Connection) -> str:
    return "\n".join(str(connection.exec_driver_sql(whole).all()) for whole in WHOLE_TABLES)


def words_of(answer: Json) -> str:
    """All text of an answer, as it was typed."""
    return unescape("\n".join(_texts(answer))).replace("\u2060", "")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, part in value.items():
            if key == "text" and isinstance(part, str):
                yield part
            else:
                yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)


def is_said_in(words: str, language: str) -> bool:
    """Whether these words are one of the product's sentences in that language."""
    return _sentences(language).fullmatch(words) is not None


@cache
def _sentences(language: str) -> re.Pattern[str]:
    forms = {form.replace("**", "") for entry in speaker(language).messages.values() for form in entry.forms}
    patterns = (re.sub(r"\\\{\w+\\\}", ".*", re.escape(sentence)) for sentence in sorted(forms))
    return re.compile("|".join(patterns), re.DOTALL)


def check_errors(hand: StageHand, answer: Json, blocks: set[str]) -> None:
    assert answer.get("response_action") == "errors", (hand.view_text, answer)
    assert blocks <= set(answer["errors"]), (hand.view_text, answer)
    for words in answer["errors"].values():
        assert is_said_in(words, language_of(hand)), words


async def refuses_the_impossible(hand: StageHand) -> None:
    """Nothing where something is needed, too long, not on the list, no such day, of another type."""
    stage, before = hand.stage, await everything(hand.stage)
    needed = {block["block_id"] for block in inputs(hand) if not block.get("optional")}
    if needed:
        check_errors(hand, await post(stage, body_of(hand, dict.fromkeys(blocks_of(hand)))), needed)
    wrong = {block["block_id"]: wrong_for(block["element"]) for block in inputs(hand)}
    checked = {block["block_id"] for block in inputs(hand) if "users" not in block["element"]["type"]}
    if checked:
        check_errors(hand, await post(stage, body_of(hand, wrong)), checked)
    other_type = body_of(hand, {})
    for values in other_type["view"]["state"]["values"].values():
        for name, entry in values.items():
            entry.clear()
            entry.update({"type": "x", "selected_options": [{"value": "a"}, {"value": "b"}]}, name=name)
    if checked:
        check_errors(hand, await post(stage, other_type), set())
    assert await everything(stage) == before


def step_of(hand: StageHand) -> str:
    return str(json.loads(hand.view.source["private_metadata"])["step"])


def blocks_of(hand: StageHand) -> list[str]:
    return [block["block_id"] for block in inputs(hand)]


def wrong_for(element: Json) -> Any:
    if element["type"] == "plain_text_input":
        return "x" * (element.get("max_length", 3000) + 1)
    return WRONG[element["type"]]


async def is_closed_to_a_stranger(hand: StageHand) -> None:
    stage, before = hand.stage, await everything(hand.stage)
    language = "en" if language_of(hand) == "it" else "it"
    body = body_of(hand, nasty(hand))
    stranger = stage.hand(STRANGER[language]).person
    body["user"]["id"] = stranger.id
    said = words_of(await post(stage, body))
    assert speaker(language)(T("form.not_yours")) in said
    assert await everything(stage) == before


async def hands_back_what_was_typed_too_late(hand: StageHand, earlier: Sequence[str]) -> None:
    """``earlier``: what was typed into the steps before this one."""
    stage, before = hand.stage, await everything(hand.stage)
    await expire(stage, -timedelta(days=90))
    answer = await post(stage, body_of(hand, nasty(hand)))
    assert speaker(language_of(hand))(T("form.expired")) in words_of(answer)
    for typed in (*earlier, *nasty(hand).values()):
        assert typed in words_of(answer).replace("\n", "")
    await expire(stage, timedelta(days=90))
    assert await everything(stage) == before


async def expire(stage: Stage, by: timedelta) -> None:
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        for talk in await uow.all(select(FlowSession)):
            talk.expires_at += by
        await uow.commit()


def nasty(hand: StageHand) -> dict[str, str]:
    """Emoji, right-to-left, mentions and markup in every field that takes text, as long as it may be."""
    found = {}
    for block in inputs(hand):
        element = block["element"]
        if element["type"] == "plain_text_input":
            most = element.get("max_length", 3000)
            found[block["block_id"]] = (NASTY + "&" * most)[:most] if most > len(NASTY) else "*<&😀>*"[:most]
    return found


async def goes_on(hand: StageHand, way: Way, chance: random.Random) -> Json:
    """Answer the step with whatever a person may type; the body that was taken."""
    stage = hand.stage
    sensible = fill_form(hand.fields, hand.person, stage.clock.now(), chance)
    sensible |= {one.name: hand.user_id for one in hand.fields if one.kind == "person" and sensible[one.name]}
    special, chosen = dict[str, Any](), dict[str, Any]()
    for block in inputs(hand):
        special[block["block_id"]] = known(hand, way.flow, block)
        chosen[block["block_id"]] = way.chosen.get(block["element"]["action_id"])
    chosen = {name: value for name, value in chosen.items() if value}
    sensible, special = sensible | chosen, {name: value for name, value in special.items() if value} | chosen
    body: Json = {}
    for values in (sensible | nasty(hand), sensible | nasty(hand) | special, sensible | special):
        hand.platform.fill(hand.user_id, hand.view, values)
        body = body_of(hand, {})
        outcome = await hand.submits()
        if outcome.reason != "field_errors":
            return body
        for words in hand.errors.values():
            assert is_said_in(words, language_of(hand)), words
        assert hand.platform.state(hand.user_id, hand.view) == body["view"]["state"]["values"]
    raise AssertionError((hand.view_text, hand.errors))


def known(hand: StageHand, flow: str, block: Json) -> str:
    """What has to stand in this field for the form to come to its end; empty where anything may."""
    for label, value in SPECIAL.get(flow, {}).items():
        if block["label"]["text"].startswith(label):
            return hand.stage.hand(value).user_id if "users" in block["element"]["type"] else value
    return ""


def nothing_typed_is_markup(stage: Stage) -> None:
    """No mention, link or emphasis that somebody typed is drawn as one."""
    drawn = [message.blocks for place in stage.workspace.conversations.values() for message in place.messages.values()]
    drawn += [view.blocks for user in stage.workspace.people for view in stage.workspace.views(user)]
    for words in _markdown(drawn):
        assert not re.search(r"<!channel>|<@U1>|<https://e\.example|\*bold\*", words), words


async def nothing_fails(stage: Stage) -> None:
    """What follows from it is said, however much was typed."""
    await stage.move(minutes=2)
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        assert await uow.all(uow.of(Job).where(Job.faults > 0)) == []


def _markdown(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        if value.get("type") == "mrkdwn":
            yield str(value["text"])
        for part in value.values():
            yield from _markdown(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _markdown(part)


def test_every_form_has_a_way_to_it() -> None:
    """And each of its steps: the next test."""
    assert sorted(OPENERS) == FLOWS


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
async def test_a_form_before_everything_that_may_come(stage: Stage, way: Way) -> None:
    hand, chance = await way.opener(stage), random.Random(way.flow)
    await is_closed_to_a_stranger(hand)
    last: Json = {}
    seen, typed = set[str](), list[str]()
    for _ in range(15):
        seen.add(step_of(hand))
        await hands_back_what_was_typed_too_late(hand, typed)
        await refuses_the_impossible(hand)
        last = await goes_on(hand, way, chance)
        typed += typed_texts(last["view"])
        if not hand.sees_modal or "submit" not in hand.view.source:
            break
    else:
        raise AssertionError(f"no end: {hand.view_text}")
    assert steps_on(way) <= seen, "each step lies on some way: see the ways of tests/stories/forms.py"
    nothing_typed_is_markup(stage)
    await nothing_fails(stage)
    before = await everything(stage)
    said = words_of(await post(stage, last | {"trigger_id": "1.2.3"}))
    assert speaker(language_of(hand))(T("form.sent_already")) in said
    assert await everything(stage) == before


async def test_whatever_is_typed_behind_a_command_is_answered_in_words(stage: Stage) -> None:
    await a_pair(stage, "Luca Sala", "Valentina Vitale")
    vale, say = stage.hand("Valentina Vitale"), speaker("it")
    for command in (command for feature in FEATURES for command in feature.commands):
        await vale.types(f"/mentoring {command.words['it'][0]} {NASTY}")
        said = vale.view_text if vale.sees_modal else vale.said
        assert said and say(T("form.our_fault")) not in said, command.words
        await vale.closes(everything=True)
    nothing_typed_is_markup(stage)


async def press(stage: Stage, hand: StageHand, verb: str, id: str) -> Reply:
    return await hand.does(Pressed(verb, id))


async def changes_nothing(stage: Stage, hand: StageHand) -> None:
    """Whatever the person presses, with whatever id: words of the product in their language, and all stays as it is."""
    before = await everything(stage)
    say = speaker(language_of(hand))
    for verb in VERBS:
        for id in IDS:
            reply = await press(stage, hand, verb, id)
            assert isinstance(reply, Tell | Replace | ShowForm), (verb, id)
            if not isinstance(reply, ShowForm):
                assert say(T("form.our_fault")) not in render.summary(reply.card, say), (verb, id)
        after = await everything(stage)
        assert after == before or verb in OF_ONESELF, verb
        before = after


async def test_no_button_does_anything_for_a_stranger_whatever_is_written_on_it(stage: Stage) -> None:
    await a_date(stage)
    await changes_nothing(stage, stage.hand("Oliver Clarke"))


@pytest.mark.parametrize("state", ["closed", "cancelled"])
async def test_no_button_of_an_ended_round_does_anything(stage: Stage, state: str) -> None:
    mentee = await a_date(stage)
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        await uow.execute(update(Round).values(state=state, closed_at=uow.now))
        if state == "closed":
            await uow.execute(update(Pairing).values(state="completed", ended_at=uow.now))
        await uow.commit()
    await changes_nothing(stage, mentee)


async def test_what_was_typed_is_handed_back_where_the_round_ended_before_the_last_step(stage: Stage) -> None:
    hand = await OPENERS["programme.message"](stage)
    await hand.fills({"A chi?": "Tutte", "Che cosa vuoi dire?": "Ci vediamo giovedì"})
    await hand.submits()
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        await uow.execute(update(Round).values(state="cancelled", closed_at=uow.now))
        await uow.commit()
    await hand.submits()
    assert "Nulla di ciò che hai scritto va perso" in hand.view_text
    assert "Ci vediamo giovedì" in hand.view_text


@pytest.mark.parametrize(
    "typed", ["ieri alle 15", "lunedì 18 gennaio alle 23:00", "32 gennaio alle 10", "<!channel>", "😀"]
)
async def test_a_date_that_cannot_be_is_said_at_its_field_and_stays_there(stage: Stage, typed: str) -> None:
    hand = await date(stage)
    before = await everything(stage)
    await hand.fills({"Che giorno": typed})
    await hand.submits()
    assert hand.errors, hand.view_text
    assert all(is_said_in(words, "it") for words in hand.errors.values())
    assert typed in str(hand.platform.state(hand.user_id, hand.view))
    assert await everything(stage) == before


async def test_a_roster_without_managers_leaves_the_pairs_to_the_coordinator(stage: Stage) -> None:
    await enrolled(stage)
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        await uow.execute(update(Person).values(manager_id=None, manager_known=False))
        await uow.commit()
    hand = await matched(stage)
    assert await pairs(stage) == []
    await hand.clicks("Vedi chi è senza coppia")
    assert "responsabile" in hand.said and "puoi abbinarle a mano" in hand.said
    await hand.clicks("Torna alla revisione")
    for mentor, mentee in (("Amelia Clarke", "Elena Sala"), ("Camilla Bruno", "Laura Barbieri")):
        await fixes(hand, mentor, mentee)
        assert not hand.sees_modal
    await hand.clicks("Ricalcola")
    assert set(await pairs(stage)) == {("Amelia Clarke", "Elena Sala"), ("Camilla Bruno", "Laura Barbieri")}
