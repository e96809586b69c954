"""Why two people would go well together, in words for whoever reads: the coordinator or one of the two. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Literal

from bot import content
from bot.ui.words import Content, Listing, T, Text

View = Literal["coordinator", "mentor", "mentee"]
NAMED = 3
LANGUAGES = ("it", "en", "de", "fr", "es")
FORMATS = ("in_person", "remote", "blended")


def because(
    reasons: Sequence[Mapping[str, object]], view: View, mentor: str, mentee: str, most: int = 8
) -> tuple[Text, ...]:
    """The reasons as parts of a sentence that follows "because", the weightiest first, at most ``most`` of them."""
    given = {str(reason["code"]): _params(reason) for reason in reasons if reason["code"] != "objective"}
    objectives = [_params(reason) for reason in reasons if reason["code"] == "objective"]
    said = [_clause(code, params, view, mentor, mentee) for code, params in _joined(given)]
    wants = sum(code.endswith("wants_covered") for code in given)
    said[wants:wants] = [_objective(str(params.get("code"))) for params in objectives]
    return tuple(text for text in said if text is not None)[:most]


def skill_names(codes: Iterable[object], most: int = NAMED) -> Text:
    """The names of up to ``most`` skills, each in quotation marks, joined as the reader's language does."""
    known = content.skills()
    names = (known[str(code)].statement for code in list(codes)[:most] if str(code) in known)
    return Listing(tuple(T("matching.skill", name=name) for name in names))


def format_name(code: str) -> Text:
    """A way of meeting, in words."""
    return T(f"matching.format_{code}") if code in FORMATS else code


def format_names(codes: Collection[str]) -> Text:
    """Several ways of meeting, in words: the mixture comes last, and short, where it is one of several."""
    names = [T(f"matching.format_{code}") for code in ("in_person", "remote") if code in codes]
    mixed = T("matching.format_or_both" if names else "matching.format_blended")
    return Listing((*names, *((mixed,) if "blended" in codes else ())), "or")


def language_name(code: str) -> Text:
    """A language, in words."""
    return T(f"matching.language_{code}") if code in LANGUAGES else code


def _params(reason: Mapping[str, object]) -> Mapping[str, object]:
    params = reason.get("params")
    return params if isinstance(params, Mapping) else {}


def _joined(given: Mapping[str, Mapping[str, object]]) -> Iterable[tuple[str, Mapping[str, object]]]:
    """Another function and another site are one reason in words."""
    both = {"different_department", "different_site"} <= given.keys()
    for code, params in given.items():
        if not (both and code == "different_site"):
            yield ("different_both" if both and code == "different_department" else code), params


def _clause(code: str, params: Mapping[str, object], view: View, mentor: str, mentee: str) -> Text | None:
    you = "them" if view == "coordinator" else "you"
    match code:
        case "wants_covered" | "mentor_wants_covered":
            skills = skill_names(_codes(params))
            return T(f"matching.because_{code}_{view}", skills=skills, mentor=mentor, mentee=mentee)
        case "different_department" | "different_site" | "different_both":
            return T(f"matching.because_{code}_{you}")
        case "shared_slots":
            return T(f"matching.because_shared_slots_{you}", n=int(str(params.get("count", 1))))
        case "same_format":
            return T(f"matching.because_same_format_{you}", format=format_name(str(params.get("format"))))
        case "same_language":
            return T(f"matching.because_same_language_{you}", language=language_name(str(params.get("code"))))
        case _:
            return None


def _codes(params: Mapping[str, object]) -> list[object]:
    codes = params.get("codes")
    return list(codes) if isinstance(codes, list | tuple) else []


def _objective(code: str) -> Text | None:
    found = content.objectives().get(code)
    name: Content | None = found.name if found else None
    return T("matching.because_objective", objective=name) if name else None
