"""`inverso roster`: the people of the company."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.cli.roster_report import show_imported, show_problems, show_refusal, show_unknown_coordinators
from bot.clock import SystemClock
from bot.domain.roster import RosterReport, parse_roster
from bot.locales import language_of, speaker
from bot.settings import Settings
from bot.ui.words import T
from storage import schema
from storage.database import Database, make_engine
from storage.organisations import in_no_roster, name_coordinators, the_organisation
from storage.roster import Imported, import_roster, known_managers

NOTHING_CHANGED = 1

app = typer.Typer(no_args_is_help=True, help="The people of the company.")


@app.callback()
def roster() -> None:
    """The people of the company."""


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="A CSV file in UTF-8.")],
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Leave out the lines that have errors.")] = False,
    language: Annotated[str, typer.Option(envvar="LANG", help="Of the report: it or en.")] = "en",
) -> None:
    """Add and update people from a CSV file. One wrong line, and nothing changes; nobody is ever deleted.

    Exits with 1 when nothing was changed, and with 2 when the database is not ready.
    """
    say, console = speaker(language_of(language)), Console()
    settings = Settings()
    settings.check_database()
    with console.status(say(T("roster.working"))):
        work = _import(settings, file.read_bytes(), SystemClock().now(), skip_bad=skip_bad)
        report, imported, unknown = asyncio.run(work)
    show_problems(console, say, report.problems)
    if imported is None:
        show_refusal(console, say, report, skipping=skip_bad)
        raise typer.Exit(NOTHING_CHANGED)
    show_imported(console, say, imported, len(report.bad_lines))
    show_unknown_coordinators(console, say, unknown)


async def _import(
    settings: Settings, data: bytes, now: datetime, *, skip_bad: bool
) -> tuple[RosterReport, Imported | None, list[str]]:
    """Read the file against who is known, and bring it into the store; None when nothing was changed.

    The last are coordinators' addresses that nobody has.
    """
    if (path := settings.sqlite_path()) is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    database = Database(make_engine(settings.database_url), settings.box())
    try:
        await schema.ensure_current(database.engine)
        async with database.uow(now) as uow:
            uow.organisation_id = await the_organisation(uow)
            managers = await known_managers(uow)
            report = parse_roster(data, managers, managers)
            rows = report.good_rows if skip_bad else report.rows
            if not rows or (report.errors and not skip_bad):
                return report, None, []
            imported = await import_roster(uow, rows)
            uow.promise("pairing.look_at_lines", f"roster:lines:{now.isoformat()}", now)
            await name_coordinators(uow, settings.coordinator_emails)
            unknown = await in_no_roster(uow, settings.coordinator_emails)
            await uow.commit()
            return report, imported, unknown
    finally:
        await database.close()
