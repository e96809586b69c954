"""Every command, button, form and file of a coordinator leaves a line: who, what, on what, when, and no content."""

import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio

from bot.flows.catalogue import FEATURES
from bot.flows.engine import Flow, Step
from bot.flows.turns import Commanded, Feature, Filed, Pressed, Replace, Reply, Submitted, Turn, What
from bot.ui.cards import card
from bot.ui.forms import Form
from storage.tables import AuditEntry, FlowSession
from tests.walks.company import Company, company_of, people

WRITTEN = "words of a coordinator"
VERBS = [name for one in FEATURES for name, verb in one.verbs.items() if verb.may == "coordinator"]
COMMANDS = [command.words["en"][0] for one in FEATURES for command in one.commands if command.may == "coordinator"]
FORMS = [talk.flow.name for one in FEATURES for talk in one.conversations if talk.may == "coordinator"]


async def _done(_turn: Turn, *_: object) -> Reply:
    return Replace(card("done"))


def _quiet(feature: Feature) -> Feature:
    """The feature with the same doors, behind which nothing happens: the doors are looked at here."""
    only = (Step("only", lambda _: Form("x", (), "x"), lambda _: None),)
    return replace(
        feature,
        verbs={name: replace(verb, act=_done) for name, verb in feature.verbs.items()},
        commands=[replace(command, act=_done) for command in feature.commands],
        conversations=[
            replace(talk, flow=Flow(talk.flow.name, only), finish=_done, looked_up={}) for talk in feature.conversations
        ],
        file=_done if feature.file else None,
    )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def company() -> AsyncIterator[Company]:
    async with company_of(people(8, random.Random(1)), random.Random(1)) as small:
        small.dispatcher.features = tuple(_quiet(feature) for feature in FEATURES)
        small.dispatcher.__post_init__()
        yield small


def _doings() -> list[tuple[str, What, str, str]]:
    """What is done, with the action and the subject that are to be read."""
    return [
        *((verb, Pressed(verb, "7", {"text": WRITTEN}), verb, "7") for verb in VERBS),
        *((words, Commanded(f"{words} {WRITTEN}"), words, "") for words in COMMANDS),
        *((form, Submitted(form, "only", {"text": WRITTEN}), form, "round:7") for form in FORMS),
        ("file", Filed(f"{WRITTEN}.csv", WRITTEN.encode()), "file", ""),
    ]


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    ("what", "action", "subject"), [one[1:] for one in _doings()], ids=[one[0] for one in _doings()]
)
async def test_it_leaves_a_line(company: Company, what: What, action: str, subject: str) -> None:
    known = len(await company.all(AuditEntry))
    if isinstance(what, Submitted):
        await _talk(company, what.token)
    reply = (await company.does("p0", what)).reply
    assert reply == Replace(card("done"))
    rows = (await company.all(AuditEntry))[known:]
    assert [(row.person_id, row.action, row.subject, row.at) for row in rows] == [(1, action, subject, company.now)]
    assert not any(WRITTEN in str(row) for row in rows)
    refused = (await company.does("p5", what)).reply
    assert refused != reply
    assert len(await company.all(AuditEntry)) == known + 1


async def _talk(company: Company, name: str) -> None:
    """An unfinished conversation of that name, whose token is its name."""
    async with company.database.uow(company.now) as uow:
        uow.organisation_id = 1
        ends = company.now + timedelta(days=1)
        place = {"flow": name, "subject": "round:7", "step": "only", "expires_at": ends}
        uow.add(FlowSession(token=name, person_id=1, sealed_answers=uow.box.seal_json({}), **place))
        await uow.commit()


def test_there_are_many_of_each() -> None:
    assert len(VERBS) > 20
    assert len(COMMANDS) > 10
    assert len(FORMS) >= 8
