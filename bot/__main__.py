"""The command line `inverso`."""

import json
from typing import Annotated

import typer
from pydantic import ValidationError

from bot.cli import db, roster, serve
from bot.settings import Settings
from manifests.slack import slack_manifest

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Reverse mentoring inside the chat you already use.")
app.add_typer(db.app, name="db")
app.add_typer(roster.app, name="roster")
manifest = typer.Typer(no_args_is_help=True, help="What a platform's administrator uploads to make the app known.")
app.add_typer(manifest, name="manifest")


@app.command()
def run(
    playground: Annotated[bool, typer.Option("--playground", help="No credentials: a page plays Slack.")] = False,
) -> None:
    """Serve people and do what is due, in one process."""
    settings = _settings()
    if playground:
        from bot.cli.playing import play

        play(settings.port)
    else:
        serve.run_forever(settings, with_web=True, with_worker=True)


@app.command()
def web() -> None:
    """Serve people only; run any number beside any number of workers (PostgreSQL)."""
    serve.run_forever(_settings(), with_web=True, with_worker=False)


@app.command()
def worker() -> None:
    """Do what is due only."""
    serve.run_forever(_settings(), with_web=False, with_worker=True)


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


def _settings() -> Settings:
    """What the environment says. Exits with a sentence when a value cannot be read."""
    try:
        return Settings()
    except ValidationError as problem:
        for error in problem.errors():
            typer.echo(f"{error['loc'][0]}: {error['msg']}", err=True)
        raise typer.Exit(2) from problem


def main() -> None:
    """Entry point of the `inverso` command."""
    app()


if __name__ == "__main__":
    main()
