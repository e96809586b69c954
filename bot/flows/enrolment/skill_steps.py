"""The steps about skills: what a person offers, what they want, and where they stand in each. Pure."""

from collections.abc import Collection

from bot.content import scale, skills
from bot.flows.engine import Place, Step
from bot.flows.enrolment.facts import role_of, unless_part
from bot.ui.cards import Paragraph
from bot.ui.forms import ChoiceField, Field, Form, ManyField, Option
from bot.ui.words import T

MOST_OFFERS, MOST_WANTS = 6, 4
LEAST_OFFERED_LEVEL = 1


def offered(place: Place) -> list[str]:
    """The codes of the skills offered, in the catalogue's order."""
    return _known(place, "offers")


def wanted(place: Place) -> list[str]:
    """The codes of the skills wanted, the one that counts double first."""
    codes = _known(place, "wants")
    return sorted(codes, key=lambda code: code != place.one("first"))


def _known(place: Place, name: str) -> list[str]:
    chosen = place.many(name)
    return [code for code in skills() if code in chosen]


def _options(digital_first: bool, without: Collection[str] = ()) -> tuple[Option, ...]:
    known = (skill for skill in skills().values() if skill.code not in without)
    ordered = sorted(known, key=lambda skill: skill.digital != digital_first)
    return tuple(Option(skill.code, skill.statement, group=skill.area) for skill in ordered)


def _level(name: str, code: str, least: int) -> ChoiceField:
    levels = tuple(Option(str(value), words) for value, words in scale("skill5") if value >= least)
    return ChoiceField(name, T("enrolment.level", skill=skills()[code].statement), levels, menu=True)


def _offers(place: Place) -> Form:
    role = role_of(place) or "mentee"
    field = ManyField(
        "offers",
        T("enrolment.offers", n=MOST_OFFERS),
        _options(digital_first=role != "mentee"),
        menu=True,
        most=MOST_OFFERS,
    )
    intro = (Paragraph(T(f"enrolment.offers.intro_{role}")),)
    return Form(T("enrolment.offers.title"), (field,), T("enrolment.continue"), intro)


def _wants(place: Place) -> Form:
    role = role_of(place) or "mentee"
    levels: tuple[Field, ...] = tuple(_level(f"offer_{code}", code, LEAST_OFFERED_LEVEL) for code in offered(place))
    wants = ManyField(
        "wants",
        T(f"enrolment.wants_{role}"),
        _options(digital_first=role != "mentor", without=offered(place)),
        hint=T("enrolment.wants.hint", n=MOST_WANTS),
        menu=True,
        most=MOST_WANTS,
    )
    intro = (Paragraph(T("enrolment.wants.intro")),)
    return Form(T("enrolment.wants.title"), (*levels, wants), T("enrolment.continue"), intro)


def _levels(place: Place) -> Form:
    codes = _known(place, "wants")
    first: tuple[Field, ...] = ()
    if len(codes) > 1:
        choices = tuple(Option(code, skills()[code].statement) for code in codes)
        first = (ChoiceField("first", T("enrolment.first"), choices, hint=T("enrolment.first.hint")),)
    return Form(
        T("enrolment.levels.title"),
        (*first, *(_level(f"want_{code}", code, 0) for code in codes)),
        T("enrolment.continue"),
        (Paragraph(T("enrolment.levels.intro")),),
    )


OFFERS = Step("offers", _offers, lambda _place: "wants")
WANTS = Step("wants", _wants, lambda _place: "levels")
LEVELS = Step("levels", _levels, unless_part("skills", "week"))
