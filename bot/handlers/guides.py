"""Serving the guide of a session as a page to print, at a signed address that expires."""

from collections.abc import Callable
from datetime import datetime

import jinja2
from aiohttp import web

from bot.flows import signed_links
from bot.flows.session.printing import Page, page
from storage.database import Database

_STYLE = """
@page { size: A4; margin: 16mm }
body { font: 11.5pt/1.45 Georgia, serif; color: #111; max-width: 44rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 21pt; line-height: 1.15; margin: 0 0 .2em }
h2 { font: 600 10.5pt/1.3 system-ui, sans-serif; margin: 1.3em 0 .25em; padding-top: .5em; border-top: 1px solid #999 }
p, ul { margin: .2em 0 }
.about, footer { font: 10pt/1.4 system-ui, sans-serif; color: #444 }
.blank { font: 10pt/1.4 system-ui, sans-serif; margin-top: 1.1em; padding-bottom: 1.9em; border-bottom: 1px solid #999 }
footer { margin-top: 2em; font-size: 9pt }
@media print { body { margin: 0; padding: 0; max-width: none } }
"""
_TEMPLATE = """<!doctype html>
<html lang="{{ page.language }}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">
<title>{{ page.title }}</title><style>{{ style }}</style></head>
<body>
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
_drawn = jinja2.Environment(autoescape=True).from_string(_TEMPLATE)
HEADERS = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def draw(shown: Page) -> str:
    """The page as HTML, with its own style and nothing from elsewhere."""
    return _drawn.render(page=shown, style=_STYLE)


def guide_route(database: Database, clock: Callable[[], datetime]) -> web.RouteDef:
    """``GET /guides/<signed>``: 404 for what was not signed here, or has expired."""

    async def serve(request: web.Request) -> web.Response:
        known = signed_links.opened(database.box, request.match_info["signed"], clock())
        if known is None or "guide" not in known:
            raise web.HTTPNotFound
        async with database.uow(clock(), known["organisation"]) as uow:
            shown = await page(uow, known["guide"], known["person"])
        if shown is None:
            raise web.HTTPNotFound
        return web.Response(text=draw(shown), content_type="text/html", headers=HEADERS)

    return web.get("/guides/{signed}", serve)
