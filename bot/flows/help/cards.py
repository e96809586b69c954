"""Help cards: what reverse mentoring is and is not, what can be said to the bot, and what to do with unknown words."""

from collections.abc import Mapping, Sequence

from bot.flows.turns import Command
from bot.ui.cards import Block, Bullets, Button, Buttons, Card, Heading, Note, Paragraph, card
from bot.ui.words import T, Text

ECHOED = 60
GROUPS = ("take_part", "meet", "always", "coordinate")
_GROUP_OF = {
    "enrolment": "take_part",
    "goals": "take_part",
    "preparation": "take_part",
    "pairing": "meet",
    "scheduling": "meet",
    "session": "meet",
    "feedback": "meet",
}
IN_TIME = ("enrolment", "goals", "preparation", "programme", "matching", "reports")
"""Features whose commands are told in the order in which a round comes to need them; the others keep theirs."""


def group_of(feature: str, command: Command) -> str:
    """Under which heading of the help a command of that feature stands."""
    return "coordinate" if command.may == "coordinator" else _GROUP_OF.get(feature, "always")


def whole_help(commands: Mapping[str, Sequence[Command]], language: str) -> Card:
    """What reverse mentoring is and is not, then the commands by group, in the person's language."""
    blocks: list[Block] = [Heading(T("help.title")), Paragraph(T("help.what_it_is")), Bullets(_what_it_is_not())]
    for group in GROUPS:
        if listed := commands.get(group):
            blocks.append(Paragraph(T(f"help.group_{group}")))
            blocks.append(Bullets(tuple(_line(command, language) for command in listed)))
    return card(*blocks, Note(T("help.without_slash")), summary=T("help.what_it_is"))


def _what_it_is_not() -> tuple[Text, ...]:
    return (T("help.not_coaching"), T("help.not_course"), T("help.not_shadowing"), T("help.not_assessment"))


def _line(command: Command, language: str) -> Text:
    return T("help.line", command=command.words[language][0], what=T(command.help or "help.title"))


def unknown_words(typed: str, nearest: str | None) -> Card:
    """What is said to words that are no command: the nearest one, if any comes near, and a way to all of them."""
    short = typed if len(typed) <= ECHOED else f"{typed[: ECHOED - 1].rstrip()}…"
    words = T("help.unknown_near", typed=short, nearest=nearest) if nearest else T("help.unknown", typed=short)
    return card(words, Buttons((show_help(),)))


def show_help() -> Button:
    """The button that opens the help."""
    return Button(T("help.show"), "help.show")
