"""The first steps of enrolment: what this is, which role, and the way out for people in another programme. Pure."""

from collections.abc import Sequence

from bot.content import objectives
from bot.domain.programme import MIXED, PEER
from bot.flows.engine import Place, Step
from bot.flows.enrolment.facts import SHADOWING
from bot.ui.cards import Block, Bullets, Note, Paragraph
from bot.ui.forms import ChoiceField, Form, ManyField, Option
from bot.ui.words import Listing, T

IS_NOT = ("coaching", "course", "shadowing", "assessment")
PROGRAMMES = ("none", "other", SHADOWING)
PARTS = {"skills": "offers", "week": "week", "together": "together", "all": "role"}
"""What somebody who has enrolled may change, and the step at which that begins."""


def is_elsewhere(place: Place) -> bool:
    """Whether the person or the company's list says that they are in a programme that excludes this one."""
    return SHADOWING in (place.one("other"), place.context.get("listed"))


def _about(place: Place) -> Form:
    known = place.context
    return Form(
        T("enrolment.about.title"),
        (ManyField("read", T("enrolment.read"), (Option("read", T("enrolment.read.yes")),)),),
        T("enrolment.continue"),
        (
            Paragraph(T("enrolment.about.is_peer" if known["format"] == PEER else "enrolment.about.is")),
            Bullets(tuple(T(f"enrolment.about.not_{what}") for what in IS_NOT)),
            Paragraph(
                T(
                    "enrolment.about.time",
                    sessions=known["sessions"],
                    minutes=known["minutes"],
                    kickoff=known["kickoff"],
                    hours=known["hours"],
                    weeks=known["weeks"],
                )
            ),
            *_aims(known["round"], known["aims"]),
            *_group(known["group"]),
            *((Paragraph(T("enrolment.about.tool", tool=known["tool"])),) if known["tool"] else ()),
            *((Paragraph(T("enrolment.about.mixed")),) if known["format"] == MIXED else ()),
            Paragraph(T("enrolment.about.privacy")),
            Paragraph(T("enrolment.about.limit")),
            Note(T("enrolment.about.notice", notice=known["notice"])),
        ),
    )


def _aims(round: str, codes: Sequence[str]) -> tuple[Paragraph, ...]:
    """What the round is for, and how it will be seen whether it helped."""
    names = tuple(T("programme.quoted", words=objectives()[code].name) for code in codes if code in objectives())
    return (Paragraph(T("enrolment.about.aims", round=round, aims=Listing(names))),) if names else ()


def _group(size: Sequence[int]) -> tuple[Paragraph, ...]:
    """What meeting as a group means, in a round of groups."""
    return (Paragraph(T("enrolment.about.group", least=size[0], most=size[1])),) if size else ()


def _role(place: Place) -> Form:
    """Among peers there is no role to choose: what it means is said."""
    suggested, peers = place.context.get("suggested"), place.context["format"] == PEER
    intro: list[Block] = [Paragraph(T("enrolment.role.intro_peer" if peers else "enrolment.role.intro"))]
    if suggested and not peers:
        intro.append(Paragraph(T(f"enrolment.role.suggest_{suggested}")))
    roles = (
        Option("mentor", T("enrolment.role.as_mentor"), _from_when(place.context["mentor_months"])),
        Option("mentee", T("enrolment.role.as_mentee")),
    )
    return Form(
        T("enrolment.role.title"),
        (
            *(() if peers else (ChoiceField("role", T("enrolment.role"), roles),)),
            ChoiceField(
                "other",
                T("enrolment.other"),
                tuple(Option(code, T(f"enrolment.other.{code}")) for code in PROGRAMMES),
                hint=T("enrolment.other.hint"),
            ),
        ),
        T("enrolment.continue"),
        tuple(intro),
    )


def _from_when(months: int) -> T | None:
    """After how long in the company one may mentor in this round; nothing where newcomers may."""
    return T("enrolment.role.mentor_from", n=months) if months else None


def _elsewhere(_place: Place) -> Form:
    return Form(
        T("enrolment.elsewhere.title"),
        (),
        T("enrolment.elsewhere.submit"),
        (Paragraph(T("enrolment.elsewhere.why")), Paragraph(T("enrolment.elsewhere.how"))),
    )


def _part(_place: Place) -> Form:
    parts = tuple(Option(code, T(f"enrolment.part.{code}")) for code in PARTS)
    return Form(T("enrolment.part.title"), (ChoiceField("part", T("enrolment.part"), parts),), T("enrolment.continue"))


def _from_part(place: Place) -> str:
    """Whoever is elsewhere, maybe by the company's list alone, reads what that means before a part is changed.

    Who changes everything sees that answer among the first.
    """
    step = PARTS[place.one("part")]
    return "elsewhere" if step != "role" and is_elsewhere(place) else step


PART = Step("part", _part, _from_part)
ABOUT = Step("about", _about, lambda _place: "role")
ROLE = Step("role", _role, lambda place: "elsewhere" if is_elsewhere(place) else "offers")
ELSEWHERE = Step("elsewhere", _elsewhere, lambda _place: None)
