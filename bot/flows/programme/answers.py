"""Between the wizard's answers and the values of a round. Pure.

What a preset decides is asked under the preset's own field names (``sprint_sessions``), so that the numbers of one
preset never spill over into the other, and every form opens with its preset's defaults.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal

from bot.content import LANGUAGES
from bot.domain.calendar import Site, add_working_days, is_closed, is_holiday, is_working_day, local_day
from bot.domain.programme import ALLOWED, CHECKLIST, SPRINT, STANDARD, RoundFacts, RoundRules, preset
from bot.flows.engine import Place
from bot.ui.forms import Value, Values
from bot.ui.words import T, Text

PRESETS: tuple[Literal["standard", "sprint"], ...] = ("standard", "sprint")
NUMBERS = ("cadence", "sessions", "minutes")
RULE_OF = {"cadence": "cadence_weeks", "sessions": "sessions_planned", "minutes": "session_minutes"}
GROUP_NUMBERS = ("group_least", "group_most")
MENTOR_MONTHS = "mentor_months"
SAME_FOR_ALL = (*GROUP_NUMBERS, MENTOR_MONTHS)
"""Numbers that no preset decides, by the rules' own names."""
FILTERS = ("departments", "sites", "stages")
SPONSOR_WORDS = {f"sponsor_words_{language}": language for language in LANGUAGES}
"""The fields of what the sponsor says, one a language."""
ASKED = tuple(code for code in CHECKLIST if code not in ("objectives", "sponsor", "rules"))
OF_ONE_ROUND = ("coordinator_independent", "exclusions")
EARLIER = "earlier"
TOOL = "tool"
LONGEST_WEEKS = int(ALLOWED["duration_weeks"][1])
SHORTEST_WEEKS = int(ALLOWED["duration_weeks"][0])
LATEST_END = timedelta(weeks=26)
LONGEST_LABEL = 75


def chosen_preset(place: Place) -> Literal["standard", "sprint"]:
    """The preset of the answers; Standard until something else was chosen."""
    return "sprint" if place.one("preset") == "sprint" else "standard"


def number(place: Place, name: str) -> int:
    """One of ``NUMBERS`` as answered, or the preset's own; 0 for what is no number."""
    chosen = chosen_preset(place)
    typed = place.one(f"{chosen}_{name}")
    if not typed:
        return int(getattr(preset(chosen), RULE_OF[name]))
    return int(typed) if typed.isdecimal() else 0


def weeks_of(place: Place) -> int:
    """How many weeks the sessions take at their rhythm: the length of the round."""
    return max(number(place, "sessions") * number(place, "cadence"), SHORTEST_WEEKS)


def rules_from(place: Place) -> RoundRules:
    """The preset's rules with what the coordinator chose."""
    return replace(
        preset(chosen_preset(place)),
        cadence_weeks=number(place, "cadence"),
        sessions_planned=number(place, "sessions"),
        session_minutes=number(place, "minutes"),
        duration_weeks=weeks_of(place),
        **{name: rule(place, name) for name in SAME_FOR_ALL},
    )


def rule(place: Place, name: str) -> int:
    """One of ``SAME_FOR_ALL`` as answered, or the product's own; 0 for what is no number."""
    typed = place.one(name) or str(getattr(STANDARD, name))
    return int(typed) if typed.isdecimal() else 0


def ends_on(place: Place) -> date | None:
    """The day that was chosen for the end of enrolment, if it is one."""
    return day_from(place.one(f"{chosen_preset(place)}_ends"))


def day_from(text: str) -> date | None:
    """The day that a date field holds, if it is one."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def first_answers(now: datetime, site: Site) -> Values:
    """What the forms of a new round open with."""
    answers: dict[str, Value] = {"preset": "standard", "format": "blended", "whom": "everybody", "takes_part": "yes"}
    for name in PRESETS:
        rules = preset(name)
        answers |= {f"{name}_{asked}": str(getattr(rules, RULE_OF[asked])) for asked in NUMBERS}
        ends = add_working_days(local_day(now, site.zone), rules.enrolment_working_days, site)
        answers[f"{name}_ends"] = ends.isoformat()
    return answers | {name: str(getattr(STANDARD, name)) for name in SAME_FOR_ALL}


def answers_before(name: str, checklist: Mapping[str, str]) -> dict[str, Value]:
    """What an earlier round's checklist said of the company, to be looked at again; ``EARLIER`` is that round's name.

    Who reports to the coordinator and who is not to be matched depends on whom a round invites.
    """
    kept = {f"check_{code}": checklist[code] for code in ASKED if code in checklist and code not in OF_ONE_ROUND}
    return {EARLIER: name, **kept}


def answers_of(
    *,
    name: str,
    format: str,
    objectives: Sequence[str],
    rules: Mapping[str, object],
    invited: Mapping[str, Sequence[str]],
    checklist: Mapping[str, str],
    sponsor: str,
    sponsor_says: Mapping[str, str],
    ends: date | None,
) -> dict[str, Value]:
    """What was answered to make this round; ``sponsor`` is an account, ``ends`` the last day of enrolment."""
    chosen = "sprint" if rules.get("kickoff_minutes") == SPRINT.kickoff_minutes else "standard"
    answers: dict[str, Value] = {
        "name": name,
        "format": format,
        "preset": chosen,
        "objectives": list(objectives),
        "sponsor": sponsor or None,
        **{name: sponsor_says.get(language) for name, language in SPONSOR_WORDS.items()},
        "takes_part": "no" if invited.get("without") else "yes",
        "whom": "some" if any(invited.get(kind) for kind in FILTERS) else "everybody",
        **{kind: [short(text) for text in invited.get(kind, ())] for kind in FILTERS},
        **{f"{chosen}_{asked}": str(rules.get(RULE_OF[asked], "")) for asked in NUMBERS},
        **{asked: str(rules.get(asked, "")) for asked in SAME_FOR_ALL},
        **{f"check_{code}": text for code, text in checklist.items() if code in ASKED},
        TOOL: checklist.get(TOOL),
    }
    if ends is not None:
        answers[f"{chosen}_ends"] = ends.isoformat()
    return answers


def short(text: str) -> str:
    """A department's or a site's name as it fits on an option."""
    return text if len(text) <= LONGEST_LABEL else text[: LONGEST_LABEL - 1].rstrip() + "…"


def invited_from(place: Place, sponsor_id: int | None) -> dict[str, list[str]]:
    """``Round.invited``: the filters, and whether the sponsor is in or out whatever the filters say."""
    invited: dict[str, list[str]] = {}
    if place.one("whom") == "some":
        for kind in FILTERS:
            chosen = set(place.many(kind))
            names = [str(name) for name in place.context.get(kind, ()) if short(str(name)) in chosen]
            if names:
                invited[kind] = names
    if sponsor_id is not None:
        invited["with" if place.one("takes_part") != "no" else "without"] = [str(sponsor_id)]
    return invited


def checklist_from(place: Place) -> dict[str, str]:
    """What was written or chosen for the opening checklist, by code; what is still open is left out."""
    given = {code: place.one(f"check_{code}").strip() for code in ASKED}
    return {code: text for code, text in given.items() if text}


def tool_from(place: Place) -> dict[str, str]:
    """What people meet with, kept beside the checklist; nothing where that is left to them."""
    return {TOOL: tool} if (tool := place.one(TOOL).strip()) else {}


def tool_in(checklist: Mapping[str, str]) -> str:
    """What the people of a round meet with; empty where that is left to them."""
    return checklist.get(TOOL, "")


def columns_from(place: Place, sponsor_id: int | None) -> dict[str, Any]:
    """The answers as values of a ``Round``, without its end of enrolment."""
    return {
        "name": " ".join(place.one("name").split()),
        "format": place.one("format"),
        "objectives": place.many("objectives"),
        "rules": asdict(rules_from(place)),
        "invited": invited_from(place, sponsor_id),
        "checklist": checklist_from(place) | tool_from(place),
        "sponsor_id": sponsor_id,
        "sponsor_says": {lang: words for name, lang in SPONSOR_WORDS.items() if (words := place.one(name).strip())},
    }


def facts_from(
    *,
    name: str,
    format: str,
    objectives: Sequence[str],
    rules: Mapping[str, object],
    checklist: Mapping[str, str],
    sponsor: int | None,
    invited: int,
) -> RoundFacts:
    """What ``missing`` asks about."""
    return RoundFacts(
        name=name,
        format=format,
        objectives=tuple(objectives),
        sponsor=str(sponsor or ""),
        rules=rules_in(rules),
        invited=invited,
        confirmed=checklist,
    )


def rules_in(kept: Mapping[str, object]) -> RoundRules:
    """The rules of a draft's ``Round.rules``; what is missing there is 0, which ``check_rules`` refuses."""
    return RoundRules(**{field: kept.get(field, 0) for field in asdict(STANDARD)})  # type: ignore[arg-type]  # JSON


def site_from(place: Place) -> Site:
    """The coordinator's calendar, by the facts that the conversation began with."""
    return Site.from_json(place.zone, place.context)


def end_problem(day: date | None, today: date, site: Site) -> Text | None:
    """Why enrolment cannot end on that day, in words; None when it can."""
    if day is None:
        return T("form.date")
    if day <= today:
        return T("programme.end_past", day=today)
    if is_closed(day, site):
        return T("programme.end_closed", day=day, better=_next(day, site))
    if is_holiday(day, site):
        return T("programme.end_holiday", day=day, better=_next(day, site))
    if not is_working_day(day, site):
        return T("programme.end_weekend", day=day, better=_next(day, site))
    return T("programme.end_far", day=today + LATEST_END) if day > today + LATEST_END else None


def _next(day: date, site: Site) -> date:
    return add_working_days(day, 1, site)
