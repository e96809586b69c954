"""Typed commands: the longest known words win, in either language; unknown words get the nearest command."""

import difflib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.flows.help.cards import unknown_words
from bot.flows.turns import Command, Refused

NEAR = 0.7
LONGEST = 4000
"""Characters that are looked at: a command with a name after it is shorter by far."""
COMPARED = 80
"""Characters that are compared with commands, none of which is longer: it takes time that grows with their square."""
OTHER_LANGUAGE_LEAD = 0.15
_APOSTROPHES = str.maketrans("", "", "'’‘`")
_NOT_WORDS = re.compile(r"[\W_]+")
_CALLED = {"mentoring"}


def folded(words: str) -> str:
    """Words as they are compared: lower case, without accents, apostrophes and punctuation (``Perché?`` → ``perche``).

    A hyphen parts words, so ``what-next`` is ``what next``.
    """
    bare = unicodedata.normalize("NFKD", words.casefold().translate(_APOSTROPHES))
    letters = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return _NOT_WORDS.sub(" ", letters).strip()


@dataclass(frozen=True)
class _Near:
    command: Command
    likeness: float


class Commands:
    """All commands of the product, found by their words."""

    def __init__(self, commands: Sequence[Command]) -> None:
        self.listed = tuple(commands)
        self._by_words = {
            folded(words): command
            for command in commands
            for spellings in command.words.values()
            for words in spellings
        }

    def find(self, words: str, language: str, *, coordinator: bool) -> tuple[Command, str]:
        """The command and the rest of the words, as typed.

        Raises ``Refused`` for unknown words, with the nearest of the commands that the person may use, in ``language``.
        """
        typed = words[:LONGEST].split()
        if len(typed) > 1 and folded(typed[0]) in _CALLED:
            typed = typed[1:]
        for length in range(min(len(typed), 6), 0, -1):
            command = self._by_words.get(folded(" ".join(typed[:length])))
            if command is not None:
                if command.may == "coordinator" and not coordinator and length == 1 < len(typed):
                    raise Refused(words[:60], unknown_words(" ".join(words.split()), None))  # "report my manager"
                return command, " ".join(typed[length:])
        nearest = self._nearest(folded(" ".join(typed[:6])[:COMPARED]), language, coordinator)
        card = unknown_words(" ".join(words.split()), nearest.words[language][0] if nearest else None)
        raise Refused(words[:60], card)

    def _nearest(self, typed: str, language: str, coordinator: bool) -> Command | None:
        """The likeliest command; one in the other language must be clearly likelier to win."""
        own = max(self._likeness(typed, language, coordinator), key=_likeness, default=None)
        others = [other for other in ("it", "en") if other != language]
        foreign = [near for other in others for near in self._likeness(typed, other, coordinator)]
        best = max(foreign, key=_likeness, default=None)
        if best and (own is None or best.likeness > own.likeness + OTHER_LANGUAGE_LEAD):
            own = best
        return own.command if own and own.likeness >= NEAR else None

    def _likeness(self, typed: str, language: str, coordinator: bool) -> Iterator[_Near]:
        said = typed.split()
        for command in self.listed:
            if command.may == "coordinator" and not coordinator:
                continue
            for spelling in command.words.get(language, ()):
                known = folded(spelling)
                start = " ".join(said[: len(known.split())])
                yield _Near(command, difflib.SequenceMatcher(None, start, known).ratio())


def _likeness(near: _Near) -> float:
    return near.likeness
