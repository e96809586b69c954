"""`inverso db`: the schema of the database."""

import asyncio
from typing import Annotated

import typer

from bot.settings import Settings
from storage import schema
from storage.database import make_engine

app = typer.Typer(no_args_is_help=True, help="The schema of the database (DATABASE_URL).")


@app.command("upgrade")
def upgrade() -> None:
    """Bring the database to the version of the code."""

    async def work() -> None:
        engine = make_engine(_url())
        await schema.upgrade(engine)
        await engine.dispose()

    asyncio.run(work())
    typer.echo(f"The database is at revision {schema.head()}.")


@app.command("check")
def check() -> None:
    """Compare models and database; exit with 1 when they differ."""

    async def work() -> list[str] | None:
        engine = make_engine(_url())
        found = await schema.differences(engine) if await schema.revision(engine) else None
        await engine.dispose()
        return found

    found = asyncio.run(work())
    if found is None:
        typer.echo("The database has no tables yet. Run: inverso db upgrade")
        raise typer.Exit(1)
    for line in found:
        typer.echo(line)
    if found:
        typer.echo(f"{len(found)} differences between models and database. Run: inverso db upgrade")
        raise typer.Exit(1)
    typer.echo("Models and database agree.")


@app.command("revision", hidden=True)
def revision(message: str, number: Annotated[str, typer.Option(help="For example 0002")]) -> None:
    """Write a new migration from the difference between models and database (for developers)."""

    async def work() -> None:
        engine = make_engine(_url())
        async with engine.begin() as connection:
            await connection.run_sync(schema.new_revision, message, number)
        await engine.dispose()

    asyncio.run(work())


def _url() -> str:
    settings = Settings()
    settings.check_database()
    path = settings.sqlite_path()
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    return settings.database_url
