"""People to match: two who fit together in every way, and whole companies drawn from a seed."""

from dataclasses import replace
from random import Random
from typing import Any

from bot.domain.matching import FORMATS, Candidate, Objective, PairRule, Settings
from bot.domain.matching.model import RuleKind

EVENING = 0b1111 << 40
MENTOR = Candidate(
    id=1,
    person_id=101,
    role="mentor",
    stage=0,
    department="IT",
    site="Milano",
    country="IT",
    managers=(190, 199),
    offers={"5.4": 3, "2.4": 4},
    wants=(("S9", 1),),
    languages=frozenset({"it", "en"}),
    first_language="it",
    hours=EVENING | EVENING << 48 | EVENING << 96,
    formats=("remote", "in_person"),
)
MENTEE = Candidate(
    id=2,
    person_id=102,
    role="mentee",
    stage=3,
    department="Sales",
    site="Torino",
    country="IT",
    managers=(191, 199),
    offers={"S9": 4},
    wants=(("5.4", 1), ("2.4", 2)),
    languages=frozenset({"it"}),
    first_language="it",
    hours=EVENING | EVENING << 48 | EVENING << 96,
    formats=("remote",),
)
SETTINGS = Settings(objectives=(Objective("digital_gap", frozenset({"5.4"})),))


def mentor(**changes: Any) -> Candidate:
    return replace(MENTOR, **changes)


def mentee(**changes: Any) -> Candidate:
    return replace(MENTEE, **changes)


def company(rng: Random, mentors: int, mentees: int) -> list[Candidate]:
    """Candidates with chains of managers, several sites and languages, uneven skills; ids from 1 in no role's order."""
    roles = ["mentor"] * mentors + ["mentee"] * mentees
    rng.shuffle(roles)
    return [_someone(rng, number, role == "mentor") for number, role in enumerate(roles, 1)]


def _someone(rng: Random, number: int, junior: bool) -> Candidate:
    skills = [f"{area}.{place}" for area in range(1, 6) for place in range(1, 5)] + [f"S{place}" for place in range(9)]
    languages = rng.choice([("it",), ("it", "en"), ("it", "en"), ("en",), ("de", "en")])
    chain = (1000 + rng.randrange(12), 2000 + rng.randrange(3), 3000)
    return Candidate(
        id=number,
        person_id=500 + number,
        role="mentor" if junior else "mentee",
        stage=rng.choice((0, 0, 1, 2) if junior else (1, 2, 3, 4)),
        department=rng.choice(("IT", "Sales", "Finance", "Operations", "")),
        site=rng.choice(("Milano", "Milano", "Torino", "London")),
        managers=rng.choice((chain, chain, chain, chain[1:], (500 + rng.randrange(1, 20), *chain), None)),
        dotted_managers=frozenset({1000 + rng.randrange(12)} if rng.random() < 0.1 else ()),
        works_with=frozenset({500 + rng.randrange(1, 40)} if rng.random() < 0.2 else ()),
        offers={code: rng.randrange(5) for code in rng.sample(skills, rng.randrange(12))},
        wants=tuple((code, rng.randrange(5)) for code in rng.sample(skills, rng.randrange(6))),
        languages=frozenset(languages),
        first_language=rng.choice((*languages, None)),
        comfortable_in=frozenset(rng.sample(languages, rng.randrange(len(languages)))),
        hours=sum(0b1111 << rng.randrange(0, 330) for _ in range(rng.randrange(12))) & (1 << 336) - 1,
        formats=tuple(rng.sample(FORMATS, rng.randrange(4))),
        capacity=rng.choice((0, 1, 1, 1, 2, 3)) if junior else rng.choice((0, 1, 1, 1)),
        avoids=frozenset({500 + rng.randrange(1, 40)} if rng.random() < 0.2 else ()),
        exclusive_programme=rng.random() < 0.05,
        waited=rng.random() < 0.2,
    )


def willing_company(rng: Random, mentors: int, mentees: int) -> list[Candidate]:
    """As `company`, of people who answered every question, so that most pairs may be."""
    return [
        replace(
            person,
            managers=person.managers or (3000 + person.id,),
            languages=person.languages | {"en"},
            formats=(rng.choice(FORMATS), "remote") if rng.random() < 0.5 else ("remote",),
            hours=sum(0b11111111 << 48 * day + 18 + 8 * rng.randrange(2) for day in range(1, 6)),
            capacity=max(person.capacity, 1),
            offers={f"{area}.{place}": rng.randrange(1, 5) for area in range(1, 6) for place in range(1, 4)},
            wants=tuple((f"{area}.{rng.randrange(1, 4)}", rng.randrange(3)) for area in rng.sample(range(1, 6), 3)),
        )
        for person in company(rng, mentors, mentees)
    ]


def decisions(rng: Random, people: list[Candidate], count: int) -> list[PairRule]:
    """Pairs that people barred, some of them twice."""
    mentors = [person.id for person in people if person.role == "mentor"]
    mentees = [person.id for person in people if person.role == "mentee"]
    kinds: tuple[RuleKind, ...] = ("excluded", "declined", "ended", "conflict")
    if not (mentors and mentees):
        return []
    return [PairRule(rng.choice(mentors), rng.choice(mentees), rng.choice(kinds)) for _ in range(count)]
