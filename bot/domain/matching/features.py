"""People as arrays: one entry a person, over a vocabulary that both roles share.

Skills are planes of one byte for a skill and a person, so that a line of arithmetic compares one want with everybody.
Who stands above whom and who names whom are lists of (row, person id), because they are few.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.domain.matching.model import FORMATS, Candidate, Settings
from bot.domain.matching.rules import superiors
from bot.domain.matching.score import ease, preferred_format
from bot.domain.matching.week import HALF_HOURS, slot_starts

Bools = NDArray[np.bool_]
Bytes = NDArray[np.uint8]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Words = NDArray[np.uint64]

NOT_WANTED = 255
NOBODY = -1
MOST_LANGUAGES = 64


@dataclass(frozen=True)
class Vocabulary:
    """The place of each skill that somebody wants, language, department, site; 0 is an unknown department or site."""

    skills: dict[str, int]
    languages: dict[str, int]
    departments: dict[str, int]
    sites: dict[str, int]

    @classmethod
    def of(cls, people: Sequence[Candidate]) -> "Vocabulary":
        """The words that these people use, in alphabetical order. Raises ValueError for more than 64 languages."""
        languages = _numbered(code for person in people for code in person.languages | ease(person))
        if len(languages) > MOST_LANGUAGES:
            raise ValueError(f"{len(languages)} languages in one round: at most {MOST_LANGUAGES} can be told apart")
        return cls(
            skills=_numbered(code for person in people for code, _ in person.wants),
            languages=languages,
            departments={"": 0, **_numbered((p.department for p in people if p.department), start=1)},
            sites={"": 0, **_numbered((p.site for p in people if p.site), start=1)},
        )


@dataclass(frozen=True)
class Names:
    """People whom the people of a side name: entry k says that the one in `row[k]` names the person id `person[k]`."""

    row: Longs
    person: Longs


@dataclass(frozen=True)
class Side:
    """One role's people.

    `manager` is the person id of the direct manager, or NOBODY. `preferred` is a place in FORMATS or -1; `formats`,
    `languages` and `ease` are bit sets; `starts` are the 336 half hours from which a two-hour slot is free, packed from
    the lowest bit. `offers` and `own` have a plane a skill: the level offered (0 is none), and the level from which a
    learner starts (NOT_WANTED for others). `first` is the skill wanted most or -1; `units` counts the wants, the first
    one twice.
    """

    person: Longs
    stage: Bytes
    department: Ints
    site: Ints
    manager: Longs
    preferred: NDArray[np.int8]
    formats: Bytes
    languages: Words
    ease: Words
    starts: Bytes
    offers: Bytes
    own: Bytes
    first: Ints
    units: Ints
    no_capacity: Bools
    exclusive: Bools
    unknown_manager: Bools

    @property
    def barred(self) -> Bools:
        """Who may not be paired with anybody."""
        barred: Bools = self.no_capacity | self.exclusive | self.unknown_manager
        return barred

    def part(self, chosen: Longs) -> "Side":
        """Some of the people, in the order given."""
        planes = ("offers", "own")
        taken: dict[str, Any] = {
            field.name: getattr(self, field.name)[..., chosen] for field in fields(self) if field.name in planes
        }
        taken |= {field.name: getattr(self, field.name)[chosen] for field in fields(self) if field.name not in planes}
        return Side(**taken)

    def __len__(self) -> int:
        """How many people."""
        return len(self.person)


def encode(people: Sequence[Candidate], words: Vocabulary, settings: Settings) -> Side:
    """The arrays of `people`, in their order."""
    formats = {name: place for place, name in enumerate(FORMATS)}
    offered = set(settings.formats)
    preferences = (preferred_format(person, settings) for person in people)
    return Side(
        person=_column(people, lambda person: person.person_id).astype(np.int64),
        stage=_column(people, lambda person: person.stage).astype(np.uint8),
        department=_column(people, lambda person: words.departments[person.department]).astype(np.int32),
        site=_column(people, lambda person: words.sites[person.site]).astype(np.int32),
        manager=_column(people, lambda person: (person.managers or (NOBODY,))[0]),
        preferred=np.array([formats.get(choice or "", -1) for choice in preferences], dtype=np.int8),
        formats=_bits((offered.intersection(p.formats) for p in people), formats).astype(np.uint8),
        languages=_bits((p.languages for p in people), words.languages),
        ease=_bits((ease(p) for p in people), words.languages),
        starts=_starts(people),
        offers=_offers(people, words.skills),
        own=_own(people, words.skills),
        first=_column(people, lambda p: words.skills[p.wants[0][0]] if p.wants else -1).astype(np.int32),
        units=_column(people, lambda person: len(person.wants) + 1).astype(np.int32),
        no_capacity=_column(people, lambda person: person.capacity == 0).astype(np.bool_),
        exclusive=_column(people, lambda person: person.exclusive_programme).astype(np.bool_),
        unknown_manager=_column(people, lambda person: person.managers is None).astype(np.bool_),
    )


@dataclass(frozen=True)
class Links:
    """Whom the people of a side name: everybody above them, managers of their projects, colleagues, those to avoid."""

    superiors: Names
    project_managers: Names
    colleagues: Names
    avoided: Names

    @classmethod
    def of(cls, people: Sequence[Candidate]) -> "Links":
        """From what is known of each."""
        return cls(
            superiors=_names(people, superiors),
            project_managers=_names(people, lambda person: person.dotted_managers),
            colleagues=_names(people, lambda person: person.works_with),
            avoided=_names(people, lambda person: person.avoids),
        )


def skill_sets(settings: Settings, words: Vocabulary) -> Bytes:
    """For each skill the bits of the objectives that it serves; an objective without skills has none."""
    served = np.zeros(len(words.skills), dtype=np.uint8)
    for place, objective in enumerate(settings.aims):
        for code in objective.skills & words.skills.keys():
            served[words.skills[code]] |= 1 << place
    return served


def _numbered(words: Iterable[str], start: int = 0) -> dict[str, int]:
    return {word: place for place, word in enumerate(sorted(set(words)), start)}


def _column(people: Sequence[Candidate], value: Callable[[Candidate], int]) -> Longs:
    return np.fromiter((value(person) for person in people), dtype=np.int64, count=len(people))


def _bits(sets: Iterable[Iterable[str]], places: dict[str, int]) -> Words:
    return np.array([sum(1 << places[word] for word in words) for words in sets], dtype=np.uint64)


def _starts(people: Sequence[Candidate]) -> Bytes:
    packed = b"".join(slot_starts(person.hours).to_bytes(HALF_HOURS // 8, "little") for person in people)
    return np.frombuffer(packed, dtype=np.uint8).reshape(len(people), HALF_HOURS // 8)


def _offers(people: Sequence[Candidate], skills: dict[str, int]) -> Bytes:
    offers = np.zeros((len(skills), len(people)), dtype=np.uint8)
    for row, person in enumerate(people):
        for code, level in person.offers.items():
            if code in skills:
                offers[skills[code], row] = level
    return offers


def _own(people: Sequence[Candidate], skills: dict[str, int]) -> Bytes:
    own = np.full((len(skills), len(people)), NOT_WANTED, dtype=np.uint8)
    for row, person in enumerate(people):
        for code, level in person.wants:
            own[skills[code], row] = level
    return own


def _names(people: Sequence[Candidate], named: Callable[[Candidate], Iterable[int]]) -> Names:
    found = [(row, other) for row, person in enumerate(people) for other in sorted(named(person))]
    both = np.array(found, dtype=np.int64).reshape(-1, 2)
    return Names(both[:, 0].copy(), both[:, 1].copy())
