"""The last step of enrolment: everything at a glance, and the commitment. Pure."""

from bot.content import skills
from bot.domain.programme import PEER, concerns
from bot.domain.slots import WINDOW_HOURS
from bot.flows.engine import Errors, Place, Step
from bot.flows.enrolment.facts import role_of
from bot.flows.enrolment.meeting_steps import formats
from bot.flows.enrolment.skill_steps import offered, wanted
from bot.flows.matching.reasons import format_names, language_name
from bot.ui.cards import Block, Bullets, Facts, Note, Paragraph
from bot.ui.forms import Form, ManyField, Option
from bot.ui.words import Listing, T, Text

PROMISES = {"mentor": ("time", "myself"), "mentee": ("time", "booking", "myself"), PEER: ("time", "turns", "myself")}
TENURE = "tenure"


def _promises(place: Place) -> tuple[str, ...]:
    """What the person agrees to, line by line. Who mentors says too that they are no newcomer: no date is asked for."""
    role = role_of(place)
    tenure = (TENURE,) if place.context["mentor_months"] and concerns("mentor", role) else ()
    return (*tenure, *PROMISES.get(role, PROMISES["mentee"]))


def _summary(place: Place) -> tuple[Block, ...]:
    role = role_of(place) or "mentee"
    windows = len(place.many("slots"))
    return (
        Facts(
            (
                (T("enrolment.summary.role"), T(f"enrolment.role.{role}")),
                (T("enrolment.languages"), Listing(tuple(language_name(code) for code in place.many("languages")))),
                (T("enrolment.summary.week"), T("enrolment.summary.windows", n=windows, hours=windows * WINDOW_HOURS)),
                (T("enrolment.summary.format"), format_names(formats(place))),
                (
                    T("enrolment.summary.time"),
                    T("enrolment.summary.hours", hours=place.context["hours"], weeks=place.context["weeks"]),
                ),
            )
        ),
        Paragraph(T("enrolment.summary.offers")),
        Bullets(tuple(skills()[code].statement for code in offered(place))),
        Paragraph(T("enrolment.summary.wants")),
        Bullets(_wants(place)),
        Note(T("enrolment.summary.next")),
    )


def _wants(place: Place) -> tuple[Text, ...]:
    codes = wanted(place)
    statements: list[Text] = [skills()[code].statement for code in codes]
    if len(codes) > 1:
        statements[0] = T("enrolment.summary.first", skill=statements[0])
    return tuple(statements)


def _confirm(place: Place) -> Form:
    months = int(place.context["mentor_months"])
    promises = tuple(Option(code, T(f"enrolment.promise.{code}", n=months)) for code in _promises(place))
    return Form(
        T("enrolment.confirm.title"),
        (ManyField("promises", T("enrolment.promises"), promises),),
        T("enrolment.confirm.submit"),
        _summary(place),
    )


def _check(place: Place) -> Errors:
    missing = set(_promises(place)) - set(place.many("promises"))
    if missing == {TENURE}:
        return {"promises": T("enrolment.promises.newcomer", n=int(place.context["mentor_months"]))}
    return {"promises": T("enrolment.promises.all")} if missing else {}


CONFIRM = Step("confirm", _confirm, lambda _place: None, _check)
