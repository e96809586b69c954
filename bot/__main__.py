"""The command line `inverso`."""

import json
from pathlib import Path
from typing import Annotated

import typer

from bot.cli import db, doctor, messages, roster, serve
from bot.cli.commands import listed_commands
from bot.cli.sentences import Commands
from bot.settings import Settings, is_guid
from manifests.slack import slack_manifest
from manifests.teams import teams_package

app = typer.Typer(
    cls=Commands, no_args_is_help=True, add_completion=False, help="Reverse mentoring inside the chat you already use."
)
app.add_typer(db.app, name="db")
app.add_typer(roster.app, name="roster")
app.command("doctor")(doctor.examine)
manifest = typer.Typer(no_args_is_help=True, help="What a platform's administrator uploads to make the app known.")
app.add_typer(manifest, name="manifest")


@app.command()
def run(
    playground: Annotated[bool, typer.Option("--playground", help="No credentials: a page plays Slack.")] = False,
) -> None:
    """Serve people and do what is due, in one process."""
    settings = Settings()
    if playground:
        from bot.cli.playing import play

        play(settings.port)
    else:
        serve.run_forever(settings, with_web=True, with_worker=True)


@app.command()
def web() -> None:
    """Serve people only; run any number beside any number of workers (PostgreSQL)."""
    serve.run_forever(Settings(), with_web=True, with_worker=False)


@app.command()
def worker() -> None:
    """Do what is due only."""
    serve.run_forever(Settings(), with_web=False, with_worker=True)


@app.command("messages")
def print_messages() -> None:
    """Print every message of the product in every language, as Markdown."""
    typer.echo(messages.page(), nl=False)


@manifest.command("slack")
def manifest_slack(
    base_url: Annotated[str, typer.Option(help="Where the bot is reached, https://…")] = "",
    socket_mode: Annotated[bool, typer.Option(help="For a bot that no address leads to.")] = False,
) -> None:
    """Print the Slack app manifest."""
    address = (base_url or Settings().base_url).rstrip("/")
    if not socket_mode and not address.startswith("https://"):
        typer.echo("Slack needs an https address: give --base-url https://… or set INVERSO_BASE_URL.", err=True)
        raise typer.Exit(2)
    typer.echo(json.dumps(slack_manifest(address, socket_mode=socket_mode), indent=2))


@manifest.command("teams")
def manifest_teams(
    base_url: Annotated[str, typer.Option(help="Where the bot is reached, https://…")] = "",
    website: Annotated[str, typer.Option(help="A page about the programme; the bot's address when not given.")] = "",
    privacy: Annotated[str, typer.Option(help="The company's privacy notice.")] = "",
    terms: Annotated[str, typer.Option(help="The company's terms of use.")] = "",
    output: Annotated[Path, typer.Option(help="The zip to write.")] = Path("inverso-teams.zip"),
) -> None:
    """Write the Teams app package: a zip for the admin centre, or for a custom upload."""
    settings = Settings()
    address = (base_url or settings.base_url).rstrip("/")
    given = [address, *(page for page in (website, privacy, terms) if page)]
    if not all(page.startswith("https://") for page in given):
        typer.echo("Teams needs https addresses: give --base-url https://… or set INVERSO_BASE_URL.", err=True)
        raise typer.Exit(2)
    if not is_guid(settings.microsoft_app_id):
        typer.echo(
            "Set MICROSOFT_APP_ID to the app's id first: it is on the Azure Bot's page, under Configuration.", err=True
        )
        raise typer.Exit(2)
    pages = {
        "website": website or address,
        "privacy": privacy or website or address,
        "terms": terms or website or address,
    }
    output.write_bytes(teams_package(settings.microsoft_app_id, address, listed_commands(), pages))
    typer.echo(f"Written: {output}. Upload it at admin.teams.microsoft.com, Teams apps, Manage apps.")


def main() -> None:
    """Entry point of the `inverso` command."""
    app()


if __name__ == "__main__":
    main()
