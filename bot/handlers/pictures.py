"""Serving the pictures of reports and of matchings at signed addresses that expire."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial

from aiohttp import web

from bot import histogram
from bot.flows import signed_links
from bot.flows.matching import picture
from bot.flows.reports import chart
from bot.locales import LANGUAGES, Say, speaker
from bot.pictures import Chart, Row, draw
from bot.ui.words import T, When
from storage.database import Database
from storage.tables import MatchRun, Release, Round
from storage.uow import Uow


def picture_route(database: Database, clock: Callable[[], datetime]) -> web.RouteDef:
    """``GET /pictures/<signed>.png``: 404 for what was not signed here, or has expired."""

    async def serve(request: web.Request) -> web.Response:
        known = signed_links.opened(database.box, request.match_info["signed"], clock())
        if known is None or known.get("language") not in LANGUAGES:
            raise web.HTTPNotFound
        say = speaker(known["language"])
        async with database.uow(clock(), known["organisation"]) as uow:
            draws = await (
                _report(uow, known["release"], say) if "release" in known else _matching(uow, known["run"], say)
            )
        if draws is None:
            raise web.HTTPNotFound
        drawn = await asyncio.to_thread(draws)
        return web.Response(body=drawn, content_type="image/png", headers={"Cache-Control": "private, max-age=86400"})

    return web.get("/pictures/{signed}.png", serve)


async def _report(uow: Uow, release_id: int, say: Say) -> Callable[[], bytes] | None:
    """What draws the picture of a report; None when the report is gone."""
    release = await uow.get(Release, release_id)
    round = await uow.get(Round, release.round_id) if release else None
    if release is None or round is None:
        return None
    released = When(release.released_at, "UTC", "day")
    shown = Chart(
        say(T(f"reports.title_{release.wave}", round=round.name)),
        say(T("reports.picture_subtitle", when=released)),
        say(T("reports.picture_note")),
        tuple(
            Row(say(row.group).replace("**", ""), say(row.label), say(row.figure), row.value, row.low, row.high)
            for row in chart.rows(release.totals)
        ),
    )
    return partial(draw, shown)


async def _matching(uow: Uow, run_id: int, say: Say) -> Callable[[], bytes] | None:
    """What draws the distribution of a run of the matching; None when the run is gone."""
    run = await uow.get(MatchRun, run_id)
    round = await uow.get(Round, run.round_id) if run else None
    if run is None or round is None:
        return None
    return partial(histogram.draw, picture.histogram(round, run, say))
