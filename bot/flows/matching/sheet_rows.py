"""The sheet of pairs as text: written for a spreadsheet, and read back line by line with every problem named. Pure."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from bot.locales import LANGUAGES, Say, speaker
from bot.ui.words import T

COLUMNS = ("pair", "mentor", "mentor_email", "mentee", "mentee_email", "department", "score", "reasons", "decision")
NEEDED = ("mentor_email", "mentee_email")
OF_PEERS = {"mentor": "one", "mentor_email": "one_email", "mentee": "other", "mentee_email": "other_email"}
DECISIONS = ("fixed", "excluded")
SEPARATOR = {"it": ";", "en": ","}
MOST_LINES = 200_000
MOST_DIGITS = 18
_COMMANDS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Line:
    """One line as it was sent back. ``pair``: the proposal that it stood for; None for a pair that was added."""

    number: int
    pair: int | None
    mentor: str
    mentee: str
    decision: str


@dataclass(frozen=True)
class Problem:
    """What is wrong with a line; 0 is the file as a whole."""

    line: int
    words: T


def title(column: str, *, peers: bool) -> T:
    """What a column is called; among peers nobody is the mentor of the two."""
    return T(f"matching.column_{OF_PEERS.get(column, column) if peers else column}")


def header(say: Say, *, peers: bool) -> str:
    """The first line. The mark at the beginning tells spreadsheets that it is UTF-8."""
    return "\ufeff" + rows_text([[say(title(column, peers=peers)) for column in COLUMNS]], say.language)


def decided(mark: str, say: Say) -> str:
    """What stands under the decision for a mark; nothing for none."""
    return say(T(f"matching.decide_{mark}")) if mark else ""


@cache
def _columns() -> dict[str, str]:
    """What any language calls a column, and which one it is: a sheet may come back from somebody else."""
    kinds = (False, True)
    return {_called(title(name, peers=peers), lang): name for name in COLUMNS for peers in kinds for lang in LANGUAGES}


@cache
def _decisions() -> dict[str, str]:
    """Likewise of decisions."""
    return {"": ""} | {_called(T(f"matching.decide_{one}"), lang): one for one in DECISIONS for lang in LANGUAGES}


def _called(words: T, language: str) -> str:
    return speaker(language)(words).casefold()


def rows_text(rows: Iterable[Sequence[object]], language: str) -> str:
    """Lines of the sheet, with the separator that spreadsheets of that language expect."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=SEPARATOR[language], lineterminator="\r\n")
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return written.getvalue()


def _harmless(cell: object) -> str:
    """No cell begins like a formula: a name must not command somebody's spreadsheet."""
    text = str(cell)
    return f"'{text}" if text.startswith(_COMMANDS) else text


def read(data: bytes, *, peers: bool = False) -> tuple[list[Line], list[Problem]]:
    """The lines of a sheet that came back, from whatever spreadsheet saved it; ``peers``: whose sheet it is."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    first = text.split("\n", 1)[0]
    separator = max(";,\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error:
        return [], [Problem(0, T("matching.sheet_unreadable"))]
    called = [name.strip().casefold() for name in rows[0]] if rows else []
    names = [_columns().get(name, name) for name in called]
    missing = [name for name in NEEDED if name not in names]
    if missing:
        return [], [Problem(1, T("matching.sheet_column", column=title(missing[0], peers=peers)))]
    if len(rows) > MOST_LINES:
        return [], [Problem(0, T("matching.sheet_too_long", most=MOST_LINES))]
    return _lines(names, rows[1:], peers=peers)


def _lines(names: Sequence[str], rows: Sequence[Sequence[str]], *, peers: bool) -> tuple[list[Line], list[Problem]]:
    lines: list[Line] = []
    problems: list[Problem] = []
    for number, row in enumerate(rows, 2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) > len(names):
            problems.append(Problem(number, T("matching.sheet_cells")))
            continue
        given = {name: cell.strip() for name, cell in zip(names, row, strict=False)}
        found = _line(number, given, peers=peers)
        if isinstance(found, Line):
            lines.append(found)
        else:
            problems.append(found)
    return lines, problems


def _line(number: int, given: dict[str, str], *, peers: bool) -> Line | Problem:
    decision = given.get("decision", "").casefold()
    if decision not in _decisions():
        return Problem(number, T("matching.sheet_decision", typed=decision[:40]))
    pair = given.get("pair", "")
    if pair and not (pair.isdecimal() and len(pair) <= MOST_DIGITS):
        return Problem(number, T("matching.sheet_pair", typed=pair[:40]))
    emails = {name: given.get(name, "").lstrip("'").casefold() for name in NEEDED}
    for name, email in emails.items():
        if not email:
            return Problem(number, T("matching.sheet_empty", column=title(name, peers=peers)))
    people = emails["mentor_email"], emails["mentee_email"]
    return Line(number, int(pair) if pair else None, *people, _decisions()[decision])
