"""What can be mended by who runs the bot is told in a sentence, by every command; our own faults keep their trace."""

from typing import Any

import aiohttp
import typer
from pydantic import ValidationError
from slack_sdk.errors import SlackApiError
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError
from typer.core import TyperGroup

from bot.handlers.slack.calls import OUR_TOKEN, code_of
from bot.settings import BadSettings
from storage.reach import first_line
from storage.schema import OldDatabase

NOT_SET_UP = 2
OUR_OWN = (DataError, IntegrityError, ProgrammingError, BrokenPipeError)
TO_MEND = (ValidationError, BadSettings, OldDatabase, SlackApiError, DBAPIError, aiohttp.ClientError, OSError)


class Commands(TyperGroup):
    """The commands; each ends with ``NOT_SET_UP`` where something has to be mended first."""

    def invoke(self, ctx: Any) -> Any:
        """Do what was asked for."""
        try:
            return super().invoke(ctx)
        except OUR_OWN:
            raise
        except TO_MEND as problem:
            typer.echo(_sentence(problem), err=True)
            raise typer.Exit(NOT_SET_UP) from problem


def _sentence(problem: Exception) -> str:
    match problem:
        case ValidationError():
            return "\n".join(f"{error['loc'][0]}: {error['msg']}" for error in problem.errors())
        case BadSettings() | OldDatabase():
            return str(problem)
        case SlackApiError():
            return _of_slack(code_of(problem))
        case DBAPIError():
            return f"The database cannot be used: {first_line(problem.orig or problem)}. Check DATABASE_URL."
        case _:  # the port is taken, or nobody answers at an address
            return f"Inverso cannot go on: {first_line(problem)}"


def _of_slack(code: str) -> str:
    """What to do about what Slack said to the token."""
    if code in OUR_TOKEN:
        return f"Slack refuses SLACK_BOT_TOKEN: {code}. Copy it again."
    return f"Slack does not tell whose SLACK_BOT_TOKEN is: {code or 'no answer of its own'}. Start again in a minute."
