"""The doctor looks outside: the platforms' answers to the credentials, their clock, and the bot's own address."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp

from bot.cli.doctor_store import Installed
from bot.cli.findings import Finding, bad, good, warn
from bot.settings import Settings
from bot.ui.words import T
from manifests.slack import SCOPES

SKEW = timedelta(seconds=30)
LOGIN = "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"
SCOPE = "https://api.botframework.com/.default"
SECRET_EXPIRED, SECRET_WRONG = 7000222, 7000215
Json = dict[str, Any]
TROUBLES = (aiohttp.ClientError, TimeoutError, OSError, ValueError)


async def examined(
    settings: Settings, workspaces: Sequence[Installed], http: aiohttp.ClientSession, clock: Callable[[], datetime]
) -> list[Finding]:
    """The findings about everything that is set up."""
    findings: list[Finding] = []
    tokens = {one.token: one.name for one in workspaces if one.platform == "slack" and one.token}
    if settings.slack_bot_token:
        tokens.setdefault(settings.slack_bot_token, "SLACK_BOT_TOKEN")
    for token, name in tokens.items():
        findings += await _slack(settings, token, name, http, clock)
    if settings.slack_app_token:
        findings.append(await _socket_mode(settings, http))
    if settings.microsoft_app_id:
        findings.append(await _teams(settings, http))
    if not (settings.has_slack or settings.has_teams):
        findings.append(bad(T("doctor.no_platform")))
    if settings.base_url:
        findings.append(await _own_address(settings, http))
    return findings


async def _slack(
    settings: Settings, token: str, name: str, http: aiohttp.ClientSession, clock: Callable[[], datetime]
) -> list[Finding]:
    api = settings.slack_api_url
    try:
        async with http.post(f"{api}auth.test", headers={"Authorization": f"Bearer {token}"}) as answer:
            said, headers = await answer.json(), answer.headers
    except TROUBLES as error:
        return [bad(T("doctor.slack_unreachable", address=api, trouble=type(error).__name__))]
    if not said.get("ok"):
        return [bad(T("doctor.slack_refuses", name=name, error=str(said.get("error"))))]
    if settings.slack_client_id and token != settings.slack_bot_token:
        team = str(said.get("team_id"))
        if settings.slack_team_ids.isdisjoint({team, said.get("enterprise_id")}):
            return [bad(T("doctor.slack_not_served", team=str(said.get("team")), id=team))]
    granted = {scope.strip() for scope in headers.get("x-oauth-scopes", "").split(",")}
    missing = [scope for scope in SCOPES if scope not in granted] if "x-oauth-scopes" in headers else []
    if missing:
        return [bad(T("doctor.slack_scopes", team=str(said.get("team")), scopes=", ".join(missing)))]
    return [good(T("doctor.slack_good", team=str(said.get("team")))), *_clock(headers.get("Date"), clock())]


def _clock(date: str | None, now: datetime) -> Iterator[Finding]:
    """Slack refuses requests whose signature is five minutes old; promises are kept by this machine's clock."""
    if date is not None and (skew := abs(parsedate_to_datetime(date) - now)) > SKEW:
        yield bad(T("doctor.clock", seconds=round(skew.total_seconds())))


async def _socket_mode(settings: Settings, http: aiohttp.ClientSession) -> Finding:
    headers = {"Authorization": f"Bearer {settings.slack_app_token}"}
    try:
        async with http.post(f"{settings.slack_api_url}apps.connections.open", headers=headers) as answer:
            said = await answer.json()
    except TROUBLES as error:
        return bad(T("doctor.slack_unreachable", address=settings.slack_api_url, trouble=type(error).__name__))
    if not said.get("ok"):
        return bad(T("doctor.slack_refuses", name="SLACK_APP_TOKEN", error=str(said.get("error"))))
    return good(T("doctor.socket_mode_good"))


async def _teams(settings: Settings, http: aiohttp.ClientSession) -> Finding:
    """Whether Microsoft gives a token for the secret. When the secret ends, only the directory's own page shows."""
    asked = {
        "grant_type": "client_credentials",
        "client_id": settings.microsoft_app_id,
        "client_secret": settings.microsoft_app_password,
        "scope": SCOPE,
    }
    tenant = settings.microsoft_app_tenant_id or "botframework.com"
    try:
        async with http.post(LOGIN.format(tenant=tenant), data=asked) as answer:
            said: Json = await answer.json()
    except TROUBLES as error:
        return bad(T("doctor.teams_unreachable", trouble=type(error).__name__))
    if "access_token" in said:
        return good(T("doctor.teams_good"))
    codes = said.get("error_codes") or []
    if SECRET_EXPIRED in codes:
        return bad(T("doctor.teams_secret_expired"))
    if SECRET_WRONG in codes:
        return bad(T("doctor.teams_secret_wrong"))
    return bad(T("doctor.teams_refuses", error=str(said.get("error"))))


async def _own_address(settings: Settings, http: aiohttp.ClientSession) -> Finding:
    try:
        async with http.get(f"{settings.address}/healthz") as answer:
            if answer.status == 200:
                return good(T("doctor.address_good", address=settings.address))
            trouble = str(answer.status)
    except TROUBLES as error:
        trouble = type(error).__name__
    return warn(T("doctor.address_unreachable", address=settings.address, trouble=trouble))
