"""How often the store is asked: at most six statements an interaction, the promises written in it included.

And by what: nothing that a participant does reads everybody's rows.
"""

import random
import re
import sqlite3
from collections.abc import AsyncIterator, Collection
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event as events

from bot.content import lessons
from bot.dispatch import Answer, Dispatcher
from bot.flows.turns import Commanded, Event, Pressed, Submitted, Typed
from storage.database import counted_queries
from storage.shape import SMALL
from tests.databases import file_with_tables
from tests.stage import Stage
from tests.stories import steps
from tests.stories.enrolling import send_invitations
from tests.stories.forms import WAYS, Way, a_date
from tests.stories.test_bad_input import goes_on
from tests.stories.test_matching import enrolled, matched

MOST = 6
MORE = {
    "session.after": 8,  # the answers, the promise, the session and what was owed about it, in six tables
    "matching.swap": 7,  # the line in the audit log
    "reports.heard": 7,  # likewise
}
"""Those that touch more; they must not grow."""
OF_ONE = frozenset({"openquestion", "shared", "roundmessage", "passedmessage", "auditentry", "exitreason"})
"""Read whole for the copy of somebody's data and its removal alone; nobody writes many rows into them."""
alone = pytest.mark.slack_alone  # what is counted lies behind the platforms; but typed words cost more than commands


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """The statements of each interaction by its name, the longest list of each."""
    handle, found = Dispatcher.handle, dict[str, list[str]]()

    async def counted(self: Dispatcher, event: Event) -> Answer:
        with counted_queries(self.database.engine) as seen:
            try:
                return await handle(self, event)
            finally:
                name = _name(event)
                found[name] = max(found.get(name, []), list(seen), key=len)

    monkeypatch.setattr(Dispatcher, "handle", counted)
    return found


@pytest.fixture(autouse=True)
async def by_index(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """Nothing that anybody but the coordinator does reads everybody's rows, as SQLite explains it."""
    handle, asked = Dispatcher.handle, dict[str, Any]()
    coordinator = stage.hand("Valentina Vitale").user_id

    async def listened(self: Dispatcher, event: Event) -> Answer:
        def note(_connection: Any, _cursor: Any, statement: str, given: Any, *_rest: Any) -> None:
            rows = given if given and isinstance(given[0], tuple) else [given]
            asked.setdefault(statement, rows[0])

        if event.platform != "slack" or event.account == coordinator:
            return await handle(self, event)
        engine = self.database.engine.sync_engine
        events.listen(engine, "before_cursor_execute", note)
        try:
            return await handle(self, event)
        finally:
            events.remove(engine, "before_cursor_execute", note)

    monkeypatch.setattr(Dispatcher, "handle", listened)
    yield
    if stage.inverso.database.engine.dialect.name != "sqlite":
        return
    await file_with_tables(tmp_path / "explained.db")
    explained = sqlite3.connect(tmp_path / "explained.db")
    tables = {name for (name,) in explained.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    read_whole = {
        step: statement
        for statement, given in asked.items()
        for *_, step in explained.execute(f"EXPLAIN QUERY PLAN {statement}", given)
        if _reads_everybody(step, tables - SMALL - OF_ONE)
    }
    explained.close()
    assert not read_whole, read_whole


def _reads_everybody(step: str, large: Collection[str]) -> bool:
    """Whether a step goes through a table, or through all of an organisation's rows, where there may be many."""
    found = re.match(r"SCAN (\w+)|SEARCH (\w+) .*\(organisation_id=\?\)", step)
    return found is not None and re.sub(r"_\d+$", "", found[1] or found[2]) in large


def _name(event: Event) -> str:
    match event.what:
        case Pressed(verb):
            return verb
        case Commanded(words) | Typed(words):
            return f"/{words}"
        case Submitted(_, step):
            return f"form:{step}"
        case _:
            return type(event.what).__name__


def assert_few(statements: dict[str, list[str]], most: int = MOST) -> None:
    many = {name: seen for name, seen in statements.items() if len(seen) > most}
    assert statements
    assert not many, many


@alone
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
async def test_every_step_of_every_form(stage: Stage, way: Way, statements: dict[str, list[str]]) -> None:
    hand, chance = await way.opener(stage), random.Random(way.flow)
    for _ in range(15):
        await goes_on(hand, way, chance)
        if not hand.sees_modal or "submit" not in hand.view.source:
            break
    sent = {name: seen for name, seen in statements.items() if name.startswith("form:")}
    opened = {name: seen for name, seen in statements.items() if name not in sent}
    assert_few(opened)
    assert_few(sent, MORE.get(way.flow, MOST))


@alone
async def test_an_invitation_and_a_lesson(stage: Stage, statements: dict[str, list[str]]) -> None:
    round_id = await steps.round_that_enrols(stage)
    await send_invitations(stage, round_id, "Amelia Clarke")
    amelia = stage.hand("Amelia Clarke")
    await amelia.clicks("Not now")
    await amelia.clicks("Show me after all")
    await steps.enrol(stage, round_id, ["Roberta Esposito"], prepared=False)
    roberta = stage.hand("Roberta Esposito")
    await roberta.types("/mentoring preparazione")
    await roberta.clicks(lessons()["B1"].options[0].texts["it"])
    assert {"enrolment.not_now", "enrolment.show", "preparation.answer"} <= set(statements)
    assert_few(statements)


@alone
async def test_a_round_from_its_opening_to_the_first_pair(stage: Stage, statements: dict[str, list[str]]) -> None:
    await steps.draft_round(stage)
    vale = stage.hand("Valentina Vitale")
    await vale.types("/mentoring ciclo apri")
    await vale.clicks("Apri e invita")
    await vale.types("/mentoring ciclo stato")
    await vale.types("/mentoring cicli")
    assert {"programme.opened", "/ciclo stato"} <= set(statements)
    assert_few(statements)


async def test_a_matching_and_its_answers(stage: Stage, statements: dict[str, list[str]]) -> None:
    await enrolled(stage, ["Elena Sala"], ["Amelia Clarke"])
    vale = await matched(stage)
    for button in ("Fissa questo", "Libera questo", "Escludi questo", "Fissa questo", "Approva tutte"):
        await vale.clicks(button)
    await vale.types("/mentoring ciclo stato")
    await vale.types("/mentoring ciclo rapporto")
    await stage.move(minutes=1)
    await stage.hand("Elena Sala").clicks("Sì, volentieri")
    await stage.hand("Amelia Clarke").clicks("Yes, gladly")
    assert {"matching.fix", "matching.exclude", "matching.approve", "pairing.accept"} <= set(statements)
    assert_few(statements)


async def test_a_date_and_what_surrounds_it(stage: Stage, statements: dict[str, list[str]]) -> None:
    hand = await a_date(stage)
    for words in ("fissa", "sposta", "incontro", "azioni", "aiuto", "che cosa arriva", "esporta", "privacy"):
        await hand.types(f"/mentoring {words}")
        while hand.sees_modal:
            await hand.closes(everything=True)
    await hand.types("/mentoring serie")
    await hand.clicks("Fissale tutte")
    assert {"scheduling.book", "scheduling.book_all", "/sposta"} <= set(statements)
    assert_few(statements)
