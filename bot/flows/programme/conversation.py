"""The wizard that makes a round, step by step, and the short one that moves the end of enrolment. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot import content
from bot.domain.calendar import local_day
from bot.domain.programme import (
    ALLOWED,
    CAREER_STAGES,
    MAX_OBJECTIVES,
    MIXED,
    PEER,
    RoundRules,
    hours_per_person,
    is_answer,
    preset,
)
from bot.flows.engine import Errors, Flow, Place, Step
from bot.flows.programme.answers import (
    ASKED,
    EARLIER,
    FILTERS,
    GROUP_NUMBERS,
    LONGEST_WEEKS,
    MENTOR_MONTHS,
    NUMBERS,
    PRESETS,
    RULE_OF,
    SPONSOR_WORDS,
    TOOL,
    checklist_from,
    chosen_preset,
    day_from,
    end_problem,
    ends_on,
    number,
    rule,
    rules_from,
    short,
    site_from,
    weeks_of,
)
from bot.ui.cards import Facts, Note, Paragraph
from bot.ui.forms import ChoiceField, DateField, Field, Form, ManyField, NumberField, Option, PersonField, TextField
from bot.ui.words import Listing, T, Text
from storage.couples import GROUP

FORMATS = ("in_person", "remote", "blended", "group", MIXED, PEER)
NAME_LENGTH, WORDS_LENGTH, REFERENCE_LENGTH, TOOL_LENGTH = 60, 300, 300, 100
MOST_OPTIONS = 100
NOBODY_REPORTS = "nobody"
CHOICES = {
    "coordinator_independent": (NOBODY_REPORTS, "covered"),
    "retention": ("proposed", "shorter"),
    "exclusions": ("none", "loaded"),
}
FIRST_HALF, SECOND_HALF = ASKED[: len(ASKED) // 2], ASKED[len(ASKED) // 2 :]

Then = Callable[[Place], str | None]


def _to(step: str | None) -> Then:
    return lambda _place: step


def _form(title: str, *fields: Field) -> Form:
    return Form(
        T(f"programme.title_{title}"), fields, T("programme.continue"), (Paragraph(T(f"programme.intro_{title}")),)
    )


def _choice(name: str, codes: tuple[str, ...], *, later: bool = False, hints: bool = False) -> ChoiceField:
    options = tuple(
        Option(code, T(f"programme.{name}_{code}"), T(f"programme.{name}_{code}_hint") if hints else None)
        for code in codes
    )
    return ChoiceField(name, T(f"programme.{name}"), options, optional=later, later=later)


# ── Steps ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def basics(_place: Place) -> Form:
    """The round's name, and how long it takes."""
    hours = {name: hours_per_person(preset(name)) for name in PRESETS}
    options = tuple(
        Option(name, T(f"programme.preset_{name}"), T(f"programme.preset_{name}_hint", hours=hours[name]))
        for name in PRESETS
    )
    name = TextField("name", T("programme.name"), T("programme.name_hint"), max_length=NAME_LENGTH)
    return _form("basics", name, ChoiceField("preset", T("programme.preset"), options))


def check_basics(place: Place) -> Errors:
    """A name that people can type, and that no other round has."""
    name = " ".join(place.one("name").split())
    if not any(letter.isalnum() for letter in name):
        return {"name": T("programme.name_needs_letters")}
    if name.casefold() in {str(taken).casefold() for taken in place.context.get("names", ())}:
        return {"name": T("programme.name_taken", name=name)}
    return {}


def why(_place: Place) -> Form:
    """What the company runs it for, and who stands for it."""
    options = tuple(Option(code, objective.name) for code, objective in content.objectives().items())
    objectives = ManyField(
        "objectives",
        T("programme.objectives"),
        options,
        T("programme.objectives_hint"),
        optional=True,
        later=True,
        menu=True,
        most=MAX_OBJECTIVES,
    )
    sponsor = PersonField("sponsor", T("programme.sponsor"), T("programme.sponsor_hint"), optional=True, later=True)
    words = (
        TextField(
            name,
            T(f"programme.{name}"),
            T("programme.sponsor_words_hint"),
            optional=True,
            multiline=True,
            max_length=WORDS_LENGTH,
        )
        for name in SPONSOR_WORDS
    )
    return _form("why", objectives, sponsor, _choice("takes_part", ("yes", "no")), *words)


def how(place: Place) -> Form:
    """Where people meet, how often, how many times and for how long."""
    chosen = chosen_preset(place)
    numbers = tuple(
        NumberField(
            f"{chosen}_{name}", T(f"programme.{name}"), int(ALLOWED[RULE_OF[name]][0]), int(ALLOWED[RULE_OF[name]][1])
        )
        for name in NUMBERS
    )
    tool = TextField(TOOL, T("programme.tool"), T("programme.tool_hint"), optional=True, max_length=TOOL_LENGTH)
    return _form("how", _choice("format", FORMATS), *numbers, tool)


def check_how(place: Place) -> Errors:
    """A round lasts a year at most."""
    weeks = number(place, "sessions") * number(place, "cadence")
    if weeks <= LONGEST_WEEKS:
        return {}
    return {f"{chosen_preset(place)}_sessions": T("programme.too_many_weeks", weeks=weeks, most=LONGEST_WEEKS)}


def group(_place: Place) -> Form:
    """How many mentees a group may have."""
    return _form("group", *(NumberField(name, T(f"programme.{name}"), *_limits(name)) for name in GROUP_NUMBERS))


def _limits(name: str) -> tuple[int, int]:
    least, most = ALLOWED[name]
    return int(least), int(most)


def check_group(place: Place) -> Errors:
    """The least is not more than the most."""
    if rule(place, "group_least") <= rule(place, "group_most"):
        return {}
    return {"group_most": T("programme.group_upside_down")}


def when(place: Place) -> Form:
    """When enrolment ends, who is invited, and from when on newcomers may mentor."""
    ends = DateField(f"{chosen_preset(place)}_ends", T("programme.ends"), T("programme.ends_hint"))
    months = NumberField(
        MENTOR_MONTHS, T("programme.mentor_months"), *_limits(MENTOR_MONTHS), T("programme.mentor_months_hint")
    )
    return _form("when", ends, _choice("whom", ("everybody", "some"), hints=True), months)


def check_when(place: Place) -> Errors:
    """A working day still to come."""
    problem = end_problem(ends_on(place), local_day(place.now, place.zone), site_from(place))
    return {f"{chosen_preset(place)}_ends": problem} if problem else {}


def who(place: Place) -> Form:
    """Departments, sites and career stages, of those that the company has."""
    fields = [_filter(kind, place) for kind in FILTERS]
    return _form("who", *(field for field in fields if field.options))


def _filter(kind: str, place: Place) -> ManyField:
    known = [str(name) for name in place.context.get(kind, ())]
    if kind == "stages":
        options = tuple(Option(stage, T(f"programme.stage_{stage}")) for stage in CAREER_STAGES if stage in known)
    else:
        options = tuple(Option(name, name) for name in dict.fromkeys(short(name) for name in known[:MOST_OPTIONS]))
    return ManyField(kind, T(f"programme.{kind}"), options, T(f"programme.{kind}_hint"), optional=True, menu=True)


def check_who(place: Place) -> Errors:
    """At least one choice: an empty form would mean everybody."""
    if any(place.many(kind) for kind in FILTERS):
        return {}
    first = who(place).fields
    return {first[0].name: T("programme.choose_whom")} if first else {}


def checklist(codes: tuple[str, ...], title: str) -> Callable[[Place], Form]:
    """Half of the opening checklist; what is not known yet may be left empty, what was said before is said again."""

    def form(place: Place) -> Form:
        asked, earlier = _form(title, *(_item(code) for code in codes)), place.one(EARLIER)
        note = (Note(T("programme.from_earlier", round=earlier)),) if earlier else ()
        return replace(asked, intro=(*asked.intro, *note))

    return form


def check_checklist(codes: tuple[str, ...]) -> Callable[[Place], Errors]:
    """What is written there says something; whoever does not know it yet leaves it empty."""

    def check(place: Place) -> Errors:
        written = {code: place.one(f"check_{code}").strip() for code in codes}
        return {
            f"check_{code}": T("programme.check_says_nothing")
            for code, text in written.items()
            if text and not is_answer(text)
        }

    return check


def _item(code: str) -> Field:
    if code in CHOICES:
        return _choice(f"check_{code}", CHOICES[code], later=True)
    label, hint = T(f"programme.check_{code}"), T(f"programme.check_{code}_hint")
    return TextField(f"check_{code}", label, hint, optional=True, later=True, max_length=REFERENCE_LENGTH)


def summary(place: Place) -> Form:
    """All of it on one page, before it is kept."""
    rules = rules_from(place)
    ends = ends_on(place)
    rows: tuple[tuple[Text, Text], ...] = (
        (T("programme.name"), " ".join(place.one("name").split())),
        (T("programme.objectives"), _names(place)),
        (T("programme.sponsor"), _sponsor(place)),
        *_sponsor_words(place),
        (T("programme.format"), T(f"programme.format_{place.one('format')}")),
        *_group_size(place),
        (T("programme.meetings"), meetings(rules.sessions_planned, rules.session_minutes, rules.cadence_weeks)),
        (T("programme.lasts"), T("programme.weeks", n=weeks_of(place))),
        (T("programme.time_each"), time_each(rules)),
        (T("programme.ends"), T("programme.day", day=ends) if ends else T("programme.to_choose")),
        *_whom(place),
        (T("programme.mentor_months"), T("programme.count", count=rule(place, MENTOR_MONTHS))),
        (T("programme.checklist"), T("programme.of", done=len(checklist_from(place)), all=len(ASKED))),
    )
    note = Note(T("programme.summary_note"))
    return Form(T("programme.title_summary"), (), T("programme.save"), (Facts(rows), note))


def _sponsor(place: Place) -> Text:
    if not place.one("sponsor"):
        return T("programme.to_choose")
    return place.looked_up("sponsor") or T("programme.chosen")


def _whom(place: Place) -> list[tuple[Text, Text]]:
    """Who is invited: everybody, or what was chosen in each field."""
    chosen = [(T(f"programme.{kind}"), _chosen(kind, place.many(kind))) for kind in FILTERS if place.many(kind)]
    if place.one("whom") != "some" or not chosen:
        return [(T("programme.whom"), T(f"programme.whom_{place.one('whom') or 'everybody'}"))]
    return [(T("programme.whom_only", field=field), names) for field, names in chosen]


def _chosen(kind: str, names: Sequence[str]) -> Text:
    return Listing(tuple(T(f"programme.stage_{name}") if kind == "stages" else name for name in names), "or")


def _sponsor_words(place: Place) -> tuple[tuple[Text, Text], ...]:
    said = {name: place.one(name).strip() for name in SPONSOR_WORDS}
    return tuple((T(f"programme.{name}"), T("programme.quoted", words=words)) for name, words in said.items() if words)


def _group_size(place: Place) -> tuple[tuple[Text, Text], ...]:
    if place.one("format") != GROUP:
        return ()
    least, most = (rule(place, name) for name in GROUP_NUMBERS)
    return ((T("programme.group_size"), T("programme.group_size_is", least=least, most=most)),)


def _names(place: Place) -> Text:
    known = content.objectives()
    names = tuple(T("programme.quoted", words=known[code].name) for code in place.many("objectives") if code in known)
    return Listing(names) if names else T("programme.to_choose")


def meetings(sessions: int, minutes: int, cadence: int) -> Text:
    """How many meetings, how long, how often."""
    return T("programme.meetings_are", sessions=sessions, minutes=minutes, n=cadence)


def time_each(rules: RoundRules) -> Text:
    """The hours that a round asks of one person, and what they are made of."""
    parts = {"kickoff": rules.kickoff_minutes, "sessions": rules.sessions_planned, "minutes": rules.session_minutes}
    return T("programme.hours", n=hours_per_person(rules), **parts)


def extend(place: Place) -> Form:
    """The one thing that may change while people enrol."""
    field = DateField("ends", T("programme.ends"), T("programme.ends_hint"))
    intro = (Paragraph(T("programme.intro_extend", round=str(place.context["name"]))),)
    return Form(T("programme.title_extend"), (field,), T("programme.move"), intro)


def check_extend(place: Place) -> Errors:
    """A working day still to come."""
    problem = end_problem(day_from(place.one("ends")), local_day(place.now, place.zone), site_from(place))
    return {"ends": problem} if problem else {}


ROUND = Flow(
    "programme.round",
    (
        Step("basics", basics, _to("why"), check_basics),
        Step("why", why, _to("how")),
        Step("how", how, lambda place: "group" if place.one("format") == GROUP else "when", check_how),
        Step("group", group, _to("when"), check_group),
        Step("when", when, lambda place: "who" if place.one("whom") == "some" else "law", check_when),
        Step("who", who, _to("law"), check_who),
        Step("law", checklist(FIRST_HALF, "law"), _to("people"), check_checklist(FIRST_HALF)),
        Step("people", checklist(SECOND_HALF, "people"), _to("summary"), check_checklist(SECOND_HALF)),
        Step("summary", summary, _to(None)),
    ),
)
EXTEND = Flow("programme.extend", (Step("extend", extend, _to(None), check_extend),))

STEP_OF = {"name": "basics", "objectives": "why", "sponsor": "why", "format": "how", "rules": "how"}
STEP_OF |= {"invited": "when", "enrolment_ends": "when"}
STEP_OF |= dict.fromkeys(FIRST_HALF, "law") | dict.fromkeys(SECOND_HALF, "people")
"""Where the wizard asks for what is missing, by the code of ``bot.domain.programme.missing``."""
