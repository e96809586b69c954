"""Reads a company roster from CSV bytes: the people that it holds, and every problem by line, in codes.

`roster_rows` judges single rows; here are the file as a whole, duplicates, and who manages whom.
"""

import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from bot.domain.roster_rows import COLUMNS, REQUIRED, Problem, RosterRow, read_row

__all__ = ["COLUMNS", "REQUIRED", "Problem", "RosterReport", "RosterRow", "parse_roster"]

UNKNOWN = ""
"""The address of a manager whom the file names and who is not to be had; None where nobody is named."""
HEADER_LINE = 1
NO_MANAGERS: Mapping[str, str | None] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class RosterReport:
    """What a file holds. `rows` are all that could be read; `bad_lines` are those with an error of their own."""

    rows: tuple[RosterRow, ...]
    problems: tuple[Problem, ...]
    bad_lines: frozenset[int] = frozenset()
    readable: bool = True

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep the file from being taken whole."""
        return tuple(problem for problem in self.problems if problem.severity == "error")

    @property
    def good_rows(self) -> tuple[RosterRow, ...]:
        """The rows that stay when bad ones are skipped; none when the file as a whole cannot be read.

        A person whose manager was skipped stays without a manager: matching treats that as not known, and leaves
        the person to the coordinator.
        """
        if not self.readable:
            return ()
        skipped = {row.email for row in self.rows if row.line in self.bad_lines}
        good = [row for row in self.rows if row.line not in self.bad_lines]
        skipped -= {row.email for row in good}
        return tuple(replace(row, manager_email=UNKNOWN) if row.manager_email in skipped else row for row in good)


def parse_roster(
    data: bytes,
    existing_emails: Collection[str] = (),
    existing_managers: Mapping[str, str | None] = NO_MANAGERS,
) -> RosterReport:
    """Reads a roster.

    `existing_emails` are people already known, who may be named as managers; `existing_managers` says who manages
    them (lower-case addresses), so that a cycle through the people already known is seen as well. Problems are in
    the order of lines. Nothing is raised for any bytes.
    """
    text, problem = _decode(data)
    if problem:
        return RosterReport((), (problem,), readable=False)
    records, unreadable = _records(text)
    if unreadable and not records:
        return RosterReport((), (unreadable,), readable=False)
    header_problems = _check_header(text, records)
    if any(p.severity == "error" for p in header_problems):
        return RosterReport((), tuple(header_problems), readable=False)
    rows, problems = _read_rows(records)
    problems += header_problems
    if unreadable:
        problems.append(unreadable)
    elif not records[1:]:
        problems.append(Problem(HEADER_LINE, None, "no_people", {}))
    problems += _duplicates(rows)
    known = {email.lower() for email in existing_emails} | set(existing_managers)
    problems += _unknown_managers(rows, known)
    problems += _cycles(rows, existing_managers)
    if rows and not any(row.manager_email for row in rows):
        problems.append(Problem(HEADER_LINE, "manager_email", "no_managers", {}, "warning"))
    problems.sort(key=lambda p: p.line)
    return RosterReport(tuple(rows), tuple(problems), _bad_lines(problems), readable=unreadable is None)


def _decode(data: bytes) -> tuple[str, Problem | None]:
    """The text of a UTF-8 file, with or without its mark; otherwise what encoding it seems to be in, and where."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or data[:200].count(0) > len(data[:200]) // 4:
        return "", Problem(HEADER_LINE, None, "encoding", {"found": "utf-16"})
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        # The bytes that Windows leaves unassigned; what else is above ASCII reads alike in both.
        unassigned = re.search(rb"[\x81\x8d\x8f\x90\x9d]", data)
        return "", Problem(line, None, "encoding", {"found": "latin-1" if unassigned else "cp1252"})
    return (text, None) if text.strip() else ("", Problem(HEADER_LINE, None, "empty_file", {}))


def _records(text: str) -> tuple[list[tuple[int, list[str]]], Problem | None]:
    """Every record that is not blank with the line on which it begins, up to the first that cannot be read."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for fields in reader:
            if any(value.strip() for value in fields):
                records.append((line, fields))
            line = reader.line_num + 1
    except csv.Error:
        return records, Problem(line, None, "quotes", {})
    return records, None


def _check_header(text: str, records: list[tuple[int, list[str]]]) -> list[Problem]:
    line, names = (records[0][0], _names(records[0][1])) if records else (HEADER_LINE, [])
    if "email" not in names:
        first = next(part for part in text.splitlines() if part.strip())
        for separator, name in ((";", "semicolon"), ("\t", "tab"), ("|", "bar")):
            if "email" in _names(first.replace('"', "").split(separator)):
                return [Problem(line, None, "separator", {"found": name})]
    problems = [Problem(line, name, "missing_column", {}) for name in REQUIRED if name not in names]
    problems += [Problem(line, name, "duplicate_column", {}) for name in COLUMNS if names.count(name) > 1]
    unknown = [name for name in names if name not in COLUMNS]
    return problems + [Problem(line, name, "unknown_column", {}, "warning") for name in unknown]


def _names(fields: list[str]) -> list[str]:
    return [name.strip().lower() for name in fields]


def _read_rows(records: list[tuple[int, list[str]]]) -> tuple[list[RosterRow], list[Problem]]:
    header, rows, problems = _names(records[0][1]), [], []
    for line, fields in records[1:]:
        if len(fields) != len(header):
            code = "too_many_fields" if len(fields) > len(header) else "too_few_fields"
            problems.append(Problem(line, None, code, {"expected": len(header), "found": len(fields)}))
            continue
        row, wrong = read_row(line, dict(zip(header, fields, strict=True)))
        rows.append(row)
        problems += wrong
    return rows, problems


def _duplicates(rows: list[RosterRow]) -> Iterator[Problem]:
    """The second and later rows of an address; the first one stands."""
    first: dict[str, int] = {}
    for row in rows:
        if row.email and first.setdefault(row.email, row.line) != row.line:
            yield Problem(row.line, "email", "duplicate_email", {"email": row.email, "first_line": first[row.email]})


def _unknown_managers(rows: list[RosterRow], existing: Collection[str]) -> Iterator[Problem]:
    known = {row.email for row in rows} | set(existing)
    for row in rows:
        if row.manager_email and row.manager_email not in known:
            yield Problem(row.line, "manager_email", "unknown_manager", {"manager": row.manager_email})


def _cycles(rows: list[RosterRow], existing: Mapping[str, str | None]) -> Iterator[Problem]:
    """One problem for each ring of people who manage each other, at the first line of the ring.

    Each person has one manager, so a walk upwards either ends or comes back; every person is walked over once.
    """
    lines = {row.email: row.line for row in reversed(rows)}
    manager = {**existing, **{row.email: row.manager_email for row in reversed(rows)}}
    settled: set[str] = set()
    for start in manager:
        path: dict[str, int] = {}
        person: str | None = start
        while person and person not in settled and person not in path:
            path[person] = len(path)
            person = manager.get(person)
        settled.update(path)
        if person in path:
            ring = list(path)[path[person] :]
            here = sorted(lines[email] for email in ring if email in lines)
            if here and len(ring) > 1:  # the row itself tells a person who is their own manager
                yield _cycle_problem(ring, here, lines)


def _cycle_problem(ring: list[str], here: list[int], lines: Mapping[str, int]) -> Problem:
    """The ring told from the person on its first line."""
    start = next(n for n, email in enumerate(ring) if lines.get(email) == here[0])
    people = (*ring[start:], *ring[:start])
    return Problem(here[0], "manager_email", "manager_cycle", {"people": people, "lines": tuple(here)})


def _bad_lines(problems: list[Problem]) -> frozenset[int]:
    """Lines to skip: those with an error, and all of a ring, as nobody can say which link of it is wrong."""
    bad: set[int] = set()
    for problem in problems:
        if problem.severity == "error":
            ring = problem.params.get("lines", ())
            bad.add(problem.line)
            bad.update(line for line in (ring if isinstance(ring, tuple) else ()) if isinstance(line, int))
    return frozenset(bad)
