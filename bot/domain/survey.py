"""The names under which answers that are not simple items are kept."""

from typing import Literal

Moment = Literal["now", "then"]
MAY_SHOW = "may_show"


def skill_item(code: str, moment: Moment) -> str:
    """The item of a self-assessment: today, or thinking back to the start."""
    return f"skill:{code}:{moment}"


def skill_of(item: str) -> tuple[str, str] | None:
    """(competence, moment) of a self-assessment's item; None for other items."""
    kind, _, rest = item.partition(":")
    code, _, moment = rest.partition(":")
    return (code, moment) if kind == "skill" else None


def may_show_item(item: str) -> str:
    """The item that says whether the text given to ``item`` may be shown in the report."""
    return f"{item}:{MAY_SHOW}"
