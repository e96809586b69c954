"""Frozen figures as words. Pure: JSON in, texts out."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.domain.suppression import COUNTS_BELOW
from bot.ui.words import Joined, T, Text

Json = Mapping[str, Any]

CONSTRUCTS: Mapping[str, tuple[str, ...]] = {
    "satisfaction": ("SAT1", "SAT3", "SAT4"),
    "usefulness": ("USE1", "USE2", "USE3", "USE4", "USE5"),
    "relationship": ("REL1", "REL2", "REL3", "REL5", "REL7", "REL8"),
    "safety": ("SAFE1", "SUP2"),
    "work": ("ENG1", "ENG2", "ENG3", "INN1", "INN2", "DIG2"),
    "afterwards": ("FU1", "FU2"),
}
PULSES = ("three_parts", "exchange")

# What tells about an objective: items of the survey, or ``skills.<kind>``, ``weeks``, ``recommendation``.
INDICATORS: Mapping[str, tuple[str, ...]] = {
    "digital_gap": ("skills.digital", "weeks"),
    "technology_adoption": ("weeks", "DIG2", "USE3"),
    "intergenerational_management": ("USE5", "REL8", "REL2", "REL7"),
    "soft_skills_young_talent": ("skills.soft", "USE4"),
    "talent_management": ("skills.soft", "SAT4"),
    "leadership_development": ("skills.soft", "SAT4"),
    "retention": ("ENG3",),
    "engagement": ("ENG1", "ENG2", "ENG3"),
    "diversity_inclusion": ("USE5", "REL8", "ENG2"),
    "inclusion_age_management": ("USE5", "REL8", "ENG2"),
    "know_how_diffusion": ("USE2",),
    "lifelong_learning": ("USE2",),
    "innovation": ("INN1", "INN2"),
    "employer_branding": ("recommendation",),
}


def percent(share: float) -> int:
    return round(100 * share)


def share(figure: Json | None) -> Text:
    """ "8 of 10", from twenty answers on a percentage; with its interval where there is one."""
    if figure is None:
        return T("reports.hidden")
    if "level" in figure:
        return T(f"reports.{figure['level']}", n=figure["n"])
    between = {"low": percent(figure["low"]), "high": percent(figure["high"])} if "low" in figure else {}
    n, x = figure["n"], figure["x"]
    kind = "count" if n < COUNTS_BELOW else "percent"
    return T(f"reports.{kind}_between" if between else f"reports.{kind}", x=x, n=n, share=percent(x / n), **between)


def item(figure: Json | None) -> Text:
    """An item's total, and each role beside it where both may be shown."""
    if figure is None:
        return T("reports.hidden")
    roles = figure["roles"]
    if not roles:
        return share(figure["total"])
    sides = {role: share(_bare(roles[role])) for role in ("mentor", "mentee")}
    return T("reports.by_role", total=share(figure["total"]), **sides)


def _bare(figure: Json) -> Json:
    return {name: value for name, value in figure.items() if name not in ("low", "high")}


def too_few(totals: Json) -> bool:
    """Whether no item of the survey had answers enough for a total to be shown."""
    return all(figure is None or figure["total"] is None for figure in totals["items"].values())


def line(label: Text, figure: Text) -> T:
    """One figure with its name."""
    return T("reports.line", label=label, figure=figure)


def item_lines(totals: Json) -> Iterable[tuple[str, list[T]]]:
    """The items that were asked, by construct; those that were asked before too, with both."""
    before: Json = totals.get("base", {})
    for construct, codes in CONSTRUCTS.items():
        lines = [_item_line(code, totals["items"], before) for code in codes if code in totals["items"]]
        if lines:
            yield construct, lines


def _item_line(code: str, items: Json, before: Json) -> T:
    label = T(f"reports.item.{code}")
    if code not in before:
        return line(label, item(items[code]))
    then = share(before[code]["total"])
    return T("reports.line_before", label=label, figure=item(items[code]), before=then)


def spread(figure: Json | None, unit: str) -> Text:
    """A median with its quartiles, in ``days`` or ``weeks``."""
    if figure is None:
        return T("reports.hidden")
    quartiles = {"low": figure["low"], "high": figure["high"]} if "low" in figure else {}
    key = f"reports.median_{unit}" + ("_between" if quartiles else "")
    return T(key, median=figure["median"], **quartiles)


def recommendation(found: Json | None) -> Text:
    """The share that would recommend, then three counts, then the score, as the number of answers allowed."""
    if found is None:
        return T("reports.hidden")
    lines: list[Text] = [T("reports.recommending", figure=share(found["share"]))]
    if "score" in found:
        score = {name: round(found["score"][name]) for name in ("value", "low", "high")}
        lines.append(T("reports.score", **score))
    elif "groups" in found:
        promoters, passives, detractors = found["groups"]
        lines.append(T("reports.groups", promoters=promoters, passives=passives, detractors=detractors))
    return lines[0] if len(lines) == 1 else Joined(tuple(lines))


def skill(found: Json | None) -> Text:
    """The raw change first, then the standardised one."""
    if found is None:
        return T("reports.hidden")
    raw = {name: round(found["raw"][name], 1) for name in ("value", "low", "high")}
    if "g" not in found:
        return T("reports.change", n=found["raw"]["n"], **raw)
    g = {f"g_{name}": round(found["g"][name], 1) for name in ("value", "low", "high")}
    return T("reports.change_g", n=found["raw"]["n"], **raw, **g)


def objective(code: str, totals: Json) -> Sequence[T]:
    """The figures that tell about an objective."""
    return [found for name in INDICATORS.get(code, ()) if (found := _indicator(name, totals)) is not None]


def _indicator(name: str, totals: Json) -> T | None:
    kind, _, part = name.partition(".")
    if kind == "skills" and "skills" in totals:
        return line(T(f"reports.skills.{part}"), skill(totals["skills"][part]["since_enrolment"]))
    if kind in ("weeks", "recommendation") and kind in totals:
        words = spread(totals["weeks"], "weeks") if kind == "weeks" else recommendation(totals["recommendation"])
        return line(T(f"reports.{kind}"), words)
    return _item_line(name, totals["items"], totals.get("base", {})) if name in totals["items"] else None
