"""People as arrays: one row a person, over a vocabulary that both roles share."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.domain.matching.model import FORMATS, TOP_LEVEL, Candidate, Settings
from bot.domain.matching.score import ease, preferred_format
from bot.domain.matching.week import HALF_HOURS, slot_starts

Bools = NDArray[np.bool_]
Floats = NDArray[np.float32]
Ints = NDArray[np.int32]


@dataclass(frozen=True)
class Vocabulary:
    """The column of each skill, language, department, site; 0 stays for an unknown department or site."""

    skills: dict[str, int]
    languages: dict[str, int]
    departments: dict[str, int]
    sites: dict[str, int]

    @classmethod
    def of(cls, people: Sequence[Candidate]) -> "Vocabulary":
        """The words that these people use, in alphabetical order."""
        return cls(
            skills=_numbered(code for person in people for code, _ in person.wants),
            languages=_numbered(code for person in people for code in person.languages | ease(person)),
            departments={"": 0, **_numbered((p.department for p in people if p.department), start=1)},
            sites={"": 0, **_numbered((p.site for p in people if p.site), start=1)},
        )


@dataclass(frozen=True)
class Side:
    """One role's people. Skills take four columns each, one for each level that the learner may start from:
    `wants` holds 1 (2 for the first want) at the learner's own level, `offers` 1 at every level below the teacher's,
    so that their product counts what is covered. `unit_totals` is the count for everything covered."""

    stage: Ints
    department: Ints
    site: Ints
    preferred: Ints
    unit_totals: Ints
    formats: Bools
    starts: Bools
    languages: Floats
    ease: Floats
    wants: Floats
    offers: Floats


def encode(people: Sequence[Candidate], words: Vocabulary, settings: Settings) -> Side:
    """The arrays of `people`, in their order."""
    formats = {name: place for place, name in enumerate(FORMATS)}
    preferences = [preferred_format(person, settings) for person in people]
    return Side(
        stage=_column(people, lambda person: person.stage),
        department=_column(people, lambda person: words.departments[person.department]),
        site=_column(people, lambda person: words.sites[person.site]),
        preferred=np.array([formats.get(choice or "", -1) for choice in preferences], dtype=np.int32),
        unit_totals=_column(people, lambda person: len(person.wants) + 1),
        formats=_marks([set(p.formats) & set(settings.formats) for p in people], formats).astype(np.bool_),
        starts=_starts(people),
        languages=_marks([p.languages for p in people], words.languages),
        ease=_marks([ease(p) for p in people], words.languages),
        wants=_wants(people, words.skills),
        offers=_offers(people, words.skills),
    )


def skill_columns(skills: Iterable[str], words: Vocabulary) -> list[int]:
    """The columns of `wants` and `offers` that belong to these skills; a skill that nobody wants has none."""
    places = [words.skills[code] for code in sorted(skills) if code in words.skills]
    return [place * TOP_LEVEL + level for place in places for level in range(TOP_LEVEL)]


def _numbered(words: Iterable[str], start: int = 0) -> dict[str, int]:
    return {word: place for place, word in enumerate(sorted(set(words)), start)}


def _column(people: Sequence[Candidate], value: Callable[[Candidate], int]) -> Ints:
    return np.array([value(person) for person in people], dtype=np.int32)


def _marks(sets: Sequence[Iterable[str]], places: dict[str, int]) -> Floats:
    marks = np.zeros((len(sets), len(places)), dtype=np.float32)
    for row, words in enumerate(sets):
        marks[row, [places[word] for word in words]] = 1
    return marks


def _starts(people: Sequence[Candidate]) -> Bools:
    packed = b"".join(slot_starts(person.hours).to_bytes(HALF_HOURS // 8, "little") for person in people)
    bits = np.frombuffer(packed, dtype=np.uint8).reshape(len(people), HALF_HOURS // 8)
    return np.unpackbits(bits, axis=1, bitorder="little").astype(np.bool_)


def _wants(people: Sequence[Candidate], skills: dict[str, int]) -> Floats:
    wants = np.zeros((len(people), len(skills) * TOP_LEVEL), dtype=np.float32)
    for row, person in enumerate(people):
        for rank, (code, own) in enumerate(person.wants):
            if own < TOP_LEVEL:
                wants[row, skills[code] * TOP_LEVEL + own] = 2 if rank == 0 else 1
    return wants


def _offers(people: Sequence[Candidate], skills: dict[str, int]) -> Floats:
    offers = np.zeros((len(people), len(skills) * TOP_LEVEL), dtype=np.float32)
    for row, person in enumerate(people):
        for code, level in person.offers.items():
            if code in skills:
                first = skills[code] * TOP_LEVEL
                offers[row, first : first + level] = 1
    return offers
