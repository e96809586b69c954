"""Every word of the product: gettext catalogs, one file a feature and language, spoken through Babel."""

import re
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import assert_never
from zoneinfo import ZoneInfo

from babel import Locale, dates, lists, numbers
from babel.messages.pofile import read_po

from bot.ui.words import Content, Joined, Listing, Param, T, Text, When

LANGUAGES = ("it", "en")
DEFAULT_LANGUAGE = "it"
_BABEL = {"it": Locale("it", "IT"), "en": Locale("en", "GB")}
_FULL = {"it": "EEEE d MMMM, HH:mm", "en": "EEEE d MMMM, HH:mm"}
_DAY = {"it": "EEEE d MMMM", "en": "EEEE d MMMM"}
_DATE = {"it": "d MMMM yyyy", "en": "d MMMM yyyy"}

_AND = re.compile(r"(\be)( \**)$")
_WITH_D = tuple("eEèÈéÉ")

Escape = Callable[[str], str]


def language_of(locale: str | None) -> str:
    """The product's language for a platform's locale (``it-IT`` → ``it``); English for languages it does not speak."""
    if not locale:
        return DEFAULT_LANGUAGE
    code = locale.replace("_", "-").split("-")[0].lower()
    return code if code in LANGUAGES else "en"


@dataclass(frozen=True)
class Message:
    """One entry of a catalog: its plural forms (one when it has no plural), in the catalog's order."""

    forms: tuple[str, ...]


@dataclass(frozen=True)
class Say:
    """Speaks one language. ``escape`` guards what people typed; each renderer brings its own."""

    language: str
    messages: Mapping[str, Message]
    plural: Callable[[int], int]

    def __call__(self, text: Text, escape: Escape = str) -> str:
        """The words of ``text``. Raises KeyError for a message that the catalog does not have."""
        match text:
            case str():
                return escape(text)
            case T():
                return self._message(text, escape)
            case Content():
                return text.texts[self.language]
            case Listing():
                items = [self(item, escape) for item in text.items]
                listed = lists.format_list(items, style=text.style, locale=_BABEL[self.language])
                return self._joined(listed.removesuffix(items[-1]), items[-1]) if items else listed
            case Joined():
                return "\n".join(self(line, escape) for line in text.lines)
            case _:
                assert_never(text)

    def _message(self, text: T, escape: Escape) -> str:
        forms = self.messages[text.key].forms
        n = text.params.get("n", 1)
        form = forms[self.plural(int(n))] if len(forms) > 1 and isinstance(n, int) else forms[0]
        said = ""
        for literal, name, _, _ in string.Formatter().parse(form):
            said += literal
            if name is not None:
                said = self._joined(said, self._param(text.params[name], escape))
        return said

    def _joined(self, before: str, after: str) -> str:
        """One after the other; in Italian “e Elena” is said “ed Elena”."""
        if self.language == "it" and after[:1] in _WITH_D:
            before = _AND.sub(r"\1d\2", before)
        return before + after

    def _param(self, value: Param, escape: Escape) -> str:
        match value:
            case When():
                return self._when(value)
            case bool():
                raise TypeError("a truth value has no words")
            case int() | float():
                return _number(value + 0, self.language)  # no minus before a rounded nought
            case datetime():
                raise TypeError("a moment needs the reader's zone: use When")
            case date():
                return dates.format_date(value, _DAY[self.language], locale=_BABEL[self.language])
            case _:
                return self(value, escape)

    def _when(self, when: When) -> str:
        pattern = {"full": _FULL, "day": _DAY, "date": _DATE}.get(when.style, {}).get(self.language, "HH:mm")
        local = when.at.astimezone(ZoneInfo(when.zone))
        said = dates.format_datetime(local, pattern, tzinfo=local.tzinfo, locale=_BABEL[self.language])
        return f"{said} ({when.zone.rsplit('/', 1)[-1].replace('_', ' ')})" if when.with_zone else said


@lru_cache(maxsize=1024)  # the same few are said in most forms
def _number(value: float, language: str) -> str:
    said: str = numbers.format_decimal(value, locale=_BABEL[language])
    return said


@lru_cache
def speaker(language: str) -> Say:
    """The speaker of ``it`` or ``en``, its catalogs read and joined once a process."""
    messages: dict[str, Message] = {}
    plural: Callable[[int], int] = lambda n: int(n != 1)  # noqa: E731  # Italian and English share this rule
    for path in sorted((Path(__file__).parent / language).glob("*.po")):
        with path.open("rb") as file:
            catalog = read_po(file, locale=language)
        for entry in catalog:
            if entry.id:
                messages[_key(entry.id)] = Message(_forms(entry.string))
    return Say(language, messages, plural)


def _key(msgid: str | tuple[str, ...] | list[str]) -> str:
    return msgid if isinstance(msgid, str) else msgid[0]


def _forms(msgstr: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (msgstr,) if isinstance(msgstr, str) else tuple(msgstr or ())


def placeholders(form: str) -> set[str]:
    """The names in braces of one form, for the test that holds the catalogs together."""
    return {name for _, name, _, _ in string.Formatter().parse(form) if name}
