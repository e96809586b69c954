"""Typed commands: the longest known words win, in either language; unknown words get the nearest command."""

import difflib
from collections.abc import Sequence

from bot.flows.turns import Command, Refused
from bot.ui.words import T


class Commands:
    """All commands of the product, found by their words."""

    def __init__(self, commands: Sequence[Command]) -> None:
        self.listed = tuple(commands)
        self._by_words = {
            words: command for command in commands for spellings in command.words.values() for words in spellings
        }

    def find(self, words: str, language: str) -> tuple[Command, str]:
        """The command and the rest of the words. Raises ``Refused`` with the nearest command for unknown words."""
        typed = words.strip().split()
        lowered = [word.lower() for word in typed]
        for length in range(len(typed), 0, -1):
            command = self._by_words.get(" ".join(lowered[:length]))
            if command is not None:
                return command, " ".join(typed[length:])
        raise Refused(T("help.unknown", typed=words.strip()[:60], nearest=self._nearest(" ".join(lowered), language)))

    def _nearest(self, typed: str, language: str) -> str:
        mine = [spelling for command in self.listed for spelling in command.words.get(language, ())]
        close = difflib.get_close_matches(typed, mine, n=1, cutoff=0.0)
        return close[0] if close else "help"
