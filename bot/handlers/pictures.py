"""Serving the pictures of reports and of matchings at signed addresses that expire."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from aiohttp import web

from bot import histogram
from bot.flows.matching import picture
from bot.flows.picture_links import named
from bot.flows.reports import chart
from bot.locales import LANGUAGES, speaker
from bot.pictures import Chart, Row, draw
from bot.ui.words import T, When
from storage.box import SealBroken
from storage.database import Database
from storage.tables import MatchRun, Release, Round


def picture_route(database: Database, clock: Callable[[], datetime]) -> web.RouteDef:
    """``GET /pictures/<signed>.png``: 404 for what was not signed here, or has expired."""

    async def serve(request: web.Request) -> web.Response:
        try:
            signed = database.box.open_json(request.match_info["signed"])
        except (SealBroken, ValueError):
            raise web.HTTPNotFound from None
        drawn = await _report(database, clock(), signed) or await _matching(database, clock(), signed)
        if drawn is None:
            raise web.HTTPNotFound
        return web.Response(body=drawn, content_type="image/png", headers={"Cache-Control": "private, max-age=86400"})

    return web.get("/pictures/{signed}.png", serve)


async def _report(database: Database, now: datetime, signed: object) -> bytes | None:
    """The picture of a report in the reader's language; None when it is something else, or gone."""
    known = named(signed, "picture", now)
    if known is None or known[2] not in LANGUAGES:
        return None
    release_id, organisation_id, language = known
    async with database.uow(now, organisation_id) as uow:
        release = await uow.get(Release, release_id)
        round = await uow.get(Round, release.round_id) if release else None
    if release is None or round is None:
        return None
    say = speaker(language)
    released = When(release.released_at, "UTC", "day")
    drawn = Chart(
        say(T(f"reports.title_{release.wave}", round=round.name)),
        say(T("reports.picture_subtitle", when=released)),
        say(T("reports.picture_note")),
        tuple(
            Row(say(row.group).replace("**", ""), say(row.label), say(row.figure), row.value, row.low, row.high)
            for row in chart.rows(release.totals)
        ),
    )
    return await asyncio.to_thread(draw, drawn)


async def _matching(database: Database, now: datetime, signed: object) -> bytes | None:
    """The distribution of a run of the matching; None when it is something else, or gone."""
    known = named(signed, "run", now)
    if known is None or known[2] not in LANGUAGES:
        return None
    run_id, organisation_id, language = known
    async with database.uow(now, organisation_id) as uow:
        run = await uow.get(MatchRun, run_id)
        round = await uow.get(Round, run.round_id) if run else None
    if run is None or round is None:
        return None
    return await asyncio.to_thread(histogram.draw, picture.histogram(round, run, speaker(language)))
