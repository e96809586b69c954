"""From rows to the values that matching takes: candidates, rules about pairs, settings of the round. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot import content
from bot.domain.matching import FORMATS, WEIGHTS, Candidate, Objective, PairRule, Settings, Shape
from bot.domain.programme import PEER, stage_rank
from bot.domain.slots import weekly
from storage.couples import GROUP, rules_of
from storage.matching import Enrolled, Key, World
from storage.tables import Round

EXCLUSIVE = "shadowing"
SHAPES: Mapping[str, Shape] = {GROUP: "groups", PEER: "peers"}
"""Who meets whom, by the round's format; two by two in all others."""
UNDER_WAY = frozenset({"reviewed", "proposed_to_mentee", "gathering", "proposed_to_mentor", "accepted", "pairing"})


@dataclass(frozen=True)
class Problem:
    """One matching to be solved. ``unreadable``: enrolments whose answers cannot be; everybody else is matched."""

    candidates: tuple[Candidate, ...]
    rules: tuple[PairRule, ...]
    settings: Settings
    unreadable: tuple[Enrolled, ...] = ()


def problem(world: World, now: datetime, *, keep_computed: bool) -> Problem:
    """The matching of a round as it stands.

    Pairs that were proposed or formed are kept as they are; ``keep_computed`` keeps those that wait for the
    coordinator too. Who has been proposed as often as the round allows, or is paused, is no candidate, and nor is who
    has no room left. Slow for large rounds.
    """
    kept = kept_pairs(world, keep_computed=keep_computed)
    load = Counter(enrolment for pair in kept for enrolment in pair)
    most = rules_of(world.round).max_proposals
    avoids = _both_ways(world.avoided)
    candidates, unreadable = [], []
    for person in world.people:
        if _may_be_matched(person, load[person.id], capacity_of(person, world.round), now, most):
            try:
                candidates.append(candidate(person, world, avoids, now.date()))
            except (ValueError, KeyError, TypeError):
                unreadable.append(person)
    return Problem(
        tuple(candidates), tuple(_rules(world, kept, candidates)), settings_of(world.round), tuple(unreadable)
    )


def kept_pairs(world: World, *, keep_computed: bool) -> frozenset[Key]:
    """The pairs that matching may not touch: proposed, accepted or formed, and not ended since."""
    ended = {pair for pair, kind in world.rules if kind == "ended"}
    states = UNDER_WAY | {"computed"} if keep_computed else UNDER_WAY
    return frozenset(pair for pair, state in world.pairs if state in states) - ended


def _may_be_matched(person: Enrolled, load: int, places: int, now: datetime, most: int) -> bool:
    paused = person.paused_until is not None and person.paused_until > now
    if load:
        return person.role == "mentor" and load < places and not paused
    return person.state != "paired" and not paused and person.proposals < most


def capacity_of(person: Enrolled, round: Round) -> int:
    """How many mentees the person may have: a mentor of a group as many as a group has."""
    if person.role != "mentor":
        return 1
    return rules_of(round).group_most if round.format == GROUP else person.capacity


def candidate(person: Enrolled, world: World, avoids: Mapping[int, frozenset[int]], on: date) -> Candidate:
    """One enrolment as matching sees it. ``on`` settles daylight saving for the weekly hours.

    Raises ValueError, KeyError or TypeError for answers that no form would take.
    """
    first = person.spoken[0] if person.spoken else None
    languages = frozenset(person.languages or person.spoken)
    return Candidate(
        id=person.id,
        person_id=person.person_id,
        role="mentor" if person.role == "mentor" else "mentee",
        stage=stage_rank(person.stage or "early"),
        department=person.department,
        site=person.site,
        country=person.country,
        managers=chain(person.person_id, world.managers, world.unknown),
        offers={code: level for code, level in person.offers.items() if level > 0},
        wants=tuple((str(code), int(str(level))) for code, level in person.wants),
        languages=languages,
        first_language=first if first in languages else None,
        hours=weekly(person.slots, person.timezone, on),
        formats=formats_of(person, world.round),
        capacity=capacity_of(person, world.round),
        avoids=avoids.get(person.person_id, frozenset()),
        exclusive_programme=EXCLUSIVE in (person.persons_programme, person.other_programme),
        waited=person.waited,
    )


def chain(
    person: int, managers: Mapping[int, int | None], unknown: frozenset[int] = frozenset()
) -> tuple[int, ...] | None:
    """Everybody above a person, nearest first. None when somebody on the way has a manager whom nobody knows."""
    line: list[int] = []
    current: int | None = person
    while current is not None and current not in line:
        if current in unknown:
            return None
        line.append(current)
        current = managers.get(current)
    return tuple(line[1:])


def formats_of(person: Enrolled, round: Round) -> tuple[str, ...]:
    """How the person would meet, the preferred first; who likes both ways can do either."""
    chosen = tuple(person.formats) or offered_formats(round)
    return chosen + tuple(name for name in FORMATS if "blended" in chosen and name not in chosen)


def offered_formats(round: Round) -> tuple[str, ...]:
    """How people may meet in a round; a blended one leaves the choice to the pair."""
    return FORMATS if round.format not in ("in_person", "remote") else (round.format,)


def settings_of(round: Round) -> Settings:
    """The weights and the minimum, with the skills that serve each objective of the round."""
    known, rules = content.objectives(), rules_of(round)
    return Settings(
        shape=SHAPES.get(round.format, "pairs"),
        group=(rules.group_least, rules.group_most),
        weights=weights_of(round),
        formats=offered_formats(round),
        objectives=tuple(Objective(code, _skills_of(code)) for code in round.objectives if code in known),
    )


def in_order(pair: Key, round: Round) -> Key:
    """The two enrolments as they are kept: mentor and mentee; of peers the lower key first."""
    return (min(pair), max(pair)) if round.format == PEER else pair


def weights_of(round: Round) -> Mapping[str, int]:
    """What counts how much in the round's matching: what was chosen for it, or the product's own."""
    return round.weights or WEIGHTS


def _skills_of(objective: str) -> frozenset[str]:
    topics = content.topics()
    return frozenset(
        skill for code in content.objectives()[objective].topics if code in topics for skill in topics[code].skills
    )


def _both_ways(pairs: Iterable[Key]) -> Mapping[int, frozenset[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for person, other in pairs:
        found[person].add(other)
        found[other].add(person)
    return {person: frozenset(others) for person, others in found.items()}


def _rules(world: World, kept: frozenset[Key], candidates: Iterable[Candidate]) -> Iterable[PairRule]:
    """What people decided. A name that was let go by is not proposed again, like one that was declined."""
    for mentor, mentee in sorted(kept):
        yield PairRule(mentor, mentee, "accepted")
    for (mentor, mentee), kind in world.rules:
        if kind in ("excluded", "declined", "ended") or (kind == "fixed" and (mentor, mentee) not in kept):
            yield PairRule(mentor, mentee, kind)  # type: ignore[arg-type]  # the table holds the words of RuleKind
    for (mentor, mentee), state in world.pairs:
        if state in ("expired", "declined"):
            yield PairRule(mentor, mentee, "declined")
        if state == "computed" and (mentor, mentee) not in kept:
            yield PairRule(mentor, mentee, "incumbent")
    sides: dict[int, list[Candidate]] = defaultdict(list)
    for person in candidates:
        sides[person.person_id].append(person)
    for mentor, mentee in _enrolments(world, world.conflicts, sides):
        yield PairRule(mentor, mentee, "conflict")
    chosen = kept | {pair for pair, kind in world.rules if kind == "fixed"}
    for pair in _enrolments(world, world.met, sides):
        if pair not in chosen:
            yield PairRule(*pair, "met")


def _enrolments(world: World, people: Iterable[Key], sides: Mapping[int, Sequence[Candidate]]) -> Iterable[Key]:
    """The enrolments of two people who may be a mentor and a mentee, whichever of them is which."""
    for one, other in people:
        for a in sides.get(one, ()):
            for b in sides.get(other, ()):
                if world.round.format == PEER:
                    yield in_order((a.id, b.id), world.round)
                elif a.role != b.role:
                    mentor, mentee = (a, b) if a.role == "mentor" else (b, a)
                    yield mentor.id, mentee.id
