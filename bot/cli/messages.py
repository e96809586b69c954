"""Every message of the product in every language, spoken with sample values: a page to read as its readers would."""

from collections.abc import Iterator
from datetime import UTC, datetime

from bot import content
from bot.locales import LANGUAGES, placeholders, speaker
from bot.ui.words import Listing, Param, T, When

AT = datetime(2027, 1, 14, 13, tzinfo=UTC)
ONE, SEVERAL = 1, 3
_NAMES = ("partner", "mentor", "who", "writer", "name", "sponsor")
_OTHERS = ("mentee", "mentees", "coordinator")
_MOMENTS = ("at", "when", "there")
_DAYS = ("by", "until", "date", "last", "ends", "day")
SAMPLES: dict[str, Param] = {
    **dict.fromkeys(_NAMES, "Luca Sala"),
    **dict.fromkeys(_OTHERS, "Giulia Bruno"),
    **dict.fromkeys(_MOMENTS, When(AT, "Europe/Rome")),
    **dict.fromkeys(_DAYS, When(AT, "Europe/Rome", "day")),
    "round": "Primavera 2027",
    "topic": content.topics()["D09"].title,
    "topics": Listing((content.topics()["D09"].title, content.topics()["R02"].title)),
    "title": content.topics()["D09"].title,
    "text": "…",
    **{f"t{n}": minutes for n, minutes in enumerate((10, 25, 10), 1)},
}

OWN: dict[str, dict[str, Param]] = {
    "session.remind_tomorrow": {"at": When(AT, "Europe/Rome", "time")},
}
"""Messages that mean something else by the same name."""


def page() -> str:
    """The page as Markdown: a table a feature, a row a message, a column a language."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Every message, in every language"
    yield ""
    yield "Written by `make messages`, and held to the catalogs by a test. People, dates and topics are samples;"
    yield "what stands in ‹…› is filled in."
    feature = ""
    for key in sorted(speaker(LANGUAGES[0]).messages):
        if key.partition(".")[0] != feature:
            feature = key.partition(".")[0]
            yield from ("", f"## {feature}", "", f"| message | {' | '.join(LANGUAGES)} |", "| --- | --- | --- |")
        yield f"| `{key}` | {' | '.join(_cell(_spoken(key, language)) for language in LANGUAGES)} |"


def _spoken(key: str, language: str) -> str:
    """The message, once for one and once for several where it tells them apart."""
    say = speaker(language)
    forms = say.messages[key].forms
    samples = {**SAMPLES, **OWN.get(key, {})}
    given = {name: samples.get(name, f"‹{name}›") for form in forms for name in placeholders(form)}
    if len(forms) == 1:
        return say(T(key, **({**given, "n": SEVERAL} if "n" in given else given)))
    return "\n".join(say(T(key, **{**given, "n": n})) for n in (ONE, SEVERAL))


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", "<br>")
