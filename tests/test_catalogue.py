"""What the catalogues hold, as the method asks: topics with a way back, items, lessons, skills, objectives, tracks."""

from collections.abc import Collection
from dataclasses import dataclass, field

import pytest

from bot import content
from bot.content import LANGUAGES
from bot.flows.feedback.conversation import questions
from bot.flows.reports.lines import CONSTRUCTS, INDICATORS
from bot.flows.session.plan import library

FORMATS = {"in_person", "remote", "blended", "group", "mixed", "peer"}


@dataclass(frozen=True)
class Holds:
    """What a row of the method asks the catalogues for; ``asked``: what a round with these ``objectives`` asks."""

    topics: Collection[str] = ()
    objectives: Collection[str] = ()
    asked: Collection[str] = ()
    items: Collection[str] = ()
    lessons: Collection[str] = ()
    words: Collection[str] = field(default=())


K1 = ("what surprised them in this company", "one strength")


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(Holds(("D05", "D09", "D10", "D12", "D06", "D22")), marks=pytest.mark.seed("000-5")),
        pytest.param(Holds(("R01", "R03", "R04")), marks=pytest.mark.seed("000-6")),
        pytest.param(Holds(("G02",), ("inclusion_age_management",), ("ENG2", "USE5")), marks=pytest.mark.seed("000-7")),
        pytest.param(Holds(objectives=("retention",), asked=("ENG3",)), marks=pytest.mark.seed("000-8")),
        pytest.param(
            Holds(objectives=("intergenerational_management",), asked=("USE5",)), marks=pytest.mark.seed("000-9")
        ),
        pytest.param(Holds(("D06",), ("internal_communication",)), marks=pytest.mark.seed("000-10")),
        pytest.param(
            Holds(asked=("REL1", "REL3", "REL5", "REL7", "REL8"), items=("REL2", "REL4", "REL6", "REL9")),
            marks=pytest.mark.seed("000-11"),
        ),
        pytest.param(
            Holds(objectives=("engagement",), asked=("ENG1", "ENG2", "ENG3")), marks=pytest.mark.seed("001-1")
        ),
        pytest.param(Holds(lessons=("JM4", "SM3")), marks=pytest.mark.seed("001-3")),
        pytest.param(Holds(("R05",)), marks=pytest.mark.seed("001-6")),
        pytest.param(Holds(("R09", "R03", "R08")), marks=pytest.mark.seed("001-8")),
        pytest.param(Holds(objectives=("innovation",), asked=("INN1", "INN2")), marks=pytest.mark.seed("001-11")),
        pytest.param(Holds(("D22", "R03", "R08", "G01", "D10")), marks=pytest.mark.seed("002-2")),
        pytest.param(
            Holds(("R04",), ("diversity_inclusion",), ("ENG2",), words=K1[:1]), marks=pytest.mark.seed("002-3")
        ),
        pytest.param(Holds(("D21",)), marks=pytest.mark.seed("002-5")),
        pytest.param(Holds(("G01", "G02"), ("diversity_inclusion",), lessons=("B2",)), marks=pytest.mark.seed("002-6")),
        pytest.param(Holds(lessons=("JM4", "SM3")), marks=pytest.mark.seed("002-7")),
        pytest.param(Holds(("G04",)), marks=pytest.mark.seed("002-8")),
        pytest.param(Holds(("D22", "D23", "D13")), marks=pytest.mark.seed("003-5")),
        pytest.param(Holds(("G04",)), marks=pytest.mark.seed("003-7")),
        pytest.param(
            Holds(objectives=("intergenerational_management",), asked=("REL1", "REL2", "REL8", "USE5"), words=K1[1:]),
            marks=pytest.mark.seed("003-9"),
        ),
        pytest.param(
            Holds(objectives=("engagement",), asked=("ENG1", "ENG2", "ENG3")), marks=pytest.mark.seed("003-10")
        ),
        pytest.param(
            Holds(("G01", "G02", "G03", "G04"), ("intergenerational_management",)), marks=pytest.mark.seed("003-12")
        ),
        pytest.param(Holds(("G01", "G03", "D18", "D21")), marks=pytest.mark.seed("003-13")),
        pytest.param(
            Holds(objectives=("inclusion_age_management",), asked=("USE5",)), marks=pytest.mark.seed("003-29")
        ),
        pytest.param(Holds(asked=("DIG2", "INN1"), items=("DIG1",)), marks=pytest.mark.seed("003-28")),
        pytest.param(Holds(("D22", "D12", "G04")), marks=pytest.mark.seed("004-1")),
        pytest.param(Holds(("D09", "D06", "D05", "D22", "D16")), marks=pytest.mark.seed("004-2")),
        pytest.param(Holds(lessons=("SM1",)), marks=pytest.mark.seed("004-3")),
        pytest.param(Holds(asked=("REL7",)), marks=pytest.mark.seed("004-5")),
    ],
)
def test_the_catalogues_hold_what_the_method_asks(row: Holds) -> None:
    library, aims = content.topics(), content.objectives()
    assert all(len(library[code].questions) == 3 and library[code].formats for code in row.topics)
    assert all(aims[code].topics for code in row.objectives)
    for role in ("mentor", "mentee"):
        asked = questions("close", role, row.objectives)
        assert set(row.asked) <= set(asked), role
    shown = {code for codes in CONSTRUCTS.values() for code in codes}
    assert set(row.asked) <= shown, "what is asked stands in the report"
    assert set(row.items) <= set(content.items())
    assert set(row.lessons) <= set(content.lessons())
    assert all(words in library["K1"].follow_up.texts["en"] for words in row.words)


@pytest.mark.seed("000-6")
@pytest.mark.seed("001-9")
def test_each_topic_has_a_way_back_and_each_format_has_topics() -> None:
    for topic in content.topics().values():
        if topic.kind != "structural":
            back = content.topics()[topic.return_topic or ""]
            assert back.direction != topic.direction or back.direction == "both", topic.code
    assert {format for topic in library() for format in topic.formats} >= FORMATS
    steps = content.tracks()["project_management"].steps
    assert {("D09", "R02"), ("D10", "R02"), ("D05", "R06"), ("D22", "R01")} <= set(steps)


@pytest.mark.seed("001-12")
@pytest.mark.seed("003-15")
def test_each_objective_has_topics_and_figures_that_tell_about_it() -> None:
    wanted = {
        "digital_gap",
        "technology_adoption",
        "intergenerational_management",
        "soft_skills_young_talent",
        "talent_management",
        "leadership_development",
        "retention",
        "engagement",
        "diversity_inclusion",
        "inclusion_age_management",
        "internal_communication",
        "know_how_diffusion",
        "lifelong_learning",
        "innovation",
        "employer_branding",
    }
    assert set(content.objectives()) == wanted
    for objective in content.objectives().values():
        assert set(objective.topics) <= set(content.topics()) and set(objective.asks) <= set(content.items())
        assert {code for code in objective.asks if code not in INDICATORS.get(objective.code, ())} == set()


@pytest.mark.seed("003-8")
def test_the_skills_are_those_of_digcomp_and_eleven_soft_ones() -> None:
    soft = [code for code, skill in content.skills().items() if not skill.digital]
    assert soft == [f"S{number}" for number in range(1, 12)]
    assert sum(skill.digital for skill in content.skills().values()) == 21
    assert all(skill.statement.texts[language] for skill in content.skills().values() for language in LANGUAGES)


def test_what_tells_about_an_objective_is_asked_before_and_after() -> None:
    assert questions("base", "mentor") == ["ENG1", "INN1", "DIG2"]
    assert questions("base", "mentor", ["engagement"]) == ["ENG1", "ENG2", "ENG3", "INN1", "DIG2"]
    most = sorted(content.objectives(), key=lambda code: -len(content.objectives()[code].asks))[:3]
    closed = [code for code in questions("close", "mentee", most) if content.items()[code].scale != "text"]
    assert len(closed) <= 25, "five pages of five hold them all"
