"""The hard rules, said about one pair in plain Python: the reference that the arrays of `grids` must equal.

A pair is remote unless the two can meet in person at one site. Under two shared hours a day then means: not one
two-hour slot of the week is free for both, because availability is collected in such slots.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from bot.domain.matching.model import RULES, Candidate, PairRule, Settings
from bot.domain.matching.score import covered
from bot.domain.matching.week import shared_slots

Barred = Mapping[tuple[int, int], frozenset[str]]

_BARRING = {
    "excluded": "excluded",
    "declined": "declined",
    "ended": "ended",
    "conflict": "declared_conflict",
    "met": "met_before",
}


def barred_pairs(rules: Iterable[PairRule]) -> Barred:
    """The hard rules that people set on pairs, by (mentor id, mentee id)."""
    barred: dict[tuple[int, int], frozenset[str]] = {}
    for rule in rules:
        if rule.kind in _BARRING:
            key = (rule.mentor_id, rule.mentee_id)
            barred[key] = barred.get(key, frozenset()) | {_BARRING[rule.kind]}
    return barred


def broken_rules(
    mentor: Candidate, mentee: Candidate, settings: Settings, barred: Barred | None = None
) -> Iterator[str]:
    """Every hard rule that the pair breaks, in the order of RULES; nothing for a pair that may be."""
    set_by_people = (barred or {}).get((mentor.id, mentee.id), frozenset())
    for rule in RULES:
        check = _CHECKS.get(rule)
        if check(mentor, mentee, settings) if check else rule in set_by_people:
            yield rule


def superiors(person: Candidate) -> frozenset[int]:
    """Person ids of everybody above, at any depth, by line or by project."""
    return frozenset(person.managers or ()) | person.dotted_managers


def direct_superiors(person: Candidate) -> frozenset[int]:
    """Person ids of the direct manager and of project managers."""
    return frozenset((person.managers or ())[:1]) | person.dotted_managers


def _reporting_line(mentor: Candidate, mentee: Candidate, _: Settings) -> bool:
    return mentee.person_id in superiors(mentor) or mentor.person_id in superiors(mentee)


def _same_manager(mentor: Candidate, mentee: Candidate, _: Settings) -> bool:
    return not direct_superiors(mentor).isdisjoint(direct_superiors(mentee))


def _same_team(mentor: Candidate, mentee: Candidate, _: Settings) -> bool:
    return mentee.person_id in mentor.works_with or mentor.person_id in mentee.works_with


def _avoided(mentor: Candidate, mentee: Candidate, _: Settings) -> bool:
    return mentee.person_id in mentor.avoids or mentor.person_id in mentee.avoids


def _stage(mentor: Candidate, mentee: Candidate, settings: Settings) -> bool:
    return settings.shape != "peers" and mentor.stage >= mentee.stage


def _nothing_to_teach(mentor: Candidate, mentee: Candidate, settings: Settings) -> bool:
    """Peers teach each other: each has something that the other wants."""
    return not covered(mentee, mentor) or (settings.shape == "peers" and not covered(mentor, mentee))


def _no_format(mentor: Candidate, mentee: Candidate, settings: Settings) -> bool:
    return not set(mentor.formats) & set(mentee.formats) & set(settings.formats)


def _no_hours(mentor: Candidate, mentee: Candidate, settings: Settings) -> bool:
    offered = set(mentor.formats) & set(mentee.formats) & set(settings.formats)
    if "in_person" in offered and mentor.site == mentee.site:
        return False
    return shared_slots(mentor.hours, mentee.hours) == 0


_CHECKS: Mapping[str, Callable[[Candidate, Candidate, Settings], bool]] = {
    "same_person": lambda mentor, mentee, _: mentor.person_id == mentee.person_id,
    "capacity": lambda mentor, mentee, _: not (mentor.capacity and mentee.capacity),
    "exclusive_programme": lambda mentor, mentee, _: mentor.exclusive_programme or mentee.exclusive_programme,
    "reporting_line": _reporting_line,
    "same_manager": _same_manager,
    "same_team": _same_team,
    "unknown_manager": lambda mentor, mentee, _: mentor.managers is None or mentee.managers is None,
    "stage": _stage,
    "language": lambda mentor, mentee, _: mentor.languages.isdisjoint(mentee.languages),
    "format": _no_format,
    "hours": _no_hours,
    "nothing_to_teach": _nothing_to_teach,
    "avoided": _avoided,
}
