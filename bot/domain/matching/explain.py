"""Why these two: reasons as codes and values, to be worded where they are read."""

from collections.abc import Iterator

from bot.domain.matching.model import Candidate, Reason, Settings
from bot.domain.matching.score import covered, differs, easy_language, served_objectives, shared_preference
from bot.domain.matching.week import shared_slots


def pair_reasons(mentor: Candidate, mentee: Candidate, settings: Settings) -> tuple[Reason, ...]:
    """Everything that speaks for the pair, in the order of the criteria."""
    return tuple(_pair_reasons(mentor, mentee, settings))


def _pair_reasons(mentor: Candidate, mentee: Candidate, settings: Settings) -> Iterator[Reason]:
    if codes := covered(mentee, mentor):
        yield Reason("wants_covered", {"codes": codes})
    if codes := covered(mentor, mentee):
        yield Reason("mentor_wants_covered", {"codes": codes})
    for objective in served_objectives(mentor, mentee, settings):
        yield Reason("objective", {"code": objective.code})
    if differs(mentor.department, mentee.department):
        yield Reason("different_department", {"mentor": mentor.department, "mentee": mentee.department})
    if differs(mentor.site, mentee.site):
        yield Reason("different_site", {"mentor": mentor.site, "mentee": mentee.site})
    if count := shared_slots(mentor.hours, mentee.hours):
        yield Reason("shared_slots", {"count": count})
    if choice := shared_preference(mentor, mentee, settings):
        yield Reason("same_format", {"format": choice})
    if language := easy_language(mentor, mentee):
        yield Reason("same_language", {"code": language})
