"""What a roster file holds, told by line for people who read it in a terminal."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text as Styled

from bot.domain.roster import Problem, RosterReport
from bot.locales import Say
from bot.ui.words import Listing, T, Text
from storage.roster import Imported

SHOWN = 50


def words_of(problem: Problem) -> Text:
    """The sentence for a problem."""
    params = {name: _param(name, value) for name, value in problem.params.items()}
    sentence = T(f"roster.{problem.code}", **params)
    return sentence if problem.severity == "error" else T("roster.warning", words=sentence)


def _param(name: str, value: str | int | tuple[str, ...] | tuple[int, ...]) -> Text | int:
    if isinstance(value, tuple):
        return ", ".join(str(part) for part in value)
    if name == "found" and value in ("semicolon", "tab", "bar"):
        return T(f"roster.found_{value}")
    return value


def printable(text: str) -> str:
    """Text of the file, with what could command a terminal made visible."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def show_problems(console: Console, say: Say, problems: Sequence[Problem]) -> None:
    """A table of the problems by line; beyond ``SHOWN`` of them, how many more there are."""
    if not problems:
        return
    table = Table(*(say(T(f"roster.{name}")) for name in ("line", "column", "what")), box=None, pad_edge=False)
    for problem in problems[:SHOWN]:
        cells = (str(problem.line), printable(problem.column or ""), say(words_of(problem), printable))
        table.add_row(*(Styled(cell) for cell in cells))
    console.print(table)
    if len(problems) > SHOWN:
        console.print(say(T("roster.more", n=len(problems) - SHOWN)))
    console.print()


def show_refusal(console: Console, say: Say, report: RosterReport, *, skipping: bool) -> None:
    """Why nothing was changed, and what to do."""
    console.print(say(T("roster.errors", n=len(report.errors))), say(T("roster.nothing_changed")))
    if skipping:
        console.print(say(T("roster.nothing_left")))
    elif report.good_rows:
        console.print(say(T("roster.skip_hint")))


def show_imported(console: Console, say: Say, imported: Imported, skipped: int) -> None:
    """How many people were added, brought up to date, and left out."""
    counts = (("added", imported.added), ("updated", imported.updated), ("skipped", skipped))
    console.print(*(say(T(f"roster.{name}", n=count)) for name, count in counts if count or name == "added"))


def show_unknown_coordinators(console: Console, say: Say, emails: Sequence[str]) -> None:
    """Which coordinators are nobody of the list: they are named in the settings, and nothing came of it."""
    if emails:
        console.print(say(T("roster.warning", words=T("roster.unknown_coordinators", emails=Listing(tuple(emails))))))
