"""One row of a roster: its columns, what each may hold, and the person that it makes."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from zoneinfo import available_timezones

from babel import Locale, localedata

from bot.domain.programme import CAREER_STAGES

REQUIRED = ("email", "name", "department", "career_stage", "site", "country", "timezone", "languages", "manager_email")
COLUMNS = (*REQUIRED, "job_title", "tenure_band", "platform", "other_programme")
TENURE_BANDS = ("0-1", "2-4", "5-9", "10+")
LONGEST = 200
# Unions, outlying seas, test locales and "unknown", which CLDR lists among the territories.
NOT_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})

Params = Mapping[str, str | int | tuple[str, ...] | tuple[int, ...]]

_ADDRESS = re.compile(r"[^\s@,;:<>()\[\]\"\\.]+(?:\.[^\s@,;:<>()\[\]\"\\.]+)*@(?:[\w-]+\.)+\w{2,}")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong at a line (1 = the header) and column; `params` fill the sentence that the code stands for."""

    line: int
    column: str | None
    code: str
    params: Params
    severity: Literal["error", "warning"] = "error"


@dataclass(frozen=True, slots=True)
class RosterRow:
    """A person of the company. Addresses are in lower case; what the file leaves empty is "" or None.

    `platform` is as typed: which ones there are is known above.
    """

    line: int
    email: str
    name: str
    department: str
    job_title: str
    career_stage: str
    tenure_band: str
    site: str
    country: str
    timezone: str
    languages: tuple[str, ...]
    manager_email: str | None
    platform: str
    other_programme: str


def read_row(line: int, cells: Mapping[str, str]) -> tuple[RosterRow, list[Problem]]:
    """The person of a row, as far as it can be read, and what is wrong with it by itself."""
    clean = {column: cells.get(column, "").strip() for column in COLUMNS}
    row = RosterRow(
        line=line,
        email=clean["email"].lower(),
        name=" ".join(clean["name"].split()),
        department=clean["department"],
        job_title=clean["job_title"],
        career_stage=clean["career_stage"].lower(),
        tenure_band=clean["tenure_band"],
        site=clean["site"],
        country=clean["country"].upper(),
        timezone=clean["timezone"],
        languages=_languages(clean["languages"]),
        manager_email=clean["manager_email"].lower() or None,
        platform=clean["platform"].lower(),
        other_programme=clean["other_programme"].lower(),
    )
    return row, [*_unfit_cells(line, clean), *_unfit_values(row)]


@lru_cache(maxsize=1024)
def _languages(cell: str) -> tuple[str, ...]:
    """The bare languages of codes as people write them (it, IT, en-GB, en_GB), each once, in their order."""
    codes = (re.split(r"[-_]", code.strip().lower())[0] for code in cell.split(";"))
    return tuple(dict.fromkeys(code for code in codes if code))


def _unfit_cells(line: int, cells: Mapping[str, str]) -> Iterator[Problem]:
    for column, value in cells.items():
        if "\0" in value:
            yield Problem(line, column, "nul_byte", {})
        if len(value) > LONGEST:
            yield Problem(line, column, "too_long", {"most": LONGEST, "found": len(value)})


def _unfit_values(row: RosterRow) -> Iterator[Problem]:
    def unfit(column: str, code: str, value: str) -> Problem:
        return Problem(row.line, column, code, {"value": value[:LONGEST]})

    if not row.email:
        yield Problem(row.line, "email", "empty_email", {})
    elif not _ADDRESS.fullmatch(row.email):
        yield unfit("email", "malformed_email", row.email)
    if not row.name:
        yield Problem(row.line, "name", "empty_name", {})
    if row.career_stage not in CAREER_STAGES:
        yield unfit("career_stage", "unknown_career_stage", row.career_stage)
    if row.timezone not in _zones():
        yield unfit("timezone", "unknown_timezone", row.timezone)
    if row.country not in _countries():
        yield unfit("country", "unknown_country", row.country)
    if not row.languages:
        yield Problem(row.line, "languages", "empty_languages", {})
    for code in row.languages:
        if not _is_language(code):
            yield unfit("languages", "unknown_language", code)
    if row.tenure_band and row.tenure_band not in TENURE_BANDS:
        yield unfit("tenure_band", "unknown_tenure_band", row.tenure_band)
    if row.manager_email and row.manager_email == row.email:
        yield Problem(row.line, "manager_email", "own_manager", {"email": row.email})


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


@lru_cache(maxsize=1)
def _countries() -> frozenset[str]:
    codes = (str(code) for code in Locale("en").territories)
    return frozenset(code for code in codes if len(code) == 2 and code.isalpha()) - NOT_COUNTRIES


@lru_cache(maxsize=1024)
def _is_language(code: str) -> bool:
    return bool(re.fullmatch(r"[a-z]{2,3}", code)) and code != "root" and localedata.exists(code)
