"""Serving pages to print, at signed addresses that expire: the guide of a session, a certificate."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import jinja2
from aiohttp import web

from bot.flows import signed_links
from bot.flows.certificate import printing as certificate
from bot.flows.session import printing as guide
from storage.database import Database
from storage.uow import Uow

_STYLE = """
@page { size: A4; margin: 16mm }
body { font: 11.5pt/1.45 Georgia, serif; color: #111; max-width: 44rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 21pt; line-height: 1.15; margin: 0 0 .2em }
h2 { font: 600 10.5pt/1.3 system-ui, sans-serif; margin: 1.3em 0 .25em; padding-top: .5em; border-top: 1px solid #999 }
p, ul { margin: .2em 0 }
.about, footer { font: 10pt/1.4 system-ui, sans-serif; color: #444 }
.blank { font: 10pt/1.4 system-ui, sans-serif; margin-top: 1.1em; padding-bottom: 1.9em; border-bottom: 1px solid #999 }
footer { margin-top: 2em; font-size: 9pt }
.certificate { text-align: center; padding-top: 14vh }
.certificate h1 { font-size: 30pt; margin: .6em 0 }
.certificate .signed { display: flex; justify-content: space-around; margin-top: 16vh }
.certificate .signed p { font: 10pt/1.4 system-ui, sans-serif; border-top: 1px solid #999; padding: .4em 1.5em }
@media print { body { margin: 0; padding: 0; max-width: none } }
"""
_HEAD = """<!doctype html>
<html lang="{{ page.language }}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">
<title>{{ page.title }}</title><style>{{ style }}</style></head>
"""
_GUIDE = """<body>
<h1>{{ page.title }}</h1>
<p class="about">{{ page.about }}</p>
{% for _, title, text in page.parts %}<section><h2>{{ title }}</h2><p>{{ text }}</p></section>
{% endfor %}<section><h2>{{ page.ask }}</h2>
<ul>{% for one in page.questions %}<li>{{ one }}</li>{% endfor %}</ul></section>
{% if page.back %}<p>{{ page.back }}</p>
{% endif %}{% for blank in page.blanks %}<p class="blank">{{ blank }}</p>
{% endfor %}<footer>{{ page.foot }}</footer>
</body></html>
"""
_CERTIFICATE = """<body class="certificate">
<p class="about">{{ page.title }}</p>
<h1>{{ page.name }}</h1>
<p>{{ page.about }}</p>
<p class="about">{{ page.at }}</p>
<div class="signed">{% for one in page.signed %}<p>{{ one }}</p>
{% endfor %}</div><footer>{{ page.foot }}</footer>
</body></html>
"""
_PAGES = {"guide": _HEAD + _GUIDE, "certificate": _HEAD + _CERTIFICATE}
_drawn = jinja2.Environment(loader=jinja2.DictLoader(_PAGES), autoescape=True).get_template
HEADERS = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
Make = Callable[[Uow, int, int], Awaitable[Any]]
"""The page about a thing, by its key, for a person; None when it is not theirs."""


def printed_routes(database: Database, clock: Callable[[], datetime]) -> tuple[web.RouteDef, ...]:
    """``GET /guides/<signed>`` and ``/certificates/<signed>``: 404 for what was not signed here, or has expired."""
    return (
        _route(database, clock, "guide", guide.page),
        _route(database, clock, "certificate", certificate.page),
    )


def _route(database: Database, clock: Callable[[], datetime], what: str, make: Make) -> web.RouteDef:
    async def serve(request: web.Request) -> web.Response:
        known = signed_links.opened(database.box, request.match_info["signed"], clock())
        if known is None or what not in known:
            raise web.HTTPNotFound
        async with database.uow(clock(), known["organisation"]) as uow:
            shown = await make(uow, known[what], known["person"])
        if shown is None:
            raise web.HTTPNotFound
        text = _drawn(what).render(page=shown, style=_STYLE)
        return web.Response(text=text, content_type="text/html", headers=HEADERS)

    return web.get(f"/{what}s/{{signed}}", serve)
