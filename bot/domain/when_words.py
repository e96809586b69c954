"""The words in which people type a day and an hour, by language. They are read here, and never said.

All are in lower case, without accents, with apostrophes as spaces.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """Vocabulary of one language. Fields ending in `_re` are regular expressions without groups that capture."""

    numbers: Mapping[str, int]
    means: Mapping[str, str]
    weekdays: Mapping[str, int]
    days: Mapping[str, int]
    parts: Mapping[str, str]
    clocks: Mapping[str, tuple[int, int]]
    units: Mapping[str, str]
    one_re: str
    in_re: str
    from_now_re: str
    next_week_re: str
    this_week_re: str
    next_re: str
    this_re: str
    at_re: str
    skip: frozenset[str]


def either(words: Iterable[str]) -> str:
    """An alternation that prefers the longest word."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"


def _counted(text: str) -> dict[str, int]:
    return {word: number for number, word in enumerate(text.split(), start=1)}


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _weekdays(*spellings: str) -> dict[str, int]:
    return {word: day for day, words in enumerate(spellings) for word in words.split()}


ITALIAN = Words(
    numbers={
        **_counted(
            "uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici"
            " diciassette diciotto diciannove venti ventuno ventidue ventitre ventiquattro venticinque ventisei"
            " ventisette ventotto ventinove trenta trentuno"
        ),
        "una": 1,
        "primo": 1,
    },
    means={"stamattina": "oggi mattina", "stasera": "oggi sera", "domattina": "domani mattina"},
    weekdays=_weekdays(
        "lunedi lun", "martedi mar", "mercoledi mer", "giovedi gio", "venerdi ven", "sabato sab", "domenica dom"
    ),
    days={"oggi": 0, "domani": 1, "dopodomani": 2, "dopo domani": 2, "ieri": -1, "altro ieri": -2, "altroieri": -2},
    parts={
        "di mattina": "am",
        "del mattino": "am",
        "mattina": "am",
        "mattino": "am",
        "di pomeriggio": "pm",
        "del pomeriggio": "pm",
        "pomeriggio": "pm",
        "di sera": "pm",
        "della sera": "pm",
        "sera": "pm",
        "di notte": "am",
        "notte": "am",
    },
    clocks={
        "mezzogiorno e mezzo": (12, 30),
        "mezzogiorno e mezza": (12, 30),
        "mezzogiorno": (12, 0),
        "mezzanotte": (0, 0),
    },
    units={
        "minuto": "minutes",
        "minuti": "minutes",
        "ora": "hours",
        "ore": "hours",
        "giorno": "days",
        "giorni": "days",
        "settimana": "weeks",
        "settimane": "weeks",
        "mese": "months",
        "mesi": "months",
    },
    one_re=r"(?:un|una|uno)",
    in_re=r"(?:tra|fra)",
    from_now_re=r"(?:a partire da oggi|da oggi|da adesso)",
    next_week_re=r"(?:della |la |nella )?(?:prossima settimana|settimana prossima|settimana che viene)",
    this_week_re=r"(?:di |in )?questa settimana",
    next_re=r"(?:prossim[oa]|che viene)",
    this_re=r"(?:quest[oa])",
    at_re=r"(?:alle|all|dalle|le|ore|h|per le|verso le)",
    skip=_set(
        "il lo la le l i di del della dell d per a al alle all ore verso circa giorno e che va bene ok "
        "in punto facciamo possiamo ci vediamo"
    ),
)

ENGLISH = Words(
    numbers={**_counted("one two three four five six seven eight nine ten eleven twelve"), "first": 1},
    means={"tonight": "today evening"},
    weekdays=_weekdays(
        "monday mon",
        "tuesday tue tues",
        "wednesday wed",
        "thursday thu thur thurs",
        "friday fri",
        "saturday sat",
        "sunday sun",
    ),
    days={
        "today": 0,
        "tomorrow": 1,
        "day after tomorrow": 2,
        "yesterday": -1,
        "day before yesterday": -2,
    },
    parts={
        "in the morning": "am",
        "morning": "am",
        "in the afternoon": "pm",
        "afternoon": "pm",
        "in the evening": "pm",
        "evening": "pm",
        "at night": "pm",
    },
    clocks={"12 noon": (12, 0), "noon": (12, 0), "midday": (12, 0), "midnight": (0, 0)},
    units={
        "minute": "minutes",
        "minutes": "minutes",
        "hour": "hours",
        "hours": "hours",
        "day": "days",
        "days": "days",
        "week": "weeks",
        "weeks": "weeks",
        "month": "months",
        "months": "months",
    },
    one_re=r"(?:an|a|one)",
    in_re=r"(?:in)",
    from_now_re=r"(?:from now|from today)",
    next_week_re=r"(?:of )?(?:the )?(?:next week|coming week)",
    this_week_re=r"(?:of )?this week",
    next_re=r"(?:next|coming)",
    this_re=r"(?:this)",
    at_re=r"(?:at|by|from|around|about)",
    skip=_set("the on of at for a about around by please ok let s how maybe and in see you can could we do meet sharp"),
)

TONGUES: Mapping[str, Words] = {"it": ITALIAN, "en": ENGLISH}
