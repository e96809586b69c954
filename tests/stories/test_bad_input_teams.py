"""Every form as Teams sends it, before what people and strangers send past the client's own checks."""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from bot.handlers.teams.inputs import SEVERAL, TYPED
from bot.handlers.teams.wording import MOST_BYTES, plain
from bot.locales import speaker
from bot.ui.words import T
from playground.colleague_forms import fill_form
from playground.reading import MANY
from playground.tenant import activities, adaptive, inputs, reading
from playground.tenant.model import Dialog
from tests.stage import Stage, StageHand
from tests.stories.forms import WAYS, Way
from tests.stories.test_bad_input import (
    NASTY,
    SPECIAL,
    STRANGER,
    everything,
    expire,
    is_said_in,
    language_of,
    nothing_fails,
)

Json = dict[str, Any]
WRONG = {"one": "no such thing", "several": "no,such", "ticks": "no,such", "date": "2027-99-99", "time": "25:99"} | {
    "number": "seven"
}

FILLINGS = ("&", "*", "😀")

pytestmark = pytest.mark.teams_alone


def asked(dialog: Dialog) -> list[Json]:
    return adaptive.inputs(dialog.card)


def data_of(dialog: Dialog) -> Json:
    button = reading.submit_of(dialog)
    assert button is not None
    data: Json = adaptive.action_at(dialog.card, button.block)["data"]
    return data


async def post(hand: StageHand, dialog: Dialog, given: Mapping[str, Any]) -> Json:
    """Send the dialog with these raw inputs; the card of the answer."""
    tenant = hand.stage.tenant
    conversation = tenant.dm(hand.user_id)
    person = tenant.people[hand.user_id]
    body = activities.dialog(tenant.world, person, conversation, "task/submit", None, data_of(dialog), given)
    url = f"{tenant.bot_url}/api/messages"
    async with aiohttp.ClientSession() as session, session.post(url, json=body) as answer:
        assert answer.status == 200
        found: Json = await answer.json()
    assert len(json.dumps(found, ensure_ascii=False).encode()) <= MOST_BYTES
    assert found.get("task", {}).get("type") == "continue", (hand.view_text, found)
    card: Json = found["task"]["value"]["card"]["content"]
    return card


def sentence(hand: StageHand, key: str) -> str:
    return plain(speaker(language_of(hand)), T(key))


def words_of(card: Json) -> str:
    """All that it says, as it was typed."""
    return "\n".join(_texts(card)).replace("\\", "")


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if part.get("type") == "TextBlock":
            yield part["text"]
        for key, inner in part.items():
            if key != "fallbackText":
                yield from _texts(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _texts(inner)


def flat(words: str) -> str:
    return "".join(words.replace("\\", "").split())


def nasty(dialog: Dialog, filling: str = "&") -> dict[str, str]:
    """Markup, emoji and right-to-left in every field that takes text, filled to its end."""
    found = {}
    for one in asked(dialog):
        if one["id"].startswith(TYPED):
            most = one["maxLength"]
            found[one["id"]] = (NASTY + filling * most)[:most] if most > len(NASTY) else "*<&😀>*"[:most]
    return found


def wrong_for(one: Json) -> str:
    if one["type"] == "Input.Text":
        return "x" * (one["maxLength"] + 1)
    return "nobody@nowhere.example" if "choices.data" in one else WRONG[inputs.kind_of(one)]


def check_errors(hand: StageHand, card: Json, fields: set[str]) -> None:
    wrong = dict(adaptive.errors(card))
    assert fields <= set(wrong), (hand.view_text, fields, wrong)
    for words in wrong.values():
        assert is_said_in(words.replace("\\", ""), language_of(hand)), words


async def refuses_the_impossible(hand: StageHand) -> None:
    """Too long, not on the list, no such day, nothing or another type where something is needed. What was typed stays,
    however many bytes its signs take.
    """
    dialog, before = hand.view, await everything(hand.stage)
    checked = {one["id"] for one in asked(dialog) if "choices.data" not in one}
    if not checked:
        return
    check_errors(hand, await post(hand, dialog, {one["id"]: wrong_for(one) for one in asked(dialog)}), checked)
    for nothing in ([], {"a": "b"}, None) if any("isRequired" in one for one in asked(dialog)) else ():
        check_errors(hand, await post(hand, dialog, {one["id"]: nothing for one in asked(dialog)}), set())
    others = {one["id"]: wrong_for(one) for one in asked(dialog) if not one["id"].startswith(TYPED)}
    for filling in FILLINGS if others.keys() & checked else ():
        typed = nasty(dialog, filling)
        again = {one["id"]: one.get("value") for one in adaptive.inputs(await post(hand, dialog, typed | others))}
        assert again | typed == again
    assert await everything(hand.stage) == before


async def is_closed_to_a_stranger(hand: StageHand) -> None:
    stage, before = hand.stage, await everything(hand.stage)
    stranger = stage.hand(STRANGER["en" if language_of(hand) == "it" else "it"])
    said = await post(stranger, hand.view, nasty(hand.view))
    assert sentence(stranger, "form.not_yours") in words_of(said)
    assert await everything(stage) == before


async def hands_back_what_was_typed_too_late(hand: StageHand, earlier: Sequence[str]) -> None:
    """``earlier``: what was typed into the steps before this one."""
    stage, before = hand.stage, await everything(hand.stage)
    await expire(stage, -timedelta(days=90))
    for filling in FILLINGS:
        said = await post(hand, hand.view, nasty(hand.view, filling))
        assert sentence(hand, "form.expired") in words_of(said)
        for typed in (*earlier, *nasty(hand.view, filling).values()):
            assert flat(typed) in flat(words_of(said)), (filling, hand.view_text)
    await expire(stage, timedelta(days=90))
    assert await everything(stage) == before


async def goes_on(hand: StageHand, way: Way, chance: random.Random) -> tuple[Dialog, dict[str, str]]:
    """Answer the dialog with whatever a person may type; what was sent and taken."""
    stage, dialog = hand.stage, hand.view
    sensible = fill_form(hand.fields, hand.person, stage.clock.now(), chance)
    for field in hand.fields:
        if field.kind == "person" and sensible[field.name]:
            sensible[field.name] = hand.person.email
        if field.kind in MANY:
            sensible[field.name] = list(sensible[field.name] or ())[:3]
    special, chosen = dict[str, Any](), dict[str, Any]()
    for one in asked(dialog):
        special[one["id"]] = known(hand, way.flow, one)
        chosen[one["id"]] = way.chosen.get(one["id"][len(SEVERAL) :])
    chosen = {name: value for name, value in chosen.items() if value}
    sensible, special = sensible | chosen, {name: value for name, value in special.items() if value} | chosen
    for values in (sensible | nasty(dialog), sensible | nasty(dialog) | special, sensible | special):
        hand.platform.fill(hand.user_id, hand.view, values)
        given = inputs.sent(hand.view.card, hand.platform.world.state(hand.user_id, hand.view))
        sending = hand.view
        outcome = await hand.submits()
        if outcome.reason != "field_errors":
            return sending, given
        for words in hand.errors.values():
            assert is_said_in(words.replace("\\", ""), language_of(hand)), words
    raise AssertionError((hand.view_text, hand.errors))


def known(hand: StageHand, flow: str, one: Json) -> str:
    for label, value in SPECIAL.get(flow, {}).items():
        if one["label"].startswith(label):
            return hand.stage.hand(value).person.email if "choices.data" in one else value
    return ""


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
async def test_a_form_before_everything_that_may_come(stage: Stage, way: Way) -> None:
    hand, chance = await way.opener(stage), random.Random(way.flow)
    await is_closed_to_a_stranger(hand)
    typed = list[str]()
    for _ in range(15):
        await hands_back_what_was_typed_too_late(hand, typed)
        await refuses_the_impossible(hand)
        last, given = await goes_on(hand, way, chance)
        typed += [text for name, text in given.items() if name.startswith(TYPED)]
        if not hand.sees_modal or reading.submit_of(hand.view) is None:
            break
    else:
        raise AssertionError(f"no end: {hand.view_text}")
    await nothing_fails(stage)
    before = await everything(stage)
    said = words_of(await post(hand, last, given))
    assert sentence(hand, "form.sent_already") in said
    assert await everything(stage) == before
