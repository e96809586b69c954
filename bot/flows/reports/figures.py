"""Figures as they are frozen: JSON without words, already suppressed. None is "too few answers". Pure.

A share is ``{"n", "x"}`` with ``low``/``high`` (95 %) from ten answers on and ``dist`` (option, count), or
``{"n", "level"}`` when all agree or none does, and of what many did also when fewer than five did otherwise.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from bot.content import items
from bot.domain.statistics import Estimate, Quartiles, SkillChange, quartiles
from bot.domain.suppression import (
    COUNTS_BELOW,
    Hidden,
    Recommendation,
    Shown,
    describe,
    may_show,
    recommendation,
    release,
)
from storage.reports import Answer

Json = dict[str, Any]
YES = frozenset({1})
ROLES = ("mentor", "mentee")
PULSES = {"PUL2": "three_parts", "PUL3": "exchange"}


def shown(figure: Shown | Hidden) -> Json | None:
    """A share as JSON."""
    if isinstance(figure, Hidden):
        return None
    if figure.level is not None:
        return {"n": figure.n, "level": figure.level}
    drawn: Json = {"n": figure.n, "x": figure.favourable}
    if figure.interval is not None:
        drawn |= {"low": round(figure.interval.low, 4), "high": round(figure.interval.high, 4)}
    if figure.distribution is not None:
        drawn["dist"] = [list(pair) for pair in figure.distribution]
    return drawn


def share(yes: Sequence[bool]) -> Json | None:
    """How many of these are so."""
    return _without_distribution(shown(describe([int(one) for one in yes], good=YES, options=(0, 1))))


def share_of_acts(yes: Sequence[bool]) -> Json | None:
    """A share of what people, or pairs, did: where fewer than five did otherwise, only a level, and that among many."""
    n, so = len(yes), sum(yes)
    few = min(so, n - so)
    if few == 0 or may_show("share", few):
        return share(yes)
    return {"n": n, "level": "very_high" if so > few else "very_low"} if n >= COUNTS_BELOW else None


def known_share(x: int, n: int) -> Json | None:
    """A share of what the coordinator knows by name anyway: hidden only for groups that are too small."""
    return {"n": n, "x": x} if may_show("share", n) else None


def spread(values: Sequence[float]) -> Json | None:
    """The median, with quartiles from ten values on; hidden when few, or when all are the same."""
    if not may_show("share", len(values)) or len(set(values)) == 1:
        return None
    found: Quartiles = quartiles(values)
    drawn: Json = {"n": found.n, "median": found.median}
    return drawn | ({"low": found.low, "high": found.high} if may_show("distribution", found.n) else {})


def item_figures(answers: Iterable[Answer], wave: str) -> Json:
    """Each closed item of a wave: its total, and by role where that gives nobody away."""
    return {
        code: _item(code, by_role)
        for code, by_role in _values(answers, wave).items()
        if code in items() and items()[code].scale in ("agree5", "yesno")
    }


def _item(code: str, by_role: Mapping[str, Sequence[int]]) -> Json:
    yesno = items()[code].scale == "yesno"
    good: Collection[int] = YES if yesno else _good(code)
    found = release(by_role, good=good, options=(0, 1) if yesno else range(1, 6))
    roles = {role: drawn for role, figure in found.by_role.items() if (drawn := shown(figure)) is not None}
    return {"total": shown(found.total), "roles": roles if len(roles) == len(ROLES) else {}}


def _good(code: str) -> Collection[int]:
    return (1, 2) if items()[code].reverse else (4, 5)


def recommending(answers: Iterable[Answer], wave: str) -> Json | None:
    """The item that asks whether people would recommend the programme, as the number of answers allows."""
    values = [value for given in _values(answers, wave).get("REC", {}).values() for value in given]
    found: Recommendation | Hidden = recommendation(values)
    if isinstance(found, Hidden):
        return None
    drawn: Json = {"share": shown(found.recommending)}
    if found.groups is not None:
        drawn["groups"] = list(found.groups)
    if found.score is not None:
        drawn["score"] = estimate(found.score)
    return drawn


def weeks(answers: Iterable[Answer], wave: str) -> Json | None:
    """Weeks until a new tool was used alone."""
    return spread([value for given in _values(answers, wave).get("DIG1", {}).values() for value in given])


def pulses(answers: Iterable[Answer]) -> Json:
    """The taps after sessions: shares of answers, hidden while fewer than five people gave them."""
    found: Json = {}
    given = [one for one in answers if one.wave.startswith("session:") and one.value is not None]
    for item, name in PULSES.items():
        mine = [one for one in given if one.item == item]
        people = {one.respondent for one in mine}
        found[name] = share([one.value == 1 for one in mine]) if may_show("share", len(people)) else None
        if found[name] is not None:
            found[name]["people"] = len(people)
    return found


def change(found: SkillChange | Hidden) -> Json | None:
    """A change in skills as JSON."""
    if isinstance(found, Hidden):
        return None
    drawn: Json = {"raw": estimate(found.raw)}
    return drawn | ({"g": estimate(found.g_av)} if found.g_av is not None else {})


def estimate(found: Estimate) -> Json:
    """A figure with its interval."""
    drawn: Json = {"value": round(found.value, 3), "n": found.n}
    if found.interval is not None:
        drawn |= {"low": round(found.interval.low, 3), "high": round(found.interval.high, 3)}
    return drawn


def _values(answers: Iterable[Answer], wave: str) -> dict[str, dict[str, list[int]]]:
    """Item → role → values, without those who preferred not to answer."""
    found: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for one in answers:
        if one.wave == wave and one.value is not None:
            found[one.item][one.role].append(one.value)
    return found


def _without_distribution(figure: Json | None) -> Json | None:
    if figure is not None:
        figure.pop("dist", None)
    return figure
