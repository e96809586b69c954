"""Synthetic companies to match, the same for the same seed: skewed skills, a line of managers, zones, part-timers."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bot import content
from bot.domain.matching import Candidate, Objective, PairRule, Settings, week_mask
from bot.domain.slots import HOURS

Scenario = Literal["unit", "capacity", "scarce", "peer"]
SCENARIOS: tuple[Scenario, ...] = ("unit", "capacity", "scarce", "peer")

ON = date(2027, 1, 12)
SLOTS = tuple((day, hour) for day in range(5) for hour in HOURS)
CITIES = (
    *("Europe/Rome it",) * 14,
    *("Europe/Berlin de", "Europe/Madrid es", "Europe/Paris fr", "Europe/Vienna de", "Europe/Zurich de") * 2,
    *("Europe/London en", "Europe/Bucharest ro", "Europe/Warsaw pl", "Europe/Istanbul tr"),
    *("America/New_York en", "America/Chicago en", "America/Los_Angeles en", "America/Sao_Paulo pt"),
    *("America/Mexico_City es", "Asia/Kolkata en", "Asia/Singapore en", "Asia/Tokyo ja", "Asia/Shanghai zh"),
    *("Asia/Dubai en", "Africa/Cairo ar", "Australia/Sydney en"),
)
LANGUAGES = ("it", "en", "de", "fr", "es", "pt", "pl", "ro", "tr", "ja", "zh", "ar")
DEPARTMENTS = 60
FAN_OUT = 8
FIRST_OBJECTIVES = ("digital_gap", "engagement", "retention")

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Synthetic:
    """A company to match, with what people decided about pairs and the settings of its round."""

    candidates: list[Candidate]
    rules: list[PairRule]
    settings: Settings


def synthetic(people: int, scenario: Scenario, seed: int = 1) -> Synthetic:
    """`people` mentors, with as many mentees (three times as many where mentors are scarce); of peers, `people`."""
    rng = np.random.default_rng([seed, people, SCENARIOS.index(scenario)])
    mentees = {"unit": people, "capacity": people, "scarce": 3 * people, "peer": people - people // 2}[scenario]
    mentors = people // 2 if scenario == "peer" else people
    staff = 4 * (mentors + mentees)
    popularity = _skewed(len(content.skills()), 0.9)
    offered, wanted = rng.permutation(popularity), rng.permutation(popularity)
    wanted = 0.7 * offered + 0.3 * wanted
    seniors = rng.permutation(staff // 3)[:mentees]
    juniors = rng.permutation(staff - staff // 3)[:mentors] + staff // 3
    capacity = np.ones(mentors, dtype=np.int64)
    if scenario in ("capacity", "scarce"):
        capacity = rng.choice([1, 2, 3, 4, 5], mentors, p=[0.6, 0.2, 0.1, 0.06, 0.04])
    candidates = [
        *_side(rng, "mentor", 1, juniors, capacity, offered, wanted),
        *_side(rng, "mentee", mentors + 1, seniors, np.ones(mentees, dtype=np.int64), offered, wanted),
    ]
    past = zip(rng.integers(1, mentors + 1, 2 * mentees), np.repeat(np.arange(mentees), 2) + mentors + 1, strict=True)
    rules = [PairRule(int(mentor), int(mentee), "declined") for mentor, mentee in past]
    return Synthetic(candidates, rules, settings(scenario))


def settings(scenario: Scenario) -> Settings:
    """The standard weights and three objectives of the product, to be held against other solvers."""
    known, topics = content.objectives(), content.topics()
    aims = tuple(
        Objective(code, frozenset(skill for topic in known[code].topics for skill in topics[topic].skills))
        for code in FIRST_OBJECTIVES
    )
    return Settings(objectives=aims, aim="total", spread=False, shape="peers" if scenario == "peer" else "pairs")


def _side(
    rng: np.random.Generator,
    role: Literal["mentor", "mentee"],
    first_id: int,
    staff: Ints,
    capacity: Ints,
    offered: Floats,
    wanted: Floats,
) -> list[Candidate]:
    junior, many = role == "mentor", len(staff)
    city = rng.choice(len(CITIES), many, p=_skewed(len(CITIES), 0.8))
    department = rng.choice(DEPARTMENTS, many, p=_skewed(DEPARTMENTS, 0.5))
    stage = (
        rng.choice([0, 1, 2], many, p=[0.5, 0.35, 0.15]) if junior else rng.choice([2, 3, 4], many, p=[0.3, 0.5, 0.2])
    )
    offers = _picks(rng, many, 3, 8 if junior else 6, offered)
    wants = _picks(rng, many, 1 if junior else 2, 3 if junior else 5, wanted)
    levels, own = rng.integers(1, 5, (many, 8)), rng.integers(0, 3, (many, 8))
    free = _availability(rng, many, busy=not junior)
    moved, english, third = rng.random(many) < 0.1, rng.random(many) < 0.8, rng.random(many) < 0.15
    other = rng.integers(0, len(LANGUAGES), (many, 2))
    formats = rng.choice(3, many, p=[0.45, 0.1, 0.45])
    masks = _slot_masks()
    skills = sorted(content.skills())
    made = []
    for k in range(many):
        zone, language = CITIES[city[k]].split()
        mother = LANGUAGES[other[k, 0]] if moved[k] else language
        spoken = {mother, *(["en"] if english[k] else []), *([LANGUAGES[other[k, 1]]] if third[k] else [])}
        made.append(
            Candidate(
                id=first_id + k,
                person_id=int(staff[k]) + 1,
                role=role,
                stage=int(stage[k]),
                department=f"department {department[k]}",
                site=f"site {city[k]}",
                managers=_line(int(staff[k])),
                offers={skills[s]: int(level) for s, level in zip(offers[k], levels[k], strict=False)},
                wants=tuple((skills[s], int(level)) for s, level in zip(wants[k], own[k], strict=False)),
                languages=frozenset(spoken),
                first_language=mother,
                hours=_mask(masks[zone], free[k]),
                formats=(("remote",), ("in_person",), ("remote", "in_person", "blended"))[formats[k]],
                capacity=int(capacity[k]),
            )
        )
    return made


def _skewed(many: int, power: float) -> Floats:
    shares: Floats = 1 / np.arange(1, many + 1) ** power
    shares /= shares.sum()
    return shares


def _picks(rng: np.random.Generator, many: int, least: int, most: int, shares: Floats) -> list[list[int]]:
    """For each person between `least` and `most` different ones, the popular ones more often (Gumbel's way)."""
    keys = rng.gumbel(size=(many, len(shares))) + np.log(shares)
    counts = rng.integers(least, most + 1, many)
    ranked = np.argsort(-keys, axis=1)[:, :most]
    return [row[:count].tolist() for row, count in zip(ranked, counts, strict=True)]


def _availability(rng: np.random.Generator, many: int, *, busy: bool) -> NDArray[np.bool_]:
    """Which two-hour windows of a week each person has; one in five works mornings only, one in eight three days."""
    free = rng.random((many, len(SLOTS))) < rng.uniform(0.15, 0.4 if busy else 0.6, (many, 1))
    hour = np.array([hour for _, hour in SLOTS])
    day = np.array([day for day, _ in SLOTS])
    free &= ~((rng.random(many) < 0.2)[:, None] & (hour >= 14)[None, :])
    free &= ~((rng.random(many) < 0.125)[:, None] & (day >= 3)[None, :])
    return free


def _slot_masks() -> dict[str, list[int]]:
    zones = {city.split()[0] for city in CITIES}
    return {zone: [week_mask([slot], zone, ON) for slot in SLOTS] for zone in zones}


def _mask(masks: list[int], free: NDArray[np.bool_]) -> int:
    mask = 0
    for place in np.flatnonzero(free).tolist():
        mask |= masks[place]
    return mask


def _line(staff: int) -> tuple[int, ...]:
    """The managers of a member of staff: everybody has eight reports, number 0 is the top. Person ids are one more."""
    above = []
    while staff:
        staff = (staff - 1) // FAN_OUT
        above.append(staff + 1)
    return tuple(above)
