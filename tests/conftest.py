"""Fixtures that every story shares."""

import gc
from collections.abc import AsyncIterator, Iterator
from typing import Any

import hypothesis
import pytest
import pytest_asyncio
from sqlalchemy import Engine
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.dispatch import Dispatcher
from bot.flows.turns import Pressed, Reply, ShowForm, Turn
from bot.handlers.slack import render
from bot.locales import LANGUAGES, Say, speaker
from bot.logs import configure_logs
from storage import database
from tests.databases import fresh_postgres, postgres_server
from tests.drawn import on_teams
from tests.post import post
from tests.stage import Stage, department, on_stage

hypothesis.settings.register_profile("suite", deadline=None)  # how fast a machine is proves nothing
hypothesis.settings.load_profile("suite")


@pytest.fixture(autouse=True, scope="session")
def logs_as_in_the_product() -> None:
    """Not the library's own way, which draws a traceback with all that the stage holds: seconds for each."""
    configure_logs()


@pytest.fixture(autouse=True, scope="session")
def statements_are_compiled_once() -> Iterator[None]:
    """Every story has an engine of its own, for which SQLAlchemy would compile anew: all of a kind share here."""
    known: dict[str, Engine] = {}
    create = database.create_async_engine

    def created(address: str, **options: Any) -> AsyncEngine:
        engine = create(address, **options)
        own = engine.sync_engine
        first = known.setdefault(own.dialect.name, own)
        if getattr(first.dialect, "server_version_info", None) is None:  # it never connected
            known[own.dialect.name] = own
        else:
            own.dialect, own._compiled_cache = first.dialect, first._compiled_cache
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "create_async_engine", created)
        yield


@pytest.fixture(autouse=True)
def drawn_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a story draws is drawn in the other language and on the other platform too: what either would refuse
    fails here.
    """
    to_all = render.message_to_all

    def each(shown: Any, says: Any, *rest: Any) -> Any:
        for language in LANGUAGES:
            to_all(shown, [speaker(language)], *rest)
        on_teams(shown, *rest)
        return to_all(shown, says, *rest)

    monkeypatch.setattr(render, "message_to_all", each)
    for name in ("modal", "home", "notice"):
        draw = getattr(render, name)

        def both(shown: Any, say: Say, *rest: Any, draw: Any = draw, name: str = name) -> Any:
            draw(shown, speaker("en" if say.language == "it" else "it"), *rest)
            if name != "home":
                on_teams(shown)
            return draw(shown, say, *rest)

        monkeypatch.setattr(render, name, both)


@pytest.fixture(autouse=True)
def forms_are_announced(monkeypatch: pytest.MonkeyPatch) -> None:
    """A button that a form answers says so: some platforms open one only from a button drawn for it."""
    press = Dispatcher._press

    async def pressed(self: Dispatcher, turn: Turn, what: Pressed) -> Reply:
        reply = await press(self, turn, what)
        assert not isinstance(reply, ShowForm) or self.verbs[what.verb].form, what.verb
        return reply

    monkeypatch.setattr(Dispatcher, "_press", pressed)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first: at the end no worker waits for another that has just begun one."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_collection_finish() -> None:
    """What is loaded stays, as in the bot that serves: each search for garbage would walk through all of it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--postgresql``: all stories on PostgreSQL, instead of on SQLite in memory."""
    parser.addoption("--postgresql", action="store_true", help="tell the stories on PostgreSQL")


@pytest_asyncio.fixture
async def story_database(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """The address of the empty database that a story is told on."""
    if not request.config.getoption("--postgresql"):
        yield "sqlite:///:memory:"
        return
    async with fresh_postgres(request.getfixturevalue("postgres_server")) as url:
        yield url


@pytest_asyncio.fixture
async def stage(story_database: str) -> AsyncIterator[Stage]:
    """A few dozen people of the sample company, with the bot in their workspace, on a Tuesday morning."""
    async with on_stage(story_database, department("Human resources", "Finance")) as company:
        yield company


@pytest_asyncio.fixture
async def company(story_database: str) -> AsyncIterator[Stage]:
    """All 240 people of the sample company."""
    async with on_stage(story_database) as whole:
        yield whole


__all__ = ["post", "postgres_server"]
