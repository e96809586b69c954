"""The kinds of unrequested messages: what can be put off or stopped, and which promise is of which kind."""

from collections.abc import Iterable, Mapping

from bot.flows.turns import outdated_button
from bot.ui.words import T

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "enrolment": ("enrolment",),
    "preparation": ("preparation",),
    "pairing": ("pairing",),
    "session": ("session",),
    "feedback": ("feedback", "feedback_reminder"),
}
"""The kinds of nudges by what they are about: people put off or stop a family, a button of a card one kind."""

_FAMILY_OF = {kind: family for family, kinds in FAMILIES.items() for kind in kinds}


def members(kind: str) -> tuple[str, ...]:
    """The kinds that putting off or stopping ``kind`` concerns. Raises ``Outdated`` for a tampered button."""
    if kind in FAMILIES:
        return FAMILIES[kind]
    if kind in _FAMILY_OF:
        return (kind,)
    raise outdated_button()


def label(kind: str) -> T:
    """What the messages of this kind are about, in words."""
    return T(f"support.kind_{_FAMILY_OF.get(kind, kind)}")


def of_jobs(names: Iterable[str]) -> tuple[str, ...]:
    """The families that promises of these job names may belong to, in their steady order."""
    features = {name.partition(".")[0] for name in names}
    return tuple(family for family in FAMILIES if family in features)


def families(kinds: Iterable[str]) -> tuple[str, ...]:
    """The families of these kinds, in their steady order; unknown ones are left out."""
    found = {_FAMILY_OF[kind] for kind in kinds if kind in _FAMILY_OF}
    return tuple(family for family in FAMILIES if family in found)
