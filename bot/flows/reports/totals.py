"""The totals of one wave, computed once. Pure: everything of a round in, suppressed JSON without words out."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from statistics import fmean

from bot.domain.suppression import may_show, skills
from bot.domain.survey import Moment, skill_of
from bot.flows.reports.figures import (
    Json,
    change,
    item_figures,
    known_share,
    pulses,
    recommending,
    share_of_acts,
    weeks,
)
from bot.flows.reports.pairs import meeting_figures
from storage.reports import Answer, Facts
from storage.surveys import AFTERWARDS, ANSWERED

Levels = Mapping[str, Mapping[str, int]]


def totals(facts: Facts, wave: str, now: datetime) -> Json:
    """What is released of a wave: ``mid`` the survey and who takes part, ``close`` everything, ``followup`` the survey.

    What a pair did is released once, at the end: two looks at a growing total would give the newcomer away.
    """
    asked = [key for key in facts.keys if wave in key.waves]
    answered = sum(key.waves[wave] == ANSWERED for key in asked)
    started = facts.round.opened_at or facts.round.created_at
    found: Json = {
        "objectives": list(facts.round.objectives),
        "from": started.isoformat(),
        "to": now.isoformat(),
        "asked": len(asked) if may_show("share", len(asked)) else None,
        "answered": answered if may_show("share", answered) else None,
        "items": item_figures(facts.answers, wave),
    }
    if wave != AFTERWARDS:
        found["taking_part"] = _taking_part(facts)
    if wave == "close":
        found |= {
            "meetings": meeting_figures(facts, now) | pulses(facts.answers),
            "base": item_figures(facts.answers, "base"),
            "recommendation": recommending(facts.answers, wave),
            "weeks": weeks(facts.answers, wave),
            "skills": _skills(facts),
        }
    return found


def _taking_part(facts: Facts) -> Json:
    enrolled = [one for one in facts.enrolments if one.enrolled_at is not None]
    paired = {id for one in facts.pairings for id in (one.mentor_enrolment_id, one.mentee_enrolment_id)}
    matched = [one for one in facts.enrolments if one.pk in paired]
    return {
        "participation": known_share(len(enrolled), len(facts.enrolments)),
        "preparation": known_share(sum(one.prepared_at is not None for one in matched), len(matched)),
        "matching": known_share(sum(one.pk in paired for one in enrolled), len(enrolled)),
        "first_proposal": share_of_acts(_first_proposals(facts)),
    }


def _first_proposals(facts: Facts) -> list[bool]:
    """Whether each mentee's first proposal was accepted, among those that were answered."""
    first: dict[int, str] = {}
    for proposal in sorted(facts.proposals, key=lambda one: one.pk):
        if proposal.asked_at is not None:
            first.setdefault(proposal.mentee_enrolment_id, proposal.state)
    return [state == "accepted" for state in first.values() if state in ("accepted", "declined")]


# ── Skills: before (at enrolment), today, and before as people see it now ────────────────────────────────────────────


def _skills(facts: Facts) -> Json:
    before, today = _at_enrolment(facts), _rated(facts.answers, "now")
    back = _rated(facts.answers, "then")
    return {
        kind: {
            "since_enrolment": _change(before, today, digital),
            "thinking_back": _change(back, today, digital),
        }
        for kind, digital in (("digital", True), ("soft", False))
    }


def _at_enrolment(facts: Facts) -> Levels:
    """Respondent → competence → level; the only place where a key and a profile meet, before the keys are destroyed."""
    wants = {one.person_id: {str(code): int(str(level)) for code, level in one.wants} for one in facts.enrolments}
    return {key.respondent: wants.get(key.person_id, {}) for key in facts.keys}


def _rated(answers: Iterable[Answer], moment: Moment) -> Levels:
    """Respondent → competence → level, of the self-assessments at the end."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for one in answers:
        named = skill_of(one.item) if one.wave == "close" else None
        if named is not None and named[1] == moment and one.value is not None:
            found[one.respondent][named[0]] = one.value
    return found


def _change(before: Levels, after: Levels, digital: bool) -> Json | None:
    """One value a person: the mean over the competences that they chose and rated both times."""
    pairs = [
        (fmean(before[who][code] for code in codes), fmean(after[who][code] for code in codes))
        for who in sorted(after)
        if (codes := _both(before.get(who, {}), after[who], digital))
    ]
    return change(skills([pre for pre, _ in pairs], [post for _, post in pairs]))


def _both(before: Mapping[str, int], after: Mapping[str, int], digital: bool) -> Sequence[str]:
    return [code for code in after if code in before and code[0].isdigit() == digital]
