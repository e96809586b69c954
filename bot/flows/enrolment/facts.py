"""What the enrolment forms need to know of a round and a person, and answers given earlier, as plain values. Pure."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from bot.domain.programme import CAREER_STAGES, PEER, RoundRules, hours_per_person, suggested_role
from bot.flows.engine import Place
from bot.flows.programme.answers import tool_in
from bot.flows.turns import Outdated, Refused
from bot.ui.cards import card
from bot.ui.forms import Value
from bot.ui.words import T
from storage.couples import GROUP, ROUND_IS_ON
from storage.enrolments import ENROLLED, TAKING_PART, Participation
from storage.tables import Enrolment, Person, Round

LANGUAGES = ("it", "en", "de", "fr", "es")
FORMATS = ("blended", "in_person", "remote")
SHADOWING = "shadowing"
MAX_CAPACITY = 2
LONGEST_PLACE, MOST_PLACES = 75, 100


def too_late(round: str) -> Outdated:
    """To be raised: enrolment in the round of that name has ended."""
    said = T("enrolment.too_late", round=round)
    return Outdated(said, card(said))


def not_ones_own(mine: Participation) -> None:
    """Whoever coordinates a round does not take part in it. Raises ``Refused`` for a round that is the person's own."""
    if mine.coordinating:
        raise Refused(T("enrolment.you_coordinate", round=mine.round.name))


def open_until(mine: Participation) -> datetime | None:
    """Until when the person may enrol: with all others, or later where a coordinator added them."""
    return mine.enrolment.late_until if mine.late else mine.round.enrolment_ends_at


def is_open(mine: Participation, now: datetime) -> bool:
    """Whether the person may still enrol in the round, or change all of their answers while everybody enrols."""
    ends = open_until(mine)
    if not mine.late:
        return ends is None or now < ends
    added = mine.round.state in ROUND_IS_ON and ends is not None and now < ends
    return added and mine.enrolment.state not in TAKING_PART


def role_for(round: Round, person: Person) -> str:
    """The role suggested to the person, or the one that all have; empty when the roster knows no career stage."""
    if round.format == PEER:
        return PEER
    return suggested_role(person.career_stage) if person.career_stage in CAREER_STAGES else ""


def state_of(round: Round, enrolment: Enrolment) -> str:
    """Where the person stands, as they read it."""
    if enrolment.held_back:
        return "held_back"
    if enrolment.state in ENROLLED and round.state in ROUND_IS_ON:
        return "awaiting"
    return "grouped" if enrolment.state == "paired" and round.format == GROUP else enrolment.state


def notice_of(round: Round) -> str:
    """The version of the privacy notice that the round was opened with."""
    return round.checklist.get("notice", "") or "1"


def facts(round: Round, rules: RoundRules, person: Person, places: Sequence[str]) -> dict[str, Any]:
    """The context of the conversation: JSON values, nothing confidential."""
    known = [language for language in person.languages if language not in LANGUAGES]
    short = [place for place in places if len(place) <= LONGEST_PLACE]
    return {
        "round_id": round.pk,
        "round": round.name,
        "suggested": role_for(round, person),
        "listed": person.other_programme,
        "notice": notice_of(round),
        "format": round.format,
        "hours": hours_per_person(rules),
        "weeks": rules.duration_weeks,
        "sessions": rules.sessions_planned,
        "minutes": rules.session_minutes,
        "kickoff": rules.kickoff_minutes,
        "mentor_months": rules.mentor_months,
        "aims": list(round.objectives),
        "tool": tool_in(round.checklist),
        "capacity": 1 if round.format in ("group", PEER) else min(rules.max_pairings_mentor, MAX_CAPACITY),
        "group": [rules.group_least, rules.group_most] if round.format == "group" else [],
        "languages": [*LANGUAGES, *known],
        "places": sorted(short, key=lambda place: (place != person.site, place))[:MOST_PLACES],
    }


def role_of(place: Place) -> str:
    """The role as answered; among peers it is not asked."""
    return PEER if place.context["format"] == PEER else place.one("role")


def unless_part(part: str, then: str) -> Callable[[Place], str]:
    """The step ``then``, or the last one for somebody who changes only that part of their answers."""
    return lambda place: "confirm" if place.one("part") == part else then


def first_answers(round: Round, person: Person, avoided: list[str]) -> dict[str, Value]:
    """What is known of somebody who enrols for the first time."""
    return {
        "role": role_for(round, person) or None,
        "other": _programme(person.other_programme),
        "languages": list(person.languages),
        "formats": [],
        "place": person.site or None,
        "capacity": "1",
        "avoid": list(avoided),
        "avoid_shown": list(avoided),
    }


def earlier_answers(
    round: Round, enrolment: Enrolment, person: Person, avoided: list[str], needs: str
) -> dict[str, Value]:
    """What somebody answered before, to be looked at and changed. ``needs`` is the opened text."""
    if enrolment.enrolled_at is None:
        return first_answers(round, person, avoided)
    wants = [(str(code), str(level)) for code, level in enrolment.wants]
    return {
        **first_answers(round, person, avoided),
        "role": enrolment.role,
        "other": _programme(enrolment.other_programme or person.other_programme),
        "offers": list(enrolment.offers),
        **{f"offer_{code}": str(level) for code, level in enrolment.offers.items()},
        "wants": [code for code, _ in wants],
        **{f"want_{code}": level for code, level in wants},
        "first": wants[0][0] if wants else None,
        "languages": list(enrolment.languages),
        "slots": list(enrolment.slots),
        "formats": list(enrolment.formats),
        "place": enrolment.place or None,
        "capacity": str(enrolment.capacity),
        "needs": needs or None,
    }


def _programme(name: str) -> str:
    return "none" if not name else SHADOWING if name == SHADOWING else "other"
