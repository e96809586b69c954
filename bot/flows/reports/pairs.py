"""What the meetings of a round add up to. Pure: pairs and sessions in, suppressed totals out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from bot.domain.calendar import add_working_days, working_days_between
from bot.domain.programme import RoundRules, is_completed
from bot.domain.suppression import may_show
from bot.flows.reports.figures import Json, share_of_acts, spread
from storage.couples import rules_of
from storage.reports import Facts
from storage.rounds import meets_in
from storage.sites import site_of
from storage.tables import Pairing, Session

REGULAR = 0.75
LATE = timedelta(days=7)


@dataclass(frozen=True)
class Meetings:
    """The pairs of a round with their sessions, as things stand at ``now``."""

    facts: Facts
    now: datetime

    @cached_property
    def rules(self) -> RoundRules:
        return rules_of(self.facts.round)

    @cached_property
    def by_pair(self) -> Mapping[int, Sequence[Session]]:
        return {
            pairing.pk: [session for session in self.facts.sessions if meets_in(pairing, session)]
            for pairing in self.facts.pairings
        }

    def held(self, pairing: Pairing) -> list[Session]:
        return [session for session in self.by_pair[pairing.pk] if session.state == "held"]

    def days_to_first(self, pairing: Pairing) -> int | None:
        """Working days from the announcement to the first session held; None for a pair that never met."""
        moments = [session.held_at or session.starts_at for session in self.held(pairing)]
        met = [moment for moment in moments if moment is not None]
        if not met:
            return None
        site = site_of(self.facts.people[pairing.mentee_id], self.facts.organisation)
        return max(working_days_between(pairing.started_at, min(met), site), 0)

    def first_is_due(self, pairing: Pairing) -> bool:
        site = site_of(self.facts.people[pairing.mentee_id], self.facts.organisation)
        return add_working_days(pairing.started_at, self.rules.first_meeting_target_working_days, site) <= self.now

    def regularity(self, pairing: Pairing) -> float | None:
        """Sessions held no more than a week late, of those that were due; None when none was due."""
        due = [s for s in self.by_pair[pairing.pk] if s.state != "cancelled" and s.due_by and s.due_by <= self.now]
        kept = [s for s in due if s.state == "held" and s.due_by and (s.held_at or s.due_by) <= s.due_by + LATE]
        return len(kept) / len(due) if due else None

    def completed(self, pairing: Pairing) -> bool:
        """Enough of the planned sessions, and the closing conversation."""
        return is_completed(self.rules, [(session.number, session.topic) for session in self.held(pairing)])


def meeting_figures(facts: Facts, now: datetime) -> Json:
    """First meetings, regularity, completion, ended early, hours: of five pairs or more, None for what is hidden."""
    meetings, pairings = Meetings(facts, now), facts.pairings
    target = meetings.rules.first_meeting_target_working_days
    days = {pairing.pk: meetings.days_to_first(pairing) for pairing in pairings}
    due = [pairing for pairing in pairings if meetings.first_is_due(pairing) or days[pairing.pk] is not None]
    in_time = [(found := days[pairing.pk]) is not None and found <= target for pairing in due]
    regular = [kept for pairing in pairings if (kept := meetings.regularity(pairing)) is not None]
    return {
        "first_meeting": share_of_acts(in_time),
        "first_meeting_target": target,
        "first_meeting_days": spread([found for found in days.values() if found is not None]),
        "regularity": share_of_acts([kept >= REGULAR for kept in regular]),
        "completion": share_of_acts([meetings.completed(pairing) for pairing in pairings]),
        "ended_early": _ended_early(pairings),
        "hours": _hours(meetings),
    }


def _ended_early(pairings: Sequence[Pairing]) -> int | None:
    """How many pairs ended early, when neither they nor the others are fewer than five."""
    ended = sum(pairing.state == "ended_early" for pairing in pairings)
    return ended if may_show("share", min(ended, len(pairings) - ended)) else None


def _hours(meetings: Meetings) -> int | None:
    """Hours that people spent in sessions, to the nearest five; hidden under five pairs that met."""
    held = [meetings.held(pairing) for pairing in meetings.facts.pairings]
    if not may_show("share", sum(bool(sessions) for sessions in held)):
        return None
    minutes = sum(session.minutes for sessions in held for session in sessions)  # of each mentee
    mentors = {
        (pairing.mentor_id, session.pk): session.minutes
        for pairing in meetings.facts.pairings
        for session in meetings.held(pairing)
    }
    minutes += sum(mentors.values())
    return max(5 * round(minutes / 60 / 5), 5)
