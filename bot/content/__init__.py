"""Topics, lessons, skills, survey items and objectives as data, in Italian and English; a customer may edit the files.

Skills: DigComp 2.2 © European Union 2022, CC BY 4.0; Italian names by AgID. Plain-language statements are Inverso's.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.ui.words import Content

_HERE = Path(__file__).parent
LANGUAGES = ("it", "en")


def _load(name: str) -> Any:
    return json.loads((_HERE / f"{name}.json").read_text(encoding="utf-8"))


def _both(entry: Mapping[str, Any], key: str) -> Content:
    return Content({language: entry[language][key] for language in LANGUAGES})


@dataclass(frozen=True)
class Skill:
    """A competence: DigComp ``1.1``–``5.4`` (``digital``) or soft ``S1``–``S11``.

    ``statement`` is what people choose and rate, and the one name it has wherever it is named. The framework's own
    names stay in the file, for whoever compares.
    """

    code: str
    statement: Content
    area: Content
    digital: bool


@dataclass(frozen=True)
class Topic:
    """A session's guide: three parts and three questions. ``direction``: junior_to_senior, senior_to_junior, both."""

    code: str
    kind: str
    direction: str
    skills: tuple[str, ...]
    return_topic: str | None
    formats: frozenset[str]
    title: Content
    follow_up: Content
    topic: Content
    qa: Content
    questions: tuple[Content, ...]


@dataclass(frozen=True)
class Lesson:
    """A three-minute lesson with one check question; any answer passes after its feedback."""

    code: str
    audience: str
    title: Content
    body: Content
    question: Content
    options: tuple[Content, ...]
    correct: int
    feedback: Content


@dataclass(frozen=True)
class Item:
    """A survey question. ``scale``: agree5, useful5, rec11, skill5, yesno, weeks, text. ``core``: waves that ask it."""

    code: str
    scale: str
    construct: str
    role: str
    waves: tuple[str, ...]
    core: tuple[str, ...]
    reverse: bool
    text: Content


@dataclass(frozen=True)
class Objective:
    """What a company runs a round for, with the topics that serve it; ``asks``: survey items that tell about it.

    They are asked in such a round beside the core ones.
    """

    code: str
    name: Content
    topics: tuple[str, ...]
    asks: tuple[str, ...]


@dataclass(frozen=True)
class Track:
    """A ready way through several sessions: ``steps`` are a main topic each, and the return topic that answers it."""

    code: str
    name: Content
    steps: tuple[tuple[str, str], ...]


@lru_cache
def skills() -> Mapping[str, Skill]:
    """Every skill by code, digital ones first, in the catalogue's order."""
    data = _load("skills")
    areas = {entry["code"]: _named(entry) for entry in data["digcomp"] if entry["area"]}
    soft_area = Content({"it": "Soft skill e business", "en": "Soft and business skills"})
    digital = [(entry, areas[entry["code"][0]], True) for entry in data["digcomp"] if not entry["area"]]
    soft = [(entry, soft_area, False) for entry in data["soft"]]
    return {
        entry["code"]: Skill(
            entry["code"],
            Content({language: entry[f"statement_{language}"] for language in LANGUAGES}),
            area,
            is_digital,
        )
        for entry, area, is_digital in digital + soft
    }


def _named(entry: Mapping[str, Any]) -> Content:
    return Content({language: entry[language] for language in LANGUAGES})


@lru_cache
def topics() -> Mapping[str, Topic]:
    """Every topic by code; K1, M1 and C1 are structural."""
    return {
        entry["code"]: Topic(
            entry["code"],
            entry["kind"],
            entry["direction"],
            (*entry["digcomp"], *entry["soft"]),
            entry["return_topic"],
            frozenset(entry["formats"]),
            _both(entry, "title"),
            _both(entry, "follow_up"),
            _both(entry, "topic"),
            _both(entry, "qa"),
            tuple(
                Content({language: entry[language]["questions"][number] for language in LANGUAGES})
                for number in range(len(entry["en"]["questions"]))
            ),
        )
        for entry in _load("topics")
    }


@lru_cache
def lessons() -> Mapping[str, Lesson]:
    """Every lesson by code, in the order of the path; ``audience``: mentor, mentee, both."""
    return {entry["code"]: _lesson(entry) for entry in _load("lessons")}


def _lesson(entry: Mapping[str, Any]) -> Lesson:
    checks = {language: entry[language]["check"] for language in LANGUAGES}
    return Lesson(
        entry["code"],
        entry["audience"],
        _both(entry, "title"),
        _both(entry, "body"),
        _both(checks, "question"),
        tuple(
            Content({language: checks[language]["options"][number] for language in LANGUAGES})
            for number in range(len(checks["en"]["options"]))
        ),
        checks["en"]["correct"],
        _both(checks, "feedback"),
    )


@lru_cache
def items() -> Mapping[str, Item]:
    """Every survey item by code."""
    return {
        entry["code"]: Item(
            entry["code"],
            entry["scale"],
            entry["construct"],
            entry["role"],
            tuple(entry["when"].split(",")),
            tuple(entry["core"]),
            entry["reverse"],
            _named(entry),
        )
        for entry in _load("survey_items")["items"]
    }


@lru_cache
def scale(name: str) -> tuple[tuple[int, Content], ...]:
    """The labelled values of a scale; empty for numbers and free text."""
    entry = _load("survey_items")["scales"][name]
    values = entry["values"] or []
    if len(entry["en"]) != len(values):
        return tuple((value, Content(dict.fromkeys(LANGUAGES, str(value)))) for value in values)
    return tuple(
        (value, Content({language: entry[language][number] for language in LANGUAGES}))
        for number, value in enumerate(values)
    )


@lru_cache
def exit_reasons() -> Mapping[str, Content]:
    """Why a pair ended, as people may choose to say."""
    return {entry["code"]: _named(entry) for entry in _load("survey_items")["exit_reasons"]}


@lru_cache
def readiness() -> tuple[tuple[str, Content], ...]:
    """Statements to measure oneself by before beginning: for whom (mentor, mentee, both), and the words."""
    return tuple((entry["role"], _named(entry)) for entry in _load("survey_items")["readiness"])


@lru_cache
def optout() -> Content:
    """“Prefer not to answer”."""
    return Content(_load("survey_items")["optout"])


@lru_cache
def objectives() -> Mapping[str, Objective]:
    """Every objective of the catalogue by code."""
    return {
        entry["code"]: Objective(entry["code"], _named(entry), tuple(entry["topics"]), tuple(entry["asks"]))
        for entry in _load("objectives")
    }


@lru_cache
def tracks() -> Mapping[str, Track]:
    """Every ready track by code."""
    return {
        entry["code"]: Track(entry["code"], _named(entry), tuple((main, back) for main, back in entry["steps"]))
        for entry in _load("tracks")
    }
