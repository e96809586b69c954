"""The sheet of pairs as text: written for a spreadsheet, and read back line by line with every problem named. Pure."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.ui.words import T

COLUMNS = ("pair", "mentor", "mentor_email", "mentee", "mentee_email", "department", "score", "reasons", "decision")
NEEDED = ("mentor_email", "mentee_email")
DECISIONS = {"": "", "fix": "fixed", "fissa": "fixed", "exclude": "excluded", "escludi": "excluded"}
WRITTEN = {"it": {"fixed": "fissa", "excluded": "escludi"}, "en": {"fixed": "fix", "excluded": "exclude"}}
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


def header(language: str) -> str:
    """The first line. The mark at the beginning tells spreadsheets that it is UTF-8."""
    return "\ufeff" + rows_text([COLUMNS], language)


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


def read(data: bytes) -> tuple[list[Line], list[Problem]]:
    """The lines of a sheet that came back, from whatever spreadsheet saved it."""
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
    names = [name.strip().casefold() for name in rows[0]] if rows else []
    missing = [name for name in NEEDED if name not in names]
    if missing:
        return [], [Problem(1, T("matching.sheet_column", column=missing[0]))]
    if len(rows) > MOST_LINES:
        return [], [Problem(0, T("matching.sheet_too_long", most=MOST_LINES))]
    return _lines(names, rows[1:])


def _lines(names: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[list[Line], list[Problem]]:
    lines: list[Line] = []
    problems: list[Problem] = []
    for number, row in enumerate(rows, 2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) > len(names):
            problems.append(Problem(number, T("matching.sheet_cells")))
            continue
        given = {name: cell.strip() for name, cell in zip(names, row, strict=False)}
        found = _line(number, given)
        if isinstance(found, Line):
            lines.append(found)
        else:
            problems.append(found)
    return lines, problems


def _line(number: int, given: dict[str, str]) -> Line | Problem:
    decision = given.get("decision", "").casefold()
    if decision not in DECISIONS:
        return Problem(number, T("matching.sheet_decision", typed=decision[:40]))
    pair = given.get("pair", "")
    if pair and not (pair.isdecimal() and len(pair) <= MOST_DIGITS):
        return Problem(number, T("matching.sheet_pair", typed=pair[:40]))
    emails = {name: given.get(name, "").lstrip("'").casefold() for name in NEEDED}
    for name, email in emails.items():
        if not email:
            return Problem(number, T("matching.sheet_empty", column=name))
    people = emails["mentor_email"], emails["mentee_email"]
    return Line(number, int(pair) if pair else None, *people, DECISIONS[decision])
