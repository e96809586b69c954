"""What the people of a round form, pairs or groups: the words for it, in every form that a sentence needs. Pure."""

from bot.ui.words import T, Text
from storage.couples import GROUP
from storage.tables import Round


def unit(form: str, round: Round) -> T:
    """Those words as a part of a sentence about this round; ``form`` is one of the catalog's (``the_many``, …)."""
    return T(f"unit.{form}_{_kind(round)}")


def counted(n: int, round: Round) -> T:
    """So many of them."""
    return T(f"unit.count_{_kind(round)}", n=n)


def about(round: Round) -> dict[str, Text]:
    """What most of the words name: the round, and what its people form."""
    return {"round": round.name, "the_many": unit("the_many", round)}


def _kind(round: Round) -> str:
    return "group" if round.format == GROUP else "pair"
