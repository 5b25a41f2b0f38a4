"""The console's routes, its style sheet, and how it shows refusals."""

from litestar import Request, Response, Router, get
from litestar.datastructures import State
from litestar.di import Provide
from litestar.handlers import HTTPRouteHandler

from handrail.core.access.actor import Actor
from handrail.core.access.permission import Verb
from handrail.web import (
    ack,
    action_items,
    changes,
    configuration_plan,
    contact_methods,
    coverage,
    covers,
    feeds,
    incident_acts,
    incidents,
    mitigations,
    notices,
    oncall,
    overrides,
    overview,
    pages,
    postmortems,
    room,
    settings,
    sign_in,
    simulation,
    swaps,
    tickets,
)
from handrail.web.deps import Console
from handrail.web.rendering import in_chrome, sheet, to
from handrail.web.screens.chrome import bare
from handrail.web.screens.sign_in import RefusalScreen
from handrail.web.sign_in import Links

HANDLERS: tuple[HTTPRouteHandler, ...] = (
    *ack.HANDLERS,
    *sign_in.HANDLERS,
    *pages.HANDLERS,
    *oncall.HANDLERS,
    *simulation.HANDLERS,
    *incidents.HANDLERS,
    *room.HANDLERS,
    *notices.HANDLERS,
    *mitigations.HANDLERS,
    *incident_acts.HANDLERS,
    *changes.HANDLERS,
    *postmortems.HANDLERS,
    *action_items.HANDLERS,
    *tickets.HANDLERS,
    *overview.HANDLERS,
    *configuration_plan.HANDLERS,
    *feeds.HANDLERS,
    *overrides.HANDLERS,
    *covers.HANDLERS,
    *swaps.HANDLERS,
    *settings.HANDLERS,
    *contact_methods.HANDLERS,
    *coverage.HANDLERS,
)
UNAUTHENTICATED = 401


@get(
    "/static/console.css",
    opt={"verb": Verb.PUBLIC},
    sync_to_thread=False,
    include_in_schema=False,
)
def style() -> Response[str]:
    """Return the console's style sheet; its address changes when it does."""
    return Response(
        sheet("console.css"),
        media_type="text/css; charset=utf-8",
        headers={"Cache-Control": "public, max-age=31536000, immutable"},
    )


@get(
    "/static/live.js",
    opt={"verb": Verb.PUBLIC},
    sync_to_thread=False,
    include_in_schema=False,
)
def live_script() -> Response[str]:
    """Return the script that keeps a room up to date; all works without it."""
    return Response(
        sheet("live.js"),
        media_type="text/javascript; charset=utf-8",
        headers={"Cache-Control": "public, max-age=31536000, immutable"},
    )


def routes(console: Console) -> Router:
    """Return the console's routes."""
    links = Links(console)
    return Router(
        "/",
        route_handlers=[*HANDLERS, style, live_script],
        dependencies={
            "console": Provide(lambda: console, sync_to_thread=False),
            "links": Provide(lambda: links, sync_to_thread=False),
        },
    )


def error_page(
    request: Request[Actor, None, State], *, status: int, title: str, detail: str
) -> Response[str] | Response[None]:
    """Show a refusal as a page; who is not signed in is asked to."""
    if status == UNAUTHENTICATED and request.method == "GET":
        return to("/sign-in")
    screen = RefusalScreen(status=status, title=title, detail=detail)
    return in_chrome("refusal.html", screen=screen, chrome=bare(title), status=status)
