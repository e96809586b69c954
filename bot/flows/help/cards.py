"""Help cards: what reverse mentoring is and is not, what can be said to the bot, and what to do with unknown words."""

from collections.abc import Collection, Mapping, Sequence

from bot.flows.turns import Command
from bot.ui.cards import Bullets, Button, Buttons, Card, Heading, Note, Paragraph, card
from bot.ui.words import T, Text

ECHOED = 60
COORDINATE = "coordinate"
GROUPS = ("take_part", "meet", "always", COORDINATE)
_GROUP_OF = {
    "enrolment": "take_part",
    "goals": "take_part",
    "preparation": "take_part",
    "pairing": "meet",
    "scheduling": "meet",
    "calendar": "meet",
    "assistant": "meet",
    "session": "meet",
    "sharing": "meet",
    "feedback": "meet",
}
IN_TIME = ("enrolment", "goals", "preparation", "programme", "matching", "reports")
"""Features whose commands are told in the order in which a round comes to need them; the others keep theirs."""


def group_of(feature: str, command: Command) -> str:
    """Under which heading of the help a command of that feature stands."""
    return COORDINATE if command.may == "coordinator" else _GROUP_OF.get(feature, "always")


def whole_help(groups: Collection[str]) -> Card:
    """What reverse mentoring is and is not, and a button for each group of commands that the person may use."""
    blocks = (Heading(T("help.title")), Paragraph(T("help.what_it_is")), Bullets(_what_it_is_not()))
    return card(*blocks, T("help.what_to_write"), _groups(groups), summary=T("help.what_it_is"))


def group_help(commands: Mapping[str, Sequence[Command]], shown: str, language: str) -> Card:
    """The commands of one group in the person's language, and the way to the others."""
    lines = tuple(_line(command, language) for command in commands[shown])
    several = (Note(T("help.several_rounds")),) if shown == COORDINATE else ()
    notes = (Note(T("help.without_slash")), *several)
    others = _groups([group for group in commands if group != shown])
    return card(Heading(T(f"help.group_{shown}")), Bullets(lines), *notes, others)


def _groups(groups: Collection[str]) -> Buttons:
    buttons = [Button(T(f"help.group_{group}"), "help.group", group) for group in GROUPS if group in groups]
    return Buttons(tuple(buttons))


def _what_it_is_not() -> tuple[Text, ...]:
    return (T("help.not_coaching"), T("help.not_course"), T("help.not_shadowing"), T("help.not_assessment"))


def _line(command: Command, language: str) -> Text:
    return T("help.line", command=command.words[language][0], what=T(command.help or "help.title"))


def you_are_welcome() -> Card:
    """To whoever thanks the bot."""
    return card(T("help.you_are_welcome"))


def unknown_words(typed: str, nearest: str | None) -> Card:
    """What is said to words that are no command: the nearest one, if any comes near, and a way to all of them."""
    short = typed if len(typed) <= ECHOED else f"{typed[: ECHOED - 1].rstrip()}…"
    words = T("help.unknown_near", typed=short, nearest=nearest) if nearest else T("help.unknown", typed=short)
    say = (Button(T("help.say", words=nearest), "help.say", nearest, "primary"),) if nearest else ()
    return card(words, Buttons((*say, show_help())))


def show_help() -> Button:
    """The button that opens the help."""
    return Button(T("help.show"), "help.show")
