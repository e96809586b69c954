"""The weighted criteria, said about one pair in plain Python: the reference that the arrays of `grids` must equal.

Every part is `weight × 100 × share`, cut to a whole number of hundredths of a point. A share of nothing (no wants, no
objective with skills) is nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.matching.model import Candidate, Objective, Settings
from bot.domain.matching.week import shared_slots

FULL_SLOTS = 3
OTHER_DEPARTMENT = 60
OTHER_SITE = 40


@dataclass(frozen=True)
class Scored:
    """The score of one pair, by criterion, in hundredths of a point."""

    parts: Mapping[str, int]

    @property
    def total(self) -> int:
        """0..10000."""
        return sum(self.parts.values())


def score_pair(mentor: Candidate, mentee: Candidate, settings: Settings) -> Scored:
    """Score of the pair by criterion, whether or not the hard rules allow it."""
    full = settings.full
    slots = min(shared_slots(mentor.hours, mentee.hours), FULL_SLOTS)
    distance = OTHER_DEPARTMENT * differs(mentor.department, mentee.department)
    distance += OTHER_SITE * differs(mentor.site, mentee.site)
    served = served_objectives(mentor, mentee, settings)
    return Scored(
        {
            "mentee_wants": full["mentee_wants"] * _units(mentee, mentor) // _all_units(mentee),
            "mentor_wants": full["mentor_wants"] * _units(mentor, mentee) // _all_units(mentor),
            "objective": full["objective"] * len(served) // max(len(settings.aims), 1),
            "distance": full["distance"] * distance // 100,
            "availability": full["availability"] * slots // FULL_SLOTS,
            "format": full["format"] * (shared_preference(mentor, mentee, settings) is not None),
            "language": full["language"] * (easy_language(mentor, mentee) is not None),
        }
    )


def covered(learner: Candidate, teacher: Candidate) -> tuple[str, ...]:
    """The wants of `learner`, in their order, that `teacher` offers at least one level above the learner's own."""
    return tuple(code for code, own in learner.wants if teacher.offers.get(code, 0) > own)


def served_objectives(mentor: Candidate, mentee: Candidate, settings: Settings) -> tuple[Objective, ...]:
    """The objectives of the round that a topic of the pair serves, in either direction."""
    topics = {*covered(mentee, mentor), *covered(mentor, mentee)}
    return tuple(objective for objective in settings.objectives if not objective.skills.isdisjoint(topics))


def differs(ours: str, theirs: str) -> bool:
    """Whether both are known and are not the same."""
    return bool(ours and theirs) and ours != theirs


def preferred_format(person: Candidate, settings: Settings) -> str | None:
    """The first choice of the person among the formats that the round offers."""
    return next((name for name in person.formats if name in settings.formats), None)


def shared_preference(mentor: Candidate, mentee: Candidate, settings: Settings) -> str | None:
    """The format that both prefer; meeting in person counts only for people of one site."""
    choice = preferred_format(mentor, settings)
    if choice != preferred_format(mentee, settings) or (choice == "in_person" and mentor.site != mentee.site):
        return None
    return choice


def ease(person: Candidate) -> frozenset[str]:
    """The languages in which the person is at ease: the first one, and those declared."""
    return person.comfortable_in | ({person.first_language} if person.first_language else set())


def easy_language(mentor: Candidate, mentee: Candidate) -> str | None:
    """A language in which both are at ease, their common first language if they have one."""
    shared = ease(mentor) & ease(mentee)
    if mentor.first_language == mentee.first_language and mentor.first_language in shared:
        return mentor.first_language
    return min(shared, default=None)


def _units(learner: Candidate, teacher: Candidate) -> int:
    topics = covered(learner, teacher)
    return len(topics) + (bool(topics) and topics[0] == learner.wants[0][0])


def _all_units(learner: Candidate) -> int:
    """The first want counts double, so it is one more than the wants; 1 for none keeps the share at nothing."""
    return len(learner.wants) + 1
