"""The playground as a web application: the simulated platforms' APIs, and the page with what it asks for.

The page is same-origin only: strict headers on every answer, and what changes anything is refused from elsewhere.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import jinja2
from aiohttp import web

from playground.clock import Clock
from playground.colleagues import Colleagues
from playground.company import Company
from playground.page_api import PageApi
from playground.page_settings import PageSettings, Quick

__all__ = ["PageSettings", "Quick", "make_playground"]

PAGE = Path(__file__).parent / "page"
SHEETS = ("theme.css", "layout.css", "messages.css", "dialogs.css", "teams.css")
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def make_playground(
    company: Company, clock: Clock, colleagues: Colleagues, settings: PageSettings | None = None
) -> web.Application:
    """The application: page at `/`, its JSON under `/playground/`, the platforms' APIs beside it.

    Once the address is known, set each platform's `base_url` to it.
    """
    app = web.Application(client_max_size=64 * 2**20, middlewares=[_same_origin])
    app.on_response_prepare.append(_add_headers)
    for platform in company.platforms:
        platform.mount(app)
    api = PageApi(company, clock, colleagues, settings or PageSettings())
    app.add_routes(api.routes())
    app.cleanup_ctx.append(api.running)
    app.on_shutdown.append(api.shut)
    app.router.add_get("/", _page(company))
    app.router.add_static("/page", PAGE)
    return app


def _page(company: Company) -> Callable[[web.Request], Awaitable[web.Response]]:
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(PAGE), autoescape=True)
    template = environment.get_template("index.html")

    async def page(_: web.Request) -> web.Response:
        text = template.render(bot_name=company.bot_name, team_name=company.name, sheets=SHEETS)
        return web.Response(text=text, content_type="text/html")

    return page


async def _add_headers(_: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(HEADERS)


@web.middleware
async def _same_origin(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Refuse what another site makes a visitor's browser send."""
    site = request.headers.get("Sec-Fetch-Site", "none")
    if request.path.startswith("/playground/") and site not in ("same-origin", "none"):
        raise web.HTTPForbidden(text="only for the playground's own page")
    return await handler(request)
