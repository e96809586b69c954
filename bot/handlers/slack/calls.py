"""Calls of the Web API: what went wrong with one, as the retry decision needs it, and Slack's word for it."""

from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError

from bot.domain import retry
from bot.handlers import network
from bot.relay import Undelivered

log = structlog.get_logger()
GONE = {"user_disabled", "user_not_found", "channel_not_found", "is_archived", "cannot_dm_bot", "users_not_found"}
OUR_TOKEN = {"account_inactive", "token_revoked", "invalid_auth", "not_authed"}
NOBODY_KNOWS = {"fatal_error", "internal_error", "service_unavailable", "request_timeout"}


async def called(call: Awaitable[Any]) -> Any:
    """Await a Web API call; every failure becomes ``Undelivered`` with the trouble that the retry decision needs."""
    try:
        return await call
    except SlackApiError as error:
        raise _trouble(error) from error
    except network.FAILURES as error:
        raise network.undelivered(error) from error


def _trouble(error: SlackApiError) -> Undelivered:
    code = code_of(error)
    if error.response.status_code == 429 or code == "ratelimited":
        seconds = int(error.response.headers.get("Retry-After", 1))
        return Undelivered(retry.Busy(timedelta(seconds=seconds)))
    if error.response.status_code >= 500 or code in NOBODY_KNOWS:
        return Undelivered(retry.Unknown())
    if code in OUR_TOKEN:
        return Undelivered(retry.Down())
    log.warning("slack_refused", error=code)
    return Undelivered(retry.Refused(), unreachable=code in GONE)


def code_of(error: SlackApiError) -> str:
    """Slack's word for what went wrong; empty where something before it answered, in no words of Slack's."""
    return str(error.response.get("error", "")) if isinstance(error.response.data, dict) else ""
