"""The form of a person's own goals: one, or two. Their text is confidential. Pure."""

from bot.content import skills
from bot.domain.programme import concerns
from bot.flows.engine import Errors, Flow, Place, Step
from bot.ui.cards import Block, Bullets, Paragraph
from bot.ui.forms import ChoiceField, Field, Form, Option, TextField
from bot.ui.words import T

KINDS = ("skill", "challenge", "perspective", "career")
LEAST, MOST = 10, 600
NUMBERS = (1, 2)
FOR_MENTORS = ("S3", "S1", "S7", "S9", "S10")
"""What mentors are given in return: the business, the way ahead, more responsibility, people to ask, themselves."""


def _form(place: Place) -> Form:
    fields = tuple(field for number in NUMBERS for field in _goal(number, optional=number > 1))
    return Form(T("goals.title"), fields, T("goals.save"), (Paragraph(T("goals.intro")), *_ideas(place)))


def _ideas(place: Place) -> tuple[Block, ...]:
    """Those who lead a meeting often ask themselves what they may want for themselves."""
    if not concerns("mentor", str(place.context["role"])):
        return ()
    return Paragraph(T("goals.ideas")), Bullets(tuple(skills()[code].statement for code in FOR_MENTORS))


def _goal(number: int, *, optional: bool) -> tuple[Field, Field]:
    kinds = tuple(Option(kind, T(f"goals.kind.{kind}")) for kind in KINDS)
    return (
        ChoiceField(f"kind_{number}", T(f"goals.kind_{number}"), kinds, optional=optional, menu=True),
        TextField(
            f"text_{number}",
            T(f"goals.text_{number}"),
            hint=T("goals.text.hint") if number == 1 else None,
            optional=optional,
            multiline=True,
            min_length=LEAST,
            max_length=MOST,
        ),
    )


def _check(place: Place) -> Errors:
    kindless = [n for n in NUMBERS if place.one(f"text_{n}").strip() and not place.one(f"kind_{n}")]
    return {f"kind_{number}": T("goals.choose_kind") for number in kindless}


def written(place: Place) -> list[tuple[str, str]]:
    """The goals as (kind, text); a kind without a text is no goal."""
    pairs = [(place.one(f"kind_{number}"), place.one(f"text_{number}").strip()) for number in NUMBERS]
    return [(kind, text) for kind, text in pairs if text]


def lost_kind(place: Place) -> bool:
    """Whether a kind was chosen for a goal that has no text; where it had one, the goal was taken away.

    ``context["kept"]``: the numbers of the goals that there were.
    """
    bare = {n for n in NUMBERS if place.one(f"kind_{n}") and not place.one(f"text_{n}").strip()}
    return not bare <= set(place.context["kept"])


FLOW = Flow("goals", (Step("goals", _form, lambda _place: None, _check),))
