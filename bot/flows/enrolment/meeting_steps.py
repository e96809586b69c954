"""The steps about meeting: languages, weekly windows, format, place, what helps, and whom not to meet. Pure."""

from bot.domain.slots import DAYS, HOURS, WINDOW_HOURS
from bot.flows.engine import Place, Step
from bot.flows.enrolment.facts import FORMATS, unless_part
from bot.flows.enrolment.facts import LANGUAGES as NAMED
from bot.ui.cards import Paragraph
from bot.ui.forms import ChoiceField, Field, Form, ManyField, Option, PersonField, TextField
from bot.ui.words import T, Text

LONGEST_NEED = 300
MOST_BESIDE_EACH_OTHER = 10


def formats(place: Place) -> list[str]:
    """How the person is willing to meet, the most flexible way first; the round's own format where it leaves none."""
    if not _chooses(place):
        return [str(place.context["format"])]
    chosen = place.many("formats")
    return [code for code in FORMATS if code in chosen]


def _chooses(place: Place) -> bool:
    """Whether the round leaves to its people how they meet."""
    return place.context["format"] not in ("in_person", "remote")


def language_name(code: str) -> Text:
    """The name of a language; its code for one that the catalogs do not name."""
    return T(f"enrolment.language.{code}") if code in NAMED else code.upper()


def _languages(place: Place) -> ManyField:
    options = tuple(Option(code, language_name(code)) for code in place.context["languages"])
    return ManyField("languages", T("enrolment.languages"), options, menu=len(options) > MOST_BESIDE_EACH_OTHER)


def window_name(slot: str) -> T:
    """A weekly window of availability in words: its day and its hours."""
    day, _, begins = slot.partition("-")
    hour = int(begins)
    return T("enrolment.slot", day=T(f"enrolment.day.{day}"), start=f"{hour:02}:00", end=f"{hour + WINDOW_HOURS:02}:00")


def _slots() -> ManyField:
    options = tuple(Option(f"{day}-{hour:02}", window_name(f"{day}-{hour:02}")) for day in DAYS for hour in HOURS)
    return ManyField("slots", T("enrolment.slots"), options, hint=T("enrolment.slots.hint"), menu=True)


def _formats(place: Place) -> tuple[Field, ...]:
    fields: list[Field] = []
    if _chooses(place):
        options = tuple(Option(code, T(f"enrolment.format.{code}")) for code in FORMATS)
        fields.append(ManyField("formats", T("enrolment.formats"), options))
    if place.context["format"] != "remote" and place.context["places"]:
        sites = tuple(Option(site, site) for site in place.context["places"])
        fields.append(
            ChoiceField("place", T("enrolment.place"), sites, hint=T("enrolment.place.hint"), optional=True, menu=True)
        )
    return tuple(fields)


def _capacity(place: Place) -> tuple[Field, ...]:
    if place.one("role") != "mentor" or place.context["capacity"] < 2:
        return ()
    options = tuple(Option(str(n), T("enrolment.capacity.people", n=n)) for n in (1, 2))
    return (ChoiceField("capacity", T("enrolment.capacity"), options),)


def _week(place: Place) -> Form:
    intro = (Paragraph(T("enrolment.week.intro", sessions=place.context["sessions"], hours=place.context["hours"])),)
    return Form(T("enrolment.week.title"), (_languages(place), _slots()), T("enrolment.continue"), intro)


def _together(place: Place) -> Form:
    needs = TextField(
        "needs", T("enrolment.needs"), hint=T("enrolment.needs.hint"), optional=True, max_length=LONGEST_NEED
    )
    avoid = PersonField("avoid", T("enrolment.avoid"), hint=T("enrolment.avoid.hint"), optional=True, many=True)
    fields = (*_formats(place), *_capacity(place), needs, avoid)
    return Form(T("enrolment.together.title"), fields, T("enrolment.continue"))


def _profile(place: Place) -> Form:
    fields = (_languages(place), _slots(), *_formats(place))
    intro = (Paragraph(T("enrolment.profile.intro")),)
    return Form(T("enrolment.profile.title"), fields, T("enrolment.save"), intro)


WEEK = Step("week", _week, unless_part("week", "together"))
TOGETHER = Step("together", _together, lambda _place: "confirm")
PROFILE_STEP = Step("profile", _profile, lambda _place: None)
