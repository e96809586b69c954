"""The commands that a platform's menu offers, in every language."""

from bot.flows.catalogue import FEATURES
from bot.locales import LANGUAGES, speaker
from bot.ui.words import T

OFFERED = (
    "what next",
    "profile",
    "goals",
    "prepare",
    "book",
    "move",
    "session",
    "question",
    "actions",
    "pause",
    "leave",
    "help",
)


def listed_commands() -> dict[str, list[tuple[str, str]]]:
    """By language: what can be typed, and what it does; those that people taking part need most."""
    known = {
        spelling: command for feature in FEATURES for command in feature.commands for spelling in command.words["en"]
    }
    chosen = [known[words] for words in OFFERED]
    return {
        language: [(one.words[language][0], speaker(language)(T(one.help or "help.title"))) for one in chosen]
        for language in LANGUAGES
    }
