"""Serving the pictures of reports at signed addresses that expire."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from aiohttp import web

from bot.flows.reports import chart
from bot.flows.reports.release import still_valid
from bot.locales import LANGUAGES, speaker
from bot.pictures import Chart, Row, draw
from bot.ui.words import T, When
from storage.box import SealBroken
from storage.database import Database
from storage.tables import Release, Round


def picture_route(database: Database, clock: Callable[[], datetime]) -> web.RouteDef:
    """``GET /pictures/<signed>.png``: 404 for what was not signed here, or has expired."""

    async def picture(request: web.Request) -> web.Response:
        try:
            signed = database.box.open_json(request.match_info["signed"])
        except (SealBroken, ValueError):
            raise web.HTTPNotFound from None
        known = still_valid(signed, clock())
        if known is None or known[2] not in LANGUAGES:
            raise web.HTTPNotFound
        found = await _chart(database, clock(), *known)
        if found is None:
            raise web.HTTPNotFound
        drawn = await asyncio.to_thread(draw, found)
        return web.Response(body=drawn, content_type="image/png", headers={"Cache-Control": "private, max-age=86400"})

    return web.get("/pictures/{signed}.png", picture)


async def _chart(
    database: Database, now: datetime, release_id: int, organisation_id: int, language: str
) -> Chart | None:
    """The picture's rows in the reader's language; None when the release is gone."""
    async with database.uow(now, organisation_id) as uow:
        release = await uow.get(Release, release_id)
        round = await uow.get(Round, release.round_id) if release else None
    if release is None or round is None:
        return None
    say = speaker(language)
    released = When(release.released_at, "UTC", "day")
    return Chart(
        say(T(f"reports.title_{release.wave}", round=round.name)),
        say(T("reports.picture_subtitle", when=released)),
        say(T("reports.picture_note")),
        tuple(
            Row(say(row.group).replace("**", ""), say(row.label), say(row.figure), row.value, row.low, row.high)
            for row in chart.rows(release.totals)
        ),
    )
