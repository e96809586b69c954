"""The survey as a conversation: pages of at most five questions, each with "prefer not to answer". Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from bot.content import Item, Skill, items, objectives, optout, scale, skills
from bot.domain.programme import concerns
from bot.domain.survey import MAY_SHOW, Moment, may_show_item, skill_item
from bot.flows.engine import Flow, Place, Step
from bot.ui.cards import Block, Bullets, Note, Paragraph
from bot.ui.forms import ChoiceField, Field, Form, ManyField, NumberField, Option, TextField, Value
from bot.ui.words import T, Text

PAGE = 5
SKILLS_A_PAGE = 2
MOST_SKILLS = 4
MOST_WEEKS = 104
TEXT_LENGTH = 600
NO_ANSWER = "no_answer"
MOMENTS: tuple[Moment, Moment] = ("now", "then")
QUESTION_PAGES = ("questions_1", "questions_2", "questions_3", "questions_4", "questions_5")
SKILL_PAGES = ("skills_1", "skills_2")
ORDER = (*QUESTION_PAGES, *SKILL_PAGES, "words", "mirror")


def questions(wave: str, role: str, aims: Iterable[str] = ()) -> list[str]:
    """The items that a wave asks of a role, in the catalogue's order: the core ones, and those that tell about what the
    round is for (``aims``: codes of objectives).
    """
    asked = {code for aim in aims if aim in objectives() for code in objectives()[aim].asks}
    return [
        item.code
        for item in items().values()
        if concerns(item.role, role) and (wave in item.core or (wave in item.waves and item.code in asked))
    ]


def _closed(place: Place) -> list[Item]:
    """The questions with listed answers or a number; open ones come last, by themselves."""
    return [items()[code] for code in place.context["items"] if items()[code].scale != "text"]


def _open(place: Place) -> list[Item]:
    return [items()[code] for code in place.context["items"] if items()[code].scale == "text"]


def _skills(place: Place) -> list[Skill]:
    return [skills()[code] for code in place.context["skills"] if code in skills()]


def _pages(place: Place) -> list[str]:
    """The names of the pages that this person sees, in order."""
    count = len(_closed(place))
    chosen = len(_skills(place))
    seen = [name for number, name in enumerate(QUESTION_PAGES) if number * PAGE < count]
    seen += [name for number, name in enumerate(SKILL_PAGES) if number * SKILLS_A_PAGE < chosen]
    return seen + (["words"] if _open(place) else []) + (["mirror"] if _rated(place) else [])


def _then(name: str) -> Callable[[Place], str | None]:
    def following(place: Place) -> str | None:
        later = [page for page in _pages(place) if ORDER.index(page) > ORDER.index(name)]
        return later[0] if later else None

    return following


def _form(name: str, fields: Callable[[Place], Sequence[Field]]) -> Callable[[Place], Form]:
    def form(place: Place) -> Form:
        pages = _pages(place)
        number = pages.index(name) + 1 if name in pages else len(pages)
        submit = T("feedback.next") if number < len(pages) else T("feedback.send")
        return Form(_title(place), tuple(fields(place)), submit, tuple(_intro(name, number, len(pages), place)))

    return form


def _title(place: Place) -> Text:
    return T(f"feedback.title.{place.context['wave']}")


def _intro(name: str, number: int, pages: int, place: Place) -> Iterable[Block]:
    if number == 1:
        yield Paragraph(T("feedback.who_sees"))
    if name in SKILL_PAGES:
        yield Paragraph(T("feedback.skills_intro"))
    if name == "words":
        yield Paragraph(T("feedback.no_names"))
    if name == "mirror":
        yield Paragraph(T("feedback.mirror"))
        yield Bullets(tuple(_mirrored(place)))
        yield Note(T("feedback.mirror_note"))
    if pages > 1:
        yield Note(T("feedback.page", number=number, pages=pages))


# ── Questions ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _question_fields(page: int) -> Callable[[Place], list[Field]]:
    return lambda place: [_field(item) for item in _closed(place)[page * PAGE : (page + 1) * PAGE]]


def _field(item: Item) -> Field:
    if item.scale == "weeks":
        return NumberField(item.code, item.text, 0, MOST_WEEKS, hint=T("feedback.weeks_hint"), optional=True)
    hint = T("feedback.likely_hint") if item.scale == "rec11" else None
    return ChoiceField(item.code, item.text, _options(item.scale), hint=hint, menu=item.scale == "rec11")


def _options(name: str) -> tuple[Option, ...]:
    return (*(Option(str(value), label) for value, label in scale(name)), Option(NO_ANSWER, optout()))


def _skill_fields(page: int) -> Callable[[Place], list[Field]]:
    def fields(place: Place) -> list[Field]:
        chosen = _skills(place)[page * SKILLS_A_PAGE : (page + 1) * SKILLS_A_PAGE]
        return [_skill_field(skill, moment) for skill in chosen for moment in MOMENTS]

    return fields


def _skill_field(skill: Skill, moment: Moment) -> Field:
    label = T(f"feedback.skill_{moment}", statement=skill.statement)
    return ChoiceField(skill_item(skill.code, moment), label, _options("skill5"), menu=moment == "then")


def _word_fields(place: Place) -> list[Field]:
    asked: list[Field] = [
        TextField(item.code, item.text, optional=True, multiline=True, max_length=TEXT_LENGTH) for item in _open(place)
    ]
    show = Option("yes", T("feedback.may_show"), T("feedback.may_show_hint"))
    return [*asked, ManyField(MAY_SHOW, T("feedback.may_show_label"), (show,), optional=True)]


# ── The mirror: the person's own first answer beside today's ─────────────────────────────────────────────────────────


def _rated(place: Place) -> list[Skill]:
    return [skill for skill in _skills(place) if _number(place.answers.get(skill_item(skill.code, "now"))) is not None]


def _mirrored(place: Place) -> Iterable[Text]:
    levels = dict(scale("skill5"))
    first: Mapping[str, int] = place.context["levels"]
    for skill in _rated(place):
        now = _number(place.answers.get(skill_item(skill.code, "now")))
        before = levels.get(first.get(skill.code, -1), T("feedback.not_said"))
        yield T("feedback.mirror_line", statement=skill.statement, before=before, now=levels[now or 0])


# ── What was answered ────────────────────────────────────────────────────────────────────────────────────────────────


def given(place: Place) -> dict[str, int | str | None]:
    """The answers by item as they are kept: numbers, open texts, None for "prefer not to answer".

    An open text that may be shown in the report says so in a second item, ``<item>:may_show``.
    """
    closed = {item.code: _number(place.answers.get(item.code)) for item in _closed(place)}
    rated = {
        skill_item(skill.code, moment): _number(place.answers.get(skill_item(skill.code, moment)))
        for skill in _skills(place)
        for moment in MOMENTS
    }
    texts = {item.code: place.one(item.code).strip() or None for item in _open(place)}
    allowed = {may_show_item(code): int(bool(place.many(MAY_SHOW))) for code, text in texts.items() if text}
    return {**closed, **rated, **texts, **allowed}


def written(place: Place) -> list[str]:
    """The open texts that were typed, for the person's own eyes."""
    return [text for item in _open(place) if (text := place.one(item.code).strip())]


def _number(value: Value) -> int | None:
    return int(value) if isinstance(value, str) and value.isdecimal() else None


def _step(name: str, fields: Callable[[Place], Sequence[Field]]) -> Step:
    return Step(name, _form(name, fields), _then(name))


SURVEY = Flow(
    "feedback.survey",
    (
        *(_step(name, _question_fields(number)) for number, name in enumerate(QUESTION_PAGES)),
        *(_step(name, _skill_fields(number)) for number, name in enumerate(SKILL_PAGES)),
        _step("words", _word_fields),
        _step("mirror", lambda _place: []),
    ),
)
